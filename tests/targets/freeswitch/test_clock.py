"""Schedules as expressions say the same as the plan's schedule, minute by minute."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from pbxgen.diagnostics.location import Location
from pbxgen.flow.schedule import DatedWindow, DateRange, Schedule, WeeklyWindow
from pbxgen.targets.freeswitch.clock import Step, opening

WHERE = Location("acme.yaml", 1, 1, 1, 1)
DAY = dt.date


def judged(steps: list[Step], moment: dt.datetime) -> bool:
    """What the generated conditions come to, in their order."""
    known = {"pbx_now": f"{moment:%Y-%m-%d} {moment.isoweekday()} {moment:%H%M}", "pbx_day": "", "pbx_eve": ""}
    for step in steps:
        text = re.sub(r"\$\{(\w+)\}", lambda named: known[named[1]], step.field)
        if any(re.search(test.expression, text) for test in step.tests):
            name, _, value = step.sets.partition("=")
            known[name] = value
    return known.get("pbx_open") == "yes"


SCHEDULES = {
    "office": Schedule(
        "office",
        tuple(WeeklyWindow(day, start, end) for day in range(5) for start, end in ((510, 780), (840, 1085))),
        (DateRange(DAY(2026, 12, 7), DAY(2026, 12, 9), ""), DateRange(DAY(2027, 1, 1), DAY(2027, 1, 1), "New Year")),
        (DatedWindow(DAY(2026, 12, 8), 540, 543),),
        WHERE,
    ),
    "night": Schedule(
        "night",
        tuple(WeeklyWindow(day, 1320, 1800) for day in (2, 5, 6)),
        (DateRange(DAY(2026, 12, 9), DAY(2026, 12, 9), ""), DateRange(DAY(2026, 12, 31), DAY(2026, 12, 31), "")),
        (DatedWindow(DAY(2026, 12, 31), 1380, 1500),),
        WHERE,
    ),
    "always": Schedule("always", tuple(WeeklyWindow(day, 0, 1440) for day in range(7)), (), (), WHERE),
    "never": Schedule("never", (), (), (), WHERE),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_minute_around_the_turn_of_the_year_is_judged_as_by_the_plan(name: str) -> None:
    schedule = SCHEDULES[name]
    steps = opening(schedule)
    moment = dt.datetime(2026, 12, 5)
    while moment < dt.datetime(2027, 1, 5):
        assert judged(steps, moment) == schedule.contains(moment), moment
        moment += dt.timedelta(minutes=7 if 600 < moment.hour * 60 + moment.minute < 700 else 1)


def test_windows_of_several_days_share_an_expression_that_says_which() -> None:
    hours = next(step for step in opening(SCHEDULES["office"]) if step.meaning == "opening hours")
    first = hours.tests[0]
    assert first.meaning == "mon,tue,wed,thu,fri 08:30-13:00"
    assert "[12345]" in first.expression
