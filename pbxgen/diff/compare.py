"""Two plans compared by what callers meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diff.joint import Joint
from pbxgen.diff.touched import touched
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.behaviour import Attempt, Forest, Node
from pbxgen.flow.cases import When
from pbxgen.flow.machine import group_of
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different for callers of one entry.

    ``aspect`` is "call" (every call), "rings" (how long, or who rings) or the value of an Outcome; ``before`` and
    ``after`` are None where there was or is nothing.
    """

    origin: Origin | None
    """None: inside and outside alike."""
    aspect: str
    when: When
    before: Node | None
    after: Node | None
    example: Situation | None = None


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """What is different for those who call ``place`` (of the new plan; of the old one where it is gone)."""

    place: Place
    status: str
    """changed, new or gone."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A change that is no course of a call: a key of :mod:`pbxgen.diff.words` with its values."""

    key: str
    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    old: Plan
    new: Plan
    entries: tuple[EntryChanges, ...]
    facts: tuple[Fact, ...]

    @property
    def same(self) -> bool:
        return not self.entries and not self.facts


def compare(old: Plan, new: Plan, today: dt.date) -> Comparison:
    """Every difference that a caller can notice from ``today`` on."""
    from pbxgen.diff.facts import facts

    if old.digest == new.digest:
        return Comparison(old, new, (), ())
    concerned = touched(old, new)
    comparer = _Comparer(Joint(old, new, today))
    return Comparison(old, new, tuple(comparer.entries(concerned)), tuple(facts(old, new)))


class _Comparer:
    def __init__(self, joint: Joint) -> None:
        self._joint = joint

    def entries(self, concerned: frozenset[tuple[str, str]]) -> Iterator[EntryChanges]:
        before, after = _places(self._joint.old), _places(self._joint.new)
        for key in dict.fromkeys((*after, *before)):
            if key not in before:
                yield EntryChanges(after[key], "new", tuple(self._changes(None, after[key])))
            elif key not in after:
                yield EntryChanges(before[key], "gone", ())
            elif key in concerned:
                changes = tuple(self._changes(before[key], after[key]))
                if changes:
                    yield EntryChanges(after[key], "changed", changes)

    def _changes(self, before: Place | None, after: Place) -> Iterator[Change]:
        """Differences by origin; those of both origins once."""
        conditions = self._joint.conditions(before, after)
        vocabulary = self._joint.vocabulary(conditions)
        forest = Forest()
        found: dict[Origin, dict[tuple[object, ...], tuple[Change, list[Situation]]]] = {}
        every = self._joint.all(conditions)
        by_origin = {o: [s for s in every if s.caller.origin is o] for o in (Origin.EXTERNAL, Origin.INTERNAL)}
        for origin, situations in by_origin.items():
            mine = found.setdefault(origin, {})
            for situation in situations:
                was = None if before is None else forest.tree(self._joint.old, situation, before)
                now = forest.tree(self._joint.new, situation, after)
                for aspect, one, other in _differences(was, now):
                    key: tuple[object, ...] = (aspect, id(one), id(other))
                    change = Change(origin, aspect, (), one, other, situation)
                    mine.setdefault(key, (change, []))[1].append(situation)
        told: dict[tuple[object, ...], Change] = {}
        for origin, mine in found.items():
            for key, (change, chosen) in mine.items():
                when = vocabulary.describe(chosen, by_origin[origin])
                whole = (*key, when)
                both = whole in told
                told[whole] = Change(
                    None if both else origin, change.aspect, when, change.before, change.after, change.example
                )
        yield from told.values()
        if before is not None:
            yield from self._phones(before, after)

    def _phones(self, before: Place, after: Place) -> Iterator[Change]:
        """Who rings: members of a position, legs of follow_me, `call_waiting`."""
        if _ringers(self._joint.old, before) != _ringers(self._joint.new, after):
            yield Change(None, "phones", (), None, None)


def _differences(was: Node | None, now: Node) -> Iterator[tuple[str, Node | None, Node | None]]:
    """Equal nodes of one forest are the same object."""
    if was is now:
        return
    if not isinstance(was, Attempt) or not isinstance(now, Attempt) or (was.kind, was.target) != (now.kind, now.target):
        yield "call", was, now
        return
    if (was.seconds, was.confirm) != (now.seconds, now.confirm):
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
    if not changed and set(old) != set(new) and (was.seconds, was.confirm) == (now.seconds, now.confirm):
        yield "call", was, now


def _places(plan: Plan) -> dict[tuple[str, str], Place]:
    found = {("user", u.extension): Place(PlaceKind.USER, u.extension, u.location) for u in plan.users.values()}
    found |= {("inbound", i.number): Place(PlaceKind.INBOUND, i.number, i.location) for i in plan.inbound.values()}
    for kind, groups in ((PlaceKind.OPERATOR, plan.operators), (PlaceKind.GROUP, plan.groups)):
        found |= {(kind.value, g.name): Place(kind, g.name, g.location) for g in groups.values()}
    return found


def _ringers(plan: Plan, place: Place) -> object:
    match place.kind:
        case PlaceKind.USER:
            user = plan.users[place.target]
            legs = tuple((leg.delay, leg.place.key, leg.place.timeout, leg.place.confirm) for leg in user.follow_me)
            return (legs, user.call_waiting)
        case PlaceKind.INBOUND:
            return None
        case _:
            group = group_of(plan, place)
            return (group.members, group.strategy)
