"""Lamps (BLF): hints of extensions, operator positions, groups, switches and users' codes, in contexts of their own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from pbxgen.flow import lamps
from pbxgen.flow.lamps import Lamp
from pbxgen.flow.plan import Plan
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


def contexts(plan: Plan) -> dict[str, str]:
    """Where those of each user's phones lead, by extension."""
    common = _common(plan)
    return {extension: common[extension] for extension in plan.users} | {
        e: _own(plan, e) for e in lamps.own_of_all(plan)
    }


def _own(plan: Plan, extension: str) -> str:
    return f"{context(plan)}.of.{extension}"


def _common(plan: Plan) -> dict[str, str]:
    """What each user sees beside their own settings."""
    see = frozenset() if plan.self_service is None else lamps.who_see_colleagues(plan)
    return {extension: _colleagues(plan) if extension in see else context(plan) for extension in plan.users}


def device(plan: Plan, lamp: Lamp) -> str:
    """What keeps whether a lamp is lit (``[pbxgen-lamps]`` of ``self_service.conf`` sets it).

    Of the longest names it has fewer than the 80 letters that Asterisk keeps, so a switch goes by its number.
    """
    return f"Custom:{plan.name}.{f'{lamp.extension}.{lamp.key}' if lamp.extension else lamp.number}"


def view(plan: Plan, endpoints: EndpointNames) -> dict[str, object]:
    """The hints by the contexts of their numbers, which are as few as Asterisk looks through."""
    hints = {extension: _devices((extension,), endpoints) for extension in plan.users}
    for _, group in plan.positions():
        devices = _devices(group.members, endpoints)
        if len(devices.encode()) <= LONGEST:
            hints[group.number] = devices
    hints |= {lamp.number: device(plan, lamp) for lamp in lamps.of_switches(plan)}
    in_contexts = _within(context(plan), ((number, number, devices) for number, devices in hints.items()), CONTEXTS)
    told: list[dict[str, object]] = [_including(context(plan), in_contexts), *in_contexts]
    if plan.self_service is not None and plan.operators:
        others = ((lamp.extension, lamp.number, device(plan, lamp)) for lamp in lamps.of_colleagues(plan))
        of_others = _within(_colleagues(plan), others, COLLEAGUES)
        told += [_including(_colleagues(plan), of_others, context(plan)), *of_others]
    common = _common(plan)
    for extension, own in lamps.own_of_all(plan).items():
        shown = [(lamp.number, device(plan, lamp)) for lamp in own]
        told.append({"name": _own(plan, extension), "includes": (common[extension],), "hints": shown})
    return {"hint_contexts": told}


def _within(name: str, hints: Iterable[tuple[str, str, str]], most: int) -> list[dict[str, object]]:
    """At most so many contexts, by the beginnings of whose the lamps are."""
    # Asterisk reads literal extensions of one context faster in descending order.
    ordered = sorted(hints, key=lambda hint: (len(hint[0]), hint), reverse=True)
    digits = next(n for n in range(2, 9) if len({number[:-n] for number, _, _ in ordered}) <= most)
    return [
        {"name": f"{name}.{beginning}{'x' * digits}", "includes": (), "hints": [hint for _, *hint in members]}
        for beginning, members in groupby(ordered, key=lambda hint: hint[0][:-digits])
    ]


def _including(name: str, contexts: Iterable[dict[str, object]], *more: str) -> dict[str, object]:
    return {"name": name, "includes": (*more, *(one["name"] for one in contexts)), "hints": []}


def _colleagues(plan: Plan) -> str:
    return f"{context(plan)}.colleagues"


def _devices(extensions: tuple[str, ...], endpoints: EndpointNames) -> str:
    return "&".join(f"PJSIP/{endpoints.of(extension)}" for extension in extensions)
