"""Schedules: windows, dates and public holidays, as minutes and days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean, nearest
from pbxgen.flow.schedule import DatedWindow, DateRange, Schedule, WeeklyWindow
from pbxgen.language import model_sections as model
from pbxgen.language.findings import Findings
from pbxgen.language.positions import at, items, key_of, within
from pbxgen.source.tree import Node, Scalar

T = TypeVar("T")

HOLIDAY_YEARS = range(2020, 2041)
"""Fixed, so that the same source gives the same files in any year; dates of every year are those of these."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*", re.ASCII)
_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})\s*", re.ASCII)
_DAY_OF_YEAR = re.compile(r"\s*\d{2}-\d{2}\s*", re.ASCII)
_LONGEST_OPEN = 366
_LEAP_YEAR = 2024
_A_DATE = "write year-month-day, such as 2026-12-31"


class ProblemError(ValueError):
    """What is wrong with a text: where in it (start, length), and what to do."""

    def __init__(self, message: str, help: str, start: int = 0, length: int | None = None) -> None:
        super().__init__(message)
        self.help = help
        self.start = start
        self.length = length


def compile_schedule(
    name: str, schedule: model.Schedule, node: Node, location: Location, findings: Findings
) -> Schedule:
    """The plan's schedule; texts that cannot be read are reported and left out."""
    weekly: list[WeeklyWindow] = []
    for text in schedule.weekly:
        days: tuple[int, ...] = ()
        try:
            days = parse_days(text)
        except ProblemError as problem:
            findings.add("PBX126", str(problem), key_of(at(node, "weekly"), text), help=problem.help)
        for start, end in _read(at(node, "weekly", text), lambda window: [parse_window(window)], findings):
            weekly += [WeeklyWindow(day, start, end) for day in days]
    closed = _read(at(node, "closed"), parse_closed, findings) if schedule.closed else []
    holidays = _read(at(node, "holidays"), public_holidays, findings) if schedule.holidays else []
    opened = _read(at(node, "open"), parse_open, findings) if schedule.open else []
    return Schedule(
        name=name,
        weekly=tuple(sorted(set(weekly), key=lambda w: (w.weekday, w.start, w.end))),
        closed=tuple(sorted({*closed, *holidays}, key=lambda r: (r.first, r.last, r.label))),
        opened=tuple(sorted(set(opened), key=lambda w: (w.date, w.start, w.end))),
        location=location,
    )


def _read(node: Node, parse: Callable[[str], Iterable[T]], findings: Findings) -> list[T]:
    """What ``parse`` makes of each text at ``node``; its ProblemErrors are reported."""
    parsed: list[T] = []
    for item in items(node):
        try:
            parsed += parse(str(item.value) if isinstance(item, Scalar) else "")
        except ProblemError as problem:
            whole = problem.length is None
            location = item.location if whole else within(item, problem.start, problem.length or 1)
            findings.add("PBX126", str(problem), location, help=problem.help)
    return parsed


def parse_date(text: str, help: str = _A_DATE) -> dt.date:
    """``2026-12-31``. Raises ProblemError."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ProblemError(f"{text.strip()!r} is not a date", help)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ProblemError(f"the calendar has no {text.strip()}", help) from None


def parse_window(text: str, offset: int = 0) -> tuple[int, int]:
    """``08:30-13:00`` as minutes of the day; an end before the start lies in the next day. Raises ProblemError."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise ProblemError(
            f"{text.strip()!r} is not a window of time", 'write "08:30-13:00": begin and end, 00:00 to 24:00', offset
        )
    start, end = (_minutes(match, group, offset) for group in (1, 3))
    if start == 1440:
        raise ProblemError("a window cannot begin at 24:00", "a day begins at 00:00", offset + match.start(1), 5)
    if start == end:
        raise ProblemError(f"{text.strip()!r} has no length", 'a whole day is "00:00-24:00"', offset)
    return (start, end) if end > start else (start, end + 1440)


def _minutes(match: re.Match[str], group: int, offset: int) -> int:
    hours, minutes = int(match[group]), int(match[group + 1])
    if minutes > 59 or hours * 60 + minutes > 1440:
        start = match.start(group)
        length = match.end(group + 1) - start
        raise ProblemError(
            f"{match.string[start : start + length]} is not a time of day",
            "write 00:00 to 24:00",
            offset + start,
            length,
        )
    return hours * 60 + minutes


