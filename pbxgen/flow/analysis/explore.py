"""Where a call goes from a state on, for a whole area of callers and moments at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from pbxgen.flow import machine
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.call_sets import Area, Asked, Been, CallSets
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.machine import Ending, EndKind, Event, EventKind, Pending, Ringing, State, Step
from pbxgen.flow.plan import Outcome, Place, PlaceKind, Plan


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A state without what cannot matter to where the call goes. A state that is met again is the same node."""

    state: State
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
    """Does ``max_diversions`` then keep the call from somewhere it has not been?"""
    area: Area
    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """What the calls of ``area`` come to next: something rings, or they end."""

    area: Area
    step: Step
    over_maximum: bool
    branches: tuple[Branch, ...]

    @property
    def lost(self) -> bool:
        return self.step.ending is not None and is_lost(self.step.ending)


class Explorer:
    """Those of one flow. Each is taken once.

    ``written``: that a place is tried on somebody else's behalf, or stands elsewhere in the source, is another state.
    """

    def __init__(self, plan: Plan, ahead: Ahead, calls: CallSets, *, written: bool = False) -> None:
        self._plan = plan
        self._ahead = ahead
        self._calls = calls
        self._written = written
        self._nodes: dict[Hashable, Node] = {}
        self._known: dict[tuple[Node, Area], tuple[Arrival, ...]] = {}

    @property
    def taken(self) -> int:
        """How many nodes have been gone on from, each area by itself."""
        return len(self._known)

    def begin(self, entry: Place) -> Node:
        return self._node(State((Pending(entry),), frozenset()))

    def of(self, node: Node, area: Area) -> tuple[Arrival, ...]:
        """``area`` is of one origin."""
        key = (node, area)
        if key not in self._known:
            left = [area]
            arrivals = []
            while left:
                arrivals.append(self._arrive(node.state, left.pop(), left))
            self._known[key] = tuple(arrivals)
        return self._known[key]

    def _arrive(self, state: State, area: Area, others: list[Area]) -> Arrival:
        asked = Asked(self._calls, area, others)
        step = machine.advance(self._plan, asked.caller, asked, state._replace(visited=Been.of(state.visited, asked)))
        over_maximum = is_over_maximum(step.events, step.state)
        branches: list[Branch] = []
        if step.ringing is not None:
            asked.tell_apart(_rung(step.ringing))
            possible = outcomes(self._plan, step.ringing, asked.caller, asked)
            for rank, (outcome, seconds) in enumerate(possible.items()):
                left = [asked.area]
                while left:
                    branches.append(self._branch(step, outcome, rank, seconds, left.pop(), left))
        return Arrival(asked.area, step, over_maximum, tuple(branches))

    def _branch(self, step: Step, outcome: Outcome, rank: int, seconds: int, area: Area, others: list[Area]) -> Branch:
        assert step.ringing is not None
        asked = Asked(self._calls, area, others)
        state = step.state._replace(visited=Been.of(step.state.visited, asked))
        following, told = machine.after(self._plan, asked.caller, asked, state, step.ringing, outcome)
        over_maximum = is_over_maximum(told, state)
        return Branch(outcome, rank, seconds, over_maximum, asked.area, self._node(following))

    def _node(self, state: State) -> Node:
        # The caller, whom ``Been`` adds, is not known.
        state, _ = self._ahead.canonical(state._replace(visited=frozenset(iter(state.visited))))
        keys = tuple(p.place.key for p in state.to_try)
        options = tuple(p if self._written else p.place.timeout for p in state.to_try)
        same = (keys, options, state.visited, state.diversions)
        if same not in self._nodes:
            self._nodes[same] = Node(state, tuple(p.place for p in state.to_try))
        return self._nodes[same]


def is_lost(ending: Ending) -> bool:
    return ending.kind is EndKind.RELEASED and not ending.by_rule


def is_over_maximum(events: Sequence[Event], state: State) -> bool:
    """Did the maximum keep a rule from sending the call where it has not been?"""
    return any(
        e.kind is EventKind.NOT_DIVERTED_MAX and any(p.key not in state.visited for p in e.places) for e in events
    )


def _rung(ringing: Ringing) -> list[Key]:
    """Who rings along; one who calls does not."""
    if ringing.group is not None:
        return [(PlaceKind.USER.value, member) for member in ringing.group.members]
    return [] if ringing.user is None else [leg.place.key for leg in ringing.user.follow_me]
