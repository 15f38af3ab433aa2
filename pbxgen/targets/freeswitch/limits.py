"""What FreeSWITCH cannot express of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan, Trunk
from pbxgen.source.location import Location
from pbxgen.targets.base import Options, Part
from pbxgen.targets.freeswitch.addresses import networks
from pbxgen.targets.freeswitch.endpoints import problem
from pbxgen.targets.freeswitch.escape import carriable


def limits(plan: Plan, options: Options) -> list[Diagnostic]:
    """Errors, each with the place in the source."""
    found = list(_trunks(plan))
    found += _texts(plan)
    found += _endpoint_name(options)
    return found


def _trunks(plan: Plan) -> Iterator[Diagnostic]:
    for trunk in plan.trunks.values():
        if not networks(trunk):
            yield _nameless(trunk)


def _nameless(trunk: Trunk) -> Diagnostic:
    return make(
        "PBX350",
        f"FreeSWITCH knows a trunk by the addresses its calls come from, and {trunk.host} is a name",
        trunk.location,
        help=f'list the carrier\'s addresses: accept_from: ["192.0.2.0/28"] beside the host of trunk {trunk.name}',
        subject=("trunk", trunk.name),
    )


def _texts(plan: Plan) -> Iterator[Diagnostic]:
    """Logins and addresses must arrive letter by letter (secrets are judged where they are read)."""
    for user in plan.users.values():
        if user.mailbox is not None and not carriable(user.mailbox.email or ""):
            yield _uncarriable(f"the email of {user.extension}", user.mailbox.location, ("user", user.extension))
    for trunk in plan.trunks.values():
        if not carriable(trunk.username or ""):
            yield _uncarriable(f"the username of trunk {trunk.name}", trunk.location, ("trunk", trunk.name))


def _uncarriable(what: str, location: Location, subject: tuple[str, str]) -> Diagnostic:
    return make(
        "PBX351",
        f"{what} holds control characters, which FreeSWITCH's XML cannot carry",
        location,
        help="choose one of letters, digits and signs",
        subject=subject,
    )


def _endpoint_name(options: Options) -> Iterator[Diagnostic]:
    if options.endpoint_name is None or not options.parts & {Part.DIALPLAN, Part.ENDPOINTS}:
        return
    wrong = problem(options.endpoint_name)
    if wrong is not None:
        yield make("PBX352", f"{options.endpoint_name!r} cannot name FreeSWITCH's endpoints: {wrong}", None)
