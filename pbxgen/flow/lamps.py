"""Lamps of what is set from phones: which there are, who sees them, and when they are lit. The same on every PBX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from pbxgen.flow.plan import Plan, User
from pbxgen.flow.settings import KEYS, State, is_permitted


@dataclass(frozen=True, slots=True)
class Lamp:
    number: str
    """What a phone subscribes to: a code, a switch's number, or an extension and a code behind it."""
    key: str
    """Of the setting that it shows; of a switch, its name."""
    extension: str = ""
    """Whose setting it shows; "": a switch."""


def of_switches(plan: Plan) -> tuple[Lamp, ...]:
    """Every phone of the tenant sees them, by the number of the switch."""
    return tuple(Lamp(switch.number, switch.name) for switch in plan.switches.values())


def own(plan: Plan, user: User) -> tuple[Lamp, ...]:
    """Of the keys that a user may set, by the codes that set them (``*21``, ``*26``): their own phones see them."""
    return next((lamps for _, lamps in _own(plan, (user,))), ())


def own_of_all(plan: Plan) -> dict[str, tuple[Lamp, ...]]:
    """By extension, of those who have some."""
    return {user.extension: lamps for user, lamps in _own(plan, plan.users.values())}


def of_colleagues(plan: Plan) -> Iterator[Lamp]:
    """Everybody's, by the extension and the code behind it (``101*21``), where no call goes."""
    for extension, some in own_of_all(plan).items():
        yield from (replace(lamp, number=f"{extension}{lamp.number}") for lamp in some)


def _own(plan: Plan, users: Iterable[User]) -> Iterator[tuple[User, tuple[Lamp, ...]]]:
    if plan.self_service is None:
        return
    taken = {group.number for _, group in plan.positions()} | {lamp.number for lamp in of_switches(plan)}
    heads: dict[str, str] = {}
    for code in plan.self_service.codes:
        if code.action in ("set", "on"):
            heads.setdefault(code.key, code.head)
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for user in users:
        may = frozenset[str]() if user.self_service is None else user.self_service.may
        keys = tuple(k for k in KEYS if k in may and k in heads and (k != "follow_me" or user.follow_me))
        if keys and keys not in known:
            known[keys] = _numbers({key: heads[key] for key in keys}, taken)
        if keys:
            yield user, tuple(Lamp(number, key, user.extension) for number, key in known[keys].items())


def _numbers(heads: Mapping[str, str], taken: Set[str]) -> dict[str, str]:
    """The keys by what a phone subscribes to: of ``*21*N#`` ``*21``, or ``*21*`` where that is taken."""
    numbers: dict[str, str] = {}
    for key, head in heads.items():
        shown = (number for number in (head.removesuffix("*"), head) if len(number) > 1)
        number = next((number for number in shown if number not in taken and number not in numbers), None)
        if number is not None:
            numbers[number] = key
    return numbers


def who_see_colleagues(plan: Plan) -> frozenset[str]:
    """Who answers for others does: the members of operator positions."""
    return frozenset(member for position in plan.operators.values() for member in position.members)


def is_lit(plan: Plan, state: State, lamp: Lamp, epoch: int) -> bool:
    """At this time (seconds since 1970). A rule switched off lights no lamp, nor does what the source says."""
    if not lamp.extension:
        return state.switches.get(lamp.key, plan.switches[lamp.key].on)
    setting = state.users.get(lamp.extension, {}).get(lamp.key)
    if setting is None or setting.to == "off":
        return False
    return is_permitted(plan, plan.users[lamp.extension], lamp.key, setting, epoch)
