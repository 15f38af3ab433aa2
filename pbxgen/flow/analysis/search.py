"""Search all calls to an entry for the best example of a finding (A*, Hart, Nilsson and Raphael 1968).

Bounds on the rest of each way (:mod:`pbxgen.flow.analysis.bounds`) make the first way found the best one. Of equally
good ways it is that of the first caller and moment, and of those the one whose outcomes come first.
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbxgen.flow.analysis.bounds import NEVER, Bounds
from pbxgen.flow.analysis.call_sets import Area, CallSets, First
from pbxgen.flow.analysis.entries import Entry
from pbxgen.flow.analysis.explore import Arrival, Branch, Explorer, Point
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan

_RINGS = frozenset({PlaceKind.OUTSIDE, PlaceKind.OPERATOR, PlaceKind.GROUP, PlaceKind.SERVICE})

_Way = tuple[tuple[int, Outcome], ...]
"""Each outcome with what decides between it and others that are as good."""


@dataclass(frozen=True, slots=True)
class BestWay:
    """A way from the entry, with the callers and moments of its calls."""

    value: int
    """Ringings, or seconds of ringing."""
    area: Area
    outcomes: tuple[Outcome, ...]


class Aim(ABC):
    """What is looked for, by default on the way with the fewest ringings. Costs are minimised: what shall be large is
    counted negative."""

    @abstractmethod
    def bound(self, point: Point, area: Area) -> int | None:
        """What the rest of a way costs at least; None: it leads nowhere."""

    @abstractmethod
    def is_reached(self, arrival: Arrival) -> bool: ...

    def is_reached_by(self, branch: Branch) -> bool:
        return False

    def cost(self, branch: Branch) -> int:
        return 1

    def rank(self, branch: Branch) -> int:
        return branch.rank


def best(explorer: Explorer, roots: Iterable[tuple[Point, Area]], aim: Aim, below: int = NEVER) -> BestWay | None:
    """The best way that ``aim`` is reached; None where none costs less than ``below``."""
    heap: list[tuple[int, First, _Way, int, int, Area, Point | None]] = []
    met: dict[tuple[Point, Area], tuple[int, _Way]] = {}
    pushed = 0
    for root, area in roots:
        least = aim.bound(root, area)
        if least is not None and least < below:
            pushed += 1
            heap.append((least, area.first, (), pushed, 0, area, root))
    heapq.heapify(heap)
    while heap:
        least, _, way, _, cost, area, point = heapq.heappop(heap)
        if point is None:
            return BestWay(cost, area, tuple(outcome for _, outcome in way))
        before = met.get((point, area))
        if before is not None and before <= (cost, way):
            continue
        met[point, area] = (cost, way)
        for following, new_cost, new_way, new_area in _further(explorer, aim, point, area, cost, way):
            rest = 0 if following is None else aim.bound(following, new_area)
            if rest is None or (total := max(least, new_cost + rest)) >= below:
                continue
            pushed += 1
            heapq.heappush(heap, (total, new_area.first, new_way, pushed, new_cost, new_area, following))
    return None


def best_of_all(
    explorer: Explorer, entry: Entry, calls: CallSets, root: Point, aim: Aim, below: int = NEVER
) -> BestWay | None:
    """The best way of all callers to ``entry``; one from inside if no outside number leads there and it is as good."""
    inside = [(root, calls.of(Origin.INTERNAL))]
    best_way = best(explorer, [(root, calls.of(Origin.EXTERNAL)), *inside], aim, below)
    if best_way is None or entry.number is not None:
        return best_way
    plainer = best(explorer, inside, aim, below)
    return plainer if plainer is not None and plainer.value == best_way.value else best_way


def _further(
    explorer: Explorer, aim: Aim, point: Point, area: Area, cost: int, way: _Way
) -> Iterator[tuple[Point | None, int, _Way, Area]]:
    """The points one ringing further; None in place of a point: the aim is reached."""
    for arrival in explorer.of(point, area):
        if aim.is_reached(arrival):
            yield None, cost, way, arrival.area
            continue
        cheapest: dict[tuple[Point, Area], tuple[int, int, Branch]] = {}
        for branch in explorer.branches(arrival):
            more, rank = aim.cost(branch), aim.rank(branch)
            if aim.is_reached_by(branch):
                yield None, cost + more, (*way, (rank, branch.outcome)), branch.area
                continue
            key = (branch.point, branch.area)
            known = cheapest.get(key)
            if known is None or (more, rank) < known[:2]:
                cheapest[key] = (more, rank, branch)
        for more, rank, branch in cheapest.values():
            yield branch.point, cost + more, (*way, (rank, branch.outcome)), branch.area


def may_be_lost(plan: Plan, places: Iterable[Place]) -> bool:
    """May a call end unanswered behind ``places``? Not if one of them ends the call or has a mailbox of its own."""
    users = plan.users
    return not any(p.ends_call or (p.kind is PlaceKind.USER and users[p.target].mailbox) for p in places)


def fewest_ringings(plan: Plan, places: Iterable[Place]) -> int:
    """How many of ``places``, all different, will at least have rung once a call that has them to try is lost."""
    users = plan.users
    return sum(
        not users[place.target].deviations.unconditional if place.kind is PlaceKind.USER else place.kind in _RINGS
        for place in places
    )


class ToBeLost(Aim):
    """The shortest way of a call from outside to a release that nobody wrote.

    Its bound saves nine tenths of the search where users divert to one another: 200 who each divert to three others
    take 10 s of CPU with it and 120 s without. A finer bound, place by place, saved nothing measurable.
    """

    def __init__(self, plan: Plan, calling: int) -> None:
        """``calling``: the callers who are in the flow themselves, as bits."""
        self._plan = plan
        self._calling = calling

    def bound(self, point: Point, area: Area) -> int | None:
        if not may_be_lost(self._plan, point.places):
            return None
        own = area.callers & self._calling and any(p.kind is PlaceKind.OUTSIDE for p in point.places)
        return max(0, fewest_ringings(self._plan, point.places) - bool(own))

    def is_reached(self, arrival: Arrival) -> bool:
        return arrival.lost


class ToExceedMaximum(Aim):
    """The shortest way to a rule that ``max_diversions`` keeps from applying."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    def bound(self, point: Point, area: Area) -> int | None:
        least = self._bounds.fewest_until_over_maximum(point.places, point.state.diversions)
        return None if least >= NEVER else least

    def is_reached(self, arrival: Arrival) -> bool:
        return arrival.over_maximum

    def is_reached_by(self, branch: Branch) -> bool:
        return branch.over_maximum


class ToRing(Aim):
    """The way with the longest ringing. Of equally long outcomes no answer is preferred, as the likeliest."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._known: dict[Point, int] = {}

    def bound(self, point: Point, area: Area) -> int | None:
        if point not in self._known:
            self._known[point] = -self._bounds.most_seconds(point.places, point.state.diversions)
        return self._known[point]

    def cost(self, branch: Branch) -> int:
        return -branch.seconds

    def rank(self, branch: Branch) -> int:
        return 0 if branch.outcome is Outcome.NO_ANSWER else 1 + branch.rank

    def is_reached(self, arrival: Arrival) -> bool:
        return arrival.step.ending is not None
