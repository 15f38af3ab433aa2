"""Two plans compared by what callers meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import or_

from pbxgen.diff.changes import Change, Comparison, EntryChanges
from pbxgen.diff.entries import Affected, Renaming, affected, equivalence, ringers
from pbxgen.diff.facts import facts, named_facts
from pbxgen.diff.shared_situations import Pair, SharedSituations
from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.situations import Atoms, Situations
from pbxgen.flow.behaviour import Attempt, Forest, Node
from pbxgen.flow.cases import Vocabulary
from pbxgen.flow.plan import FROM_OUTSIDE, Condition, Origin, Outcome, Plan
from pbxgen.flow.wording import length
from pbxgen.phrases import Phrases
from pbxgen.source.garbage_collection import without_garbage_collection

_MOST_CALLERS = 50
"""Callers in a flow that are looked at one by one where strangers' calls change; of more, those in contacts."""

_MOST_STATES, _FEWEST_STATES = 1_500, 30
"""Of calls to one entry so many states are followed, half a second's work; once an entry was too much, the fewer."""

_LONGEST = 4
"""Conditions that are named; where it takes more, perhaps it takes fewer to name all others."""


def compare(old: Plan, new: Plan, today: dt.date, say: Phrases) -> Comparison:
    """Every difference that a caller can notice from ``today`` on."""
    if old.digest == new.digest:
        return Comparison(old, new, (), ())
    with without_garbage_collection():
        shared = SharedSituations(old, new, today)
        old, new = shared.old, shared.new
        compared = _Comparer(shared).entries(affected(old, new))
        entries = tuple(e for e in compared if e.changes or e.status != "changed")
        more = sum(not e.whole for e in compared)
        return Comparison(old, new, entries, (*facts(old, new, say), *named_facts(new, entries, say)), more)


class _Comparer:
    def __init__(self, shared: SharedSituations) -> None:
        self._shared = shared
        self._before, self._after = PlacesAhead(shared.old), PlacesAhead(shared.new)
        self._most_states = _MOST_STATES
        self._known: dict[Hashable, dict[Hashable, tuple[EntryChanges, tuple[Key, ...]]]] = {}
        """By shape and names, with the places of the flows."""

    def entries(self, concerned: Affected) -> list[EntryChanges]:
        """In the order of the new plan. Entries that changed themselves are compared first, and furthest."""
        before, after = ({p.key: p for p in plan.places()} for plan in (self._shared.old, self._shared.new))
        changed = {}
        every = list(dict.fromkeys((*after, *before)))
        for key in sorted(every, key=lambda key: not concerned.itself(key)):
            if key not in before:
                pair = self._shared.pair(None, after[key])
                changes, whole = self._changes(pair)
                changed[key] = EntryChanges(after[key], "new", changes, whole=whole)
            elif key not in after:
                changed[key] = EntryChanges(before[key], "gone", ())
            elif key in concerned.entries:
                pair = self._shared.pair(before[key], after[key])
                old, new = self._shared.old, self._shared.new
                if concerned.concerns(new, pair.after) or (pair.before and concerned.concerns(old, pair.before)):
                    changed[key] = self._changed(pair, itself=concerned.itself(key))
        return [changed[key] for key in every if key in changed]

    def _changed(self, pair: Pair, *, itself: bool) -> EntryChanges:
        """Entries that behave alike are compared once."""
        entry = pair.after.entry
        equivalent = equivalence(self._shared, pair)
        known = self._known.setdefault((equivalent.shape, itself), {})
        if equivalent.names in known:
            first, _ = known[equivalent.names]
            return EntryChanges(entry, "changed", first.changes, itself, first.place, first.whole)
        if known:
            other, keys = next(iter(known.values()))
            renaming = Renaming(dict(zip(keys, equivalent.keys, strict=True)))
            changes, whole = tuple(map(renaming.change, other.changes)), other.whole
        else:
            changes, whole = self._changes(pair)
        entry_changes = EntryChanges(entry, "changed", changes, itself, whole=whole)
        known[equivalent.names] = entry_changes, equivalent.keys
        return entry_changes

    def _changes(self, pair: Pair) -> tuple[tuple[Change, ...], bool]:
        """The differences, and whether all calls were followed to their ends: large entries share one budget."""
        forest = Forest(self._most_states)
        changes = tuple(_EntryCalls(self._shared.situations, pair, self._before, self._after, forest).changes())
        if not forest.whole:
            self._most_states = _FEWEST_STATES
        old, new = self._shared.old, self._shared.new
        if pair.before is not None and ringers(old, pair.before.entry) != ringers(new, pair.after.entry):
            changes = (*changes, Change(None, "phones", (), None, None))
        return changes, forest.whole


@dataclass(frozen=True, slots=True)
class _Difference:
    """Something that is different for ``calls``, which are of one origin."""

    aspect: str
    before: Node | None
    after: Node | None
    calls: int


