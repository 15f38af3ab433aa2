"""Upper bound on the seconds a call can ring, lower bound on the ringings until `max_diversions` stops a rule.

Both are computed for each place and number of diversions without following any call, as if a place could be tried
again: a bound for a place holds for every call that comes to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pbxgen.flow.analysis.choices import Choices, Places
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.plan import Place, PlaceKind, Plan, RingGroup, Strategy

NEVER = 1 << 40
"""More seconds or ringings than any call has."""

_Ways = dict[int, tuple[int, int]]
"""By the diversions that the call has had after a place: the most seconds, and the fewest ringings."""
_Row = tuple[_Ways, int, int]
"""The ways past a place; the most seconds of the calls that end there (-1: none does); the fewest ringings until
`max_diversions` stops a rule (``NEVER``: it stops none)."""


class Bounds:
    """The bounds of one plan."""

    def __init__(self, plan: Plan, choices: Choices) -> None:
        """``choices`` are those of calls of either origin."""
        self._plan = plan
        self._max = plan.max_diversions
        self._choices = choices
        self._users: dict[tuple[str, int | None, int], _Row] = {}
        self._overflows: dict[tuple[Key, int], tuple[int, int]] = {}
        """By position or group and diversions: the most seconds of its overflow, and the fewest ringings until a rule
        is stopped."""
        self._inbound: dict[tuple[Key, int], _Row] = {}
        order = list(self._choices.in_order())
        for diversions in range(self._max, -1, -1):
            for component, in_circle in order:
                self._prepare(component, diversions, in_circle=in_circle)

    def most_seconds(self, places: Iterable[Place], diversions: int) -> int:
        return _most(self._list(places, diversions))

    def fewest_until_over_maximum(self, places: Iterable[Place], diversions: int) -> int:
        """The fewest ringings until `max_diversions` stops a rule; ``NEVER``: it stops none."""
        return self._list(places, diversions)[2]

    def _list(self, places: Iterable[Place], diversions: int) -> _Row:
        on: _Ways = {diversions: (0, 0)}
        ends, until_stopped = -1, NEVER
        for place in places:
            if place.ends_call:
                return {}, max(ends, *(s for s, _ in on.values())), until_stopped
            further = dict(on)  # a place that the call has been to is not tried again
            for at, (seconds, ringings) in on.items():
                ways, ending, soonest = self._row(place, at)
                if ending >= 0:
                    ends = max(ends, seconds + ending)
                until_stopped = min(until_stopped, ringings + soonest)
                _add(further, ways, seconds, ringings)
            on = further
        return on, ends, until_stopped

    def _row(self, place: Place, diversions: int) -> _Row:
        match place.kind:
            case PlaceKind.USER:
                key = (place.target, place.timeout, diversions)
                if key not in self._users:
                    self._users[key] = self._user(place, diversions)
                return self._users[key]
            case PlaceKind.OUTSIDE:
                return {diversions: (place.timeout or self._plan.outside_timeout, 1)}, -1, NEVER
            case PlaceKind.INBOUND:
                return self._inbound[place.key, diversions]
            case PlaceKind.SERVICE:
                return {diversions: (0, 1)}, -1, NEVER
            case _:
                seconds, soonest = self._overflows[place.key, diversions]
                seconds += seconds_of_group(self._plan, self._plan.group_at(place.key), place.timeout)
                return {diversions: (seconds, 1)}, -1, 1 + soonest

    def _user(self, place: Place, diversions: int) -> _Row:
        on: _Ways = {}
        ends, until_stopped = -1, NEVER
        choices = self._choices.of_user(place.target)
        if diversions < self._max:
            for rule in choices.unconditional:
                ways, ending, soonest = self._list(rule.places, diversions + 1)
                _add(on, ways, 0, 0)
                ends, until_stopped = max(ends, ending), min(until_stopped, soonest)
            if choices.diverted:
                return on, ends, until_stopped
        elif choices.unconditional:
            until_stopped = 0
        seconds = choices.seconds if place.timeout is None else min(choices.seconds, place.timeout)
        for places in choices.answers:
            if places and diversions < self._max:
                ways, ending, soonest = self._list(places, diversions + 1)
                _add(on, ways, seconds, 1)
                if ending >= 0:
                    ends = max(ends, seconds + ending)
                until_stopped = min(until_stopped, 1 + soonest)
            else:
                _add(on, {diversions: (0, 0)}, seconds, 1)
                if places:
                    until_stopped = min(until_stopped, 1)
        return on, ends, until_stopped

    def _prepare(self, component: Sequence[Key], diversions: int, *, in_circle: bool) -> None:
        if not in_circle:
            (key,) = component
            if key[0] == PlaceKind.INBOUND.value:
                self._inbound[key, diversions] = self._enter(key, diversions)
            else:
                self._overflows[key, diversions] = self._behind(self._plan.group_at(key).overflow, diversions)
            return
        seconds, soonest = self._around(component, diversions)
        for key in component:
            if key[0] == PlaceKind.INBOUND.value:
                on = dict.fromkeys(range(diversions, self._max + 1), (seconds, 0))
                self._inbound[key, diversions] = (on, seconds, soonest)
            else:
                self._overflows[key, diversions] = (seconds, soonest)

    def _around(self, component: Sequence[Key], diversions: int) -> tuple[int, int]:
        """The bounds of a cycle: each of its places is tried once, so a call rings no longer than all of them
        together."""
        if any(key[0] == PlaceKind.INBOUND.value for key in component):
            return NEVER, 0
        inside = set(component)
        seconds, soonest = 0, NEVER
        for key in component:
            group = self._plan.group_at(key)
            most, fewest = self._behind(tuple(p for p in group.overflow if p.key not in inside), diversions)
            seconds += seconds_of_group(self._plan, group, None) + most
            soonest = min(soonest, fewest)
        return seconds, soonest

    def _enter(self, key: Key, diversions: int) -> _Row:
        rules, certain = self._choices.of(self._plan.inbound[key[1]].rules)
        on: _Ways = {} if certain else {diversions: (0, 0)}
        ends, until_stopped = -1, NEVER
        for rule in rules:
            ways, ending, soonest = self._list(rule.places, diversions)
            _add(on, ways, 0, 0)
            ends, until_stopped = max(ends, ending), min(until_stopped, soonest)
        return on, ends, until_stopped

    def _behind(self, overflow: Places, diversions: int) -> tuple[int, int]:
        """The bounds of an overflow, which is tried after all other places, when the call may have been diverted more
        often."""
        rows = [self._list(overflow, d) for d in range(diversions, self._max + 1)]
        return max(_most(row) for row in rows), min(row[2] for row in rows)


def seconds_of_group(plan: Plan, group: RingGroup, timeout: int | None) -> int:
    """How long a position or group rings at most, members with ``dnd`` left out."""
    free = sum(1 for member in group.members if not plan.users[member].dnd)
    seconds = group.ring_timeout * (free if group.strategy is Strategy.LINEAR else min(free, 1))
    return seconds if timeout is None else min(seconds, timeout)


def _most(row: _Row) -> int:
    on, ends, _ = row
    return max(ends, *(seconds for seconds, _ in on.values())) if on else ends


def _add(known: _Ways, ways: _Ways, seconds: int, ringings: int) -> None:
    """``ways``, each behind ``seconds`` and ``ringings``, to those that are known."""
    for diversions, (more, fewest) in ways.items():
        bound = known.get(diversions)
        if bound is None:
            known[diversions] = (seconds + more, ringings + fewest)
        else:
            known[diversions] = (max(bound[0], seconds + more), min(bound[1], ringings + fewest))
