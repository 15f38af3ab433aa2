"""Lamps (BLF): hints of extensions, operator positions, groups, switches and users' codes, in contexts of their own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from pbxgen.flow import lamps
from pbxgen.flow.lamps import Lamp
from pbxgen.flow.plan import Plan, User
from pbxgen.targets.asterisk.names import EndpointNames

CONTEXTS = 100
"""Asterisk looks through at most 128 contexts for one number."""
COLLEAGUES = 20
"""As many of those hold the lamps of colleagues' settings."""
LONGEST = 7000
"""Bytes of a hint; a line of the dialplan holds 8,190."""


def context(plan: Plan) -> str:
    """Where subscriptions of the tenant's phones lead (an endpoint's ``subscribe_context``)."""
    return f"{plan.name}.hints"


def context_of(plan: Plan, user: User) -> str:
    """Where those of a user's phones lead."""
    if lamps.own(plan, user):
        return f"{context(plan)}.of.{user.extension}"
    return _colleagues(plan) if _sees_colleagues(plan, user.extension) else context(plan)


def device(plan: Plan, lamp: Lamp) -> str:
    """What keeps whether a lamp is lit (``[pbxgen-lamps]`` of ``self_service.conf`` sets it)."""
    return f"Custom:pbxgen.{plan.name}.{lamp.extension or 'switch'}.{lamp.key}"


def view(plan: Plan, endpoints: EndpointNames) -> dict[str, object]:
    """The hints by the contexts of their numbers, which are as few as Asterisk looks through."""
    hints = {extension: _devices((extension,), endpoints) for extension in plan.users}
    for _, group in plan.positions():
        devices = _devices(group.members, endpoints)
        if len(devices.encode()) <= LONGEST:
            hints[group.number] = devices
    hints |= {lamp.number: device(plan, lamp) for lamp in lamps.of_switches(plan)}
    found = _within(context(plan), ((number, number, devices) for number, devices in hints.items()), CONTEXTS)
    told: list[dict[str, object]] = [_including(context(plan), found), *found]
    if _colleagues_are_seen(plan):
        others = ((lamp.extension, lamp.number, device(plan, lamp)) for lamp in lamps.of_colleagues(plan))
        of_others = _within(_colleagues(plan), others, COLLEAGUES)
        told += [_including(_colleagues(plan), of_others, context(plan)), *of_others]
    for user in plan.users.values():
        own = [(lamp.number, device(plan, lamp)) for lamp in lamps.own(plan, user)]
        if own:
            more = _colleagues(plan) if _sees_colleagues(plan, user.extension) else context(plan)
            told.append({"name": context_of(plan, user), "includes": (more,), "hints": own})
    return {"hint_contexts": told}


def _within(name: str, hints: Iterable[tuple[str, str, str]], most: int) -> list[dict[str, object]]:
    """At most so many contexts, by the beginnings of whose the lamps are."""
    # Asterisk reads literal extensions of one context faster in descending order.
    ordered = sorted(hints, key=lambda hint: (len(hint[0]), hint), reverse=True)
    digits = next(n for n in range(2, 9) if len({whose[:-n] for whose, _, _ in ordered}) <= most)
    return [
        {"name": f"{name}.{beginning}{'x' * digits}", "includes": (), "hints": [hint for _, *hint in members]}
        for beginning, members in groupby(ordered, key=lambda hint: hint[0][:-digits])
    ]


def _including(name: str, contexts: Iterable[dict[str, object]], *more: str) -> dict[str, object]:
    return {"name": name, "includes": (*more, *(one["name"] for one in contexts)), "hints": []}


def _colleagues(plan: Plan) -> str:
    return f"{context(plan)}.colleagues"


def _colleagues_are_seen(plan: Plan) -> bool:
    return plan.self_service is not None and bool(plan.operators)


def _sees_colleagues(plan: Plan, extension: str) -> bool:
    return _colleagues_are_seen(plan) and lamps.sees_colleagues(plan, extension)


def _devices(extensions: tuple[str, ...], endpoints: EndpointNames) -> str:
    return "&".join(f"PJSIP/{endpoints.of(extension)}" for extension in extensions)
