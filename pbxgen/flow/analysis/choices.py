"""Which rules may apply to a call of a given origin (or of either), for any caller and at any time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from pbxgen.flow.analysis.components import components, is_cyclic
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan, Rule, Rules, User

Places = tuple[Place, ...]

FOLLOWED = frozenset({PlaceKind.OPERATOR, PlaceKind.GROUP, PlaceKind.INBOUND})
"""Kinds of places that lead on without a diversion."""


class OfUser(NamedTuple):
    """What can happen to a call to a user."""

    unconditional: list[Rule]
    diverted: bool
    """Is a call always diverted, wherever it has been?"""
    seconds: int
    """The longest that the phone may ring, before the destination's ``timeout`` caps it."""
    answers: list[Places]
    """What may be queued once the phone has rung, each once; with nothing in it: no rule may apply."""


class Choices:
    """The rules of ``plan`` that may apply from ``start`` on to a call of ``origin`` (None: of either)."""

    def __init__(self, plan: Plan, start: dt.date, origin: Origin | None) -> None:
        self._start = start
        self._origin = origin
        self._plan = plan
        self._users: dict[str, OfUser] = {}
        self._known: dict[int, tuple[list[Rule], bool]] = {}
        """By the identity of a list of rules: users of one policy share it, and the plan keeps it."""

    def of(self, rules: Rules) -> tuple[list[Rule], bool]:
        """The rules that may be the first to hold, and whether one of these rules always holds."""
        known = self._known.get(id(rules))
        if known is None:
            known = self._known[id(rules)] = self._find(rules)
        return known

    def _find(self, rules: Rules) -> tuple[list[Rule], bool]:
        applying = []
        for rule in rules:
            condition = rule.condition
            if condition.until is not None and condition.until < self._start:
                continue
            if self._origin is not None and not self._plan.may_hold(condition, self._origin):
                continue
            applying.append(rule)
            anybody = not condition.callers or any(c.name == self._origin for c in condition.callers)
            if anybody and not condition.hours and condition.until is None:
                return applying, True
        return applying, False

    def of_user(self, extension: str) -> OfUser:
        known = self._users.get(extension)
        if known is None:
            user = self._plan.users[extension]
            known = self._users[extension] = OfUser(*self.diverting(user), self._seconds(user), self._all_answers(user))
        return known

    def diverting(self, user: User) -> tuple[list[Rule], bool]:
        """The unconditional rules, and whether they always divert a call, wherever it has been."""
        rules, certain = self.of(user.deviations.unconditional)
        return rules, certain and all(any(p.ends_call for p in r.places) for r in rules)

    def _all_answers(self, user: User) -> list[Places]:
        answers: dict[tuple[object, ...], Places] = {}
        for places in self.answers(user):
            answers.setdefault(tuple((p.key, p.timeout) for p in places), places)
        return list(answers.values())

    def answers(self, user: User) -> list[Places]:
        """What may be queued once the phone has rung, wherever it is written."""
        outcomes = (Outcome.BUSY,) if user.dnd else tuple(Outcome)
        return [places for outcome in outcomes for places in self._answers(user, outcome)]

    def _answers(self, user: User, outcome: Outcome) -> list[Places]:
        general, certain = self.of(user.deviations.of(outcome))
        answers: list[Places] = [r.places for r in general]
        if not certain:
            answers.append(())
        if self._origin is Origin.INTERNAL:
            return answers
        returning, certain = self.of(user.deviations.operator_return(outcome))
        first: list[Places] = [r.places for r in returning]
        if not certain or self._origin is None:
            first.append(())
        return [a + b for a in first for b in answers]

    def _seconds(self, user: User) -> int:
        if user.dnd:
            return 0
        rules, certain = self.of(user.deviations.no_answer)
        times = [r.after or user.ring_timeout for r in rules]
        if not certain:
            times.append(user.ring_timeout)
        times += [r.after or user.ring_timeout for r in self.of(user.deviations.return_no_answer)[0]]
        seconds = max(times)
        return max([leg.delay + (leg.place.timeout or seconds) for leg in user.follow_me], default=seconds)

    def in_order(self) -> Iterator[tuple[list[Key], bool]]:
        """Positions, groups and inbound numbers, each after what it leads to; those of a cycle together, with True."""
        graph: dict[Key, list[Key]] = {}
        keys = [place.key for place, _ in self._plan.positions()]
        for key in (*keys, *((PlaceKind.INBOUND.value, number) for number in self._plan.inbound)):
            graph[key] = [p.key for p in self._plan.leads_to(key) if p.kind in FOLLOWED]
        for component in components(graph):
            yield component, is_cyclic(component, graph)
