"""How a call comes into a plan: what digits from a phone or a trunk mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pbxgen.flow import codes
from pbxgen.flow.machine import Caller, Sent
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import CallerId, Origin, Place, Plan, Trunk

OWN_MAILBOX = codes.OWN_MAILBOX
"""Opens the caller's own mailbox; the PIN is asked where there is one."""
ANY_MAILBOX = "*98"
"""Opens a mailbox by number, always with its PIN."""


class Why(StrEnum):
    """Why a number leads nowhere."""

    NO_SUCH_NUMBER = "no_such_number"
    NO_ROUTE = "no_route"
    NO_MAILBOX = "no_mailbox"
    NOT_INBOUND = "not_inbound"
    CLASS_FORBIDS = "class_forbids"
    NO_SUCH_SETTING = "no_such_setting"
    MAY_NOT_SET = "may_not_set"


@dataclass(frozen=True, slots=True)
class ToPlace:
    """The call goes to a place of the plan, and its deviations apply."""

    place: Place


@dataclass(frozen=True, slots=True)
class DialOut:
    """The call goes straight to a trunk."""

    number: str
    """E.164, or the bare emergency number."""
    trunk: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    extension: str | None
    """Whose mailbox opens; None: the caller is asked for its number and PIN."""


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    """SIP status: 404 nothing has this number, 403 the class of service does not allow it."""
    why: Why


@dataclass(frozen=True, slots=True)
class CodeDialled:
    """What is dialled is no call: it changes or tells a setting."""

    code: codes.Dialled | codes.Switched | codes.Unclear


WayIn = ToPlace | DialOut | MailboxAccess | CodeDialled | Refusal


def from_phone(plan: Plan, extension: str, dialled: str) -> WayIn:
    """What ``dialled`` means on the phone of ``extension``, in the order of SEMANTICS' "Entering and leaving"."""
    emergency = _emergency(plan, dialled)
    if emergency is not None:
        return DialOut(emergency, plan.emergency[emergency], emergency=True)
    if dialled in plan.users:
        return ToPlace(plan.user_at(dialled))
    for place, group in plan.positions():
        if group.number == dialled:
            return ToPlace(place)
    if dialled == OWN_MAILBOX:
        if plan.users[extension].mailbox is None:
            return Refusal(404, Why.NO_MAILBOX)
        return MailboxAccess(extension)
    if dialled == ANY_MAILBOX:
        return MailboxAccess(None)
    code = codes.dialled_code(plan, dialled)
    if code is not None:
        return CodeDialled(code)
    number = plan.numbering.dialled(dialled)
    if number is None:
        return Refusal(404, Why.NO_SUCH_NUMBER)
    inside = plan.reached_by(number)
    if inside is not None:
        return ToPlace(inside)
    route = plan.route_of(number)
    if route is None:
        return Refusal(404, Why.NO_ROUTE)
    if route.name not in (plan.users[extension].routes or ()):
        return Refusal(403, Why.CLASS_FORBIDS)
    return DialOut(number, route.trunk, emergency=False)


def from_trunk(plan: Plan, called: str) -> WayIn:
    """What a called number coming from a trunk means: DIDs and ``inbound`` numbers, nothing else."""
    for number in plan.numbering.called_by_trunk(called):
        inside = plan.reached_by(number)
        if inside is not None:
            return ToPlace(inside)
    return Refusal(404, Why.NOT_INBOUND)


def sent(plan: Plan, caller: Caller, out: DialOut) -> Sent:
    """An emergency number goes out as it is dialled. Whoever is transferred from outside shows what diversions show."""
    trunk = plan.trunks[out.trunk]
    routes = (r for r in plan.routes.values() if r.emergency is out.emergency and r.trunk == out.trunk)
    route = next(r for r in routes if any(p.matches(out.number) for p in r.patterns))
    if caller.origin is Origin.EXTERNAL:
        shown = caller.number if trunk.caller_id is CallerId.ORIGINAL else trunk.number
    else:
        shown = plan.users[caller.number or ""].own_number or trunk.number
    number = out.number if out.emergency else plan.numbering.as_sent(out.number, trunk.number_format)
    return Sent(route, number, None if shown is None else plan.numbering.as_sent(shown, trunk.number_format))


def caller_from_trunk(plan: Plan, trunk: Trunk | None, number: str) -> str | None:
    """E.164 number of a caller on a trunk; None where it shows none."""
    bare = trunk is not None and trunk.number_format is NumberFormat.E164_BARE
    return plan.numbering.caller_of_trunk(number, bare=bare)


def _emergency(plan: Plan, dialled: str) -> str | None:
    if dialled in plan.emergency:
        return dialled
    line = plan.numbering.outside_line
    rest = dialled[len(line) :] if line and dialled.startswith(line) else ""
    return rest if rest in plan.emergency else None