def parse_days(text: str) -> tuple[int, ...]:
    """``mon``, ``mon-thu`` (``fri-mon`` wraps), ``mon,wed,fri-sat``. Raises ProblemError."""
    weekdays: list[int] = []
    offset = 0
    for part in text.split(","):
        names = [name.strip() for name in part.split("-")]
        for name in names:
            if name not in DAYS:
                raise ProblemError(
                    f"{name!r} is not a day of the week",
                    did_you_mean(name, DAYS) or f"days are {', '.join(DAYS)}; ranges mon-fri; lists mon,wed",
                    text.find(name, offset) if name else 0,
                    len(name) or len(text),
                )
        if len(names) > 2:
            raise ProblemError(f"{part.strip()!r} is not a range of days", "write mon-fri", offset, len(part))
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        weekdays += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
        offset += len(part) + 1
    return tuple(weekdays)


def parse_range(text: str, help: str = _A_DATE) -> tuple[dt.date, dt.date]:
    """A date, or ``first..last``. Raises ProblemError."""
    first_text, dots, last_text = text.partition("..")
    first = parse_date(first_text, help)
    if not dots:
        return first, first
    last = parse_date(last_text, help)
    if last < first:
        raise ProblemError(f"{text.strip()!r} ends before it begins", "write the earlier date first")
    return first, last


def parse_closed(text: str) -> list[DateRange]:
    """A date, or ``first..last``; without years it is every year's (:data:`HOLIDAY_YEARS`). Raises ProblemError."""
    parts = text.split("..")
    yearly = [_DAY_OF_YEAR.fullmatch(part) for part in parts]
    if not any(yearly) or len(parts) > 2:
        first, last = parse_range(text, f"{_A_DATE}, or month-day, such as 12-31, for every year")
        return [DateRange(first, last, "")]
    if not all(yearly):
        raise ProblemError(f"{text.strip()!r} has one year", "write both dates with their year, or both without")
    begin, end = (_day_of_year(part) for part in (parts[0], parts[-1]))
    spans = ((_in_year(year, begin, 1), _in_year(year + (end < begin), end, 0)) for year in HOLIDAY_YEARS)
    return [DateRange(first, last, "") for first, last in spans if first <= last]


def _day_of_year(text: str) -> tuple[int, int]:
    """``12-31`` as month and day. Raises ProblemError."""
    month, day = map(int, text.strip().split("-"))
    try:
        dt.date(_LEAP_YEAR, month, day)
    except ValueError:
        raise ProblemError(f"the calendar has no {text.strip()}", "write month-day, such as 12-31") from None
    return month, day


def _in_year(year: int, day: tuple[int, int], after: int) -> dt.date:
    """That day; where a year has no 29 February the day before it, or (``after``: 1) the day after it."""
    try:
        return dt.date(year, *day)
    except ValueError:
        return dt.date(year, 2, 28) + dt.timedelta(days=after)


def parse_open(text: str) -> list[DatedWindow]:
    """``2026-12-27 09:00-12:00``, or the same of a range of dates. Raises ProblemError."""
    dates, _, window = text.strip().partition(" ")
    first, last = parse_range(dates)
    if not window:
        raise ProblemError(f"{text.strip()!r} says no time", f'write "{text.strip()} 09:00-12:00"')
    start, end = parse_window(window, text.index(window))
    if (last - first).days >= _LONGEST_OPEN:
        raise ProblemError(f"{dates!r} is longer than a year", "write such hours under weekly")
    return [DatedWindow(first + dt.timedelta(days=n), start, end) for n in range((last - first).days + 1)]


@lru_cache(maxsize=64)
def public_holidays(region: str) -> tuple[DateRange, ...]:
    """Public holidays of ``IT`` or ``IT-BZ`` in :data:`HOLIDAY_YEARS`. Raises ProblemError."""
    import holidays

    country, _, subdivision = region.strip().partition("-")
    if not country.isascii() or not country.isalpha() or len(country) != 2 or not country.isupper():
        raise _unknown_region(country, subdivision)
    try:
        kind = type(holidays.country_holidays(country, subdiv=subdivision or None))
    except (NotImplementedError, AttributeError):
        raise _unknown_region(country, subdivision) from None
    language = "en_US" if "en_US" in getattr(kind, "supported_languages", ()) else None
    days = holidays.country_holidays(
        country, subdiv=subdivision or None, years=HOLIDAY_YEARS, expand=False, language=language
    )
    return tuple(DateRange(day, day, name) for day, name in sorted(days.items()))


def _unknown_region(country: str, subdivision: str) -> ProblemError:
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        near = country.upper() if country.upper() in known else nearest(country, known)
        return ProblemError(
            f"no public holidays are known for {country!r}",
            f"did you mean '{near}'?" if near else "write a country such as IT, or a subdivision such as IT-BZ",
        )
    subdivisions = known[country]
    return ProblemError(
        f"{country} has no subdivision {subdivision!r}",
        did_you_mean(subdivision, subdivisions)
        or (f"known: {', '.join(subdivisions[:12])} …" if subdivisions else f"write {country} alone"),
        len(country) + 1,
        len(subdivision),
    )
