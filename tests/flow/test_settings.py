"""What users set, judged by the plan that runs: never believed, never outliving a right."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.flow.environment import Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import KEYS, Setting, State, applied, expiry, is_costly, read, resolved, written
from pbxgen.flow.simulate import Call, simulate
from tests.support.office import plan_of

BODY = """\
self_service:
  profiles:
    staff: {may: [unconditional, busy, no_answer, dnd], to: [extensions, outside]}
    day: {may: [unconditional], to: [extensions], expires: "18:00"}
    hours: {may: [unconditional], to: [extensions], expires: 12h}
users:
  "101": {self_service: staff, class: national}
  "102": {self_service: day}
  "103": {self_service: hours}
  "104": {}
"""
NOON = dt.datetime(2026, 11, 23, 12, 0)
PLAN = plan_of(BODY)


def rings(plan: Plan, state: State, called: str = "101", at: dt.datetime = NOON) -> tuple[str, ...]:
    return simulate(plan, Call("104", called), Environment(at, state=state)).rings


def test_a_plan_in_which_nothing_is_set_is_that_of_the_source() -> None:
    assert applied(PLAN, State(), NOON) is PLAN


def test_what_is_written_is_read_again() -> None:
    settings = {"unconditional": Setting("x102", None, 7, 0), "no_answer": Setting("n+39021234", 20, 8, 99)}
    assert read(written(settings)) == settings


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "unconditional:x102", "unconditional:x102:0:1:0|", "|unconditional:x102:0:1:0",
        "unconditional:x102:0:1:0\n", "unconditional:102:0:1:0", "unconditional:n39899:0:1:0", "busy:x1 2:0:1:0",
        "busy:${SYSTEM(x)}:0:1:0", "busy:x102&SIP/1:0:1:0", "nonsense:off:0:1:0", "busy:off:0:1:0:0",
        "busy:off:٣:1:0", "dnd:on:0:1:0|busy:x102:0:-1:0",
    ],
)  # fmt: skip
def test_what_is_not_exactly_of_the_form_is_nothing_set(text: str) -> None:
    assert read(text) == {}


@given(st.text())
def test_no_text_whatsoever_sets_something_that_has_no_key(text: str) -> None:
    assert set(read(text)) <= set(KEYS)


def test_a_setting_ends_with_the_right_to_it() -> None:
    state = State({"101": {"unconditional": Setting("x102")}})
    assert rings(PLAN, state) == ("102",)
    without = plan_of(BODY.replace("may: [unconditional, busy, no_answer, dnd]", "may: [busy]"))
    assert rings(without, state) == ("101",)


def test_a_setting_ends_with_the_place_that_it_leads_to() -> None:
    state = State({"101": {"unconditional": Setting("x109")}})
    assert rings(PLAN, state) == ("101",)


def test_a_setting_ends_when_its_time_is_over() -> None:
    ends = int(dt.datetime(2026, 11, 23, 11, 0, tzinfo=dt.UTC).timestamp())  # noon in Rome
    state = State({"101": {"unconditional": Setting("x102", expires=ends)}})
    assert rings(PLAN, state, at=NOON - dt.timedelta(minutes=1)) == ("102",)
    assert rings(PLAN, state) == ("101",)


def test_a_setting_that_is_to_end_at_a_time_of_day_ends_that_day_or_the_next() -> None:
    profile = PLAN.users["102"].self_service
    assert profile is not None
    six = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC).timestamp()  # 18:00 in Rome
    assert expiry(profile, NOON, "Europe/Rome") == six
    assert expiry(profile, NOON.replace(hour=18), "Europe/Rome") == six + 86_400


def test_a_setting_that_is_to_end_after_hours_ends_then() -> None:
    profile = PLAN.users["103"].self_service
    assert profile is not None
    assert expiry(profile, NOON, "Europe/Rome") == dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize("number", ["+39899123456", "+398991234567", "+88213300000", "+391240", "+3944012"])
def test_premium_and_satellite_numbers_are_costly(number: str) -> None:
    plan = plan_of(
        BODY.replace('"104": {}', '"104": {}\nroutes: {world: {match: "+.", trunk: carrier}}'), head=HEAD_EVERYWHERE
    )
    assert is_costly(plan, number)
    state = State({"101": {"unconditional": Setting(f"n{number}")}})
    assert rings(plan, state) == ("101",)


def test_an_ordinary_number_is_not_costly() -> None:
    plan = plan_of(
        BODY.replace('"104": {}', '"104": {}\nroutes: {world: {match: "+.", trunk: carrier}}'), head=HEAD_EVERYWHERE
    )
    for number in ("+390212345678", "+393471240111", "+39124012", "+331812", "+33118712"):
        assert not is_costly(plan, number), "a short number of another country is dialled there alone"


HEAD_EVERYWHERE = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}
classes: {national: [world]}
"""


def test_rules_of_a_switch_are_there_while_it_stands_so() -> None:
    plan = plan_of(
        'switches: {night: {number: "*28", operators: ["101"]}}\nusers: {"101": {deviations: {unconditional: '
        '[{to: "102", when: night}, {to: "103", when: not night}]}}, "102": {}, "103": {}}\n'
    )
    assert [p.target for r in resolved(plan).users["101"].deviations.unconditional for p in r.places] == ["103"]
    at_night = resolved(plan, {"night": True})
    assert [p.target for r in at_night.users["101"].deviations.unconditional for p in r.places] == ["102"]
    assert at_night.switches == {}
