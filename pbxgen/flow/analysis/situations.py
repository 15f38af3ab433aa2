"""The moments and callers that are enough to examine: to all other calls the same rules apply as to one of these.

A rule's condition asks about schedules, dates, the origin and the caller's number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.analysis.schedule_days import ScheduleDays, Windows
from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import ANONYMOUS, Condition, Contacts, Origin, Plan

_Truths = tuple[bool, ...]
"""Of a moment: which schedules are open, and which dates have not passed."""

SOMEBODY_INSIDE = ""
"""Stands for an inside caller who is nowhere in the flow at hand."""

SOMEBODY_OUTSIDE = "+99999999999"
"""An outside number in no contacts set (country code 999 is not assigned by the ITU)."""


@dataclass(frozen=True, slots=True)
class Situation:
    caller: Caller
    moment: dt.datetime

    def conditions(self, plan: Plan) -> CallConditions:
        return CallConditions(plan, self.caller, self.moment)


@dataclass(frozen=True, slots=True)
class Atoms:
    """What a set of conditions asks about."""

    schedules: frozenset[str]
    untils: frozenset[dt.date]
    contacts: frozenset[str]
    """Names of contacts sets, and :data:`ANONYMOUS`."""

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> Atoms:
        used = list(conditions)
        return cls(
            frozenset(hours.schedule for c in used for hours in c.hours),
            frozenset(c.until for c in used if c.until is not None),
            frozenset(callers.name for c in used for callers in c.callers) - frozenset(Origin),
        )


class Situations:
    """The situations of one plan from ``start`` on, kept for each set of conditions."""

    def __init__(self, plan: Plan, start: dt.date) -> None:
        self.plan = plan
        self.start = start
        """The first day that is looked at."""
        self._days = ScheduleDays(start)
        self._timelines: dict[tuple[frozenset[str], frozenset[dt.date]], dict[_Truths, dt.datetime]] = {}
        self._callers: dict[tuple[frozenset[str], frozenset[str]], tuple[str | None, ...]] = {}

    def moments(self, atoms: Atoms) -> tuple[dt.datetime, ...]:
        """For each combination of schedules open or closed and dates passed or not: the first moment that has it."""
        return tuple(self._timeline(atoms).values())

    def bits(self, atoms: Atoms, condition: Condition) -> int:
        """The moments of ``atoms`` at which ``condition`` holds, callers aside: bits by their index."""
        asked = [*sorted(atoms.schedules), *sorted(atoms.untils)]
        bits = 0
        for n, truths in enumerate(self._timeline(atoms)):
            holds = dict(zip(asked, truths, strict=True))
            in_time = condition.until is None or holds[condition.until]
            if in_time and all(holds[hours.schedule] is not hours.closed for hours in condition.hours):
                bits |= 1 << n
        return bits

    def outside_numbers(self, atoms: Atoms, avoiding: Iterable[str] = ()) -> tuple[str | None, ...]:
        """A number, none of ``avoiding``, for each combination of contacts sets; first one that is in no set."""
        key = (atoms.contacts, frozenset(avoiding if atoms.contacts else ()))
        if key not in self._callers:
            sets = self._sets(atoms)
            # A pattern such as "+!" holds everybody who shows a number: only who shows none may be in no set.
            in_all = any(one.has(Origin.EXTERNAL, SOMEBODY_OUTSIDE) for one in sets)
            hidden = in_all or ANONYMOUS in atoms.contacts or any(one.anonymous for one in sets)
            known = sample_numbers([one.patterns for one in sets], key[1])
            in_none = () if in_all else (SOMEBODY_OUTSIDE,)
            self._callers[key] = (*in_none, *((None,) if hidden else ()), *known)
        return self._callers[key]

    def insiders(self, atoms: Atoms, avoiding: Iterable[str] = ()) -> tuple[Caller, ...]:
        """A caller from inside for each combination of contacts sets; first one that is in none, and nowhere in a flow.

        ``avoiding`` are extensions that call for themselves.
        """
        sets = self._sets(atoms)
        named = sorted(frozenset().union(*(one.extensions for one in sets)) - frozenset(avoiding))
        by_membership: dict[tuple[bool, ...], str] = {}
        for extension in named:
            by_membership.setdefault(tuple(extension in one.extensions for one in sets), extension)
        return tuple(Caller(Origin.INTERNAL, extension) for extension in (SOMEBODY_INSIDE, *by_membership.values()))

    def _sets(self, atoms: Atoms) -> list[Contacts]:
        return [self.plan.contacts[name] for name in sorted(atoms.contacts - {ANONYMOUS})]

    def strangers(self, atoms: Atoms, outside: Iterable[str] = ()) -> tuple[Caller, ...]:
        """A caller from outside for each combination of contacts sets, none with a number of ``outside``."""
        return tuple(Caller(Origin.EXTERNAL, n) for n in self.outside_numbers(atoms, outside))

    def _timeline(self, atoms: Atoms) -> dict[_Truths, dt.datetime]:
        key = (atoms.schedules, atoms.untils)
        if key not in self._timelines:
            moments = self._find_moments(sorted(atoms.schedules), sorted(atoms.untils))
            self._timelines[key] = dict(sorted(moments.items(), key=lambda one: one[1]))
        return self._timelines[key]

    def _find_moments(self, names: list[str], untils: list[dt.date]) -> dict[_Truths, dt.datetime]:
        if not names and not untils:
            return {(): dt.datetime.combine(self.start, dt.time(10, 0))}
        schedules = [self.plan.schedules[n] for n in names]
        by_truths: dict[_Truths, dt.datetime] = {}
        seen_days: set[object] = set()
        for day in self._days.days(schedules, untils):
            windows = tuple(self._days.windows(s, day) for s in schedules)
            signature = windows, tuple(day <= u for u in untils)
            if signature in seen_days:
                continue
            seen_days.add(signature)
            for minute in _minutes(windows):
                truths = (*(any(b <= minute < e for b, e in w) for w in windows), *signature[1])
                if truths not in by_truths:
                    by_truths[truths] = dt.datetime.combine(day, dt.time(minute // 60, minute % 60))
        return by_truths


def _minutes(windows: tuple[Windows, ...]) -> list[int]:
    """10:00 first (examples read better by day), then every minute at which something changes."""
    edges = {0} | {m for one in windows for w in one for m in w if m < 1440}
    return [600, *sorted(edges)]
