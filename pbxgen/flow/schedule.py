"""Opening hours: weekly windows, days on which they do not count, and windows of single days.

Dates and minutes are those of the PBX's time zone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Minutes of the day it begins; ``end`` above 1440 runs into the next day and belongs to the day it begins."""

    weekday: int
    """0 Monday - 6 Sunday."""
    start: int
    end: int
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class DateRange:
    first: dt.date
    last: dt.date
    """Inclusive."""
    label: str
    """Why: the holiday's name, or '' for a date of ``closed``."""


@dataclass(frozen=True, slots=True)
class DatedWindow:
    date: dt.date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours. ``opened`` wins over ``closed``; a closed day has none of its weekly windows."""

    name: str
    weekly: tuple[WeeklyWindow, ...]
    closed: tuple[DateRange, ...]
    """`closed` dates and public holidays (to the end of 2040), ascending."""
    opened: tuple[DatedWindow, ...]
    location: Location

    @property
    def hours(self) -> tuple[tuple[WeeklyWindow, ...], tuple[DateRange, ...], tuple[DatedWindow, ...]]:
        """Everything that decides when it is open: equal for schedules that differ in name or place only."""
        return self.weekly, self.closed, self.opened

    def contains(self, moment: dt.datetime) -> bool:
        """Is ``moment`` (local time of the PBX) inside the opening hours?"""
        today = moment.date()
        minute = moment.hour * 60 + moment.minute
        return self._open(today, minute) or self._open(today - dt.timedelta(days=1), minute + 1440)

    def _open(self, day: dt.date, minute: int) -> bool:
        """Does a window that begins on ``day`` hold ``minute`` (counted from that day's midnight)?"""
        if any(w.date == day and w.start <= minute < w.end for w in self.opened):
            return True
        if any(r.first <= day <= r.last for r in self.closed):
            return False
        return any(w.weekday == day.weekday() and w.start <= minute < w.end for w in self.weekly)
