"""Two plans looked at together, in common terms: with moments and callers that tell apart what differs in either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import (
    Condition,
    Deviations,
    Origin,
    Place,
    PlaceKind,
    Plan,
    RingGroup,
    Rule,
    Rules,
    User,
)

BEFORE = " (before)"
"""Added to the names of schedules and contacts that the new plan has too, but different."""

_NOWHERE = Location("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Pair:
    """What calls to one entry can come to touch, before and after."""

    before: Flow | None
    """None where there was no such entry."""
    after: Flow

    @property
    def flows(self) -> tuple[Flow, ...]:
        return (self.after,) if self.before is None else (self.before, self.after)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(dict.fromkeys(c for flow in self.flows for c in flow.conditions))

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Those of both flows who may call themselves: where they call from they are not tried again."""
        outside = dict.fromkeys(n for flow in self.flows for n in flow.outside)
        inside = dict.fromkeys(e for flow in self.flows for e in flow.inside)
        return (
            *(Caller(Origin.EXTERNAL, n) for n in outside),
            *(Caller(Origin.INTERNAL, e) for e in inside),
        )


class SharedSituations:
    """The situations of both plans, which are compared in common terms."""

    def __init__(self, old: Plan, new: Plan, today: dt.date) -> None:
        self.old, self.new = in_common_terms(old, new)
        self.situations = Situations(self.new, today)
        self._reach_old, self._reach_new = Reach(self.old, _noticed), Reach(self.new, _noticed)

    def pair(self, before: Place | None, after: Place) -> Pair:
        was = None if before is None else self._reach_old.flow_of(before)
        return Pair(was, self._reach_new.flow_of(after))


def _noticed(place: Place) -> Hashable:
    """What callers may notice of a destination beside who it is."""
    return (place.timeout, place.confirm, place.trunk, place.caller_id)


def in_common_terms(old: Plan, new: Plan) -> tuple[Plan, Plan]:
    """Both plans so that what says the same is equal: without places in the source, and with one name for one thing.

    Operator positions and groups have the names that they have in ``new``; schedules and contacts that both plans have
    alike are one, and others of one name are told apart by ``BEFORE``. What a trunk says of the caller id is said of
    each outside number.
    """
    schedules = _names(old.schedules, new.schedules, lambda schedule: schedule.hours)
    contacts = _names(old.contacts, new.contacts, lambda contacts: replace(contacts, location=_NOWHERE))
    positions = {
        PlaceKind.OPERATOR: _renamed(old.operators, new.operators),
        PlaceKind.GROUP: _renamed(old.groups, new.groups),
    }
    before, after = _Terms(old, positions, schedules, contacts).plan(), _Terms(new, {}, {}, {}).plan()
    every_schedule = {schedules[n]: one for n, one in old.schedules.items()} | dict(new.schedules)
    every_contacts = {contacts[n]: one for n, one in old.contacts.items()} | dict(new.contacts)
    return (
        replace(before, schedules=every_schedule, contacts=every_contacts),
        replace(after, schedules=every_schedule, contacts=every_contacts),
    )


_T = TypeVar("_T")


def _names(old: Mapping[str, _T], new: Mapping[str, _T], content: Callable[[_T], Hashable]) -> dict[str, str]:
    """Of each old name, what the old content is called among the new."""
    differs = {name for name, one in old.items() if name in new and content(one) != content(new[name])}
    return {name: name + BEFORE if name in differs else name for name in old}


def _renamed(old: Mapping[str, RingGroup], new: Mapping[str, RingGroup]) -> dict[str, str]:
    """Old name to new name, where nothing else has either."""
    by_number = {g.number: name for name, g in new.items() if name not in old}
    gone = {name: g.number for name, g in old.items() if name not in new}
    return {name: by_number[number] for name, number in gone.items() if number in by_number}


@dataclass(frozen=True, slots=True)
class _Terms:
    """Says a plan in other names."""

    original: Plan
    positions: Mapping[PlaceKind, Mapping[str, str]]
    schedules: Mapping[str, str]
    contacts: Mapping[str, str]
    known: dict[int, Rules] = field(default_factory=dict)
    """By the identity of a list of rules: users of one policy share it."""

    def plan(self) -> Plan:
        plan = self.original
        return replace(
            plan,
            operators=self._groups(PlaceKind.OPERATOR, plan.operators),
            groups=self._groups(PlaceKind.GROUP, plan.groups),
            users={extension: self._user(user) for extension, user in plan.users.items()},
            inbound={n: replace(i, rules=self._rules(i.rules)) for n, i in plan.inbound.items()},
        )

    def _groups(self, kind: PlaceKind, groups: Mapping[str, RingGroup]) -> dict[str, RingGroup]:
        names = self.positions.get(kind, {})
        every = (replace(g, name=names.get(g.name, g.name), overflow=self._places(g.overflow)) for g in groups.values())
        return {g.name: g for g in every}

    def _user(self, user: User) -> User:
        lists = {f.name: self._rules(getattr(user.deviations, f.name)) for f in fields(user.deviations)}
        legs = tuple(replace(leg, place=self._place(leg.place)) for leg in user.follow_me)
        return replace(user, deviations=Deviations(**lists), follow_me=legs)

    def _rules(self, rules: Rules) -> Rules:
        if id(rules) not in self.known:
            self.known[id(rules)] = tuple(self._rule(rule) for rule in rules)
        return self.known[id(rules)]

    def _rule(self, rule: Rule) -> Rule:
        condition = rule.condition
        if condition.hours or condition.callers:
            hours = (one._replace(schedule=self.schedules.get(one.schedule, one.schedule)) for one in condition.hours)
            callers = (one._replace(name=self.contacts.get(one.name, one.name)) for one in condition.callers)
            condition = replace(condition, hours=tuple(hours), callers=tuple(callers))
        return Rule(self._places(rule.places), _NOWHERE, condition, rule.after)

    def _places(self, places: tuple[Place, ...]) -> tuple[Place, ...]:
        return tuple(self._place(place) for place in places)

    def _place(self, place: Place) -> Place:
        target = self.positions.get(place.kind, {}).get(place.target, place.target)
        caller_id = self.original.caller_id_of(place) if place.kind is PlaceKind.OUTSIDE else None
        return replace(place, target=target, location=_NOWHERE, caller_id=caller_id)
