"""What can happen to calls to one place, and when: callers and times that meet the same, and the words for them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow
from pbxgen.flow.analysis.situations import Situation, Situations
from pbxgen.flow.behaviour import Attempt, Forest, Node, Part, Ways, nodes_of
from pbxgen.flow.environment import Environment
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import ANONYMOUS, Callers, Condition, Hours, Origin, PlaceKind, Plan
from pbxgen.flow.wording import OTHERWISE, Literal, When, length, shortest

MOST_CALLERS = 8
"""Maximum of callers in a flow who are named because their own calls skip them."""
_MOST_WORK = 4_000
"""Maximum of callers examined one by one, times the places of the flow."""
_MOST_STATES = 6_000
"""States of calls that are followed: some two seconds."""
_MOST_BRANCHES = 400
"""Branches of one tree: about its lines."""
_LONGEST = 4
"""Maximum of conditions in the words for a case; the longest words above it are replaced by "at other times"."""


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
    """Tells some of the calls of an area by the schedules, contacts and dates that conditions ask about."""

    def __init__(self, calls: CallSets, area: Area) -> None:
        self._whole = calls.bits(area)
        self._calls = calls
        self._known: dict[int, When] = {}

    @cached_property
    def _holds(self) -> tuple[tuple[Literal, int], ...]:
        return tuple((literal, calls & self._whole) for literal, calls in _holds(self._calls))

    def describe(self, wanted: int) -> When:
        """Words that hold for exactly these calls, in few conditions."""
        if wanted not in self._known:
            self._known[wanted] = shortest(wanted, self._whole, self._holds)
        return self._known[wanted]

    def where(self, when: When) -> int:
        """The calls for which words hold that are not "at other times"."""
        holds = dict(self._holds)
        calls_where = 0 if when else self._whole
        for together in when:
            calls = self._whole
            for literal in together:
                calls &= holds[literal]
            calls_where |= calls
        return calls_where


def _holds(calls: CallSets) -> Iterator[tuple[Literal, int]]:
    """Each condition that has a name with the calls for which it holds."""
    atoms = calls.atoms
    named = [("open", "closed", n, Condition((Hours(n),))) for n in sorted(atoms.schedules)]
    named += [
        ("anonymous", "known", n, Condition(callers=(Callers(n),)))
        if n == ANONYMOUS
        else ("from", "not_from", n, Condition(callers=(Callers(n),)))
        for n in sorted(atoms.contacts)
    ]
    named += [("until", "after", day.isoformat(), Condition(until=day)) for day in sorted(atoms.untils)]
    for kind, opposite, name, condition in named:
        holding = calls.where(condition)
        yield Literal(kind, name), holding
        yield Literal(opposite, name), ~holding
    for day, following in itertools.pairwise(sorted(atoms.untils)):
        if following - day == dt.timedelta(days=1):
            on_it = calls.where(Condition(until=following)) & ~calls.where(Condition(until=day))
            yield Literal("on", following.isoformat()), on_it


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What calls are asked about; what is not given is not narrowed."""

    caller: Caller | None = None
    moment: dt.datetime | None = None
    environment: Environment | None = None
    """The phones and outside numbers whose state is known."""


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Cases:
    cases: tuple[Case, ...]
    whole: bool
    """Is nothing left out?"""

    @property
    def more(self) -> int:
        """Branches behind which more follows that is left out."""
        nodes = {id(node): node for case in self.cases for node in nodes_of(case.root)}
        attempts = [node for node in nodes.values() if isinstance(node, Attempt)]
        return sum(isinstance(child, Attempt) and child.cut for node in attempts for _, child in node.branches)


def cases_of(plan: Plan, situations: Situations, flow: Flow, narrowed: Narrowed = EVERYTHING) -> Cases:
    """Every tree that calls to the entry of ``flow`` can meet, too large ones cut after the first ringings."""
    return _Cases(plan, situations, flow, narrowed).every()


