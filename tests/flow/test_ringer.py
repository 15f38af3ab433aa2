"""Phones and numbers in given states: who is rung for how long, and what a moment is."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.flow.environment import moment_of
from pbxgen.flow.machine import EventKind
from pbxgen.flow.plan import Outcome
from pbxgen.flow.ringer import passes_on, release_status
from tests.support.office import HEAD, call, plan_of, told

MOBILE = "+393335550101"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-24 19:05", dt.datetime(2026, 12, 24, 19, 5)),
        ("2026-12-24T19:05", dt.datetime(2026, 12, 24, 19, 5)),
        ("2026-12-24 19:05:59", dt.datetime(2026, 12, 24, 19, 5, 59)),
        ("2026-12-24T19:05:59", dt.datetime(2026, 12, 24, 19, 5, 59)),
        ("2026-12-24", dt.datetime(2026, 12, 24)),
        ("24.12.2026", None),
        ("", None),
    ],
)
def test_a_moment_in_every_form(text: str, moment: dt.datetime | None) -> None:
    assert moment_of(text) == moment


def test_who_dials_an_outside_number_reaches_also_its_mailbox() -> None:
    plan = plan_of('users: {"101": {name: A, class: national}}')
    story = call(plan, "101", "3335550101", out_393335550101="mailbox")
    assert told(story) == f"{MOBILE} -> answered {MOBILE}"


def test_a_leg_that_would_begin_when_time_is_up_is_not_rung() -> None:
    body = """
users:
  "101": {{name: A, deviations: {{unconditional: {{to: "102", timeout: {timeout}}}}}}}
  "102": {{name: B, follow_me: [{{to: "102"}}, {{to: "103", delay: 6}}]}}
  "103": {{name: C}}
  "104": {{name: D}}
"""
    assert told(call(plan_of(body.format(timeout=6)), "104", "101", _102="ring")) == "102 -> released 480"
    assert told(call(plan_of(body.format(timeout=7)), "104", "101", _102="ring")) == "102, 103 -> answered 103"


def test_a_leg_that_wants_no_calls_is_busy_and_not_rung() -> None:
    plan = plan_of("""
users:
  "101": {name: A, follow_me: [{to: "102"}, {to: "103"}, {to: "104"}], deviations: {busy: "105", unreachable: "106"}}
  "102": {name: B, dnd: true}
  "103": {name: C, call_waiting: false}
  "104": {name: D}
  "105": {name: E}
  "106": {name: F}
""")
    story = call(plan, "105", "101", _103="in_call", _104="ring")
    assert told(story) == "104 -> released 480"
    assert told(call(plan, "106", "101", _103="in_call", _104="unregistered")) == "105 -> answered 105"
    assert told(call(plan, "106", "101", _103="ring", _104="ring")) == "103+104 -> released 480"


def test_of_two_mobiles_whoever_must_press_1_is_slower() -> None:
    plan = plan_of(f"""
users:
  "101": {{name: A, class: national, follow_me: [{{to: "{MOBILE}", confirm: true}}, {{to: "+393335550102"}}]}}
  "102": {{name: B}}
""")
    assert call(plan, "102", "101").ending.value == "+393335550102"


def test_where_nobody_is_left_to_ring_no_time_passes() -> None:
    plan = plan_of('users: {"101": {name: A, follow_me: [{to: "102"}]}, "102": {name: B}}')
    story = call(plan, "102", "101")
    assert told(story) == "nobody -> released 480"
    assert [event.seconds for event in story.events if event.kind is EventKind.RANG] == [0]


@pytest.mark.parametrize("status", [408, 500, 503, 599])
def test_a_trunk_that_could_not_carry_the_call_passes_it_on(status: int) -> None:
    assert passes_on(status)
    assert passes_on(status, rang=True)


@pytest.mark.parametrize("status", [302, 403, 404, 410, 484, 486, 600, 603])
def test_what_the_called_party_replied_passes_nothing_on(status: int) -> None:
    assert not passes_on(status)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 407, 410, 484, 603])
def test_an_emergency_number_refuses_nobody_so_that_a_refusal_passes_on_unless_it_rang_before(status: int) -> None:
    assert passes_on(status, emergency=True)
    assert not passes_on(status, emergency=True, rang=True)


@pytest.mark.parametrize("status", [486, 600])
def test_an_emergency_call_that_is_busy_is_not_passed_on(status: int) -> None:
    assert not passes_on(status, emergency=True)


def test_480_passes_on_unless_it_rang_before() -> None:
    assert passes_on(480)
    assert not passes_on(480, rang=True)


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        (404, Outcome.UNREACHABLE, 404),
        (480, Outcome.BUSY, 480),
        (503, Outcome.UNREACHABLE, 503),
        (401, Outcome.UNREACHABLE, 480),
        (408, Outcome.UNREACHABLE, 480),
        (603, Outcome.BUSY, 486),
        (302, Outcome.BUSY, 486),
        (None, Outcome.NO_ANSWER, 480),
    ],
)
def test_the_caller_gets_the_far_ends_own_code_where_it_is_one(status: int | None, outcome: Outcome, code: int) -> None:
    assert release_status(status, outcome, several=True) == code


def test_over_one_trunk_what_it_lacks_is_no_code_of_the_far_end() -> None:
    assert release_status(503, Outcome.UNREACHABLE, several=False) == 480
    assert release_status(404, Outcome.UNREACHABLE, several=False) == 404


def test_of_two_legs_the_trunk_of_the_one_that_rings_later_counts() -> None:
    body = """
trunks: {carrier: {host: 192.0.2.1}, line: {host: 192.0.2.2}}
routes: {mobiles: {match: "+393X.", trunk: carrier}, rome: {match: "+3906.", trunk: line}}
classes: {all: [mobiles, rome]}
users:
  "101": {name: A, class: all, follow_me: [{to: "+393335550102", delay: 5}, {to: "+390611110101"}]}
  "102": {name: B}
"""
    plan = plan_of(body, head="".join(HEAD.splitlines(keepends=True)[:2]))
    assert call(plan, "102", "101", out_390611110101="ring", out_393335550102="ring").via == "carrier"


@pytest.mark.parametrize(
    ("trunk", "to"),
    [("480", "103"), ("503", "104"), ("full", "104"), ("silent", "104"), ("down", "104")],
)
def test_what_a_trunk_replies_to_a_leg_of_follow_me_is_the_outcome_of_the_leg(trunk: str, to: str) -> None:
    plan = plan_of(f"""
users:
  "101": {{name: A, class: national, follow_me: [{{to: "{MOBILE}"}}], deviations: {{busy: "103", unreachable: "104"}}}}
  "102": {{name: B}}
  "103": {{name: C}}
  "104": {{name: D}}
""")
    assert told(call(plan, "102", "101", trunk_carrier=trunk)) == f"{to} -> answered {to}"


def test_a_call_for_help_tries_a_dead_trunk_last() -> None:
    head = HEAD.replace("trunks: {", "trunks: {dead: {host: 192.0.2.9}, quiet: {host: 192.0.2.8, keepalive: 0}, ")
    head = head.replace("trunk: carrier, emergency", "trunk: [dead, quiet, carrier], emergency")
    story = call(
        plan_of('users: {"101": {}}', head=head),
        "101",
        "112",
        trunk_dead="down",
        trunk_quiet="down",
        trunk_carrier="480",
    )
    tried = [event.subject for event in story.events if event.kind is EventKind.NOT_CARRIED]
    assert tried == ["quiet", "carrier", "dead"]
