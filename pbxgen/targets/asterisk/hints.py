"""Lamps of phones (BLF): a hint for every extension, operator position and group, in contexts of their own."""

from __future__ import annotations

from itertools import groupby

from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk.names import EndpointNames

CONTEXTS = 100
"""Asterisk looks through at most 128 contexts for one number."""
LONGEST = 7000
"""Bytes of a hint; a line of the dialplan holds 8,190."""


def context(plan: Plan) -> str:
    """Where subscriptions of the tenant's phones lead (an endpoint's ``subscribe_context``)."""
    return f"{plan.name}.hints"


def view(plan: Plan, endpoints: EndpointNames) -> dict[str, object]:
    """The hints by the contexts of their numbers, which are as few as Asterisk looks through."""
    hints = {extension: _devices((extension,), endpoints) for extension in plan.users}
    for _, group in plan.positions():
        devices = _devices(group.members, endpoints)
        if len(devices.encode()) <= LONGEST:
            hints[group.number] = devices
    digits = next(n for n in range(2, 9) if len({number[:-n] for number in hints}) <= CONTEXTS)
    # Asterisk reads literal extensions of one context faster in descending order.
    numbers = sorted(hints, key=lambda number: (len(number), number), reverse=True)
    contexts = [
        {"name": f"{context(plan)}.{beginning}{'x' * digits}", "hints": [(number, hints[number]) for number in members]}
        for beginning, members in groupby(numbers, key=lambda number: number[:-digits])
    ]
    return {"hints": context(plan), "hint_contexts": contexts}


def _devices(extensions: tuple[str, ...], endpoints: EndpointNames) -> str:
    return "&".join(f"PJSIP/{endpoints.of(extension)}" for extension in extensions)
