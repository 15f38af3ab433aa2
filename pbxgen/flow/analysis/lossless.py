"""Whether a call from outside may come to its end with nobody to take it, were nothing tried only once.

Found place by place, as :mod:`pbxgen.flow.analysis.bounds` finds its times. A call that is lost has met no mailbox, no
announcement and no release that is written, and none stands ready behind what is still to try.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pbxgen.flow.analysis.choices import Choices, Places
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.plan import ENDS_CALL, Origin, Place, PlaceKind, Plan

_RINGS = frozenset({PlaceKind.OUTSIDE, PlaceKind.OPERATOR, PlaceKind.GROUP})


class Losses:
    """Those of one plan. Sets of diversions that a call may have had are bits."""

    def __init__(self, plan: Plan, start: dt.date) -> None:
        self._plan = plan
        self._max = plan.max_diversions
        self._choices = Choices(plan, start, Origin.EXTERNAL)
        self._users: dict[tuple[str, int], int] = {}
        self._others: dict[tuple[Key, int], int] = {}
        order = list(self._choices.in_order())
        for diversions in range(self._max, -1, -1):
            for component, in_circle in order:
                self._prepare(component, diversions, in_circle=in_circle)

    def possible(self, places: Iterable[Place], diversions: int) -> bool:
        """May a call from outside be lost that has these to try?"""
        return self._list(places, diversions) != 0

    def fewest(self, places: Iterable[Place]) -> int:
        """How many of them, all different, will at least have rung when the call is lost, its caller's own aside."""
        found = 0
        for place in places:
            if place.kind is PlaceKind.USER:
                found += not self._plan.users[place.target].deviations.unconditional
            else:
                found += place.kind in _RINGS
        return found

    def _list(self, places: Iterable[Place], diversions: int) -> int:
        on = 1 << diversions
        for place in places:
            if place.kind in ENDS_CALL or not on:
                return 0
            # A place that the call has been to is not tried again; where its own mailbox stands ready, none is lost.
            mailbox = place.kind is PlaceKind.USER and self._plan.users[place.target].mailbox is not None
            further = 0 if mailbox else on
            for at in range(diversions, self._max + 1):
                if on >> at & 1:
                    further |= self._row(place, at)
            on = further
        return on

    def _row(self, place: Place, diversions: int) -> int:
        """The diversions that the call may have had behind ``place``."""
        match place.kind:
            case PlaceKind.USER:
                key = (place.target, diversions)
                if key not in self._users:
                    self._users[key] = self._user(place.target, diversions)
                return self._users[key]
            case PlaceKind.OUTSIDE:
                return 1 << diversions
            case _:
                return self._others[place.key, diversions]

    def _user(self, extension: str, diversions: int) -> int:
        if self._plan.users[extension].mailbox is not None:
            return 0
        left = diversions < self._max
        found = 0
        choices = self._choices.of_user(extension)
        for rule in choices.unconditional if left else ():
            found |= self._list(rule.places, diversions + 1)
        if left and choices.diverted:
            return found
        for places in choices.answers:
            found |= self._list(places, diversions + 1) if places and left else 1 << diversions
        return found

    def _prepare(self, component: Sequence[Key], diversions: int, *, in_circle: bool) -> None:
        for key in component:
            kind, target = key
            if kind == PlaceKind.INBOUND.value:
                found = self._whatever(diversions) if in_circle else self._enter(target, diversions)
            else:
                overflow = self._plan.group_at(key).overflow
                found = 1 << diversions if in_circle or self._overflows(overflow, diversions) else 0
            self._others[key, diversions] = found

    def _whatever(self, diversions: int) -> int:
        return sum(1 << d for d in range(diversions, self._max + 1))

    def _overflows(self, overflow: Places, diversions: int) -> bool:
        """An overflow is tried behind all else, when the call may have been diverted more often."""
        return any(self.possible(overflow, d) for d in range(diversions, self._max + 1))

    def _enter(self, number: str, diversions: int) -> int:
        rules, certain = self._choices.of(self._plan.inbound[number].rules)
        found = 0 if certain else 1 << diversions
        for rule in rules:
            found |= self._list(rule.places, diversions)
        return found
