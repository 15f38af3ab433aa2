"""Schedules as regular expressions on ``2026-11-23 1 0830``: the PBX's date, weekday (Monday 1) and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pbxgen.flow.schedule import Schedule

_DAY = 1440
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Check:
    """An expression and, in words, what it looks for."""

    expression: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Step:
    """If any of the tests on ``field`` passes, ``sets`` is set."""

    meaning: str
    field: str
    tests: tuple[Check, ...]
    sets: str


def opening(schedule: Schedule) -> list[Step]:
    """Steps that find out whether a schedule is open.

    A window that runs past midnight belongs to the day it begins: its rest is that of yesterday, which yesterday's
    closing keeps shut.
    """
    weekly, eve = [], []
    spans: dict[tuple[int, int], set[int]] = {}
    for window in schedule.weekly:
        spans.setdefault((window.start, window.end), set()).add(window.weekday)
    for (start, end), days in spans.items():
        words = f"{_days(days)} {_clock(start)}-{_clock(end)}"
        weekly.append(Check(rf"^[0-9-]+ {_weekdays(days)} {_between(start, min(end, _DAY))}", words))
        if end > _DAY:
            following = {(day + 1) % 7 for day in days}
            eve.append(Check(rf"^[0-9-]+ {_weekdays(following)} {_between(0, end - _DAY)}", f"the rest of {words}"))
    closed = sorted({day for r in schedule.closed for day in _dates(r.first, r.last)})
    closed_eve = _by_year(day + dt.timedelta(days=1) for day in closed) if eve else ()
    steps = (
        Step("closed", "${pbx_now}", tuple(_by_year(closed)), "pbx_day=closed"),
        Step("opening hours", "${pbx_day}${pbx_now}", tuple(weekly), "pbx_open=yes"),
        Step("yesterday was closed", "${pbx_now}", tuple(closed_eve), "pbx_eve=closed"),
        Step("yesterday's hours that run past midnight", "${pbx_eve}${pbx_now}", tuple(eve), "pbx_open=yes"),
        Step("open all the same", "${pbx_now}", tuple(_opened(schedule)), "pbx_open=yes"),
    )
    return [step for step in steps if step.tests]


def _opened(schedule: Schedule) -> Iterator[Check]:
    for window in schedule.opened:
        words = f"{window.date} {_clock(window.start)}-{_clock(window.end)}"
        yield Check(rf"^{window.date} \d {_between(window.start, min(window.end, _DAY))}", words)
        if window.end > _DAY:
            following = window.date + dt.timedelta(days=1)
            yield Check(rf"^{following} \d {_between(0, window.end - _DAY)}", f"the rest of {words}")


def _dates(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)


def _by_year(days: Iterable[dt.date]) -> Iterator[Check]:
    for year, group in groupby(days, key=lambda day: day.year):
        listed = "|".join(f"{day:%m-%d}" for day in group)
        yield Check(f"^{year}-(?:{listed}) ", f"closed in {year}")


def _between(start: int, end: int) -> str:
    """Matches ``HHMM`` from minute ``start`` of the day until before ``end``."""
    parts = []
    hour = start // 60
    while hour * 60 < end:
        first, last = max(start - hour * 60, 0), min(end - hour * 60, 60) - 1
        parts.append((f"{hour:02d}", _minutes(first, last)))
        hour += 1
    merged = []
    for minutes, hours in groupby(parts, key=lambda part: part[1]):
        listed = [h for h, _ in hours]
        merged.append(f"{listed[0] if len(listed) == 1 else '(?:' + '|'.join(listed) + ')'}{minutes}")
    return f"(?:{'|'.join(merged)})$"


def _minutes(first: int, last: int) -> str:
    if (first, last) == (0, 59):
        return r"\d\d"
    parts = []
    for ten in range(first // 10, last // 10 + 1):
        low, high = max(first - ten * 10, 0), min(last - ten * 10, 9)
        parts.append(f"{ten}{'[0-9]' if (low, high) == (0, 9) else low if low == high else f'[{low}-{high}]'}")
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _weekdays(days: set[int]) -> str:
    return "[" + "".join(str(day + 1) for day in sorted(days)) + "]"


def _days(days: set[int]) -> str:
    return ",".join(_WEEKDAYS[day] for day in sorted(days))


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
