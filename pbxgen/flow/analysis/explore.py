"""Explore calls: where they go from a state on, for a whole area of callers and moments at once.

The search for findings and the trees of `explain` and `diff` use the same :class:`Explorer`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from pbxgen.flow import machine
from pbxgen.flow.analysis.call_sets import Area, Asked, Been, CallSets
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.machine import CallState, Ending, EndKind, Event, EventKind, Pending, Ringing, Step
from pbxgen.flow.plan import Outcome, Place, PlaceKind


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The part of a state that decides where the call goes. States that agree in it are one point."""

    state: CallState
    places: tuple[Place, ...]
    """Those to try."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """How a ringing can end that nobody answers."""

    outcome: Outcome
    rank: int
    """Its place among the outcomes of this ringing."""
    seconds: int
    """How long that can take."""
    over_maximum: bool
    """Does ``max_diversions`` then stop a rule that leads somewhere the call has not been?"""
    area: Area
    point: Point
    chosen: tuple[tuple[str, str], ...] = ()
    """What users must have set for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """What the calls of ``area`` come to next: something rings, or they end."""

    area: Area
    step: Step
    over_maximum: bool
    seconds: Mapping[Outcome, int]
    """How long the ringing can take, by each outcome that it can have."""
    chosen: tuple[tuple[str, str], ...] = ()
    """What users must have set for it."""

    @property
    def lost(self) -> bool:
        return self.step.ending is not None and is_lost(self.step.ending)


class TooManyStepsError(Exception):
    """There is more to explore than was asked for."""


class Explorer:
    """Explores ``calls``, each point once; ``written``: points also differ by who diverts and by the source line."""

    def __init__(
        self, ahead: PlacesAhead, calls: CallSets, *, written: bool = False, most_steps: int | None = None
    ) -> None:
        """``most_steps``: so many arrivals and branches, then TooManyStepsError is raised; None: all there are."""
        self.steps = 0
        """Arrivals and branches so far."""
        self._most_steps = most_steps
        self.plan = ahead.plan
        self.calls = calls
        self._ahead = ahead
        self._written = written
        self._points: dict[Hashable, Point] = {}
        self._arrivals: dict[tuple[Point, Area], tuple[Arrival, ...]] = {}
        self._branches: dict[Arrival, tuple[Branch, ...]] = {}

    @property
    def taken(self) -> int:
        """Number of explored points, counted once for each area."""
        return len(self._arrivals)

    def knows(self, point: Point, area: Area) -> bool:
        """Has this point been explored for this area?"""
        return (point, area) in self._arrivals

    def begin(self, entry: Place) -> Point:
        return self._point(CallState((Pending(entry),), frozenset()))

    def of(self, point: Point, area: Area) -> tuple[Arrival, ...]:
        """What the calls of ``area``, which is of one origin, come to after ``point``."""
        key = (point, area)
        if key not in self._arrivals:
            left = [area]
            arrivals = []
            while left:
                self._step()
                arrivals.append(self._arrive(point.state, left.pop(), left))
            self._arrivals[key] = tuple(arrivals)
        return self._arrivals[key]

    def branches(self, arrival: Arrival) -> tuple[Branch, ...]:
        """The outcomes of a ringing that nobody answers, and where the call is after each outcome."""
        if arrival not in self._branches:
            branches: list[Branch] = []
            for rank, outcome in enumerate(arrival.seconds):
                left = [arrival.area]
                while left:
                    self._step()
                    branches.append(self._branch(arrival, outcome, rank, left.pop(), left))
            self._branches[arrival] = tuple(branches)
        return self._branches[arrival]

    def _step(self) -> None:
        if self._most_steps is not None and self.steps >= self._most_steps:
            raise TooManyStepsError
        self.steps += 1

    def _arrive(self, state: CallState, area: Area, others: list[Area]) -> Arrival:
        asked = Asked(self.calls, area, others, rings=True)
        step = machine.advance(self.plan, asked.caller, asked, state._replace(visited=Been.of(state.visited, asked)))
        over_maximum = is_over_maximum(step.events, step.state)
        seconds: Mapping[Outcome, int] = {}
        if step.ringing is not None:
            asked.tell_apart(_rung(step.ringing))
            seconds = outcomes(self.plan, step.ringing, asked.caller, asked)
        return Arrival(asked.area, step, over_maximum, seconds, asked.chosen)

    def _branch(self, arrival: Arrival, outcome: Outcome, rank: int, area: Area, others: list[Area]) -> Branch:
        before, ringing = arrival.step.state, arrival.step.ringing
        assert ringing is not None
        asked = Asked(self.calls, area, others)
        state = before._replace(visited=Been.of(before.visited, asked))
        following, told = machine.after(self.plan, asked.caller, asked, state, ringing, outcome)
        over_maximum = is_over_maximum(told, state)
        return Branch(
            outcome, rank, arrival.seconds[outcome], over_maximum, asked.area, self._point(following), asked.chosen
        )

    def _point(self, state: CallState) -> Point:
        state = self._ahead.canonical(state)
        options: Hashable = state.to_try
        if not self._written:
            options = tuple((p.place.key, p.place.timeout) for p in state.to_try)
        same = (options, state.visited, state.diversions)
        if same not in self._points:
            self._points[same] = Point(state, tuple(p.place for p in state.to_try))
        return self._points[same]


def is_lost(ending: Ending) -> bool:
    return ending.kind is EndKind.RELEASED and not ending.by_rule


def is_over_maximum(events: Sequence[Event], state: CallState) -> bool:
    """Did ``max_diversions`` stop a rule that leads somewhere the call has not been?"""
    return any(
        e.kind is EventKind.NOT_DIVERTED_MAX and any(p.key not in state.visited for p in e.places) for e in events
    )


def _rung(ringing: Ringing) -> list[Key]:
    """Phones and numbers that ring along; of these the caller's own does not ring."""
    if ringing.group is not None:
        return [(PlaceKind.USER.value, member) for member in ringing.group.members]
    return [] if ringing.user is None else [leg.place.key for leg in ringing.user.follow_me]
