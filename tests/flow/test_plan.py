"""The plan's own answers: opening hours to the minute, secrets that are not shown, where calls may go on."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import pytest

from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Deviations, Rule
from pbxgen.flow.schedule import Schedule
from tests.support.office import plan_of

_HERE = Location("acme.yaml", 1, 1, 1, 2)


@pytest.fixture(scope="module")
def office() -> Schedule:
    return plan_of("""
schedules:
  office:
    weekly: {mon-thu: "08:30-13:00", fri: ["08:30-12:00", "22:00-02:00"]}
    closed: ["2026-12-07..2026-12-09"]
    open: ["2026-12-08 09:15-12:45"]
users: {"101": {name: A}}
""").schedules["office"]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:29", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 12:59", True),
        ("2026-11-23 13:00", False),
        ("2026-11-27 22:00", True),
        ("2026-11-28 01:59", True),
        ("2026-11-28 02:00", False),
        ("2026-11-29 01:00", False),
        ("2026-12-04 12:00", False),
        ("2026-12-07 10:00", False),
        ("2026-12-08 09:14", False),
        ("2026-12-08 09:15", True),
        ("2026-12-08 12:44", True),
        ("2026-12-08 12:45", False),
        ("2026-12-09 10:00", False),
        ("2026-12-10 10:00", True),
    ],
)
def test_opening_hours_are_kept_to_the_minute(office: Schedule, moment: str, is_open: bool) -> None:
    assert office.contains(dt.datetime.fromisoformat(moment)) is is_open


def test_a_secret_written_in_the_source_is_not_shown() -> None:
    assert repr(Secret("inline", "4711", _HERE)) == "Secret(inline: ***)"
    assert repr(Secret("env", "PIN_OF_101", _HERE)) == "Secret(env: PIN_OF_101)"


def test_every_list_of_rules_has_the_name_of_its_field() -> None:
    rules = {field.name: (Rule((), Location("acme.yaml", n, 1, n, 2)),) for n, field in enumerate(fields(Deviations))}
    assert dict(Deviations(**rules).lists()) == rules


@pytest.mark.parametrize(
    ("key", "targets"),
    [
        (("user", "101"), ["101", "102", "reception"]),
        (("operator", "reception"), ["sales", "101"]),
        (("group", "sales"), ["102"]),
        (("inbound", "+390212345000"), ["reception", "102"]),
        (("mailbox", "101"), []),
    ],
)
def test_where_calls_may_be_sent_on_from_a_place(key: tuple[str, str], targets: list[str]) -> None:
    plan = plan_of("""
schedules: {office: {weekly: {mon: "09:00-18:00"}}}
operators: {reception: {number: "9", members: ["102"], overflow: ["group:sales", "101"]}}
groups: {sales: {number: "600", members: ["102"], overflow: "102"}}
inbound: {"+390212345000": {to: operator, when: office, else: "102"}}
users:
  "101": {voicemail: true, deviations: {unconditional: {to: voicemail, when: office}, busy: ["102", operator]}}
  "102": {}
""")
    assert [place.target for place in plan.leads_to(key)] == targets
