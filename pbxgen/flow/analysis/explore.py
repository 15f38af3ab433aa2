"""Every way a call can go from one entry in one situation, by trying every outcome of every ringing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pbxgen.flow import machine
from pbxgen.flow.analysis.ahead import RUNG, Ahead
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Ending, EndKind, Event, EventKind, Pending, Ringing, State, Step
from pbxgen.flow.plan import Condition, Outcome, Place, PlaceKind, Plan
from pbxgen.source.location import Location

Outcomes = tuple[Outcome, ...]

_NOWHERE = Location("", 0, 0, 0, 0)
_TERMINAL = frozenset({PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE})


@dataclass(frozen=True, slots=True)
class Ways:
    """What can become of a call from some state on. Each way is the outcomes that lead there."""

    lost: Outcomes | None
    """The shortest way to a release that nobody wrote; None: there is none."""
    seconds: int
    """How long everything rings at most, one after the other."""
    longest: Outcomes
    over_max: Outcomes | None
    """The shortest way to a rule that ``max_diversions`` keeps from applying."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A state, and where each outcome leads: the outcome, its seconds, was a rule not applied for the maximum's
    sake, and the next state."""

    step: Step
    maxed: bool
    branches: tuple[tuple[Outcome, int, bool, State], ...]


class _Truths:
    """The conditions of one situation, each looked up once."""

    def __init__(self, plan: Plan, situation: Situation) -> None:
        self._conditions = situation.conditions(plan)
        self._known: dict[Condition, bool] = {}

    def holds(self, condition: Condition) -> bool:
        known = self._known.get(condition)
        if known is None:
            known = self._known[condition] = self._conditions.holds(condition)
        return known


class Explorer:
    """Explores one plan in one situation; states met before are not explored again.

    ``written``: that a place is tried on somebody else's behalf, or stands elsewhere in the source, is another state.
    ``stranger`` explores the same situation with a caller who is nowhere in the plan: once the call cannot come to its
    caller any more, it goes as theirs.
    """

    def __init__(
        self,
        plan: Plan,
        situation: Situation,
        ahead: Ahead | None = None,
        *,
        written: bool = False,
        stranger: Explorer | None = None,
    ) -> None:
        self._plan = plan
        self._stranger = stranger
        self._written = written
        self._ahead = ahead or Ahead(plan)
        self._caller = situation.caller
        self._conditions = _Truths(plan, situation)
        self._known: dict[State, Ways] = {}
        self._nodes: dict[State, _Node] = {}

    @property
    def size(self) -> int:
        """How many states are remembered."""
        return len(self._known)

    def ways(self, entry: Place) -> Ways:
        return self._ways(self._essence(machine.begin(self._caller, [entry])))

    def _ways(self, root: State) -> Ways:
        stack = [root]
        while stack:
            state = stack[-1]
            if state in self._known:
                stack.pop()
                continue
            if self._stranger is not None and not self._meets_caller(state):
                self._known[state] = self._stranger._ways(state)
                stack.pop()
                continue
            node = self._node(state)
            unknown = [following for *_, following in node.branches if following not in self._known]
            if unknown:
                stack += unknown
            else:
                self._known[state] = self._judge(node)
                del self._nodes[state]
                stack.pop()
        return self._known[root]

    def shortest(self, entry: Place, wanted: Callable[[Step], bool]) -> Outcomes | None:
        """The shortest way to a step that is ``wanted``."""
        root = self._essence(machine.begin(self._caller, [entry]))
        seen = {root}
        queue: deque[tuple[State, Outcomes]] = deque([(root, ())])
        while queue:
            state, way = queue.popleft()
            node = self._node(state)
            if wanted(node.step):
                return way
            for outcome, _, _, following in node.branches:
                if following not in seen:
                    seen.add(following)
                    queue.append((following, (*way, outcome)))
        return None

    def replay(self, entry: Place, way: Outcomes, *, slowly: bool = False) -> tuple[Event, ...]:
        """The events of one way, until it is told to its end or something rings whose outcome is not in it.

        ``slowly``: who is busy takes as long as that can take, which is when another contact of theirs is silent.
        """
        state = machine.begin(self._caller, [entry])
        events: list[Event] = []
        left = list(way)
        while True:
            step = machine.advance(self._plan, self._caller, self._conditions, state)
            events += step.events
            if step.ringing is None or not left:
                return tuple(events)
            outcome = left.pop(0)
            seconds = outcomes(self._plan, step.ringing, self._caller, self._conditions)[outcome]
            if outcome is Outcome.BUSY and not slowly:
                seconds = 0
            events.append(_rang(self._plan, self._caller, step.ringing, outcome, seconds))
            state, told = machine.after(self._plan, self._caller, self._conditions, step.state, step.ringing, outcome)
            events += told

    def _node(self, state: State) -> _Node:
        if state in self._nodes:
            return self._nodes[state]
        step = machine.advance(self._plan, self._caller, self._conditions, state)
        branches = []
        if step.ringing is not None:
            possible = outcomes(self._plan, step.ringing, self._caller, self._conditions)
            for outcome, seconds in possible.items():
                following, told = machine.after(
                    self._plan, self._caller, self._conditions, step.state, step.ringing, outcome
                )
                maxed = _held_back(told, step.state)
                branches.append((outcome, seconds, maxed, self._essence(following)))
        node = self._nodes[state] = _Node(step, _held_back(step.events, step.state), tuple(branches))
        return node

    def _essence(self, state: State) -> State:
        """``state`` without what cannot matter to where the call goes, so that more states are the same.

        Those are places to try that the call has been to or that stand twice, everything behind a place that ends the
        call, where a place is written and on whose behalf it is tried, places that the call has been to and cannot
        come to again, and the first outcome (it only decides a status code).
        """
        seen = set(state.visited)
        to_try: list[Pending] = []
        for pending in state.to_try:
            place = pending.place
            if place.key in seen:
                continue
            seen.add(place.key)
            bare = pending if self._written else Pending(Place(place.kind, place.target, _NOWHERE, place.timeout))
            to_try.append(bare)
            if place.kind in _TERMINAL:
                break
        visited = state.visited & self._behind(to_try, state.diversions)
        return State(tuple(to_try), visited, state.diversions, Outcome.BUSY)

    def _behind(self, to_try: Iterable[Pending], diversions: int) -> frozenset[Key]:
        return self._ahead.of((p.place.key for p in to_try), self._plan.max_diversions - diversions)

    def _meets_caller(self, state: State) -> bool:
        """Can the call still come to who makes it?"""
        key = self._caller.key
        if key is None:
            return False
        behind = self._behind(state.to_try, state.diversions)
        return key in behind or (RUNG, key[1]) in behind

    def _judge(self, node: _Node) -> Ways:
        if node.step.ending is not None:
            return Ways(() if is_lost(node.step.ending) else None, 0, (), () if node.maxed else None)
        lost: Outcomes | None = None
        over_max: Outcomes | None = None
        longest: Outcomes = ()
        most = -1
        for outcome, seconds, maxed, following in node.branches:
            ways = self._known[following]
            lost = _shorter(lost, ways.lost, outcome)
            over_max = _shorter(over_max, () if maxed else ways.over_max, outcome)
            likelier = ways.seconds + seconds == most and outcome is Outcome.NO_ANSWER
            if ways.seconds + seconds > most or likelier:
                most, longest = ways.seconds + seconds, (outcome, *ways.longest)
        return Ways(lost, most, longest, () if node.maxed else over_max)


def is_lost(ending: Ending) -> bool:
    return ending.kind is EndKind.RELEASED and not ending.by_rule


def _held_back(events: tuple[Event, ...], state: State) -> bool:
    """Did the maximum keep a rule from sending the call where it has not been?"""
    return any(
        e.kind is EventKind.NOT_DIVERTED_MAX and any(p.key not in state.visited for p in e.places) for e in events
    )


def _shorter(known: Outcomes | None, found: Outcomes | None, outcome: Outcome) -> Outcomes | None:
    if found is None or (known is not None and len(known) <= len(found) + 1):
        return known
    return (outcome, *found)


def _rang(plan: Plan, caller: machine.Caller, ringing: Ringing, outcome: Outcome, seconds: int) -> Event:
    place = ringing.pending.place
    return Event(
        EventKind.RANG,
        place.target,
        outcome=outcome,
        seconds=seconds,
        dialled=_dialled(plan, caller, ringing),
        location=place.location,
    )


def _dialled(plan: Plan, caller: machine.Caller, ringing: Ringing) -> tuple[tuple[str, ...], ...]:
    """Who rings, as the story of a call tells it."""
    place = ringing.pending.place
    if ringing.group is not None:
        who = [m for m in ringing.group.members if ("user", m) != caller.key and not plan.users[m].dnd]
        together = ringing.group.strategy.value == "all"
        return ((tuple(sorted(who)),) if together else tuple((m,) for m in who)) if who else ()
    if ringing.user is None:
        return ((place.target,),)
    if ringing.user.dnd:
        return ()
    legs = sorted((leg.delay, leg.place.target) for leg in ringing.user.follow_me)
    return tuple((target,) for _, target in legs) or ((place.target,),)
