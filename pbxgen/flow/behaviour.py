"""Everything that can happen to a call to one place, as a tree of attempts.

A tree says what callers meet, not how it is written: two sources whose trees are equal treat them alike. Nodes are
interned (:class:`Forest`), so that equal trees of one forest, also of two plans, are the same object.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Union

from pbxgen.diagnostics.location import Location
from pbxgen.flow import machine
from pbxgen.flow.analysis.ahead import RUNG, Ahead
from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.analysis.ringing import leg_seconds, outcomes
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Caller, EndKind, Pending, Ringing, State
from pbxgen.flow.plan import CallerId, Outcome, Place, PlaceKind
from pbxgen.flow.world import Bell, CallConditions, Rung, World


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
    cut: bool = False
    """Is what follows left out? Then there are no branches."""
    answered: str | None = None
    """Who answers, where the phones that ring are known to; then there are no branches."""

    @property
    def next(self) -> Node | None:
        """What follows whatever the outcome; None where that depends."""
        return self.branches[0][1] if len(self.branches) == 1 else None


Node = Union[Attempt, End]  # noqa: UP007 - a forward reference cannot be joined with |


def nodes_of(root: Node) -> tuple[Node, ...]:
    """The nodes below ``root`` and itself, each once, breadth first."""
    found = {id(root): root}
    queue = [root]
    for node in queue:  # grows meanwhile
        for _, child in node.branches if isinstance(node, Attempt) else ():
            if id(child) not in found:
                found[id(child)] = child
                queue.append(child)
    return tuple(queue)


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
            ends = node.answered, node.cut
            content = node.kind, node.target, node.seconds > 0, node.confirm, node.shows, node.trunk, branches, ends
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


Root = tuple[Ahead, Situation, Flow]
"""A call to the entry of a flow of a plan."""


class Forest:
    """Grows trees in which equal nodes are one.

    Where a call cannot come to its caller's own place any more, it goes on as that of any other caller for whom the
    same conditions hold: that part of their trees is grown once.
    """

    def __init__(self, left: int, longest: int | None = None, world: World | None = None) -> None:
        """``left``: how many states are followed; ``longest``: branches of one tree.

        ``world``: phones and outside numbers whose state is known; those that it does not name may be in any.
        """
        self.left = left
        self.whole = True
        """Is nothing left out of any tree so far?"""
        self._longest = longest
        self._world = world
        self._nodes: dict[Hashable, Node] = {}
        self._shared: dict[Hashable, _Memory] = {}

    def trees(self, roots: Iterable[Root]) -> list[Node]:
        """What happens to these calls.

        Where it is too much, what comes after the fewest ringings is in them, equally far in each tree.
        """
        growths = [self._growth(*root) for root in roots]
        depth = 0
        while any(growth.last for growth in growths):
            if not all(growth.deepen(self) for growth in growths):
                break
            depth += 1
        return [growth.grow(self, depth) for growth in growths]

    def _growth(self, ahead: Ahead, situation: Situation, flow: Flow) -> _Growth:
        caller, conditions = situation.caller, situation.conditions(ahead.plan)
        alike = (id(ahead), caller.origin, caller.carried, tuple(conditions.holds(c) for c in flow.conditions))
        shared = self._shared.setdefault(alike, {})
        return _Growth(ahead, caller, conditions, shared, flow.entry, self._longest, self._world)

    def kept(self, key: Hashable, node: Node) -> Node:
        return self._nodes.setdefault(key, node)


@dataclass(frozen=True, slots=True)
class _Rung:
    """Something that rings, and the states of the call after each outcome."""

    ringing: Ringing
    seconds: int
    following: tuple[tuple[Outcome, _Point], ...]
    answered: str | None


_Point = tuple[bool, State]
"""A state, and whether the call can still come to its caller's own place."""
_Memory = dict[State, _Rung | End]


