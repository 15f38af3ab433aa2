"""Opening hours: windows, dates, holidays."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.flow.schedule import DatedWindow, DateRange, Schedule, WeeklyWindow
from pbxgen.language.schedules import ProblemError, parse_closed, parse_days, parse_window, public_holidays
from tests.language.sources import only, plan_of


def schedule(text: str) -> Schedule:
    return plan_of(f"schedules: {{s: {{{text}}}}}\n").schedules["s"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("mon-thu", (0, 1, 2, 3)),
        ("fri-mon", (4, 5, 6, 0)),
        ("mon,wed", (0, 2)),
        ("mon, wed-fri", (0, 2, 3, 4)),
        ("sun-sun", (6,)),
    ],
)
def test_days(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("08:30-13:00", (510, 780)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-06:00", (1320, 1800)),
        ("22:00-00:00", (1320, 1440)),
        ("8:30 - 9:00", (510, 540)),
    ],
)
def test_windows(text: str, window: tuple[int, int]) -> None:
    assert parse_window(text) == window


def test_a_window_of_the_night_belongs_to_the_day_it_begins() -> None:
    night = schedule('weekly: {fri: "22:00-06:00"}')
    assert night.weekly == (WeeklyWindow(4, 1320, 1800),)
    assert night.contains(dt.datetime(2026, 11, 28, 5, 59))
    assert not night.contains(dt.datetime(2026, 11, 28, 6, 0))
    assert not night.contains(dt.datetime(2026, 11, 27, 5, 0))


def test_holidays_are_those_of_the_fixed_years() -> None:
    days = public_holidays("IT")
    assert days[0] == DateRange(dt.date(2020, 1, 1), dt.date(2020, 1, 1), "New Year's Day")
    assert days[-1].first == dt.date(2040, 12, 26)
    monday = dt.date(2027, 5, 17)  # Whit Monday is a holiday in Bozen only
    assert monday not in {d.first for d in days}
    assert monday in {d.first for d in public_holidays("IT-BZ")}


def test_several_countries_may_be_kept() -> None:
    closed = {d.first for d in schedule("holidays: [IT, DE-BY]").closed}
    assert {dt.date(2026, 4, 25), dt.date(2026, 10, 3)} <= closed


def test_a_date_without_a_year_is_closed_in_every_year() -> None:
    ranges = schedule('closed: ["12-31", "08-10..08-20", "12-30..01-02"]').closed
    for year in (2020, 2026, 2040):
        assert DateRange(dt.date(year, 12, 31), dt.date(year, 12, 31), "") in ranges
        assert DateRange(dt.date(year, 8, 10), dt.date(year, 8, 20), "") in ranges
        assert DateRange(dt.date(year, 12, 30), dt.date(year + 1, 1, 2), "") in ranges
    assert len(ranges) == 3 * 21


@pytest.mark.parametrize("text", ["2-30", "12-31..12-31..01-01"])
def test_what_is_no_date_may_be_meant_for_every_year(text: str) -> None:
    with pytest.raises(ProblemError) as told:
        parse_closed(text)
    assert "or month-day, such as 12-31" in told.value.help


def test_the_29_february_is_closed_in_years_that_have_it() -> None:
    assert [d.first.year for d in schedule('closed: "02-29"').closed] == [2020, 2024, 2028, 2032, 2036, 2040]
    to, on = schedule('closed: "02-27..02-29"').closed[1], schedule('closed: "02-29..03-02"').closed[1]
    assert (to.first, to.last) == (dt.date(2021, 2, 27), dt.date(2021, 2, 28))
    assert (on.first, on.last) == (dt.date(2021, 3, 1), dt.date(2021, 3, 2))


def test_closed_and_open() -> None:
    hours = schedule(
        'weekly: {mon-sun: "08:00-18:00"}, closed: ["2026-12-24", "2027-08-09..2027-08-20"], '
        'open: ["2026-12-24 09:00-12:00", "2026-12-27..2026-12-28 22:00-02:00"]'
    )
    assert hours.closed == (
        DateRange(dt.date(2026, 12, 24), dt.date(2026, 12, 24), ""),
        DateRange(dt.date(2027, 8, 9), dt.date(2027, 8, 20), ""),
    )
    assert hours.opened == (
        DatedWindow(dt.date(2026, 12, 24), 540, 720),
        DatedWindow(dt.date(2026, 12, 27), 1320, 1560),
        DatedWindow(dt.date(2026, 12, 28), 1320, 1560),
    )
    assert hours.contains(dt.datetime(2026, 12, 24, 11, 59))
    assert not hours.contains(dt.datetime(2026, 12, 24, 12, 0))


@pytest.mark.parametrize(
    "text",
    [
        'weekly: {«mo-fri»: "08:00-12:00"}',
        'weekly: {«mon-tue-wed»: "08:00-12:00"}',
        'weekly: {mon: «"8-12"»}',
        'weekly: {mon: "08:00-«25:00»"}',
        'weekly: {mon: ["08:00-12:00", "13:«77»-18:00"]}'.replace("13:«77»", "«13:77»"),
        'weekly: {mon: «"08:00-08:00"»}',
        'weekly: {mon: "«24:00»-08:00"}',
        "closed: [«2026-02-30»]",
        "closed: [«christmas»]",
        'closed: [«"02-30"»]',
        'closed: [«"12-24..2026-12-31"»]',
        'closed: «"2027-08-20..2027-08-09"»',
        'open: [«"2026-12-27"»]',
        'open: ["2026-12-27 09:00-«12:99»"]',
        "holidays: «XX»",
        "holidays: IT-«ZZ»",
        "holidays: [IT, «it»]",
    ],
)
def test_what_cannot_be_read_is_marked_as_narrowly_as_possible(text: str) -> None:
    only("PBX126", f"schedules: {{s: {{{text}}}}}\n")
