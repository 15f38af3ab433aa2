"""Schedules as dialplan data say the same as the model's, read the way the library reads them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.diagnostics.location import Location
from pbxgen.flow.schedule import DatedWindow, DateRange, Schedule, WeeklyWindow
from pbxgen.targets.asterisk import calendar

HERE = Location("acme.yaml", 1, 1, 1, 2)
DAYS = st.dates(dt.date(2026, 11, 16), dt.date(2026, 12, 6))
MINUTES = st.integers(0, 1439)
WINDOWS = st.builds(
    lambda day, start, length: WeeklyWindow(day, start, start + length),
    st.integers(0, 6),
    MINUTES,
    st.integers(1, 1440),
)
OPENED = st.builds(
    lambda date, start, length: DatedWindow(date, start, start + length), DAYS, MINUTES, st.integers(1, 1440)
)
CLOSED = st.builds(lambda first, days: DateRange(first, first + dt.timedelta(days), ""), DAYS, st.integers(0, 5))
SCHEDULES = st.builds(
    lambda weekly, closed, opened: Schedule("s", tuple(weekly), tuple(closed), tuple(opened), HERE),
    st.lists(WINDOWS, max_size=6),
    st.lists(CLOSED, max_size=3),
    st.lists(OPENED, max_size=3),
)


def within(windows: str, time: int) -> bool:
    """[pbxgen-window]"""
    pairs = (window.split("-") for window in windows.split(","))
    return any(int(start) <= time < int(end) for start, end in pairs)


def begun_on(schedule: Schedule, day: dt.date, time: int) -> bool:
    """[pbxgen-hours]"""
    opened = {entry.extension: entry.windows for entry in calendar.opened(schedule)}
    if within(opened.get(f"{day:%Y%m%d}", "0-0"), time):
        return True
    closed = {(year, entry.extension) for year, days in calendar.closed(schedule).items() for entry in days}
    if (day.year, f"{day:%m%d}") in closed:
        return False
    weekly = {entry.extension: entry.windows for entry in calendar.weekly(schedule)}
    return within(weekly.get(str(day.isoweekday()), "0-0"), time)


@given(SCHEDULES, DAYS, MINUTES)
def test_the_library_finds_a_schedule_open_when_the_model_does(schedule: Schedule, day: dt.date, minute: int) -> None:
    moment = dt.datetime.combine(day, dt.time(minute // 60, minute % 60))
    time = moment.hour * 100 + moment.minute
    read = begun_on(schedule, day, time) or begun_on(schedule, day - dt.timedelta(1), time + 2400)
    assert read == schedule.contains(moment)


def test_a_window_over_midnight_has_more_than_24_hours() -> None:
    night = Schedule("s", (WeeklyWindow(4, 22 * 60, 30 * 60),), (), (), HERE)
    assert calendar.weekly(night) == (calendar.Entry("5", "2200-3000", "Friday"),)


def test_each_closed_day_stands_once_in_its_year() -> None:
    christmas = DateRange(dt.date(2026, 12, 25), dt.date(2026, 12, 25), "Christmas")
    holidays = DateRange(dt.date(2026, 12, 24), dt.date(2027, 1, 1), "")
    years = calendar.closed(Schedule("s", (), (christmas, holidays), (), HERE))
    assert list(years) == [2026, 2027]
    assert [(e.extension, e.note) for e in years[2026]][:2] == [("1224", ""), ("1225", "Christmas")]


@pytest.mark.parametrize(
    "zone", ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tokyo"]
)
@given(st.integers(0, 2 * 365 * 24 * 4))
def test_noon_of_the_day_before_is_found_whatever_the_clocks_did(zone: str, quarters: int) -> None:
    """[pbxgen-schedule]: the time less its own hours and minutes, less twelve hours."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=15 * quarters)
    local = now.astimezone(ZoneInfo(zone))
    before = now - dt.timedelta(hours=local.hour, minutes=local.minute, seconds=43200)
    assert before.astimezone(ZoneInfo(zone)).date() == local.date() - dt.timedelta(1)
