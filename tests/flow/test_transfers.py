"""Calls that somebody passes on: who may, and what of the first call goes along."""

from __future__ import annotations

import pytest

from pbxgen.flow.machine import Ending, EndKind, EventKind
from pbxgen.flow.simulate import Transfer
from tests.support.office import HEAD, OUTSIDE, call, plan_of, told

DID = "+390212345101"
MOBILE = "+393335550101"
OFFICE = f"""
users:
  "101": {{name: A, did: "{DID}"}}
  "102": {{name: B, class: national, deviations: {{busy: ["{MOBILE}", "101"]}}}}
  "103": {{name: C}}
  "104": {{name: D}}
"""


def test_who_is_not_in_the_call_passes_nothing_on() -> None:
    plan = plan_of(OFFICE)
    for caller, called in ((OUTSIDE, DID), ("103", "101")):
        assert told(call(plan, caller, called, transfer=Transfer("104", "102"))) == "101 -> answered 101"


def test_a_call_that_nobody_took_is_not_passed_on() -> None:
    plan = plan_of(OFFICE)
    story = call(plan, "103", "101", transfer=Transfer("103", "104"), _101="busy")
    assert told(story) == "101 -> released 486"


def test_how_often_a_call_was_diverted_before_it_came_is_forgotten_once_it_is_passed_on() -> None:
    plan = plan_of(f"defaults: {{max_diversions: 1}}\n{OFFICE}")
    story = call(plan, OUTSIDE, DID, transfer=Transfer("101", "102"), carried=5, _102="busy")
    assert told(story) == f"101, 102, {MOBILE} -> answered {MOBILE}"


def test_whoever_announces_a_call_is_not_rung_back() -> None:
    plan = plan_of(OFFICE)
    transfer = Transfer("101", "102", attended=True)
    story = call(plan, OUTSIDE, DID, transfer=transfer, _102="busy", out_393335550101="busy")
    assert told(story) == f"101, 102, {MOBILE} -> released 486"


def test_both_calls_diversions_are_told() -> None:
    plan = plan_of("""
users:
  "101": {name: A, deviations: {unconditional: "102"}}
  "102": {name: B}
  "103": {name: C, deviations: {busy: "101"}}
  "104": {name: D}
""")
    story = call(plan, "104", "101", transfer=Transfer("102", "103"), _103="busy")
    assert told(story) == "102, 103, 102 -> answered 102"
    assert [(d.by, d.reason.value) for d in story.diverted] == [
        ("101", "unconditional"),
        ("103", "busy"),
        ("101", "unconditional"),
    ]


def test_whom_nobody_takes_rings_once_at_who_transferred() -> None:
    plan = plan_of(OFFICE)
    for target, state in (("104", "busy"), ("104", "ring"), ("104", "unregistered")):
        story = call(plan, OUTSIDE, DID, transfer=Transfer("101", target), _104=state)
        assert story.rings[-1] == "101"
        assert story.ending == Ending(EndKind.ANSWERED, "101")


def test_who_transferred_rings_for_ring_timeout_and_diverts_nothing() -> None:
    plan = plan_of("""
users:
  "101": {name: A, voicemail: true, deviations: {no_answer: {after: 44, to: "102"}, unconditional: "102"}}
  "102": {name: B}
  "103": {name: C}
""")
    story = call(plan, "101", "102", transfer=Transfer("101", "103"), _103="busy", _101="ring")
    assert told(story) == "102, 103, 101 -> released 486"
    assert [e.seconds for e in story.events if e.kind is EventKind.RANG and e.subject == "101"] == [20]


def test_without_recall_the_call_is_released_where_nothing_is_left() -> None:
    plan = plan_of(f"defaults: {{recall: false}}\n{OFFICE}")
    for target in ("104", MOBILE):
        story = call(plan, "102", "101", transfer=Transfer("102", target), _104="busy", out_393335550101="busy")
        assert told(story) == f"101, {target} -> released 486"


def test_the_first_outcome_is_the_recalls_where_nothing_had_rung() -> None:
    plan = plan_of("""
users:
  "101": {name: A}
  "102": {name: B}
inbound: {"+390212345900": {to: "102", from: external}}
""")
    for state, status in (("busy", 486), ("ring", 480)):
        story = call(plan, "101", "102", transfer=Transfer("101", "+390212345900"), _101=state)
        assert told(story) == f"102, 101 -> released {status}"


