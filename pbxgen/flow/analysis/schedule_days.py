"""Opening hours of schedules day by day, and the days that are enough to examine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pbxgen.flow.schedule import Schedule

LAST_DAY = dt.date(2040, 12, 31)
"""Holidays are known to this day, and so are situations."""

Windows = tuple[tuple[int, int], ...]
"""Minutes of one day, each end exclusive."""

_DAY = dt.timedelta(days=1)


class ScheduleDays:
    """Reads each schedule once, from ``start`` on."""

    def __init__(self, start: dt.date) -> None:
        self._start = start
        self._closed: dict[int, frozenset[int]] = {}
        self._known: dict[tuple[int, dt.date], Windows] = {}
        self._kept: list[Schedule] = []

    def windows(self, schedule: Schedule, day: dt.date) -> Windows:
        """Minutes of ``day`` in which the schedule is open, those of the night before included."""
        key = (id(schedule), day)
        if key not in self._known:
            windows = [(s, min(e, 1440)) for s, e in self._begun(schedule, day)]
            windows += [(0, e - 1440) for _, e in self._begun(schedule, day - _DAY) if e > 1440]
            self._known[key] = tuple(sorted(windows))
        return self._known[key]

    def days(self, schedules: Sequence[Schedule], untils: Sequence[dt.date]) -> list[dt.date]:
        """Days that stand for all: two ordinary weeks after each change of the calendar, and every special day."""
        special: set[dt.date] = {self._start}
        for schedule in schedules:
            special.update(w.date for w in schedule.opened)
            for closed in schedule.closed:
                if closed.last >= self._start:
                    special.update(_edges(max(closed.first, self._start), min(closed.last, LAST_DAY)))
        for until in untils:
            special.update((until, until + _DAY))
        first, last = self._start.toordinal(), LAST_DAY.toordinal()
        wanted = {d.toordinal() + n for d in special for n in range(-1, 15)}
        return [dt.date.fromordinal(d) for d in sorted(wanted) if first <= d <= last]

    def _begun(self, schedule: Schedule, day: dt.date) -> list[tuple[int, int]]:
        windows = [(w.start, w.end) for w in schedule.opened if w.date == day]
        if day.toordinal() not in self._closed_days(schedule):
            weekday = day.weekday()
            windows += [(w.start, w.end) for w in schedule.weekly if w.weekday == weekday]
        return windows

    def _closed_days(self, schedule: Schedule) -> frozenset[int]:
        if id(schedule) not in self._closed:
            self._kept.append(schedule)  # its id stays its own
            first, last = self._start.toordinal() - 3, LAST_DAY.toordinal() + 1
            self._closed[id(schedule)] = frozenset(
                day
                for closed in schedule.closed
                for day in range(max(first, closed.first.toordinal()), min(last, closed.last.toordinal()) + 1)
            )
        return self._closed[id(schedule)]


def _edges(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days of a closed range that matter: its first and last fortnight."""
    length = (last - first).days
    if length <= 28:
        return [first + dt.timedelta(days=n) for n in range(length + 1)]
    return [first + dt.timedelta(days=n) for n in (*range(14), *range(length - 13, length + 1))]