class _Growth:
    """The tree of one call, level by level: a level is what is met after as many ringings."""

    def __init__(
        self,
        ahead: Ahead,
        caller: Caller,
        conditions: CallConditions,
        shared: _Memory,
        entry: Place,
        longest: int | None,
        world: World | None,
    ) -> None:
        self._ahead = ahead
        self._plan = ahead.plan
        self._caller = caller
        self._rung = (RUNG, caller.number)
        self._conditions = conditions
        self._own: _Memory = {}
        self._shared = shared
        self._longest = longest
        self._bell = None if world is None else Bell(ahead.plan, caller, replace(world, moment=conditions.moment))
        self._world = world
        self._levels: list[list[_Point]] = [[self._point(machine.begin(caller, [entry]))]]
        self._branches = 0

    @property
    def last(self) -> list[_Point]:
        return self._levels[-1]

    def deepen(self, forest: Forest) -> bool:
        """One more level; False where that is too much: at least the first is followed."""
        level: dict[_Point, None] = {}
        for point in self._levels[-1]:
            if len(self._levels) > 1 and (forest.left <= 0 or (self._longest and self._branches > self._longest)):
                return False
            memory = self._own if point[0] else self._shared
            if point[1] not in memory:
                memory[point[1]] = self._further(point[1])
                forest.left -= 1
            rung = memory[point[1]]
            if isinstance(rung, _Rung):
                self._branches += len({following for _, following in rung.following})
                level.update((following, None) for _, following in rung.following)
        self._levels.append(list(level))
        return True

    def grow(self, forest: Forest, depth: int) -> Node:
        """The nodes from below upwards."""
        behind: dict[_Point, Node] = {}
        for number in range(depth, -1, -1):
            nodes = {}
            for point in self._levels[number]:
                found = (self._own if point[0] else self._shared).get(point[1])
                if found is None:
                    found = self._further(point[1], followed=False)
                nodes[point] = self._node(forest, found, None if number == depth else behind)
            behind = nodes
        return behind[self._levels[0][0]]

    def _node(self, forest: Forest, found: _Rung | End, behind: dict[_Point, Node] | None) -> Node:
        """``behind``: the nodes that follow; None where they are not looked at."""
        if isinstance(found, End):
            return forest.kept((found.kind, found.value), found)
        branches: dict[int, tuple[list[Outcome], Node]] = {}
        for outcome, child in () if behind is None else [(o, behind[point]) for o, point in found.following]:
            branches.setdefault(id(child), ([], child))[0].append(outcome)
        pending = found.ringing.pending
        place = pending.place
        cut = behind is None and found.answered is None
        forest.whole = forest.whole and not cut
        node = Attempt(
            place.kind,
            place.target,
            found.seconds,
            place.confirm,
            self._shows(pending),
            place.trunk,
            leg_seconds(found.ringing, self._caller, self._conditions),
            tuple((tuple(outcomes), child) for outcomes, child in branches.values()),
            place.location,
            cut=cut,
            answered=found.answered,
        )
        content = (node.kind, node.target, node.seconds, node.confirm, node.shows, node.trunk, node.legs, node.answered)
        # However a group or an outside number ends, the same follows.
        matters = node.kind is PlaceKind.USER
        return forest.kept((content, node.cut, tuple((o if matters else (), id(c)) for o, c in node.branches)), node)

    def _further(self, state: State, *, followed: bool = True) -> _Rung | End:
        step = machine.advance(self._plan, self._caller, self._conditions, state)
        if step.ringing is None:
            assert step.ending is not None
            kind, value = step.ending.kind, step.ending.value
            if kind is EndKind.RELEASED and not step.ending.by_rule:
                value = ""
            return End(kind, value, step.events[-1].location)
        ringing = step.ringing
        possible = outcomes(self._plan, ringing, self._caller, self._conditions)
        seconds = max(possible.values())
        known = self._known(ringing)
        if known is not None:
            if known.outcome is None:
                return _Rung(ringing, known.seconds, (), known.answered)
            possible = {known.outcome: known.seconds}
            seconds = known.seconds
        following = []
        for outcome in (
            o for o in Outcome if followed and o in possible
        ):  # in one order, or equal nodes would look different
            after, _ = machine.after(self._plan, self._caller, self._conditions, step.state, ringing, outcome)
            following.append((outcome, self._point(after)))
        return _Rung(ringing, seconds, tuple(following), None)

    def _known(self, ringing: Ringing) -> Rung | None:
        """How it goes, where the state of everybody who rings is known."""
        if self._world is None or self._bell is None:
            return None
        place = ringing.pending.place
        if ringing.group is not None:
            ringers = [(PlaceKind.USER.value, member) for member in ringing.group.members]
        else:
            legs = () if ringing.user is None else ringing.user.follow_me
            ringers = [leg.place.key for leg in legs] or [place.key]
        for kind, target in ringers:
            known = self._world.outside if kind == PlaceKind.OUTSIDE.value else self._world.phones
            if target not in known:
                return None
        return self._bell.ring(ringing)

    def _shows(self, pending: Pending) -> str | None:
        place = pending.place
        if place.kind is not PlaceKind.OUTSIDE:
            return None
        policy = self._plan.caller_id_of(place)
        return policy.value if policy is CallerId.ORIGINAL else (pending.by or "trunk")

    def _point(self, state: State) -> _Point:
        state, ahead = self._ahead.canonical(state)
        return self._rung in ahead, state
