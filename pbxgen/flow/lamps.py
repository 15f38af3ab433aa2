"""Lamps (BLF) of settings and switches: which exist, who may subscribe to them, and when they are lit, on every PBX."""

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
    """The key of the setting that it shows, or the name of the switch."""
    extension: str = ""
    """Whose setting it shows; "": a switch."""


def of_switches(plan: Plan) -> tuple[Lamp, ...]:
    """Lamps of switches, by number; every phone of the tenant may subscribe to them."""
    return tuple(Lamp(switch.number, switch.name) for switch in plan.switches.values())


def own(plan: Plan, user: User) -> tuple[Lamp, ...]:
    """Lamps of the keys that a user may set, by the codes that set them (``*21``); for the user's own phones only."""
    return next((lamps for _, lamps in _own(plan, (user,))), ())


def own_of_all(plan: Plan) -> dict[str, tuple[Lamp, ...]]:
    """The same for every user who has any, by extension."""
    return {user.extension: lamps for user, lamps in _own(plan, plan.users.values())}


def of_colleagues(plan: Plan) -> Iterator[Lamp]:
    """Lamps of all users for colleagues, by extension and code (``101*21``), a number that no call can reach."""
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
    """Number to subscribe to -> key. The number of the code ``*21*N#`` is ``*21``, or ``*21*`` if ``*21`` is taken."""
    numbers: dict[str, str] = {}
    for key, head in heads.items():
        shown = (number for number in (head.removesuffix("*"), head) if len(number) > 1)
        number = next((number for number in shown if number not in taken and number not in numbers), None)
        if number is not None:
            numbers[number] = key
    return numbers


def who_see_colleagues(plan: Plan) -> frozenset[str]:
    """Extensions that may subscribe to lamps of colleagues: members of operator positions, who answer for others."""
    return frozenset(member for position in plan.operators.values() for member in position.members)


def is_lit(plan: Plan, state: State, lamp: Lamp, epoch: int) -> bool:
    """Is the lamp lit at ``epoch`` (seconds since 1970)? Deviations of the source and settings to "off" light none."""
    if not lamp.extension:
        return state.switches.get(lamp.key, plan.switches[lamp.key].on)
    setting = state.users.get(lamp.extension, {}).get(lamp.key)
    if setting is None or setting.to == "off":
        return False
    return is_permitted(plan, plan.users[lamp.extension], lamp.key, setting, epoch)
