"""Two plans looked at together: moments and callers that tell apart what is different in either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, replace

from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, Atoms, Situation, Situations
from pbxgen.flow.cases import Vocabulary
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition, Deviations, Origin, Place, PlaceKind, Plan, RingGroup, Rule, Rules

BEFORE = " (before)"
"""Added to the names of schedules and contacts that the new plan has too, but different."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What calls to one entry can come to touch, before and after."""

    before: Flow | None
    """None where there was no such entry."""
    after: Flow
    conditions: tuple[Condition, ...]
    """Of both, in the names of :attr:`SharedSituations.plan`."""

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Those of both flows who may call themselves: where they call from they are not tried again."""
        flows = [flow for flow in (self.before, self.after) if flow is not None]
        outside = dict.fromkeys(n for flow in flows for n in flow.outside)
        inside = dict.fromkeys(e for flow in flows for e in flow.inside)
        return (
            *(Caller(Origin.EXTERNAL, n) for n in outside),
            *(Caller(Origin.INTERNAL, e) for e in inside),
        )


class SharedSituations:
    """The situations of both plans. Schedules and contacts that both have alike count once."""

    def __init__(self, old: Plan, new: Plan, today: dt.date) -> None:
        self.old, self.new = old, new
        schedules, contacts = dict(new.schedules), dict(new.contacts)
        self._schedules: dict[str, str] = {}
        self._contacts: dict[str, str] = {}
        for name, schedule in old.schedules.items():
            same = name in schedules and schedules[name].hours == schedule.hours
            self._schedules[name] = name if same or name not in schedules else name + BEFORE
            schedules.setdefault(self._schedules[name], schedule)
        for name, known in old.contacts.items():
            same = name in contacts and contacts[name].patterns == known.patterns
            self._contacts[name] = name if same or name not in contacts else name + BEFORE
            contacts.setdefault(self._contacts[name], known)
        self.plan = replace(new, schedules=schedules, contacts=contacts)
        self.situations = Situations(self.plan, today)
        self._reach_old, self._reach_new = Reach(old, _Telling(old)), Reach(new, _Telling(new))
        self._known: dict[tuple[Atoms, tuple[Caller, ...]], tuple[CallSets, Vocabulary]] = {}

    def pair(self, before: Place | None, after: Place) -> Pair:
        was = None if before is None else self._reach_old.flow_of(before)
        now = self._reach_new.flow_of(after)
        found = {} if was is None else dict.fromkeys(self._renamed(c) for c in was.conditions)
        return Pair(was, now, tuple(found | dict.fromkeys(now.conditions)))

    def strangers(self, pair: Pair) -> dict[Origin, tuple[CallSets, Vocabulary]]:
        """Of callers who are nowhere in the flow: what conditions tell apart, and the words for it."""
        outside = tuple(c.number for c in pair.callers if c.number and c.origin is Origin.EXTERNAL)
        callers = self.situations.strangers(Atoms.of(pair.conditions), outside)
        return {
            Origin.EXTERNAL: self._cells(pair, callers),
            Origin.INTERNAL: self._cells(pair, (Caller(Origin.INTERNAL, SOMEBODY_INSIDE),)),
        }

    def in_contacts(self, pair: Pair) -> list[Caller]:
        """Those of ``pair.callers`` who are in contacts that its conditions ask for."""
        asked = {c.contacts for c in pair.conditions if c.contacts is not None}
        patterns = [p for name in sorted(asked) for p in self.plan.contacts[name].patterns]
        outside = (c for c in pair.callers if c.origin is Origin.EXTERNAL and c.number is not None)
        return [c for c in outside if any(p.matches(c.number or "") for p in patterns)]

    def truths(self, pair: Pair, situation: Situation) -> tuple[bool, ...]:
        """Which of the conditions of ``pair`` hold."""
        conditions = situation.conditions(self.plan)
        return tuple(conditions.holds(c) for c in pair.conditions)

    def of_caller(self, pair: Pair, caller: Caller) -> dict[Origin, tuple[CallSets, Vocabulary]]:
        """The same of one caller."""
        return {caller.origin: self._cells(pair, (caller,))}

    def _cells(self, pair: Pair, callers: tuple[Caller, ...]) -> tuple[CallSets, Vocabulary]:
        atoms = Atoms.of(pair.conditions)
        key = (atoms, callers)
        if key not in self._known:
            cells = CallSets(self.situations, atoms, callers)
            self._known[key] = cells, Vocabulary(cells)
        return self._known[key]

    def _renamed(self, condition: Condition) -> Condition:
        schedule, contacts = condition.schedule, condition.contacts
        return replace(
            condition,
            schedule=None if schedule is None else self._schedules[schedule],
            contacts=None if contacts is None else self._contacts[contacts],
        )


class _Telling:
    """What callers may notice of a destination beside who it is."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __call__(self, place: Place) -> Hashable:
        if place.kind is not PlaceKind.OUTSIDE:
            return (place.timeout, place.confirm)
        return (place.timeout, place.confirm, place.trunk, self._plan.caller_id_of(place))


_Moved = Callable[[tuple[Place, ...]], tuple[Place, ...]]


def by_new_names(old: Plan, new: Plan) -> Plan:
    """``old`` with the names that its operator positions and groups have in ``new``."""
    names = {
        PlaceKind.OPERATOR: _renamed(old.operators, new.operators),
        PlaceKind.GROUP: _renamed(old.groups, new.groups),
    }
    if not any(names.values()):
        return old

    def moved(places: tuple[Place, ...]) -> tuple[Place, ...]:
        if not any(p.target in names.get(p.kind, ()) for p in places):
            return places
        return tuple(replace(p, target=names.get(p.kind, {}).get(p.target, p.target)) for p in places)

    def groups(found: Mapping[str, RingGroup], named: Mapping[str, str]) -> dict[str, RingGroup]:
        every = (replace(g, name=named.get(g.name, g.name), overflow=moved(g.overflow)) for g in found.values())
        return {g.name: g for g in every}

    return replace(
        old,
        operators=groups(old.operators, names[PlaceKind.OPERATOR]),
        groups=groups(old.groups, names[PlaceKind.GROUP]),
        users={e: replace(u, deviations=_deviations(u.deviations, moved)) for e, u in old.users.items()},
        inbound={n: replace(i, rules=_rules(i.rules, moved)) for n, i in old.inbound.items()},
    )


def _renamed(old: Mapping[str, RingGroup], new: Mapping[str, RingGroup]) -> dict[str, str]:
    """Old name to new name, where nothing else has either."""
    by_number = {g.number: name for name, g in new.items() if name not in old}
    gone = {name: g.number for name, g in old.items() if name not in new}
    return {name: by_number[number] for name, number in gone.items() if number in by_number}


def _deviations(deviations: Deviations, moved: _Moved) -> Deviations:
    return Deviations(**{f.name: _rules(getattr(deviations, f.name), moved) for f in fields(deviations)})


def _rules(rules: Rules, moved: _Moved) -> Rules:
    return tuple(_rule(rule, moved) for rule in rules)


def _rule(rule: Rule, moved: _Moved) -> Rule:
    places = moved(rule.places)
    return rule if places is rule.places else replace(rule, places=places)
