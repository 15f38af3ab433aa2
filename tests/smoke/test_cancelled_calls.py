"""What must not happen: no diversion after the caller has gone, none after an answered call, no answer too early."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.calls.case import Case, Handling
from pbxgen.flow.plan import Plan
from tests.smoke.offices import OUTSIDE, call, office
from tests.support.calls import place

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
operators:
  reception: {number: "9", members: ["100", "110"], ring_timeout: 8, overflow: "voicemail:100"}
groups:
  in-turn: {number: "600", members: ["100", "110"], strategy: linear, ring_timeout: 5, overflow: "120"}
users:
  "100": {voicemail: true}
  "110": {}
  "120": {did: "+390212345120"}
  "101":
    did: "+390212345101"
    mobile: "+393331110101"
    voicemail: true
    deviations:
      busy: ["120", mobile]
      no_answer: [{to: mobile, confirm: true}, operator, voicemail]
      unreachable: "group:in-turn"
  "102": {did: "+390212345102", voicemail: true, deviations: {unconditional: ["+393331110102", "120", voicemail]}}
  "103":
    did: "+390212345103"
    voicemail: true
    follow_me: [{to: "103"}, {to: "110", delay: 3}, {to: "+393331110103", delay: 5, confirm: true}]
    deviations: {no_answer: "120", busy: "120"}
  "104": {did: "+390212345104", deviations: {unreachable: "group:in-turn"}}
"""
_ALL_WAYS = {"101": "ring", "100": "ring", "110": "ring", "120": "ring", "103": "ring"}
_NUMBERS = {f"+39333111010{n}": "ring" for n in range(1, 4)}

_STAGES: list[tuple[str, str, dict[str, str], dict[str, str], int, float]] = [
    # What rings, who is called, phones and numbers that differ, which entry of rings, seconds into its ringing.
    ("the phone", "101", {}, {}, 0, 0.3),
    ("the phone, about to be given up", "101", {}, {}, 0, 4.0),
    ("the mobile after no answer", "101", {}, {}, 1, 1.0),
    ("the mobile whose mailbox has answered and is asked to press 1", "101", {}, {"+393331110101": "mailbox"}, 1, 3.0),
    ("the operator position", "101", {}, {"+393331110101": "busy"}, 2, 1.0),
    ("the colleague after busy", "101", {"101": "busy"}, {}, 1, 1.0),
    ("the mobile after a busy colleague", "101", {"101": "busy", "120": "busy"}, {}, 2, 1.0),
    ("the first of a group in turn", "101", {"101": "unregistered"}, {}, 0, 1.0),
    ("the second of a group in turn", "101", {"101": "error"}, {}, 2, 1.0),
    ("the group's overflow", "104", {"104": "unregistered", "100": "busy", "110": "busy"}, {}, 2, 1.0),
    ("an outside number at once", "102", {}, {}, 0, 1.0),
    ("the second place of an unconditional rule", "102", {}, {"+393331110102": "busy"}, 1, 1.0),
    ("the own phone of follow_me", "103", {}, {}, 0, 1.0),
    ("a colleague of follow_me", "103", {}, {}, 1, 1.0),
    ("the mobile of follow_me", "103", {}, {}, 2, 1.0),
    ("follow_me while a mailbox is asked to press 1", "103", {}, {"+393331110103": "mailbox"}, 2, 2.0),
    ("early media", "101", {"101": "early"}, {}, 0, 2.0),
    ("a silent phone", "101", {"101": "dead"}, {}, 0, 2.0),
]


def _cancelled(plan: Plan) -> list[Case]:
    cases = []
    for what, extension, phones, outside, entry, seconds in _STAGES:
        for caller in ("121", OUTSIDE):
            called = extension if caller == "121" else f"+390212345{extension}"
            cases.append(
                call(
                    plan,
                    caller,
                    called,
                    name=f"{caller} gives up while ringing: {what}",
                    phones={**_ALL_WAYS, **phones},
                    outside={**_NUMBERS, **outside},
                    handling=Handling(give_up_at=entry, give_up_after=seconds),
                )
            )
    return cases


def test_a_caller_who_gives_up_is_never_diverted(pbx_name: str, tmp_path: Path) -> None:
    report = place(_cancelled(office(tmp_path, _USERS + '  "121": {}\n')), pbx_name)
    for result in report.results:
        assert result.observed.answered_at is None, f"{result.case.name}: the caller got a 200"
        assert result.observed.status == 487, f"{result.case.name}: {result.observed.status}"


@pytest.mark.parametrize("callee_ends", [False, True])
def test_an_answered_call_is_never_diverted_however_it_ends(pbx_name: str, tmp_path: Path, callee_ends: bool) -> None:
    plan = office(tmp_path, _USERS + '  "121": {}\n')
    handling = Handling(callee_ends=callee_ends)
    cases = []
    for caller in ("121", OUTSIDE):
        for extension, phones, outside in (
            ("101", {}, {}),
            ("101", {"101": "busy"}, {}),
            ("101", {"101": "ring"}, {}),
            ("101", {"101": "ring"}, {"+393331110101": "busy"}),
            ("101", {"101": "unregistered"}, {}),
            ("102", {}, {}),
            ("103", {}, {}),
            ("103", {"103": "ring"}, {}),
        ):
            called = extension if caller == "121" else f"+390212345{extension}"
            states: dict[str, str | list[str]] = dict(phones)
            cases.append(call(plan, caller, called, phones=states, outside=dict(outside), handling=handling))
    report = place(cases, pbx_name)
    for result in report.results:
        people = [leg for leg in result.observed.rang if leg.status == 200]
        answered = result.observed.answered_at
        assert answered is not None
        assert people, result.case.name
        assert answered >= min(leg.ended or 0 for leg in people), f"{result.case.name}: answered before a person was"