class _Cases:
    def __init__(self, plan: Plan, situations: Situations, flow: Flow, narrowed: Narrowed) -> None:
        self._flow = flow
        self._narrowed = narrowed
        self._forest = Forest(_MOST_STATES, _MOST_BRANCHES, narrowed.environment)
        self._ways = Ways()
        self._strangers = situations.strangers(flow.atoms, flow.outside)
        self._in_flow = callers_in(plan, flow)
        extensions = [c.number for c in self._in_flow if c.origin is Origin.INTERNAL and c.number is not None]
        self._insiders = situations.insiders(flow.atoms, extensions)
        callers = (*self._strangers, *self._insiders, *self._in_flow) if narrowed.caller is None else (narrowed.caller,)
        moments = None if narrowed.moment is None else (narrowed.moment,)
        self._calls = CallSets(situations, flow.atoms, callers, moments)
        self._explorer = Explorer(PlacesAhead(plan), self._calls, written=True)

    def every(self) -> Cases:
        if self._narrowed.caller is not None:
            one = self._narrowed.caller
            own_cases = self._anybody((one,))
            return Cases(tuple(replace(c, caller=one.number or "anonymous") for c in own_cases), self._forest.whole)
        anybody = self._anybody(self._strangers, self._insiders)
        narrowed = self._narrowed.moment is not None or self._narrowed.environment is not None
        by_name = list(self._by_name(anybody)) if self._forest.whole and not narrowed else []
        return Cases((*anybody, *by_name), self._forest.whole)

    def _trees(self, areas: Iterable[Area]) -> list[list[Part]]:
        return self._forest.trees([(self._explorer, self._flow.entry, area) for area in areas])

    def _anybody(self, *groups: Sequence[Caller]) -> list[Case]:
        """The cases of callers who are not in the flow; each group holds callers of one origin."""
        areas = [self._calls.by(callers) for callers in groups]
        trees = self._trees(areas)
        return [
            case for area, parts in zip(areas, trees, strict=True) for case in _brief(list(self._told(area, parts)))
        ]

    def _told(self, area: Area, parts: Iterable[Part], caller: str | None = None) -> Iterator[Case]:
        """A case for each tree, with the first situation in which it is met."""
        vocabulary = Vocabulary(self._calls, area)
        moment = self._narrowed.moment
        for root, calls in parts:
            when = vocabulary.describe(calls) if moment is None else ((Literal("on", f"{moment:%Y-%m-%d %H:%M}"),),)
            first = self._calls.first_of(calls)
            yield Case(first.caller.origin, when, root, first, caller)

    def _by_name(self, anybody: Sequence[Case]) -> Iterator[Case]:
        """Cases of single callers in the flow whose calls go another way than the words for ``anybody`` say.

        If the flow has many callers, a call that only skips its own caller does not count as another way. If calls
        cannot be followed to their ends, there are no such cases.
        """
        callers = self._in_flow[: max(MOST_CALLERS, _MOST_WORK // len(self._flow.keys))]
        origins = [[c for c in callers if c.origin is origin] for origin in (Origin.EXTERNAL, Origin.INTERNAL)]
        trees = self._trees(self._calls.by(some) for some in origins if some)
        if not self._forest.whole:
            return
        for caller in callers:
            area = self._calls.by((caller,))
            said = self._said(area, caller, [c for c in anybody if c.origin is caller.origin])
            others = [
                (root, calls & self._calls.bits(area) & ~said.get(self._ways.of(root), 0))
                for parts in trees
                for root, calls in parts
            ]
            yield from self._told(
                area, sorted(((r, c) for r, c in others if c), key=lambda p: p[1] & -p[1]), caller.number
            )

    def _said(self, area: Area, caller: Caller, anybody: Sequence[Case]) -> dict[int, int]:
        """By way, the calls of ``caller`` that go this way if the words for ``anybody`` are true of them."""
        vocabulary = Vocabulary(self._calls, area)
        said: dict[int, int] = {}
        left = self._calls.bits(area)
        for case in sorted(anybody, key=lambda c: c.when == OTHERWISE):
            told_calls = left if case.when == OTHERWISE else vocabulary.where(case.when)
            ways = {self._ways.of(case.root)}
            if len(self._in_flow) > MOST_CALLERS and caller.key is not None:
                ways.add(self._ways.passing(case.root, caller.key))
            for way in ways:
                said[way] = said.get(way, 0) | told_calls
            left &= ~told_calls
        return said


def callers_in(plan: Plan, flow: Flow) -> tuple[Caller, ...]:
    """Callers that are in the flow, except its entry, in the order in which the flow calls them."""
    groups = [key for key in flow.keys if key[0] in (PlaceKind.OPERATOR.value, PlaceKind.GROUP.value)]
    members = (m for key in groups for m in plan.group_at(key).members)
    inside = dict.fromkeys((*flow.phones, *members))
    return (
        *(Caller(Origin.EXTERNAL, n) for n in dict.fromkeys(flow.outside)),
        *(Caller(Origin.INTERNAL, e) for e in inside if (PlaceKind.USER.value, e) != flow.entry.key),
    )


def _brief(cases: list[Case]) -> list[Case]:
    """Replace the longest words for a case by "at other times" if they name too many conditions."""
    longest = max(range(len(cases)), key=lambda n: length(cases[n].when))
    if length(cases[longest].when) > _LONGEST:
        cases[longest] = replace(cases[longest], when=OTHERWISE)
    return cases
