"""Trees of calls: what rings, and what follows by each outcome, for all calls to one place.

Two sources whose trees are equal treat callers alike, however they are written. Equal nodes of one :class:`Forest`
are the same object, also where they are of two plans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Union

from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.call_sets import Area
from pbxgen.flow.analysis.explore import Arrival, Branch, Explorer, Point, is_lost
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.ringing import leg_seconds
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.environment import Environment
from pbxgen.flow.machine import EndKind, Pending, Ringing, Step
from pbxgen.flow.plan import Outcome, Place, PlaceKind, Plan
from pbxgen.flow.ringer import Ringer, RingResult
from pbxgen.flow.trunk import CallerId


@dataclass(slots=True, eq=False)
class End:
    """How a call ends that nobody answers. ``value`` is "" for a release that nobody wrote."""

    kind: EndKind
    value: str
    location: Location | None = field(repr=False)

    @property
    def lost(self) -> bool:
        return self.kind is EndKind.RELEASED and not self.value


@dataclass(slots=True, eq=False)
class Attempt:
    """One ringing, and what follows if nobody answers."""

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
    """Each node that can follow, with the outcomes that lead to it."""
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
    nodes = {id(root): root}
    queue = [root]
    for node in queue:  # grows meanwhile
        for _, child in node.branches if isinstance(node, Attempt) else ():
            if id(child) not in nodes:
                nodes[id(child)] = child
                queue.append(child)
    return tuple(queue)


class Ways:
    """Numbers trees by the way that calls go; trees that differ only in ring times have one number."""

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
        """The number of ``root`` without the attempts at ``key`` that are followed by one node whatever their
        outcome."""
        numbers: dict[int, int] = {}
        for node in _upwards(root, numbers):
            if isinstance(node, Attempt) and node.next is not None and (node.kind.value, node.target) == key:
                numbers[id(node)] = numbers[id(node.next)]
            else:
                numbers[id(node)] = self._number(node, numbers)
        return numbers[id(root)]

    def _number(self, node: Node, known: Mapping[int, int]) -> int:
        content: Hashable
        if isinstance(node, End):
            content = node.kind, node.value
        else:
            following: dict[int, list[Outcome]] = {}
            for outcomes, child in node.branches:
                following.setdefault(known[id(child)], []).extend(outcomes)
            branches = frozenset((way, frozenset(outcomes)) for way, outcomes in following.items())
            ends = node.answered, node.cut
            content = node.kind, node.target, node.seconds > 0, node.confirm, node.shows, node.trunk, branches, ends
        return self._ways.setdefault(content, len(self._ways))


def _upwards(root: Node, known: Mapping[int, int]) -> Iterator[Node]:
    """The nodes of a tree that are not in ``known``, each after the nodes that follow it; the caller adds each node to
    ``known``."""
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


Part = tuple[Node, int]
"""A tree, and the calls that meet it: bits, caller by caller."""
_At = tuple[Point, Area]


class Forest:
    """Builds the trees of calls; equal nodes are one object.

    Calls of all callers and moments are followed together for as long as they go the same way. When each was followed
    by itself, `diff` of 120 users with rules for 8 schedules and 5 contacts took 49 s of CPU instead of 11 s.
    """

    def __init__(self, left: int, longest: int | None = None, environment: Environment | None = None) -> None:
        """``left``: states to follow; ``longest``: branches of a tree; ``environment``: the states that are known."""
        self.left = left
        self.longest = longest
        self.whole = True
        """Is nothing left out of any tree so far?"""
        self._environment = environment
        self._nodes: dict[Hashable, tuple[Node, tuple[int, int]]] = {}
        """With the first call that comes there."""
        self._growing = 0

    def trees(self, roots: Iterable[tuple[Explorer, Place, Area]]) -> list[list[Part]]:
        """The trees of the calls of each area to a place; above the budget all are cut after the same number of
        ringings."""
        growths = [_Growth(self, *root) for root in roots]
        depth = 0
        while any(growth.levels[-1] for growth in growths):
            if depth and sum(growth.ahead for growth in growths) > self.left:  # at least the first is followed
                break
            if not all(growth.deepen() for growth in growths):
                break
            depth += 1
        trees = []
        for growth in growths:
            self._growing += 1
            trees.append(growth.grow(depth))
        return trees

    def end(self, step: Step, calls: int) -> Node:
        """The node for a call that ends with ``step``."""
        assert step.ending is not None
        kind, value = step.ending.kind, "" if is_lost(step.ending) else step.ending.value
        return self._one((kind, value), End(kind, value, step.events[-1].location), calls)

    def attempt(self, node: Attempt, calls: int) -> Node:
        """The forest's node that is equal to ``node``."""
        self.whole = self.whole and not node.cut
        content = (node.kind, node.target, node.seconds, node.confirm, node.shows, node.trunk, node.legs, node.answered)
        # After a group or an outside number the same follows whatever the outcome.
        matters = node.kind is PlaceKind.USER
        branches = tuple((outcomes if matters else (), id(child)) for outcomes, child in node.branches)
        return self._one((content, node.cut, branches), node, calls)

    def _one(self, content: Hashable, node: Node, calls: int) -> Node:
        first = (self._growing, calls & -calls)
        known, before = self._nodes.setdefault(content, (node, first))
        if first < before:  # where several places in the source lead to the same, it is that of the first call
            known.location = node.location
            self._nodes[content] = known, first
        return known

    def known(self, plan: Plan, situation: Situation, ringing: Ringing) -> RingResult | None:
        """How the ringing goes, where the states of all phones that ring are known."""
        if self._environment is None:
            return None
        place = ringing.pending.place
        ringers = [one.key for one in plan.rings_along(place.key)] or [place.key]
        for kind, target in ringers:
            known = self._environment.outside if kind == PlaceKind.OUTSIDE.value else self._environment.phones
            if target not in known:
                return None
        return Ringer(plan, situation.caller, replace(self._environment, moment=situation.moment)).ring(ringing)


