"""What can happen to calls to one place, and when: callers and times that meet the same, and the words for them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.reach import Flow
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, Situation, Situations
from pbxgen.flow.behaviour import Attempt, Forest, Node, Ways, nodes_of
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition, Origin, PlaceKind, Plan
from pbxgen.flow.wording import OTHERWISE, Literal, When, length, shortest
from pbxgen.flow.world import World

MOST_CALLERS = 8
"""Callers in a flow of whom it is told by name that their own calls pass them over."""
_MOST_WORK = 4_000
"""Callers who are looked at by themselves, times the places of the flow."""
_MOST_STATES = 6_000
"""States of calls that are followed: some two seconds."""
_MOST_BRANCHES = 400
"""Branches of one tree: about its lines."""
_LONGEST = 4
"""Conditions that are named of a case; the longest of more is "at other times"."""


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to calls of one origin in some situations."""

    origin: Origin
    when: When
    root: Node
    example: Situation
    caller: str | None = None
    """Extension or outside number in the flow whose calls alone are meant: they go another way than others' calls."""


class Vocabulary:
    """Tells sets of cells by the schedules, contacts and dates that their conditions ask about."""

    def __init__(self, cells: CallSets) -> None:
        self._whole = cells.whole
        self._holds = tuple(_holds(cells))
        self._known: dict[int, When] = {}

    def describe(self, wanted: int) -> When:
        """Words that hold in exactly these cells, in few conditions."""
        if wanted not in self._known:
            self._known[wanted] = shortest(wanted, self._whole, self._holds)
        return self._known[wanted]

    def where(self, when: When) -> int:
        """The cells in which words hold that are not "at other times"."""
        holds = dict(self._holds)
        found = 0 if when else self._whole
        for together in when:
            cells = self._whole
            for literal in together:
                cells &= holds[literal]
            found |= cells
        return found


