"""What can happen to calls to one place, and when: callers and times that meet the same, and the words for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.cells import Cells
from pbxgen.flow.analysis.reach import Flow
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, Situation, Situations
from pbxgen.flow.behaviour import Forest, Node
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition, Origin, Plan
from pbxgen.flow.wording import OTHERWISE, Literal, When, length, shortest

_LONGEST = 4
"""Conditions that are named of a case; the longest of more is "at other times"."""


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to calls of one origin in some situations."""

    origin: Origin
    when: When
    root: Node
    example: Situation


class Vocabulary:
    """Tells sets of cells by the schedules, contacts and dates that their conditions ask about."""

    def __init__(self, cells: Cells) -> None:
        self._whole = cells.whole
        self._holds = tuple(_holds(cells))
        self._known: dict[int, When] = {}

    def describe(self, wanted: int) -> When:
        """Words that hold in exactly these cells, in few conditions."""
        if wanted not in self._known:
            self._known[wanted] = shortest(wanted, self._whole, self._holds)
        return self._known[wanted]


def _holds(cells: Cells) -> Iterator[tuple[Literal, int]]:
    """Each condition that has a name with the cells in which it holds."""
    atoms = cells.atoms
    named = [("open", "closed", n, Condition(schedule=n)) for n in sorted(atoms.schedules)]
    named += [("from", "not_from", n, Condition(contacts=n)) for n in sorted(atoms.contacts)]
    named += [("until", "after", day.isoformat(), Condition(until=day)) for day in sorted(atoms.untils)]
    for kind, opposite, name, condition in named:
        there = cells.where(condition)
        yield Literal(kind, name), there
        yield Literal(opposite, name), cells.whole & ~there


def cases_of(plan: Plan, situations: Situations, flow: Flow) -> tuple[Case, ...]:
    """Every tree that a call to the entry of ``flow`` can meet, from outside first."""
    forest, ahead, atoms = Forest(), Ahead(plan), flow.atoms
    inside = (Caller(Origin.INTERNAL, SOMEBODY_INSIDE),)
    found: list[Case] = []
    for callers in (situations.strangers(atoms, flow.outside), inside):
        cells = Cells(situations, atoms, callers)
        groups: dict[int, tuple[Node, Situation, int]] = {}
        for situation, alike in cells.alike(flow.conditions):
            root = forest.tree(ahead, situation, flow)
            _, first, known = groups.get(id(root), (root, situation, 0))
            groups[id(root)] = root, first, known | alike
        vocabulary = Vocabulary(cells)
        found += _brief(
            [Case(first.caller.origin, vocabulary.describe(c), root, first) for root, first, c in groups.values()]
        )
    return tuple(found)


def _brief(cases: list[Case]) -> list[Case]:
    """The one that takes most words is what is left beside the others, where they are many."""
    longest = max(range(len(cases)), key=lambda n: length(cases[n].when))
    if length(cases[longest].when) > _LONGEST:
        cases[longest] = replace(cases[longest], when=OTHERWISE)
    return cases