class _Growth:
    """Builds the trees of the calls of one area; a level is what calls come to after the same number of ringings."""

    def __init__(self, forest: Forest, explorer: Explorer, entry: Place, area: Area) -> None:
        self._forest = forest
        self._explorer = explorer
        self._calls = explorer.calls
        self.levels: list[list[_At]] = [[(explorer.begin(entry), area)]]
        self._branches: Counter[int] = Counter()
        """By call: the branches so far, if their number is limited."""
        self._most = 0

    @property
    def ahead(self) -> int:
        """States of the last level that nobody has explored yet."""
        return sum(not self._explorer.knows(*at) for at in self.levels[-1])

    def deepen(self) -> bool:
        """One more level; False where a tree gets too long."""
        forest, longest = self._forest, self._forest.longest
        level: dict[_At, None] = {}
        before = self._explorer.taken
        try:
            for at in self.levels[-1]:
                if len(self.levels) > 1 and longest is not None and self._most > longest:
                    return False
                for arrival in self._explorer.of(*at):
                    following = dict.fromkeys((b.point, b.area) for b in self._open(arrival)[1])
                    if longest is not None:
                        self._count(area for _, area in following)
                    level.update(following)
        finally:
            forest.left -= self._explorer.taken - before
        self.levels.append(list(level))
        return True

    def grow(self, depth: int) -> list[Part]:
        """The trees, built from the last level upwards; the tree of the first call is first."""
        behind: dict[_At, list[Part]] | None = None
        for number in range(depth, -1, -1):
            behind = {at: _united(self._parts(at, behind)) for at in self.levels[number]}
        assert behind is not None
        return sorted(behind[self.levels[0][0]], key=lambda part: part[1] & -part[1])

    def _count(self, areas: Iterable[Area]) -> None:
        for area in areas:
            for call in self._calls.each(area):
                self._branches[call] += 1
                self._most = max(self._most, self._branches[call])

    def _open(self, arrival: Arrival) -> tuple[RingResult | None, Sequence[Branch]]:
        """How the ringing goes where that is known, and the branches that it can then take, in one order."""
        branches, ringing = self._explorer.branches(arrival), arrival.step.ringing
        known = None if ringing is None else self._known(arrival, ringing)
        if known is not None and known.outcome is not None and ringing is not None and ringing.user is None:
            return known, [replace(b, outcome=known.outcome) for b in branches]  # the same follows, however it ends
        possible = Outcome if known is None else [known.outcome]
        return known, [b for outcome in possible for b in branches if b.outcome is outcome]

    def _known(self, arrival: Arrival, ringing: Ringing) -> RingResult | None:
        situation = self._calls.situation(arrival.area)
        return self._forest.known(self._explorer.plan, situation, ringing)

    def _parts(self, at: _At, behind: Mapping[_At, list[Part]] | None) -> Iterator[Part]:
        """``behind``: the trees that follow; None where they are not looked at."""
        for arrival in self._explorer.of(*at):
            calls, ringing = self._calls.bits(arrival.area), arrival.step.ringing
            if ringing is None:
                yield self._forest.end(arrival.step, calls), calls
            elif behind is None:
                known = self._known(arrival, ringing)
                yield self._forest.attempt(self._attempt(arrival, ringing, known, cut=True), calls), calls
            else:
                known, branches = self._open(arrival)
                node = self._attempt(arrival, ringing, known)
                for followed, met in self._followed(branches, calls, behind):
                    yield self._forest.attempt(replace(node, branches=followed), met), met

    def _followed(
        self, branches: Sequence[Branch], calls: int, behind: Mapping[_At, list[Part]]
    ) -> Iterator[tuple[tuple[tuple[tuple[Outcome, ...], Node], ...], int]]:
        """What follows by each outcome, and the calls for which it does."""
        ways: list[tuple[tuple[tuple[Outcome, Node], ...], int]] = [((), calls)]
        for outcome in Outcome:  # in one order, or equal nodes would look different
            following = _united(part for b in branches if b.outcome is outcome for part in behind[b.point, b.area])
            if following:
                ways = [((*way, (outcome, n)), c & more) for way, c in ways for n, more in following if c & more]
        for way, met in ways:
            together: dict[int, tuple[list[Outcome], Node]] = {}
            for outcome, child in way:
                together.setdefault(id(child), ([], child))[0].append(outcome)
            yield tuple((tuple(outcomes), child) for outcomes, child in together.values()), met

    def _attempt(self, arrival: Arrival, ringing: Ringing, known: RingResult | None, *, cut: bool = False) -> Attempt:
        situation, place = self._calls.situation(arrival.area), ringing.pending.place
        answered = None if known is None else known.answered
        return Attempt(
            place.kind,
            place.target,
            max(arrival.seconds.values()) if known is None else known.seconds,
            place.confirm,
            self._shows(ringing.pending),
            place.trunk,
            leg_seconds(ringing, situation.caller, situation.conditions(self._explorer.plan)),
            (),
            place.location,
            cut=cut and answered is None,
            answered=answered,
        )

    def _shows(self, pending: Pending) -> str | None:
        place = pending.place
        if place.kind is not PlaceKind.OUTSIDE:
            return None
        policy = self._explorer.plan.caller_id_of(place)
        return policy.value if policy is CallerId.ORIGINAL else (pending.by or "trunk")


def _united(parts: Iterable[Part]) -> list[Part]:
    """Each tree once, with all calls that meet it."""
    by_node: dict[int, Part] = {}
    for node, calls in parts:
        by_node[id(node)] = node, calls | (by_node[id(node)][1] if id(node) in by_node else 0)
    return list(by_node.values())
