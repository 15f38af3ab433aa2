"""What is concluded from a record of a call, wherever the call was placed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.attempts import Attempt, entries, reached
from pbxgen.calls.case import Case, Handling
from pbxgen.calls.observed import CallRecord, Observed, observed
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Transfer
from tests.lab.results import case, rang
from tests.smoke.offices import office

_NOTHING = CallRecord(rang=(), status=None, answered_at=None)
_ANSWERED = replace(_NOTHING, answered_at=1.0)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return office(tmp_path, 'users:\n  "101": {}\n  "102": {}\n  "103": {}\n')


@pytest.fixture
def call(plan: Plan) -> Case:
    return case(plan, "103", "101")


def _transferred(call: Case) -> Case:
    return replace(call, call=replace(call.call, transfer=Transfer("101", "102")))


def _together(*attempts: Attempt) -> list[str]:
    return ["+".join(attempt.target for attempt in entry) for entry in entries(attempts)]


def test_attempts_that_begin_at_the_same_time_are_one_entry() -> None:
    assert _together(rang("101", 0.1, 6.0), rang("102", 0.3, 6.0), rang("103", 6.1, 9.0)) == ["101+102", "103"]


def test_an_attempt_that_begins_once_the_first_is_over_is_the_next_entry() -> None:
    assert _together(rang("101", 0.0, 0.2, 486), rang("102", 0.2, 1.0)) == ["101", "102"]


def test_an_attempt_that_begins_a_second_later_is_the_next_entry() -> None:
    assert _together(rang("101", 0.0, None), rang("102", 1.0, None)) == ["101", "102"]


def test_attempts_are_told_in_the_order_in_which_they_began() -> None:
    assert _together(rang("102", 5.0, 6.0), rang("101", 0.0, 4.0)) == ["101", "102"]


@pytest.mark.parametrize(
    ("record", "ending"),
    [
        (_NOTHING, None),
        (replace(_NOTHING, status=486), Ending(EndKind.RELEASED, "486")),
        (_ANSWERED, None),
        (replace(_ANSWERED, in_call=("102", "101", "101")), Ending(EndKind.ANSWERED, "101+102")),
        (replace(_ANSWERED, stored={"102": (5.0, 900), "101": (5.0, 900)}), Ending(EndKind.VOICEMAIL, "101+102")),
        (replace(_ANSWERED, announced="closed"), Ending(EndKind.ANNOUNCED, "closed")),
        (replace(_ANSWERED, mailbox="101"), Ending(EndKind.MAILBOX, "101")),
        (replace(_NOTHING, status=480, rings_on=True), None),
    ],
)
def test_an_ending_is_told_by_what_was_seen_last(call: Case, record: CallRecord, ending: Ending | None) -> None:
    assert observed(call, record).ending == ending


def test_a_party_that_is_hung_up_after_a_transfer_is_released(call: Case) -> None:
    assert observed(_transferred(call), _ANSWERED).ending == Ending(EndKind.RELEASED, "480")


def test_a_call_that_the_caller_gave_up_has_no_ending(call: Case) -> None:
    gives_up = replace(call, handling=Handling(give_up_at=0))
    assert observed(gives_up, replace(_NOTHING, status=487)).ending is None


def _late_call(call: Case) -> Observed:
    attempts = (rang("101", 0.1, 2.0), rang("102", 3.0, None))
    return observed(call, replace(_NOTHING, rang=attempts, status=487, over_at=2.0))


def test_who_is_rung_once_the_caller_is_gone_is_late_and_not_in_rings(call: Case) -> None:
    seen = _late_call(call)
    assert (seen.rings, seen.late) == (("101",), ("102",))


def test_nobody_is_late_in_a_call_that_is_transferred(call: Case) -> None:
    seen = _late_call(_transferred(call))
    assert (seen.rings, seen.late) == (("101", "102"), ())


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (replace(_NOTHING, status=603), "the caller got 603: a 6xx ends the call at every other place too"),
        (replace(_ANSWERED, in_call=("101", "102")), "101 and 102 were both left in the call"),
        (
            replace(_ANSWERED, in_call=("101",), rang=(rang("101", 0.1, 2.0, 200),)),
            "the caller got a 200 before a person answered",
        ),
    ],
)
def test_faults_of_what_the_caller_was_told(call: Case, record: CallRecord, fault: str) -> None:
    assert observed(call, replace(record, faults=("heard nothing",))).faults == ("heard nothing", fault)


def test_a_caller_who_is_answered_after_the_person_has_no_fault(call: Case) -> None:
    record = replace(_ANSWERED, in_call=("101",), rang=(rang("101", 0.1, 0.9, 200),))
    assert observed(call, record).faults == ()


def test_an_answered_caller_has_got_a_200(call: Case) -> None:
    assert observed(call, _ANSWERED).status == 200
    assert observed(call, replace(_NOTHING, status=486)).status == 486


def _over(trunk: str, at: float, ended: float | None, status: int | None) -> Attempt:
    return replace(rang("+393335550101", at, ended, status), trunk=trunk)


def test_a_trunk_that_did_not_carry_the_call_has_rung_nobody() -> None:
    first, second = _over("first", 0.1, 0.4, 503), _over("second", 0.5, None, None)
    assert reached((first, second), {}) == (second,)
    assert reached((first, second), {"first": "503"}) == (second,)
    assert reached((first,), {"first": "503"}) == ()
    assert reached((first,), {}) == (first,)


def test_the_same_number_called_again_later_is_another_call() -> None:
    first, second = _over("first", 0.1, 0.4, 486), _over("second", 9.0, None, None)
    assert reached((first, second), {}) == (first, second)


def test_a_number_behind_a_silent_trunk_is_the_one_before_it() -> None:
    number = "+393335550101"
    first = Attempt(number, 0.0, 0.1, 500, (), number, "first")
    silent = Attempt(number, 0.2, 5.2, None, (), number, "silent")
    last = Attempt(number, 5.3, 5.4, 486, (), number, "last")
    assert reached((first, silent, last), {"silent": "silent"}) == (last,)
    assert reached((first, silent), {"silent": "silent"}) == (first,)
    assert reached((first, last), {"silent": "silent"}) == (first, last)


def test_a_number_called_again_at_an_earlier_address_of_its_trunk_is_another_call() -> None:
    first, second = _over("first", 0.1, 0.4, 503), replace(_over("first", 0.5, 0.9, 503), address=2)
    again = _over("first", 1.0, 1.4, 503)
    assert reached((first, second, again), {}) == (second, again)
