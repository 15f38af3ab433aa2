"""How a call comes into a plan: what digits from a phone or a trunk mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pbxgen.flow import codes
from pbxgen.flow.machine import Caller, Sent, Shown
from pbxgen.flow.number_shown import emergency_number_shown, number_shown
from pbxgen.flow.plan import Place, Plan
from pbxgen.flow.trunk import CallerId, Route


class Why(StrEnum):
    """Why a dialled or called number reaches nothing."""

    NO_SUCH_NUMBER = "no_such_number"
    NO_ROUTE = "no_route"
    NO_MAILBOX = "no_mailbox"
    NOT_INBOUND = "not_inbound"
    CLASS_FORBIDS = "class_forbids"
    NO_SUCH_SETTING = "no_such_setting"
    MAY_NOT_SET = "may_not_set"
    NOTHING_RINGS = "nothing_rings"


@dataclass(frozen=True, slots=True)
class ToPlace:
    """The call goes to a place of the plan, and its deviations apply."""

    place: Place


@dataclass(frozen=True, slots=True)
class DialOut:
    """The call goes straight to a trunk."""

    number: str
    """E.164, or the digits as they are dialled: emergency numbers, and numbers of a route that is `as_dialled`."""
    route: Route
    """With the trunks of the user who dials, if the user has any."""

    @property
    def as_dialled(self) -> bool:
        return self.route.emergency or self.route.as_dialled


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

    code: codes.Dialled | codes.SwitchCode | codes.Unclear


WayIn = ToPlace | DialOut | MailboxAccess | CodeDialled | Refusal


def from_phone(plan: Plan, extension: str, dialled: str) -> WayIn:
    """What ``dialled`` means on the phone of ``extension``, in the order of "Entering" in docs/semantics.md."""
    emergency = _emergency(plan, dialled)
    if emergency is not None:
        return DialOut(emergency, _emergency_route(plan, emergency))
    if dialled in plan.users:
        return ToPlace(plan.user_at(dialled))
    for place, group in plan.positions():
        if group.number == dialled:
            return ToPlace(place)
    service = plan.service_of(dialled)
    if service is not None:
        return ToPlace(service)
    if dialled == plan.features.own_mailbox:
        if plan.users[extension].mailbox is None:
            return Refusal(404, Why.NO_MAILBOX)
        return MailboxAccess(extension)
    if dialled == plan.features.any_mailbox:
        return MailboxAccess(None)
    if dialled == plan.features.pickup or _picked_up(plan, dialled) is not None:
        return Refusal(403, Why.NOTHING_RINGS)  # the model has one call: no other call is ringing
    code = codes.dialled_code(plan, dialled)
    if code is not None:
        return CodeDialled(code)
    number = plan.numbering.dialled(dialled)
    inside = None if number is None else plan.reached_by(number) or plan.in_range(number)
    if inside is not None:
        return ToPlace(inside)
    line = plan.numbering.outside_line
    digits = dialled[len(line) :] if dialled.startswith(line) else ""
    for route in plan.routes.values():
        sent = digits if route.as_dialled else number
        if sent is not None and not route.emergency and route.carries(sent):
            user = plan.users[extension]
            allowed = route.name in (user.routes or ())
            return DialOut(sent, route.with_trunks(user.trunks)) if allowed else Refusal(403, Why.CLASS_FORBIDS)
    return Refusal(404, Why.NO_SUCH_NUMBER if number is None else Why.NO_ROUTE)


def _picked_up(plan: Plan, dialled: str) -> str | None:
    """The user whose call is to be taken."""
    code = plan.features.pickup_of
    if code is None or not dialled.startswith(code):
        return None
    extension = dialled.removeprefix(code)
    return extension if extension in plan.users else None


def from_trunk(plan: Plan, called: str) -> WayIn:
    """What a called number coming from a trunk means: DIDs and ``inbound`` numbers, nothing else."""
    numbers = plan.numbering.called_by_trunk(called)
    for look in (plan.reached_by, plan.in_range):
        for number in numbers:
            inside = look(number)
            if inside is not None:
                return ToPlace(inside)
    return Refusal(404, Why.NOT_INBOUND)


def sent(plan: Plan, caller: Caller, out: DialOut, by: str | None = None) -> Sent:
    """``by``: who transferred the caller blindly."""
    trunk = plan.trunks[out.route.trunk]
    number = out.number if out.as_dialled else plan.numbering.as_sent(out.number, trunk.number_format)
    told = shown(plan, caller, out, by).public
    return Sent(out.route, number, None if told is None else plan.numbering.as_sent(told, trunk.number_format))


def shown(plan: Plan, caller: Caller, out: DialOut, by: str | None = None, via: str | None = None) -> Shown:
    """Whose number the far end is shown; a caller who was transferred shows what diversions show.

    ``via``: the trunk that carries the call, if not the first of its route.
    """
    trunk = plan.trunks[via or out.route.trunk]
    if out.route.emergency:
        return emergency_number_shown(plan, caller, trunk)
    return number_shown(plan, caller, trunk, CallerId.ORIGINAL if by is None else trunk.caller_id, by=by)


def caller_from_trunk(plan: Plan, number: str) -> str | None:
    """A caller on a trunk: E.164, or digits that are no number as they are; None where it shows none."""
    return plan.numbering.caller_of_trunk(number)


def _emergency_route(plan: Plan, number: str) -> Route:
    routes = (r for r in plan.routes.values() if r.emergency and any(p.matches(number) for p in r.patterns))
    return next(routes)


def _emergency(plan: Plan, dialled: str) -> str | None:
    if dialled in plan.emergency:
        return dialled
    line = plan.numbering.outside_line
    rest = dialled[len(line) :] if line and dialled.startswith(line) else ""
    return rest if rest in plan.emergency else None