class _EntryCalls:
    """The calls to one entry, before and after."""

    def __init__(
        self, situations: Situations, pair: Pair, before: PlacesAhead, after: PlacesAhead, forest: Forest
    ) -> None:
        self._pair = pair
        self._forest = forest
        self._in_flow = () if pair.before is None else pair.callers
        atoms = Atoms.of(pair.conditions)
        strangers = situations.strangers(atoms, {number for flow in pair.flows for number in flow.outside})
        extensions = [caller.number for caller in self._in_flow if caller.origin is Origin.INTERNAL]
        insiders = situations.insiders(atoms, [extension for extension in extensions if extension is not None])
        self._calls = CallSets(situations, atoms, (*strangers, *insiders, *self._in_flow))
        self._anybody = [self._calls.by(strangers), self._calls.by(insiders)]
        self._before = None if pair.before is None else Explorer(before, self._calls, written=True)
        self._after = Explorer(after, self._calls, written=True)

    def changes(self) -> Iterator[Change]:
        """Changes for callers who are not in the flow, then those for callers in it that differ from these."""
        differences = self._differences(self._anybody)
        strangers = self._changes(differences, self._anybody)
        yield from strangers
        if not self._forest.whole:
            return
        callers = self._in_flow
        if strangers and len(callers) > _MOST_CALLERS:
            known = self._calls.in_contacts()
            callers = tuple(c for c in callers if c in known)
        areas = [self._calls.by(c for c in callers if c.origin is origin) for origin in Origin]
        own_differences = self._differences([area for area in areas if area.callers])
        where = self._aspects(differences, self._anybody)
        for caller in callers:
            area = [self._calls.by((caller,))]
            own_aspects = self._aspects(own_differences, area)
            alone = not own_aspects.keys() <= where.keys()
            called = any("call" in own_aspects[t] and "call" not in where[t] for t in own_aspects.keys() & where.keys())
            for change in self._changes(own_differences, area):
                if alone or (called and change.aspect == "call"):
                    yield replace(change, caller=caller.number)

    def _differences(self, areas: Sequence[Area]) -> list[_Difference]:
        """Between the trees before and after, those of the first calls first."""
        before, after = self._pair.before, self._pair.after
        roots = [(self._after, after.entry, area) for area in areas]
        if before is not None and self._before is not None:
            roots += [(self._before, before.entry, area) for area in areas]
        trees = self._forest.trees(roots)
        now, nothing = trees[: len(areas)], [[(None, self._calls.whole)] for _ in areas]
        was: Sequence[Sequence[tuple[Node | None, int]]] = trees[len(areas) :] or nothing
        unequal = []
        for old, new in zip(was, now, strict=True):
            both = [(one, other, c & d) for one, c in old for other, d in new if c & d]
            for one, other, calls in sorted(both, key=lambda side: side[2] & -side[2]):
                unequal += [_Difference(aspect, a, b, calls) for aspect, a, b in differences(one, other)]
        return unequal

    def _aspects(self, differences: Iterable[_Difference], areas: Sequence[Area]) -> dict[int, set[str]]:
        """The aspects of differences in ``areas``, by what holds where they are."""
        calls = reduce(or_, map(self._calls.bits, areas), 0)
        by_truth: dict[int, set[str]] = {}
        for one in differences:
            for number, part in enumerate(self._parts):
                if one.calls & calls & part:
                    by_truth.setdefault(number, set()).add(one.aspect)
        return by_truth

    @cached_property
    def _parts(self) -> list[int]:
        """Calls of one origin for which the same conditions hold."""
        return self._calls.divided_by((*self._pair.conditions, Condition(callers=(FROM_OUTSIDE,))))

    def _changes(self, differences: Iterable[_Difference], areas: Iterable[Area]) -> tuple[Change, ...]:
        """Differences by area, those of several once."""
        told: dict[tuple[Hashable, ...], Change] = {}
        for area in areas:
            whole, vocabulary = self._calls.bits(area), Vocabulary(self._calls, area)
            grouped: dict[tuple[Hashable, ...], tuple[_Difference, int]] = {}
            for one in (one for one in differences if one.calls & whole):
                key = (one.aspect, *(_told(one.aspect, node) for node in (one.before, one.after)))
                first, known = grouped.get(key, (one, 0))
                grouped[key] = first, known | one.calls & whole
            for key, (one, known) in grouped.items():
                when, excepted = vocabulary.describe(known), False
                if length(when) > _LONGEST:
                    others = vocabulary.describe(whole & ~known)
                    when, excepted = min((when, False), (others, True), key=lambda one: length(one[0]))
                same = (*key, when, excepted)
                origin = None if same in told else self._calls.situation(area).caller.origin
                told[same] = Change(origin, one.aspect, when, one.before, one.after, excepted)
        return tuple(told.values())


def _told(aspect: str, node: Node | None) -> Hashable:
    """One side of a difference in words: for a ring time without what follows."""
    return _ring(node) if aspect == "rings" and isinstance(node, Attempt) else id(node)


def differences(was: Node | None, now: Node) -> Iterator[tuple[str, Node | None, Node | None]]:
    """Equal nodes of one forest are the same object."""
    if was is now:
        return
    if not isinstance(was, Attempt) or not isinstance(now, Attempt) or _called(was) != _called(now):
        yield "call", was, now
        return
    if _ring(was) != _ring(now):
        yield "rings", was, now
    old = {o: child for outcomes, child in was.branches for o in outcomes}
    new = {o: child for outcomes, child in now.branches for o in outcomes}
    changed: dict[tuple[int, int], tuple[list[Outcome], Node | None, Node | None]] = {}
    for outcome in Outcome:
        one, other = old.get(outcome), new.get(outcome)
        if one is not other and one is not None and other is not None:
            changed.setdefault((id(one), id(other)), ([], one, other))[0].append(outcome)
    whole = len(was.branches) == len(now.branches) == 1
    for outcomes, one, other in changed.values():
        yield "then" if whole else "+".join(o.value for o in outcomes), one, other
    if not changed and set(old) != set(new) and _ring(was) == _ring(now):
        yield "call", was, now


def _called(node: Attempt) -> Hashable:
    return (node.kind, node.target, node.shows, node.trunk)


def _ring(node: Attempt) -> Hashable:
    return (node.seconds, node.confirm, node.legs)
