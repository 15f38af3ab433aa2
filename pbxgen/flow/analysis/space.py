"""The calls to one flow, callers × moments, as areas that are split only where a rule asks what tells them apart.

A call is explored for a whole area at once: for as long as every question has one answer for all of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, Situation, Situations
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition, Origin, PlaceKind, Plan

First = tuple[int, int]

_USER, _OUTSIDE = PlaceKind.USER.value, PlaceKind.OUTSIDE.value


class Area(NamedTuple):
    """Some callers at some moments, each as bits by their index in the space."""

    callers: int
    moments: int

    @property
    def first(self) -> First:
        """Index of the first caller and of the first moment: what orders areas."""
        return _lowest(self.callers), _lowest(self.moments)


class Space:
    """Every caller who can matter to ``flow`` (first those from outside), and every moment that can."""

    def __init__(self, plan: Plan, situations: Situations, flow: Flow) -> None:
        self._plan = plan
        self._situations = situations
        self._atoms = flow.atoms
        in_flow = flow.outside
        outside = (*situations.outside_numbers(self._atoms, in_flow), *in_flow)
        inside = (SOMEBODY_INSIDE, *flow.phones)
        self._numbers = (*outside, *inside)
        self._external = len(outside)
        self.moments: tuple[dt.datetime, ...] = situations.moments(self._atoms)
        always = (1 << len(self.moments)) - 1
        external = (1 << len(outside)) - 1
        self.outside = Area(external, always)
        self.inside = Area((1 << len(self._numbers)) - 1 - external, always)
        self._index: dict[Key, int] = {(_OUTSIDE, n): at for at, n in enumerate(outside) if n is not None}
        self._index.update({(_USER, n): at for at, n in enumerate(inside, len(outside))})
        self._callers: dict[tuple[Origin | None, str | None], int] = {}
        self._moments: dict[Condition, int] = {}

    def caller(self, at: int) -> Caller:
        """By the index of its bit."""
        return Caller(Origin.EXTERNAL if at < self._external else Origin.INTERNAL, self._numbers[at])

    def situation(self, area: Area) -> Situation:
        """The first of an area."""
        caller, moment = area.first
        return Situation(self.caller(caller), self.moments[moment], self._situations.almanac)

    def callers_with(self, condition: Condition) -> int:
        """Those of whom a condition can hold."""
        key = (condition.origin, condition.contacts)
        if key not in self._callers:
            asked = replace(condition, schedule=None, until=None)
            start = self.moments[0] if self.moments else dt.datetime.min
            self._callers[key] = _bits(
                Situation(self.caller(at), start, self._situations.almanac).conditions(self._plan).holds(asked)
                for at in range(len(self._numbers))
            )
        return self._callers[key]

    def moments_with(self, condition: Condition) -> int:
        """Those at which a condition can hold."""
        if condition not in self._moments:
            self._moments[condition] = self._situations.bits(self._atoms, condition)
        return self._moments[condition]

    def calling(self, key: Key) -> int:
        """Who calls from that phone or number."""
        at = self._index.get(key)
        return 0 if at is None else 1 << at

    def calling_from(self, numbers: Iterable[str]) -> int:
        """Who calls from one of these outside numbers."""
        return sum(self.calling((_OUTSIDE, n)) for n in numbers)

    def who_is(self, keys: Iterable[Key]) -> list[Key]:
        """Those of ``keys`` from which somebody calls."""
        return [key for key in keys if key in self._index]


class Asked:
    """Answers for the first call of an area; the part that has another answer is put to ``others``.

    What is left in ``area`` afterwards has had all of the answers in common.
    """

    def __init__(self, space: Space, area: Area, others: list[Area]) -> None:
        self._space = space
        self._others = others
        self._callers, self._moments = area.callers, area.moments
        self._caller, self._moment = _bit(area.callers), _bit(area.moments)

    @property
    def area(self) -> Area:
        return Area(self._callers, self._moments)

    @property
    def caller(self) -> Caller:
        return self._space.caller(_lowest(self._caller))

    def holds(self, condition: Condition) -> bool:
        if condition.always:
            return True
        if (condition.origin or condition.contacts) and not self._is_by(self._space.callers_with(condition)):
            return False
        if condition.schedule is None and condition.until is None:
            return True
        return self._is_at(self._space.moments_with(condition))

    def is_caller(self, key: Key) -> bool:
        """Does the call come from there?"""
        bits = self._space.calling(key)
        return bits != 0 and self._is_by(bits)

    def tell_apart(self, keys: Iterable[Key]) -> None:
        """Callers of ``keys`` have a part each; all others one."""
        for key in self._space.who_is(keys):
            self.is_caller(key)

    def _is_by(self, callers: int) -> bool:
        answer = self._caller & callers != 0
        other = self._callers & (~callers if answer else callers)
        if other:
            self._others.append(Area(other, self._moments))
            self._callers ^= other
        return answer

    def _is_at(self, moments: int) -> bool:
        answer = self._moment & moments != 0
        other = self._moments & (~moments if answer else moments)
        if other:
            self._others.append(Area(self._callers, other))
            self._moments ^= other
        return answer


class Been(frozenset[Key]):
    """Where a call has been, its caller's own place included, whoever of an area that is."""

    asked: Asked

    @classmethod
    def of(cls, keys: Iterable[Key], asked: Asked) -> Been:
        been = cls(keys)
        been.asked = asked
        return been

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self.asked.is_caller(key)  # type: ignore[arg-type]

    def __or__(self, other: AbstractSet[Key]) -> Been:  # type: ignore[override]
        return Been.of(super().__or__(other), self.asked)


def _bit(bits: int) -> int:
    return bits & -bits


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << n for n, truth in enumerate(truths) if truth)
