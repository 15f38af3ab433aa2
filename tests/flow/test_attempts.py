"""One attempt after the other: on whose behalf a place is tried, for how long, and what counts as a diversion."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.diagnostics.location import Location
from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller, CallState, Ending, EndKind, Ringing, advance, after, begin
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan
from tests.support.office import call, plan_of, told

MOBILE = "+393335550101"
OFFICE = plan_of("""
defaults: {outside_timeout: 40}
operators: {po: {number: "9", members: ["102"], ring_timeout: 18, overflow: "voicemail:101"}}
groups: {sales: {number: "600", members: ["102"], strategy: linear, ring_timeout: 18}}
users:
  "101": {name: A, voicemail: true, ring_timeout: 22, class: national, deviations: {busy: ["102", "103"]}}
  "102": {name: B, deviations: {unconditional: "103"}}
  "103": {name: C}
  "104": {name: D}
""")
_CALLER = Caller(Origin.INTERNAL, "104")
_CONDITIONS = CallConditions(OFFICE, _CALLER, dt.datetime(2026, 11, 23, 10, 0))


def _place(kind: PlaceKind, target: str, timeout: int | None = None) -> Place:
    return Place(kind, target, Location("acme.yaml", 1, 1, 1, 2), timeout)


def _rings(state: CallState) -> tuple[CallState, Ringing]:
    step = advance(OFFICE, _CALLER, _CONDITIONS, state)
    assert step.ringing is not None
    return step.state, step.ringing


def _behalf(state: CallState) -> list[tuple[str, str, str | None]]:
    return [(p.place.kind.value, p.place.target, p.by) for p in state.to_try]


def test_each_place_is_tried_on_behalf_of_who_diverted_there() -> None:
    state, ringing = _rings(begin(_CALLER, [_place(PlaceKind.USER, "101")]))
    assert ringing.pending.by is None
    state, _ = after(OFFICE, _CALLER, _CONDITIONS, state, ringing, Outcome.BUSY)
    assert _behalf(state) == [("user", "102", "101"), ("user", "103", "101"), ("mailbox", "101", "101")]
    state, ringing = _rings(state)
    assert (ringing.pending.place.target, ringing.pending.by) == ("103", "102")


def test_what_stands_behind_an_operator_position_is_tried_on_nobodys_behalf() -> None:
    state, ringing = _rings(begin(_CALLER, [_place(PlaceKind.OPERATOR, "po")]))
    state, _ = after(OFFICE, _CALLER, _CONDITIONS, state, ringing, Outcome.NO_ANSWER)
    assert _behalf(state) == [("mailbox", "101", None)]


@pytest.mark.parametrize(
    ("kind", "target", "alone", "of_six"),
    [
        (PlaceKind.USER, "101", 22, 6),
        (PlaceKind.OPERATOR, "po", 18, 6),
        (PlaceKind.GROUP, "sales", 18, 6),
        (PlaceKind.OUTSIDE, MOBILE, 40, 6),
    ],
)
def test_how_long_a_place_rings(kind: PlaceKind, target: str, alone: int, of_six: int) -> None:
    for timeout, seconds in ((None, alone), (6, of_six), (60, 60 if kind is PlaceKind.OUTSIDE else alone)):
        _, ringing = _rings(begin(_CALLER, [_place(kind, target, timeout)]))
        assert (ringing.seconds, ringing.cap) == (seconds, timeout)


@pytest.fixture(scope="module")
def chain() -> Plan:
    return plan_of("""
defaults: {max_diversions: 2}
users:
  "101": {name: A, deviations: {busy: ["102", "103"]}}
  "102": {name: B, deviations: {no_answer: "106"}}
  "103": {name: C, deviations: {unconditional: "104"}}
  "104": {name: D, deviations: {busy: "106"}}
  "105": {name: E}
  "106": {name: F}
""")


def test_who_is_rung_in_vain_and_has_no_rule_for_it_diverts_nothing(chain: Plan) -> None:
    assert told(call(chain, "105", "101", _101="busy", _102="busy")) == "101, 102, 104 -> answered 104"


def test_who_is_rung_in_vain_and_has_a_rule_for_it_diverts(chain: Plan) -> None:
    story = call(chain, "105", "101", _101="busy", _102="ring", _106="busy")
    assert told(story) == "101, 102, 106, 103 -> answered 103"


@pytest.mark.parametrize(("written", "code"), [("busy", "486"), ("hangup", "480")])
def test_a_release_that_was_written_is_no_lost_call(written: str, code: str) -> None:
    ending = advance(OFFICE, _CALLER, _CONDITIONS, begin(_CALLER, [_place(PlaceKind.RELEASE, written)])).ending
    assert ending == Ending(EndKind.RELEASED, code, by_rule=True)
    nothing_left = advance(OFFICE, _CALLER, _CONDITIONS, begin(_CALLER, [])).ending
    assert nothing_left == Ending(EndKind.RELEASED, "480", by_rule=False)
