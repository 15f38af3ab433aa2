"""What FreeSWITCH cannot express of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan, RingGroup, Service, Strategy
from pbxgen.flow.trunk import Trunk
from pbxgen.targets.base import Options, Part
from pbxgen.targets.freeswitch.contacts import MOST
from pbxgen.targets.freeswitch.endpoints import problem
from pbxgen.targets.freeswitch.escape import carriable
from pbxgen.targets.freeswitch.raw_settings import refused_settings
from pbxgen.targets.networks import networks, unknown_host

LEGS = 100
"""Phones rung together: FreeSWITCH forks a call to at most 128 contacts, and a user may have several."""


def limits(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    """Errors except those of secrets, each with the place in the source."""
    yield from _trunks(plan)
    yield from _certificates(plan)
    yield from _versions(plan)
    yield from _names(plan)
    yield from _legs(plan)
    yield from _texts(plan)
    yield from _endpoint_name(options)
    if Part.ENDPOINTS in options.parts:
        yield from refused_settings(plan)
        yield from _contacts(plan, options)


def _trunks(plan: Plan) -> Iterator[Diagnostic]:
    for trunk in plan.trunks.values():
        unknown = unknown_host(trunk)
        if unknown is not None:
            yield make(
                "PBX350",
                f"FreeSWITCH knows a trunk by the addresses its calls come from, and {unknown} is a name",
                trunk.location,
                help=f'add the carrier\'s addresses to trunk {trunk.name}: accept_from: ["192.0.2.0/28"]',
                subject=("trunk", trunk.name),
            )


def is_blind(plans: Iterable[Plan]) -> bool:
    """Are there trunks over TLS, and is no certificate of any to be looked at?"""
    over_tls = [t for plan in plans for t in plan.trunks.values() if t.transport == "tls"]
    return bool(over_tls) and not any(trunk.tls_verify for trunk in over_tls)


def _certificates(plan: Plan) -> Iterator[Diagnostic]:
    over_tls = [trunk for trunk in plan.trunks.values() if trunk.transport == "tls"]
    if not any(trunk.tls_verify for trunk in over_tls):
        return
    for trunk in over_tls:
        if not trunk.tls_verify:
            yield make(
                "PBX355",
                f"FreeSWITCH verifies the certificates of all trunks or none, and {trunk.name} has tls_verify: false",
                trunk.location,
                help="give all trunks with transport: tls the same tls_verify",
                subject=("trunk", trunk.name),
            )


def _versions(plan: Plan) -> Iterator[Diagnostic]:
    """The profile of the trunks listens to IPv4 alone."""
    for trunk in plan.trunks.values():
        six = next((str(n) for n in networks(trunk) if n.version == 6), None)
        if six is not None:
            yield make(
                "PBX356",
                f"FreeSWITCH's profile for trunks is IPv4 only, but trunk {trunk.name} has {six}",
                trunk.location,
                help="write an IPv4 address or a host name that has one, or generate for Asterisk only",
                subject=("trunk", trunk.name),
            )


def _names(plan: Plan) -> Iterator[Diagnostic]:
    """FreeSWITCH finds users and contexts without regard to upper and lower case."""
    named: tuple[tuple[str, Mapping[str, Trunk | RingGroup | Service]], ...] = (
        ("trunk", plan.trunks),
        ("operator", plan.operators),
        ("group", plan.groups),
        ("service", plan.services),
    )
    for kind, things in named:
        first: dict[str, str] = {}
        for name, thing in things.items():
            other = first.setdefault(name.lower(), name)
            if other != name:
                yield make(
                    "PBX353",
                    f"FreeSWITCH cannot tell the {kind}s {other} and {name} apart",
                    thing.location,
                    help="give one of them a name that differs in more than upper and lower case",
                    subject=(kind, name),
                    related=(Related("the other", things[other].location),),
                )


def _legs(plan: Plan) -> Iterator[Diagnostic]:
    for place, group in plan.positions():
        if group.strategy is Strategy.ALL and len(group.members) > LEGS:
            yield make(
                "PBX354",
                f"{place.kind} {group.name} has {len(group.members)} members; FreeSWITCH rings {LEGS} together",
                group.location,
                help=f"make it smaller, or `strategy: {Strategy.LINEAR.value}`",
                subject=place.key,
            )


def _contacts(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    """As many registrations of a user as it counts, and rings; told once where a number of them is written."""
    told: set[Location] = set()
    for user in plan.users.values():
        most, place = user.phone.max_contacts, user.phone.max_contacts_at or user.location
        if most is None or place in told or user.password is None:
            continue
        told.add(place)
        if most > MOST:
            message, help = (
                f"FreeSWITCH rings {MOST} contacts of a user, and {user.extension} may have {most}",
                (f"write max_contacts: {MOST} or less, or generate for Asterisk only"),
            )
        elif options.fleet:
            message, help = (
                "FreeSWITCH does not count the contacts of a user in a fleet",
                (f"remove max_contacts: {most}, generate for Asterisk only, or give the tenant a PBX of its own"),
            )
        else:
            continue
        yield make("PBX357", message, place, help=help, subject=("user", user.extension))


def _texts(plan: Plan) -> Iterator[Diagnostic]:
    """User names and addresses must arrive letter by letter."""
    for user in plan.users.values():
        if user.mailbox is not None and not carriable(user.mailbox.email or ""):
            subject = ("user", user.extension)
            yield _uncarriable(f"the email of {user.extension}", user.mailbox.location, subject)
    for trunk in plan.trunks.values():
        if not carriable(trunk.username or ""):
            yield _uncarriable(f"the login of trunk {trunk.name}", trunk.location, ("trunk", trunk.name))


def refused_secrets(plan: Plan, options: Options) -> Iterator[Diagnostic]:
    """Passwords and PINs must arrive letter by letter."""
    for user in plan.users.values():
        subject = ("user", user.extension)
        if not _secret_carriable(user.password, options):
            yield _uncarriable(f"the password of {user.extension}", user.location, subject)
        if user.mailbox is not None and not _secret_carriable(user.mailbox.pin, options):
            yield _uncarriable(f"the PIN of {user.extension}", user.mailbox.location, subject)
    for trunk in plan.trunks.values():
        if not _secret_carriable(trunk.password, options):
            yield _uncarriable(f"the login of trunk {trunk.name}", trunk.location, ("trunk", trunk.name))


def _secret_carriable(secret: Secret | None, options: Options) -> bool:
    return secret is None or carriable(options.secrets.get(secret, ""))


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
