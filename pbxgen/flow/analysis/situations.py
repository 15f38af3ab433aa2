"""Every combination of truths that conditions can take together: moments in time × callers.

A rule's condition asks about schedules, dates, the origin and the caller's number. Here are found the moments and
callers that stand for all others: two calls in one situation see the same rules apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Condition, Origin, Plan, Rule, Schedule
from pbxgen.flow.world import CallConditions

LAST_DAY = dt.date(2040, 12, 31)
"""Holidays are known to this day, and so are situations."""

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

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> Atoms:
        used = list(conditions)
        return cls(
            frozenset(c.schedule for c in used if c.schedule is not None),
            frozenset(c.until for c in used if c.until is not None),
            frozenset(c.contacts for c in used if c.contacts is not None),
        )

    @classmethod
    def of_rules(cls, rules: Iterable[Rule]) -> Atoms:
        return cls.of(r.condition for r in rules)


class Situations:
    """The situations of one plan from ``start`` on, remembered by what is asked about."""

    def __init__(self, plan: Plan, start: dt.date) -> None:
        self._plan = plan
        self._start = start
        self._moments: dict[tuple[frozenset[str], frozenset[dt.date]], tuple[dt.datetime, ...]] = {}
        self._callers: dict[frozenset[str], tuple[str | None, ...]] = {}

    def moments(self, atoms: Atoms) -> tuple[dt.datetime, ...]:
        """For each combination of schedules open or closed and dates passed or not: the first moment that has it."""
        key = (atoms.schedules, atoms.untils)
        if key not in self._moments:
            self._moments[key] = tuple(self._find_moments(sorted(atoms.schedules), sorted(atoms.untils)))
        return self._moments[key]

    def outside_numbers(self, atoms: Atoms) -> tuple[str | None, ...]:
        """A number for each combination of contacts sets that a caller can be in; first one that is in none."""
        if atoms.contacts not in self._callers:
            sets = [self._plan.contacts[name].patterns for name in sorted(atoms.contacts)]
            self._callers[atoms.contacts] = (SOMEBODY_OUTSIDE, *sample_numbers(sets))
        return self._callers[atoms.contacts]

    def all(self, atoms: Atoms) -> tuple[Situation, ...]:
        """Every situation, with callers who are nowhere in the flow."""
        callers = [Caller(Origin.INTERNAL, SOMEBODY_INSIDE)]
        callers += [Caller(Origin.EXTERNAL, n) for n in self.outside_numbers(atoms)]
        return tuple(Situation(c, m) for m in self.moments(atoms) for c in callers)

    def _find_moments(self, names: list[str], untils: list[dt.date]) -> Iterable[dt.datetime]:
        if not names and not untils:
            yield self._noon(self._start)
            return
        schedules = [self._plan.schedules[n] for n in names]
        found: dict[tuple[bool, ...], dt.datetime] = {}
        seen_days: set[object] = set()
        for day in self._calendar.days(schedules, untils):
            signature = tuple(_windows(s, day) for s in schedules), tuple(day <= u for u in untils)
            if signature in seen_days:
                continue
            seen_days.add(signature)
            for minute in _minutes(signature[0]):
                moment = dt.datetime.combine(day, dt.time(minute // 60, minute % 60))
                truth = (*(s.contains(moment) for s in schedules), *signature[1])
                if truth not in found:
                    found[truth] = moment
        yield from sorted(found.values())

    @cached_property
    def _calendar(self) -> _Calendar:
        return _Calendar(self._start)

    @staticmethod
    def _noon(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(10, 0))


@dataclass(frozen=True, slots=True)
class _Calendar:
    start: dt.date

    def days(self, schedules: list[Schedule], untils: list[dt.date]) -> list[dt.date]:
        """Days worth a look: two ordinary weeks after each change of the calendar, and every special day."""
        special: set[dt.date] = set()
        for schedule in schedules:
            special.update(w.date for w in schedule.opened)
            for closed in schedule.closed:
                special.update(_edges(closed.first, closed.last))
        for until in untils:
            special.update((until, until + dt.timedelta(days=1)))
        wanted: set[dt.date] = set()
        for day in (self.start, *special):
            wanted.update(day + dt.timedelta(days=n) for n in range(-1, 15))
        return sorted(d for d in wanted if self.start <= d <= LAST_DAY)


def _edges(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days of a closed range that matter: its first and last fortnight."""
    length = (last - first).days
    if length <= 28:
        return [first + dt.timedelta(days=n) for n in range(length + 1)]
    return [first + dt.timedelta(days=n) for n in (*range(14), *range(length - 13, length + 1))]


Windows = tuple[tuple[int, int], ...]


def _windows(schedule: Schedule, day: dt.date) -> Windows:
    """Minutes of ``day`` in which the schedule is open, those of the night before included."""
    before = day - dt.timedelta(days=1)
    windows = [(s, min(e, 1440)) for s, e in _begun(schedule, day)]
    windows += [(0, e - 1440) for _, e in _begun(schedule, before) if e > 1440]
    return tuple(sorted(windows))


def _begun(schedule: Schedule, day: dt.date) -> list[tuple[int, int]]:
    windows = [(w.start, w.end) for w in schedule.opened if w.date == day]
    if not any(r.first <= day <= r.last for r in schedule.closed):
        windows += [(w.start, w.end) for w in schedule.weekly if w.weekday == day.weekday()]
    return windows


def _minutes(windows: tuple[Windows, ...]) -> list[int]:
    """10:00 first (examples read better by day), then every minute at which something changes."""
    edges = {0} | {m for one in windows for w in one for m in w if m < 1440}
    return [600, *sorted(edges)]