def test_the_far_ends_code_stands_where_nobody_takes_the_call_here_either() -> None:
    plan = plan_of(OFFICE)
    story = call(plan, "102", "101", transfer=Transfer("102", MOBILE), _102="busy", out_393335550101="484")
    assert told(story) == f"101, {MOBILE}, 102 -> released 484"
    assert story.events[-1].kind is EventKind.ENDED


def test_who_transferred_is_not_rung_twice_in_a_call() -> None:
    plan = plan_of(OFFICE)
    story = call(plan, "101", "104", transfer=Transfer("101", "102"), _102="busy", out_393335550101="busy", _101="ring")
    assert told(story) == f"104, 102, {MOBILE}, 101 -> released 486"


ONE_LINE = f"""
users:
  "101": {{name: A, did: "{DID}", class: national}}
  "102": {{name: B, deviations: {{busy: ["{MOBILE}", "101"]}}, class: national}}
  "103": {{name: C, class: national, follow_me: [{{to: "+393335550103"}}]}}
  "104": {{name: D}}
"""
ONE_CALL = HEAD.replace("{host: 192.0.2.1,", "{host: 192.0.2.1, max_calls: 1,")


@pytest.mark.parametrize(("caller", "called"), [(OUTSIDE, DID), ("101", MOBILE)])
@pytest.mark.parametrize("attended", [False, True])
def test_who_is_transferred_keeps_the_trunk_also_while_waiting(caller: str, called: str, attended: bool) -> None:
    plan = plan_of(ONE_LINE, head=ONE_CALL)
    story = call(plan, caller, called, transfer=Transfer("101", "103", attended))
    assert "+393335550103" not in story.rings


def test_an_outside_number_that_was_tried_in_vain_leaves_the_trunk_free_for_a_transfer() -> None:
    plan = plan_of(ONE_LINE, head=ONE_CALL)
    for by, attended in (("101", False), ("101", True), ("104", False), ("104", True)):
        transfer = Transfer(by, "103", attended)
        story = call(plan, "104", "102", transfer=transfer, _102="busy", out_393335550101="busy")
        assert told(story) == f"102, {MOBILE}, 101, +393335550103 -> answered +393335550103"


def test_who_waits_for_an_announced_transfer_is_in_a_call() -> None:
    plan = plan_of("""
defaults: {call_waiting: false}
users:
  "101": {name: A}
  "102": {name: B}
  "103": {name: C, deviations: {unconditional: ["101", "104"]}}
  "104": {name: D}
""")
    for caller, called, by in (("102", "101", "102"), ("101", "102", "102")):
        story = call(plan, caller, called, transfer=Transfer(by, "103", attended=True))
        assert told(story) == f"{called}, 104 -> answered 104"
    story = call(plan, "102", "101", transfer=Transfer("101", "103"))
    assert told(story) == "101, 101 -> answered 101"


def test_nothing_is_sent_to_a_trunk_that_is_full_whatever_it_would_reply() -> None:
    plan = plan_of(ONE_LINE, head=ONE_CALL)
    for state in ("480", "503", "full"):
        story = call(plan, OUTSIDE, DID, _101="busy", trunk_carrier=state)
        assert told(story) == "101 -> released 486"
    inbound = f'inbound: {{"+390212345000": "{MOBILE}"}}\n{ONE_LINE}'
    plan = plan_of(inbound, head=ONE_CALL)
    assert told(call(plan, OUTSIDE, "+390212345000", trunk_carrier="480")) == "nobody -> released 480"


def test_the_trunk_of_a_recall_is_the_last_one() -> None:
    head = HEAD.replace("trunks: {", "trunks: {other: {host: 192.0.2.9}, ").replace("full: [", "full: [mobile, ")
    head = head.replace("  italy:", f'  mobile: {{match: "{MOBILE}", trunk: other}}\n  italy:')
    ada = f'did: "{DID}", class: full, follow_me: [{{to: "101"}}, {{to: "{MOBILE}"}}]'
    plan = plan_of(f'users: {{"101": {{{ada}}}, "102": {{}}}}', head=head)
    story = call(plan, OUTSIDE, DID, transfer=Transfer("101", "3335550104"), out_393335550104="busy")
    assert story.rings[-1] == f"{MOBILE}+101"
    assert story.via == "other"