def _holds(cells: CallSets) -> Iterator[tuple[Literal, int]]:
    """Each condition that has a name with the cells in which it holds."""
    atoms = cells.atoms
    named = [("open", "closed", n, Condition(schedule=n)) for n in sorted(atoms.schedules)]
    named += [("from", "not_from", n, Condition(contacts=n)) for n in sorted(atoms.contacts)]
    named += [("until", "after", day.isoformat(), Condition(until=day)) for day in sorted(atoms.untils)]
    for kind, opposite, name, condition in named:
        there = cells.where(condition)
        yield Literal(kind, name), there
        yield Literal(opposite, name), cells.whole & ~there
    for day, following in itertools.pairwise(sorted(atoms.untils)):
        if following - day == dt.timedelta(days=1):
            on_it = cells.where(Condition(until=following)) & ~cells.where(Condition(until=day))
            yield Literal("on", following.isoformat()), on_it


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What calls are asked about; what is not given is not narrowed."""

    caller: Caller | None = None
    moment: dt.datetime | None = None
    world: World | None = None
    """The phones and outside numbers whose state is known."""


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Cases:
    found: tuple[Case, ...]
    whole: bool
    """Is nothing left out?"""

    @property
    def more(self) -> int:
        """Branches behind which more follows that is left out."""
        nodes = {id(node): node for case in self.found for node in nodes_of(case.root)}
        attempts = [node for node in nodes.values() if isinstance(node, Attempt)]
        return sum(isinstance(child, Attempt) and child.cut for node in attempts for _, child in node.branches)


def cases_of(plan: Plan, situations: Situations, flow: Flow, narrowed: Narrowed = EVERYTHING) -> Cases:
    """Every tree that a call to the entry of ``flow`` can meet: from outside, from inside, of callers in the flow.

    Where a tree is too large for anybody to read, what happens after the fewest ringings is told.
    """
    return _Cases(plan, situations, flow, narrowed).every()


class _Cases:
    def __init__(self, plan: Plan, situations: Situations, flow: Flow, narrowed: Narrowed) -> None:
        self._plan = plan
        self._situations = situations
        self._flow = flow
        self._narrowed = narrowed
        self._forest = Forest(_MOST_STATES, _MOST_BRANCHES, narrowed.world)
        self._ahead, self._ways = Ahead(plan), Ways()

    def every(self) -> Cases:
        if self._narrowed.caller is not None:
            one = self._narrowed.caller
            mine = self._of([(one,)])
            return Cases(tuple(replace(c, caller=one.number or "anonymous") for c in mine), self._forest.whole)
        strangers = self._situations.strangers(self._flow.atoms, self._flow.outside)
        anybody = self._of([strangers, (Caller(Origin.INTERNAL, SOMEBODY_INSIDE),)])
        if not self._forest.whole or self._narrowed.moment is not None or self._narrowed.world is not None:
            return Cases(tuple(anybody), self._forest.whole)
        return Cases((*anybody, *self._of_those_in_flow(anybody)), self._forest.whole)

    def _cells(self, callers: Sequence[Caller]) -> CallSets:
        moment = self._narrowed.moment
        return CallSets(self._situations, self._flow.atoms, callers, None if moment is None else (moment,))

    def _trees(self, alike: Iterable[Situation]) -> list[Node]:
        return self._forest.trees([(self._ahead, situation, self._flow) for situation in alike])

    def _of(self, groups: Sequence[Sequence[Caller]]) -> list[Case]:
        """Of callers who are nowhere in the flow, those of one group of one origin."""
        every = [self._cells(callers) for callers in groups]
        alike = [(cells, *one) for cells in every for one in cells.alike(self._flow.conditions)]
        trees = self._trees(situation for _, situation, _ in alike)
        cases = []
        for cells in every:
            mine = [(root, s, here) for root, (of, s, here) in zip(trees, alike, strict=True) if of is cells]
            cases += _brief(list(self._told(cells, mine)))
        return cases

    def _told(
        self, cells: CallSets, trees: Iterable[tuple[Node, Situation, int]], caller: str | None = None
    ) -> Iterator[Case]:
        """A case for each tree, with the first situation in which it is met."""
        found: dict[int, tuple[Node, Situation, int]] = {}
        for root, situation, here in trees:
            _, first, known = found.get(id(root), (root, situation, 0))
            found[id(root)] = root, first, known | here
        vocabulary = Vocabulary(cells)
        moment = self._narrowed.moment
        for root, first, known in found.values():
            when = vocabulary.describe(known) if moment is None else ((Literal("on", f"{moment:%Y-%m-%d %H:%M}"),),)
            yield Case(cells.callers[0].origin, when, root, first, caller)

    def _of_those_in_flow(self, anybody: Sequence[Case]) -> Iterator[Case]:
        callers = callers_in(self._plan, self._flow)
        for caller in callers[: max(MOST_CALLERS, _MOST_WORK // len(self._flow.keys))]:
            mine = [c for c in anybody if c.origin is caller.origin]
            yield from self._otherwise_of(caller, mine, everything=len(callers) <= MOST_CALLERS)
            if not self._forest.whole:
                return

    def _otherwise_of(self, caller: Caller, anybody: Sequence[Case], *, everything: bool) -> Iterator[Case]:
        """Where the calls of somebody in the flow go another way than the words for ``anybody`` say.

        Not ``everything``: that their own calls pass them over is no other way. Nothing is said of calls that cannot
        be followed to their ends.
        """
        cells = self._cells((caller,))
        vocabulary = Vocabulary(cells)
        said: dict[int, int] = {}
        left = cells.whole
        for case in sorted(anybody, key=lambda c: c.when == OTHERWISE):
            here = left if case.when == OTHERWISE else vocabulary.where(case.when)
            ways = {self._ways.of(case.root)}
            if not everything and caller.key is not None:
                ways.add(self._ways.passing(case.root, caller.key))
            for way in ways:
                said[way] = said.get(way, 0) | here
            left &= ~here
        alike = cells.alike(self._flow.conditions)
        trees = self._trees(situation for situation, _ in alike)
        if not self._forest.whole:
            return
        others = ((r, s, here & ~said.get(self._ways.of(r), 0)) for r, (s, here) in zip(trees, alike, strict=True))
        yield from self._told(cells, (one for one in others if one[2]), caller.number)


def callers_in(plan: Plan, flow: Flow) -> tuple[Caller, ...]:
    """Who may call and is in the flow, its entry aside; who is called first is first."""
    groups = [key for key in flow.keys if key[0] in (PlaceKind.OPERATOR.value, PlaceKind.GROUP.value)]
    members = (m for key in groups for m in plan.group_at(key).members)
    inside = dict.fromkeys((*flow.phones, *members))
    return (
        *(Caller(Origin.EXTERNAL, n) for n in dict.fromkeys(flow.outside)),
        *(Caller(Origin.INTERNAL, e) for e in inside if (PlaceKind.USER.value, e) != flow.entry.key),
    )


def _brief(cases: list[Case]) -> list[Case]:
    """The one that takes most words is what is left beside the others, where they are many."""
    longest = max(range(len(cases)), key=lambda n: length(cases[n].when))
    if length(cases[longest].when) > _LONGEST:
        cases[longest] = replace(cases[longest], when=OTHERWISE)
    return cases
