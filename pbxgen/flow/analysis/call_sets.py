"""Sets of calls, callers × moments, and how the conditions of rules divide them.

Calls of one area are explored together for as long as every question has the same answer for all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Callers, Condition, Origin, PlaceKind

First = tuple[int, int]


class Area(NamedTuple):
    """Some callers at some moments, each as bits by their index."""

    callers: int
    moments: int
    chosen: tuple[tuple[Condition, bool], ...] = ()
    """Settings that are assumed to be made, or not made, in this step; none between two steps."""

    @property
    def first(self) -> First:
        """Index of the first caller and of the first moment; areas are sorted by it."""
        return _lowest(self.callers), _lowest(self.moments)


class CallSets:
    """Calls of ``callers`` at all moments that ``atoms`` tell apart; a set is an area, or bits caller by caller."""

    def __init__(
        self,
        situations: Situations,
        atoms: Atoms,
        callers: Sequence[Caller],
        moments: tuple[dt.datetime, ...] | None = None,
    ) -> None:
        """``moments``: instead of all that conditions can tell apart."""
        self.atoms = atoms
        self.callers = tuple(callers)
        self._situations = situations
        self._given = moments is not None
        self.moments = situations.moments(atoms) if moments is None else moments
        self.whole = (1 << len(self.moments) * len(self.callers)) - 1
        self._index = {caller.key: at for at, caller in enumerate(self.callers) if caller.key is not None}
        self._bits: dict[Area, int] = {}
        self._callers_with: dict[tuple[Callers, ...], int] = {}
        self._moments_with: dict[Condition, int] = {}

    @classmethod
    def of_flow(cls, situations: Situations, flow: Flow) -> CallSets:
        """Every caller who can matter to ``flow``, first those from outside."""
        outside = (*situations.outside_numbers(flow.atoms, flow.outside), *flow.outside)
        external = [Caller(Origin.EXTERNAL, number) for number in outside]
        internal = [Caller(Origin.INTERNAL, extension) for extension in flow.phones]
        anybody = situations.insiders(flow.atoms, flow.phones)
        return cls(situations, flow.atoms, (*external, *anybody, *internal))

    @classmethod
    def of_strangers(cls, situations: Situations, conditions: Iterable[Condition]) -> CallSets:
        """Callers who are in no flow: one of each kind that these conditions tell apart."""
        atoms = Atoms.of(conditions)
        return cls(situations, atoms, (*situations.insiders(atoms), *situations.strangers(atoms)))

    def firsts(self, conditions: Iterable[Condition]) -> list[int]:
        """For each condition the calls for which it is the first to hold."""
        firsts, left = [], self.whole
        for condition in conditions:
            firsts.append(left & self.where(condition))
            left &= ~firsts[-1]
        return firsts

    def of(self, origin: Origin) -> Area:
        return Area(_bits(c.origin is origin for c in self.callers), (1 << len(self.moments)) - 1)

    def by(self, callers: Iterable[Caller]) -> Area:
        wanted = set(callers)
        return Area(_bits(c in wanted for c in self.callers), (1 << len(self.moments)) - 1)

    def bits(self, area: Area) -> int:
        """The calls of an area, caller by caller."""
        if area not in self._bits:
            self._bits[area] = sum(area.moments << at * len(self.moments) for at in each(area.callers))
        return self._bits[area]

    def each(self, area: Area) -> Iterator[int]:
        """The calls of an area by index."""
        return each(self.bits(area))

    def situation(self, area: Area) -> Situation:
        """The first call of an area."""
        caller, moment = area.first
        return self._situation(caller, moment)

    def first_of(self, calls: int) -> Situation:
        return self._situation(*divmod(_lowest(calls), len(self.moments)))

    def callers_with(self, condition: Condition) -> int:
        """The callers for whom a condition can hold."""
        if condition.callers not in self._callers_with:
            asked = replace(condition, hours=(), until=None)
            callers = range(len(self.callers) if self.moments else 0)
            self._callers_with[condition.callers] = _bits(self._holds(asked, at, 0) for at in callers)
        return self._callers_with[condition.callers]

    def moments_with(self, condition: Condition) -> int:
        """The moments at which a condition can hold."""
        if condition not in self._moments_with:
            if self._given:
                asked = replace(condition, callers=())
                moments = _bits(self._holds(asked, 0, at) for at in range(len(self.moments)))
            else:
                moments = self._situations.bits(self.atoms, condition)
            self._moments_with[condition] = moments
        return self._moments_with[condition]

    def calling_from(self, numbers: Iterable[str]) -> int:
        """Who calls from one of these outside numbers."""
        return sum(self.calling((PlaceKind.OUTSIDE.value, number)) for number in numbers)

    def calling(self, key: Key) -> int:
        """The caller who calls from that phone or number, as bits."""
        at = self._index.get(key)
        return 0 if at is None else 1 << at

    def where(self, condition: Condition) -> int:
        """The calls for which a condition holds, caller by caller."""
        callers, moments = self.callers_with(condition), self.moments_with(condition)
        return sum(moments << at * len(self.moments) for at in range(len(self.callers)) if callers >> at & 1)

    def divided_by(self, conditions: Iterable[Condition]) -> list[int]:
        """All calls, divided into sets for which the same ``conditions`` hold."""
        parts = [self.whole]
        for condition in conditions:
            holding = self.where(condition)
            parts = [half for part in parts for half in (part & holding, part & ~holding) if half]
        return parts

    def in_contacts(self) -> set[Caller]:
        """The callers who are in contacts that conditions ask for."""
        asked = [self.callers_with(Condition(callers=(Callers(name),))) for name in self.atoms.contacts]
        return {caller for at, caller in enumerate(self.callers) if any(callers >> at & 1 for callers in asked)}

    def _holds(self, condition: Condition, caller: int, moment: int) -> bool:
        return self._situation(caller, moment).conditions(self._situations.plan).holds(condition)

    def _situation(self, caller: int, moment: int) -> Situation:
        return Situation(self.callers[caller], self.moments[moment])


class Asked:
    """Answers questions for the first call of an area; calls with another answer are moved from the area to
    ``others``."""

    def __init__(self, calls: CallSets, area: Area, others: list[Area], *, rings: bool = False) -> None:
        """``rings``: of what users may have set, only what decides whether their phones ring is asked."""
        self._calls = calls
        self._rings = rings
        self._others = others
        self._callers, self._moments = area.callers, area.moments
        self._chosen = area.chosen
        self._answers = {condition.choice: yes for condition, yes in area.chosen}
        self._caller, self._moment = _bit(area.callers), _bit(area.moments)

    @property
    def area(self) -> Area:
        return Area(self._callers, self._moments)

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The settings that users have made, by the answers given."""
        return tuple(condition.choice for condition, yes in self._chosen if yes and condition.choice is not None)

    @property
    def caller(self) -> Caller:
        return self._calls.callers[_lowest(self._caller)]

    def holds(self, condition: Condition) -> bool:
        if condition.always:
            return True
        if condition.choice is not None:
            return self._choose(condition, condition.choice)
        if condition.callers and not self._is_by(self._calls.callers_with(condition)):
            return False
        if not condition.hours and condition.until is None:
            return True
        return self._is_at(self._calls.moments_with(condition))

    def _choose(self, condition: Condition, choice: tuple[str, str]) -> bool:
        """A user may make the setting or not: the answer is no, and the area with the answer yes is added to
        ``others``."""
        if self._rings and not choice[1].startswith("unconditional:"):
            return False
        if choice not in self._answers:
            self._others.append(Area(self._callers, self._moments, (*self._chosen, (condition, True))))
            self._chosen = (*self._chosen, (condition, False))
            self._answers[choice] = False
        return self._answers[choice]

    def is_caller(self, key: Key) -> bool:
        """Does the call come from the phone or number ``key``?"""
        bits = self._calls.calling(key)
        return bits != 0 and self._is_by(bits)

    def tell_apart(self, keys: Iterable[Key]) -> None:
        """Divide the area: one part for each caller of ``keys``, one for all others."""
        for key in keys:
            self.is_caller(key)

    def _is_by(self, callers: int) -> bool:
        answer = self._caller & callers != 0
        other = self._callers & (~callers if answer else callers)
        if other:
            self._others.append(Area(other, self._moments, self._chosen))
            self._callers ^= other
        return answer

    def _is_at(self, moments: int) -> bool:
        answer = self._moment & moments != 0
        other = self._moments & (~moments if answer else moments)
        if other:
            self._others.append(Area(self._callers, other, self._chosen))
            self._moments ^= other
        return answer


class Been(frozenset[Key]):
    """The places that a call has been to, and its caller's own place: ``asked`` divides the area by caller where that
    matters."""

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


def each(bits: int) -> Iterator[int]:
    """The indices of the bits that are set."""
    while bits:
        yield _lowest(bits)
        bits &= bits - 1


def _bit(bits: int) -> int:
    return bits & -bits


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << n for n, truth in enumerate(truths) if truth)
