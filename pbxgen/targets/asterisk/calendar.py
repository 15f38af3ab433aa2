"""Schedules as data of the dialplan: hours by weekday, closed days by year, windows of single days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pbxgen.flow.schedule import Schedule

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Entry:
    """One extension: a weekday (1-7), a day (MMDD or YYYYMMDD), with its windows and why it is there."""

    extension: str
    windows: str
    note: str


def weekly(schedule: Schedule) -> tuple[Entry, ...]:
    hours: dict[int, list[str]] = {}
    for window in sorted(schedule.weekly, key=lambda w: (w.weekday, w.start)):
        hours.setdefault(window.weekday, []).append(_window(window.start, window.end))
    return tuple(Entry(str(day + 1), ",".join(windows), _WEEKDAYS[day]) for day, windows in hours.items())


def opened(schedule: Schedule) -> tuple[Entry, ...]:
    hours: dict[dt.date, list[str]] = {}
    for window in sorted(schedule.opened, key=lambda w: (w.date, w.start)):
        hours.setdefault(window.date, []).append(_window(window.start, window.end))
    return tuple(Entry(f"{day:%Y%m%d}", ",".join(windows), str(day)) for day, windows in hours.items())


def closed(schedule: Schedule) -> dict[int, list[Entry]]:
    """By year."""
    days: dict[dt.date, str] = {}
    for span in schedule.closed:
        for offset in range((span.last - span.first).days + 1):
            day = span.first + dt.timedelta(days=offset)
            days[day] = days.get(day) or span.label
    years: dict[int, list[Entry]] = {}
    for day, label in sorted(days.items()):
        years.setdefault(day.year, []).append(Entry(f"{day:%m%d}", "", label))
    return years


def _window(start: int, end: int) -> str:
    """Minutes of a day as HHMM-HHMM; an end in the next day has more than 24 hours."""
    return f"{start // 60:02d}{start % 60:02d}-{end // 60:02d}{end % 60:02d}"
