"""The positions of switches that are enough to examine."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pbxgen.flow.analysis.components import components
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.plan import PlaceKind, Plan

_ALWAYS = 16
"""Positions that are examined however large a plan is: those of four switches."""
_MOST_OF_USERS = 10_000
"""Maximum of positions times users, which takes some tens of seconds."""


class Positions(NamedTuple):
    every: tuple[tuple[str, Mapping[str, bool]], ...]
    """How the switches stand by name, each way in words."""
    left_out: tuple[str, ...]
    """Switches of which too many decide together: each is examined alone, and all of them together."""


def positions(*plans: Plan) -> Positions:
    """The positions to examine in some plans: every combination of the switches that one call can meet together."""
    names = tuple(dict.fromkeys(name for plan in plans for name in plan.switches))
    if not names:
        return Positions((("", {}),), ())
    most = max(_ALWAYS, _MOST_OF_USERS // max(1, *(len(plan.users) for plan in plans)))
    together = [names] if 1 << len(names) <= _ALWAYS else _together(names, plans)
    ways: list[list[tuple[bool, ...]]] = []
    left_out: list[str] = []
    for group in together:
        if 1 << len(group) <= most:
            ways.append(list(itertools.product((False, True), repeat=len(group))))
            continue
        left_out += group
        singles = [tuple(name == one for name in group) for one in group]
        ways.append([(False,) * len(group), *singles, (True,) * len(group)])
    every = []
    for n in range(max(map(len, ways))):  # switches that no call can meet together are varied at the same time
        on: dict[str, bool] = {}
        for group, its in zip(together, ways, strict=True):
            on |= zip(group, its[n % len(its)], strict=True)
        words = ", ".join(f"{name} {'on' if on[name] else 'off'}" for name in names)
        every.append((words, {name: on[name] for name in names}))
    return Positions(tuple(every), tuple(left_out))


def _together(names: tuple[str, ...], plans: Iterable[Plan]) -> list[tuple[str, ...]]:
    """The switches, divided: no call, and no position that may be empty, asks for two of different groups."""
    graph: dict[str, dict[str, None]] = {name: {} for name in names}
    for plan in plans:
        if any(user.self_service and user.self_service.to for user in plan.users.values()):
            return [names]  # a setting may lead from any call to any other
        reach = Reach(plan)
        for first, *others in {asked for place in plan.places() if (asked := _asked(plan, reach.flow_of(place)))}:
            for other in others:
                graph[first][other] = None
                graph[other][first] = None
    groups = components({name: list(others) for name, others in graph.items()})
    return [tuple(sorted(group, key=names.index)) for group in groups]


def _asked(plan: Plan, flow: Flow) -> tuple[str, ...]:
    """Switches that a call may ask for, and that decide whether somebody is at a position it comes to."""
    conditions = list(flow.conditions)
    for kind, name in flow.keys:
        if kind == PlaceKind.OPERATOR.value:
            members = (plan.users[member] for member in plan.operators[name].members)
            conditions += [rule.condition for member in members for rule in member.deviations.unconditional]
    return tuple(dict.fromkeys(asked.switch for condition in conditions for asked in condition.switches))
