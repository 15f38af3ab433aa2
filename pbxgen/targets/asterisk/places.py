"""Places, rules and legs in the notation of the library (``templates/asterisk/library.conf``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pbxgen.flow.plan import FROM_INSIDE, FROM_OUTSIDE, Condition, Leg, Place, PlaceKind, Plan, Rule, Rules, User
from pbxgen.targets.networks import tried

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Line:
    """A priority of a generated extension."""

    application: str
    name: str = ""
    """Begins an extension of its own: ``<extension>_<name>``. No label: looking for one that is not there is logged."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The diverting user: the extension, and the text for targets that only this user has."""

    extension: str
    targets: Mapping[tuple[PlaceKind, str], str] = field(default_factory=dict)


NOBODY = Owner("")
"""Places in ``overflow`` and ``inbound`` have no diverting user."""


def owner_in_variables(user: User) -> Owner:
    """``user`` by the library's variables, so that the text is the same for everybody who has the same rules."""
    targets = {(PlaceKind.MAILBOX, user.extension): "${PBX_USER}"}
    if user.mobile is not None:
        targets[PlaceKind.OUTSIDE, user.mobile] = "${PBX_U_MOBILE}"
    return Owner("${PBX_USER}", targets)


def place(plan: Plan, item: Place, owner: Owner = NOBODY, reason: str = "") -> str:
    """One place; ``reason`` says why its owner diverts to it."""
    target = owner.targets.get((item.kind, item.target), item.target)
    confirm = "confirm" if item.confirm else ""
    timeout = "" if item.timeout is None else str(item.timeout)
    match item.kind:
        case PlaceKind.USER:
            return _joined("user", item.target, timeout, confirm)
        case PlaceKind.OPERATOR:
            return _joined("operator", plan.operators[item.target].number, timeout, confirm)
        case PlaceKind.GROUP:
            return _joined("group", plan.groups[item.target].number, timeout, confirm)
        case PlaceKind.OUTSIDE:
            seconds = str(item.timeout or plan.outside_timeout)
            return _joined(
                "outside",
                target,
                seconds,
                confirm,
                over(plan, _trunks(plan, item)),
                _policy(item),
                owner.extension,
                reason,
            )
        case PlaceKind.SERVICE:
            return _joined("service", item.target, "returns" if item.returns else "")
        case PlaceKind.MAILBOX | PlaceKind.INBOUND | PlaceKind.ANNOUNCE | PlaceKind.RELEASE:
            return _joined(item.kind.value, target)


def own_place(plan: Plan, item: Place) -> str:
    """An outside place, to be completed with who diverts to it and why."""
    trunks = over(plan, _trunks(plan, item))
    return "/".join(("outside", item.target, str(item.timeout or plan.outside_timeout), "", trunks, ""))


def places(plan: Plan, items: tuple[Place, ...], owner: Owner = NOBODY, reason: str = "") -> str:
    return SEPARATOR.join(place(plan, item, owner, reason) for item in items)


def legs(plan: Plan, items: tuple[Leg, ...]) -> str:
    return SEPARATOR.join(_leg(plan, item) for item in items)


def rule_lines(plan: Plan, name: str, rules: Rules, owner: Owner = NOBODY, reason: str = "") -> list[Line]:
    """A subroutine that returns the places of the first rule that applies, or nothing."""
    lines: list[Line] = []
    for rule in rules:
        answer = _answer(plan, rule, owner, reason)
        if rule.condition.always:
            lines.append(Line(f"Return({answer})"))
            break
        for arguments in _conditions(rule.condition):
            lines.append(Line(f"Gosub(pbxgen-when,s,1({arguments}))"))
            lines.append(Line(f"ExecIf(${{GOSUB_RETVAL}}?Return({answer}))"))
    else:
        lines.append(Line("Return()"))
    return [Line(lines[0].application, name), *lines[1:]]


def in_words(condition: Condition) -> str:
    """A condition as the source has it, for a comment."""
    parts = []
    if condition.hours or condition.switches:
        named = [f"{'not ' * but}{name}" for name, but in (*condition.hours, *condition.switches)]
        parts.append("when " + " and ".join(named))
    if condition.callers:
        parts.append("from " + " or ".join(f"{'not ' * callers.but}{callers.name}" for callers in condition.callers))
    if condition.until is not None:
        parts.append(f"until {condition.until}")
    return ", ".join(parts)


def _conditions(condition: Condition) -> Iterator[str]:
    """Arguments of ``pbxgen-when``, of which one must hold: for each of the callers one."""
    until = "" if condition.until is None else f"{condition.until:%Y%m%d}"
    hours = [part for one in condition.hours for part in (one.schedule, "closed" if one.closed else "open")]
    switches = [part for one in condition.switches for part in (one.switch, "off" if one.off else "on")]
    first, further = hours[:2] or ["", ""], [*hours[2:], *switches]
    for callers in condition.callers or (None,):
        known = callers in (None, FROM_INSIDE, FROM_OUTSIDE)
        origin = callers.name if known and callers is not None else ""
        named = "" if known or callers is None else f"{'!' * callers.but}{callers.name}"
        yield ",".join((*first, origin, named, until, *further))


def _answer(plan: Plan, rule: Rule, owner: Owner, reason: str) -> str:
    after = "" if rule.after is None else f"after/{rule.after}{SEPARATOR}"
    return after + places(plan, rule.places, owner, reason)


def _leg(plan: Plan, leg: Leg) -> str:
    item = leg.place
    timeout = "" if item.timeout is None else str(item.timeout)
    confirm = "confirm" if item.confirm else ""
    if item.kind is PlaceKind.OUTSIDE:
        return _joined(str(leg.delay), "outside", item.target, timeout, confirm, _trunks(plan, item)[0], _policy(item))
    return _joined(str(leg.delay), "user", item.target, timeout, confirm)


def over(plan: Plan, trunks: tuple[str, ...]) -> str:
    """The trunks of a route or a place, each of their addresses, in the order in which they are tried."""
    return "&".join(tried(plan, trunks))


def _trunks(plan: Plan, item: Place) -> tuple[str, ...]:
    trunks = plan.trunks_of(item)
    if not trunks:
        raise ValueError(f"no route carries {item.target}")
    return trunks


def _policy(item: Place) -> str:
    """Empty: as the trunk has it."""
    return "" if item.caller_id is None else item.caller_id.value


def _joined(*fields: str) -> str:
    return "/".join(fields).rstrip("/")
