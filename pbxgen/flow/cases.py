"""When something holds, in few words: situations that are alike, and the conditions that tell them from the others."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.almanac import Almanac
from pbxgen.flow.analysis.reach import Flow
from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.behaviour import Forest, Node
from pbxgen.flow.plan import Origin, Plan

_MOST_TOGETHER = 3
"""Conditions of one conjunction at most."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One simple condition, as words will name it: ``kind`` is open, closed, from, not_from, until or after."""

    kind: str
    name: str


When = tuple[tuple[Literal, ...], ...]
"""Alternatives, each of conditions that hold together; () is always, an empty alternative "at other times"."""


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to calls of one origin in some situations."""

    origin: Origin
    when: When
    root: Node
    example: Situation


class Vocabulary:
    """The simple conditions that can be named with the schedules and contacts of a plan."""

    def __init__(self, plan: Plan, almanac: Almanac, atoms: Atoms) -> None:
        self._plan = plan
        self._almanac = almanac
        self.literals = tuple(_literals(atoms))

    def holds(self, literal: Literal, situation: Situation) -> bool:
        moment = situation.moment
        match literal.kind:
            case "open" | "closed":
                is_open = self._almanac.is_open(self._plan.schedules[literal.name], moment)
                return is_open is (literal.kind == "open")
            case "from" | "not_from":
                return self._among(literal.name, situation) is (literal.kind == "from")
            case _:
                before = moment.date() <= dt.date.fromisoformat(literal.name)
                return before is (literal.kind == "until")

    def _among(self, contacts: str, situation: Situation) -> bool:
        caller = situation.caller
        if caller.number is None or caller.origin is Origin.INTERNAL:
            return False
        return any(p.matches(caller.number) for p in self._plan.contacts[contacts].patterns)

    def describe(self, chosen: Sequence[Situation], every: Sequence[Situation]) -> When:
        """The shortest words found that hold in exactly the ``chosen`` of ``every``."""
        if len(chosen) == len(every):
            return ()
        places = {id(s): i for i, s in enumerate(every)}
        wanted = frozenset(places[id(s)] for s in chosen)
        holds = {one: frozenset(i for i, s in enumerate(every) if self.holds(one, s)) for one in self.literals}
        fitting: list[tuple[tuple[Literal, ...], frozenset[int]]] = []
        for size in range(1, _MOST_TOGETHER + 1):
            for together in itertools.combinations(holds, size):
                both = frozenset.intersection(*(holds[one] for one in together))
                if both and both <= wanted and not any(set(known) <= set(together) for known, _ in fitting):
                    fitting.append((together, both))
            if wanted <= frozenset[int]().union(*(b for _, b in fitting)):
                break
        return _cover(wanted, fitting)


def _cover(wanted: frozenset[int], fitting: list[tuple[tuple[Literal, ...], frozenset[int]]]) -> When:
    alternatives: list[tuple[Literal, ...]] = []
    left = set(wanted)
    while left:
        best = max(fitting, key=lambda one: len(one[1] & left), default=((), frozenset[int]()))
        if not best[1] & left:
            return ((),)
        alternatives.append(best[0])
        left -= best[1]
    return tuple(alternatives)


def _literals(atoms: Atoms) -> Iterator[Literal]:
    for name in sorted(atoms.schedules):
        yield Literal("open", name)
        yield Literal("closed", name)
    for name in sorted(atoms.contacts):
        yield Literal("from", name)
        yield Literal("not_from", name)
    for day in sorted(atoms.untils):
        yield Literal("until", day.isoformat())
        yield Literal("after", day.isoformat())


def cases_of(plan: Plan, situations: Situations, flow: Flow) -> tuple[Case, ...]:
    """Every tree that a call to the entry of ``flow`` can meet, from outside first."""
    conditions = flow.conditions
    forest, ahead = Forest(), Ahead(plan)
    found = []
    vocabulary = Vocabulary(plan, situations.almanac, Atoms.of(conditions))
    for origin in (Origin.EXTERNAL, Origin.INTERNAL):
        every = [s for s in situations.of_strangers(conditions, flow.outside) if s.caller.origin is origin]
        groups: dict[int, tuple[Node, list[Situation]]] = {}
        for situation in every:
            root = forest.tree(ahead, situation, flow)
            groups.setdefault(id(root), (root, []))[1].append(situation)
        for root, chosen in groups.values():
            found.append(Case(origin, vocabulary.describe(chosen, every), root, chosen[0]))
    return tuple(found)
