"""Everything that can happen to a call to one place, as a tree of attempts.

A tree says what callers meet, not how it is written: two sources whose trees are equal treat them alike. Nodes are
interned (:class:`Forest`), so that equal trees of one forest, also of two plans, are the same object.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Union

from pbxgen.diagnostics.location import Location
from pbxgen.flow import machine
from pbxgen.flow.analysis.ahead import RUNG, Ahead
from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.analysis.ringing import leg_seconds, outcomes
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Caller, EndKind, Pending, Ringing, State
from pbxgen.flow.plan import ENDS_CALL, CallerId, Outcome, PlaceKind
from pbxgen.flow.world import CallConditions


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """How a call ends that nobody answers. ``value`` is "" for a release that nobody wrote."""

    kind: EndKind
    value: str
    location: Location | None = field(repr=False)

    @property
    def lost(self) -> bool:
        return self.kind is EndKind.RELEASED and not self.value


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """Something rings, and what follows if nobody answers."""

    kind: PlaceKind
    target: str
    seconds: int
    """How long it rings at most; 0: its phone does not ring at all (``dnd``)."""
    confirm: bool
    shows: str | None
    """Whose number an outside place is shown: "original", or the extension whose own number it is (or the trunk's)."""
    trunk: str | None
    legs: tuple[int, ...]
    """How long each leg of the user's ``follow_me`` rings; 0: not at all."""
    branches: tuple[tuple[tuple[Outcome, ...], Node], ...]
    """Outcomes that lead to the same node stand together."""
    location: Location | None = field(repr=False)

    @property
    def next(self) -> Node | None:
        """What follows whatever the outcome; None where that depends."""
        return self.branches[0][1] if len(self.branches) == 1 else None


Node = Union[Attempt, End]  # noqa: UP007 - a forward reference cannot be joined with |


class Ways:
    """Numbers trees by the way that calls go; that something rings longer is the same way."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._known: dict[int, int] = {}
        self._ways: dict[Hashable, int] = {}

    def of(self, root: Node) -> int:
        for node in _upwards(root, self._known):
            self._known[id(node)] = self._number(node, self._known)
            self._nodes.append(node)  # its id stays its own
        return self._known[id(root)]

    def passing(self, root: Node, key: Key) -> int:
        """The way where a place is passed over wherever the same follows however it ends."""
        found: dict[int, int] = {}
        for node in _upwards(root, found):
            if isinstance(node, Attempt) and node.next is not None and (node.kind.value, node.target) == key:
                found[id(node)] = found[id(node.next)]
            else:
                found[id(node)] = self._number(node, found)
        return found[id(root)]

    def _number(self, node: Node, known: Mapping[int, int]) -> int:
        content: Hashable
        if isinstance(node, End):
            content = node.kind, node.value
        else:
            following: dict[int, list[Outcome]] = {}
            for found, child in node.branches:
                following.setdefault(known[id(child)], []).extend(found)
            branches = frozenset((way, frozenset(found)) for way, found in following.items())
            content = node.kind, node.target, node.seconds > 0, node.confirm, node.shows, node.trunk, branches
        return self._ways.setdefault(content, len(self._ways))


def _upwards(root: Node, known: Mapping[int, int]) -> Iterator[Node]:
    """The nodes of a tree that are not known yet, each after those behind it; they are known once they are given."""
    stack = [root]
    while stack:
        node = stack[-1]
        behind = [] if isinstance(node, End) else [c for _, c in node.branches if id(c) not in known]
        if behind:
            stack += behind
        else:
            stack.pop()
            if id(node) not in known:
                yield node


class Forest:
    """Grows trees in which equal nodes are one.

    Where a call cannot come to its caller's own place any more, it goes on as that of any other caller for whom the
    same conditions hold: that part of their trees is grown once.
    """

    def __init__(self) -> None:
        self._nodes: dict[Hashable, Node] = {}
        self._shared: dict[Hashable, dict[State, Node]] = {}

    def tree(self, ahead: Ahead, situation: Situation, flow: Flow) -> Node:
        """What happens to a call to the entry of ``flow``, one of ``ahead``'s plan."""
        conditions = situation.conditions(ahead.plan)
        caller = situation.caller
        alike = (id(ahead), caller.origin, caller.carried, tuple(conditions.holds(c) for c in flow.conditions))
        shared = self._shared.setdefault(alike, {})
        return _Growth(self, ahead, caller, conditions, shared).grow(machine.begin(caller, [flow.entry]))

    def kept(self, key: Hashable, node: Node) -> Node:
        return self._nodes.setdefault(key, node)


class _Growth:
    def __init__(
        self, forest: Forest, ahead: Ahead, caller: Caller, conditions: CallConditions, shared: dict[State, Node]
    ) -> None:
        self._forest = forest
        self._ahead = ahead
        self._plan = ahead.plan
        self._caller = caller
        self._rung = (RUNG, caller.number)
        self._conditions = conditions
        self._own: dict[State, Node] = {}
        self._shared = shared

    def grow(self, state: State) -> Node:
        state, ahead = self._without_idle(state)
        known = self._own if self._rung in ahead else self._shared
        if state not in known:
            known[state] = self._grown(state)
        return known[state]

    def _grown(self, state: State) -> Node:
        step = machine.advance(self._plan, self._caller, self._conditions, state)
        if step.ringing is None:
            assert step.ending is not None
            kind, value = step.ending.kind, step.ending.value
            if kind is EndKind.RELEASED and not step.ending.by_rule:
                value = ""
            return self._forest.kept((kind, value), End(kind, value, step.events[-1].location))
        return self._attempt(step.ringing, step.state)

    def _attempt(self, ringing: Ringing, state: State) -> Node:
        branches: dict[int, tuple[list[Outcome], Node]] = {}
        possible = outcomes(self._plan, ringing, self._caller, self._conditions)
        for outcome in (o for o in Outcome if o in possible):  # in one order, or equal nodes would look different
            following, _ = machine.after(self._plan, self._caller, self._conditions, state, ringing, outcome)
            child = self.grow(following)
            branches.setdefault(id(child), ([], child))[0].append(outcome)
        place = ringing.pending.place
        node = Attempt(
            place.kind,
            place.target,
            max(possible.values()),
            place.confirm,
            self._shows(ringing.pending),
            place.trunk,
            leg_seconds(ringing, self._caller, self._conditions),
            tuple((tuple(found), child) for found, child in branches.values()),
            place.location,
        )
        content = (node.kind, node.target, node.seconds, node.confirm, node.shows, node.trunk, node.legs)
        # However a group or an outside number ends, the same follows.
        matters = node.kind is PlaceKind.USER
        return self._forest.kept((content, tuple((o if matters else (), id(c)) for o, c in node.branches)), node)

    def _shows(self, pending: Pending) -> str | None:
        place = pending.place
        if place.kind is not PlaceKind.OUTSIDE:
            return None
        policy = self._plan.caller_id_of(place)
        return policy.value if policy is CallerId.ORIGINAL else (pending.by or "trunk")

    def _without_idle(self, state: State) -> tuple[State, frozenset[Key]]:
        """``state`` without what cannot matter any more, and everything that the call can still come to.

        Left out are places that will never be tried, places that the call has been to and cannot come to again, and
        what only decides a status code.
        """
        seen = set(state.visited)
        to_try: list[Pending] = []
        for pending in state.to_try:
            if pending.place.key in seen:
                continue
            seen.add(pending.place.key)
            to_try.append(pending)
            if pending.place.kind in ENDS_CALL:
                break
        ahead = self._ahead.of((p.place.key for p in to_try), self._plan.max_diversions - state.diversions)
        idle = state._replace(to_try=tuple(to_try), visited=state.visited & ahead, first_outcome=Outcome.BUSY)
        return idle, ahead
