"""Lamps of what is set from phones: which there are, who sees them, and when they are lit. The same on every PBX."""

from __future__ import annotations

from collections.abc import Iterator
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
    if plan.self_service is None or user.self_service is None:
        return ()
    taken = {group.number for _, group in plan.positions()} | {lamp.number for lamp in of_switches(plan)}
    found: dict[str, Lamp] = {}
    for key in KEYS:
        if key not in user.self_service.may or (key == "follow_me" and not user.follow_me):
            continue
        heads = [code.head for code in plan.self_service.codes if code.key == key and code.action in ("set", "on")]
        # *21*N# is the lamp *21.
        shown = [number for head in heads[:1] for number in (head.removesuffix("*"), head) if len(number) > 1]
        number = next((number for number in shown if number not in taken and number not in found), None)
        if number is not None:
            found[number] = Lamp(number, key, user.extension)
    return tuple(found.values())


def of_colleagues(plan: Plan) -> Iterator[Lamp]:
    """Everybody's, by the extension and the code behind it (``101*21``), where no call goes."""
    for user in plan.users.values():
        yield from (replace(lamp, number=f"{user.extension}{lamp.number}") for lamp in own(plan, user))


def sees_colleagues(plan: Plan, extension: str) -> bool:
    """Who answers for others does: the members of operator positions."""
    return any(extension in position.members for position in plan.operators.values())


def is_lit(plan: Plan, state: State, lamp: Lamp, epoch: int) -> bool:
    """At this time (seconds since 1970). A rule switched off lights no lamp, nor does what the source says."""
    if not lamp.extension:
        return state.switches.get(lamp.key, plan.switches[lamp.key].on)
    setting = state.users.get(lamp.extension, {}).get(lamp.key)
    if setting is None or setting.to == "off":
        return False
    return is_permitted(plan, plan.users[lamp.extension], lamp.key, setting, epoch)
