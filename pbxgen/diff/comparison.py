"""Two plans compared by what callers meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from pbxgen.diff.affected import Affected, affected
from pbxgen.diff.changes import Change, Comparison, EntryChanges
from pbxgen.diff.equivalence import Renaming, equivalence, ringers
from pbxgen.diff.facts import facts, named_facts
from pbxgen.diff.shared_situations import Pair, SharedSituations, by_new_names
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.behaviour import Attempt, Forest, Node
from pbxgen.flow.cases import Vocabulary
from pbxgen.flow.plan import Origin, Outcome, Plan
from pbxgen.flow.wording import length
from pbxgen.phrases import Phrases
from pbxgen.source.pause import without_garbage_collection

_ByOrigin = Mapping[Origin, tuple[CallSets, Vocabulary]]
_MOST_CALLERS = 50
"""Callers in a flow that are looked at one by one where strangers' calls change; of more, those in contacts."""

_MOST_STATES, _FEWEST_STATES = 1_000, 30
"""Of calls to one entry so many states are followed; once others have taken up too many, the fewer."""
_MOST_OF_ALL = 2_000
"""Upper bound on the states followed for all entries that are too large together: about a second's work."""

Truths = tuple[Origin, tuple[bool, ...]]

_LONGEST = 4
"""Conditions that are named; where it takes more, perhaps it takes fewer to name all others."""


def compare(old: Plan, new: Plan, today: dt.date, say: Phrases) -> Comparison:
    """Every difference that a caller can notice from ``today`` on."""
    if old.digest == new.digest:
        return Comparison(old, new, (), ())
    with without_garbage_collection():
        old = by_new_names(old, new)
        concerned = affected(old, new)
        comparer = _Comparer(SharedSituations(old, new, today))
        compared = comparer.entries(concerned)
        entries = tuple(e for e in compared if e.changes or e.status != "changed")
        more = sum(not e.whole for e in compared)
        return Comparison(old, new, entries, (*facts(old, new, say), *named_facts(old, new, entries, say)), more)


class _Comparer:
    def __init__(self, shared: SharedSituations) -> None:
        self._shared = shared
        self._before, self._after = Ahead(shared.old), Ahead(shared.new)
        self._left = _MOST_OF_ALL
        self._known: dict[Hashable, dict[Hashable, tuple[EntryChanges, tuple[Key, ...]]]] = {}
        """By shape and names, with the places of the flows."""

    def entries(self, concerned: Affected) -> list[EntryChanges]:
        """In the order of the new plan. Those of whom something else is said are compared first, and furthest."""
        before, after = ({p.key: p for p in plan.places()} for plan in (self._shared.old, self._shared.new))
        found = {}
        every = list(dict.fromkeys((*after, *before)))
        for key in sorted(every, key=lambda key: not concerned.itself(key)):
            if key not in before:
                pair = self._shared.pair(None, after[key])
                changes, whole = self._changes(pair)
                found[key] = EntryChanges(after[key], "new", changes, whole=whole)
            elif key not in after:
                found[key] = EntryChanges(before[key], "gone", ())
            elif key in concerned.entries:
                pair = self._shared.pair(before[key], after[key])
                old, new = self._shared.old, self._shared.new
                if concerned.concerns(new, pair.after) or (pair.before and concerned.concerns(old, pair.before)):
                    found[key] = self._changed(pair, itself=concerned.itself(key))
        return [found[key] for key in every if key in found]

    def _changed(self, pair: Pair, *, itself: bool) -> EntryChanges:
        """Entries that are alike are compared once, whoever they are."""
        entry = pair.after.entry
        alike = equivalence(self._shared, pair)
        known = self._known.setdefault((alike.shape, itself), {})
        if alike.names in known:
            first, _ = known[alike.names]
            return EntryChanges(entry, "changed", first.changes, itself, first.place, first.whole)
        if known:
            other, keys = next(iter(known.values()))
            renaming = Renaming(dict(zip(keys, alike.keys, strict=True)))
            changes, whole = tuple(map(renaming.change, other.changes)), other.whole
        else:
            changes, whole = self._changes(pair)
        found = EntryChanges(entry, "changed", changes, itself, whole=whole)
        known[alike.names] = found, alike.keys
        return found

    def _changes(self, pair: Pair) -> tuple[tuple[Change, ...], bool]:
        """The differences, and whether all calls were followed to their ends.

        Entries that are too much are told from the fewest ringings on; together they get so much work and no more.
        """
        forest = Forest(max(min(self._left, _MOST_STATES), _FEWEST_STATES))
        changes = tuple(self._differences(pair, forest))
        if not forest.whole:
            self._left -= _MOST_STATES
        return changes, forest.whole

    def _differences(self, pair: Pair, forest: Forest) -> Iterator[Change]:
        """For callers who are nowhere in the flow; of those who are, what does not go with them.

        That is: where nothing changes for strangers, or where somebody else is called at first, and not for strangers.
        """
        strangers, where = self._of_cells(pair, self._shared.strangers(pair), forest)
        yield from strangers
        if pair.before is not None:
            few = not strangers or len(pair.callers) <= _MOST_CALLERS
            for caller in pair.callers if few else self._shared.in_contacts(pair):
                if not forest.whole:
                    break
                changes, there = self._of_cells(pair, self._shared.of_caller(pair, caller), forest)
                alone = not there.keys() <= where.keys()
                called = any("call" in there[t] and "call" not in where[t] for t in there.keys() & where.keys())
                for change in changes:
                    if alone or (called and change.aspect == "call"):
                        yield replace(change, caller=caller.number)
            old, new = self._shared.old, self._shared.new
            if ringers(old, pair.before.entry) != ringers(new, pair.after.entry):
                yield Change(None, "phones", (), None, None)

    def _of_cells(
        self, pair: Pair, by_origin: _ByOrigin, forest: Forest
    ) -> tuple[tuple[Change, ...], dict[Truths, set[str]]]:
        """Differences by origin, those of both origins once; and their aspects, by what holds where they are."""
        told: dict[tuple[object, ...], Change] = {}
        where: dict[Truths, set[str]] = {}
        every = {origin: cells.alike(pair.conditions) for origin, (cells, _) in by_origin.items()}
        roots = []
        for situation in (s for alike in every.values() for s, _ in alike):
            if pair.before is not None:
                roots.append((self._before, situation, pair.before))
            roots.append((self._after, situation, pair.after))
        trees = iter(forest.trees(roots))
        for origin, (cells, vocabulary) in by_origin.items():
            found: dict[tuple[object, ...], tuple[Change, int]] = {}
            for situation, alike in every[origin]:
                was = None if pair.before is None else next(trees)
                now = next(trees)
                for aspect, one, other in differences(was, now):
                    where.setdefault((origin, self._shared.truths(pair, situation)), set()).add(aspect)
                    key = (aspect, *(_told(aspect, node) for node in (one, other)))
                    change, known = found.get(key, (Change(origin, aspect, (), one, other), 0))
                    found[key] = change, known | alike
            for key, (change, known) in found.items():
                when, excepted = vocabulary.describe(known), False
                if length(when) > _LONGEST:
                    others = vocabulary.describe(cells.whole & ~known)
                    when, excepted = min((when, False), (others, True), key=lambda one: length(one[0]))
                whole = (*key, when, excepted)
                both = None if whole in told else origin
                told[whole] = replace(change, origin=both, when=when, excepted=excepted)
        return tuple(told.values()), where


def _told(aspect: str, node: Node | None) -> Hashable:
    """What is told of one side of a difference: of how long it rings not what follows."""
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
