"""What a call does, sentence by sentence of the semantics."""

from __future__ import annotations

import pytest

from pbxgen.flow.plan import Reason
from pbxgen.flow.simulate import Diverted, Transfer
from tests.support.office import OUTSIDE, call, plan_of, told

DID = "+390212345101"


def test_what_was_written_is_tried_before_mailboxes_and_the_first_callees_mailbox_first() -> None:
    plan = plan_of("""
users:
  "101": {name: A, voicemail: true, deviations: {busy: "102"}}
  "102": {name: B, voicemail: true, deviations: {busy: "103"}}
  "103": {name: C}
""")
    story = call(plan, OUTSIDE, "101", _101="busy")
    assert told(story) == "nobody -> released 404"
    story = call(plan, "103", "101", _101="busy", _102="busy")
    assert told(story) == "101, 102 -> voicemail 101"
    story = call(plan, "103", "102", _102="ring")
    assert told(story) == "102 -> voicemail 102"


def test_a_mailbox_among_the_places_keeps_the_own_one_away() -> None:
    plan = plan_of("""
users:
  "101": {name: A, voicemail: true, deviations: {busy: "voicemail:102"}}
  "102": {name: B, voicemail: true}
  "103": {name: C}
""")
    assert told(call(plan, "103", "101", _101="busy")) == "101 -> voicemail 102"
    assert told(call(plan, "103", "101", _101="ring")) == "101 -> voicemail 101"


def test_the_narrower_rule_comes_first_and_the_general_one_behind_it() -> None:
    plan = plan_of(f"""
users:
  "101":
    name: A
    did: "{DID}"
    deviations: {{busy: "102", operator_return: {{busy: "103"}}}}
  "102": {{name: B}}
  "103": {{name: C}}
""")
    story = call(plan, OUTSIDE, DID, _101="busy", _103="busy")
    assert told(story) == "101, 103, 102 -> answered 102"
    assert story.diverted == (Diverted("101", Reason.BUSY),)


def test_each_place_is_tried_once() -> None:
    plan = plan_of("""
users:
  "101": {name: A, deviations: {busy: ["102", "103"]}}
  "102": {name: B, deviations: {busy: ["101", "103"]}}
  "103": {name: C, deviations: {busy: ["102", "101"]}}
  "104": {name: D}
""")
    story = call(plan, "104", "101", _101="busy", _102="busy", _103="busy")
    assert told(story) == "101, 102, 103 -> released 486"


def test_a_user_whose_calls_were_diverted_is_not_tried_again() -> None:
    plan = plan_of("""
users:
  "101": {name: A, deviations: {unconditional: "102"}}
  "102": {name: B, deviations: {busy: "101"}}
  "103": {name: C}
""")
    assert told(call(plan, "103", "101", _102="busy")) == "102 -> released 486"


def test_an_unconditional_rule_leading_only_to_where_the_call_has_been_does_not_apply() -> None:
    plan = plan_of("""
users:
  "101": {name: Boss, deviations: {unconditional: "102"}}
  "102": {name: Secretary}
""")
    story = call(plan, "102", "101")
    assert told(story) == "101 -> answered 101"
    assert story.diverted == ()


def test_max_diversions_ends_a_chain_and_the_own_mailbox_still_stands_behind_it() -> None:
    plan = plan_of("""
defaults: {max_diversions: 2}
users:
  "101": {name: A, deviations: {unconditional: "102"}}
  "102": {name: B, deviations: {unconditional: "103"}}
  "103": {name: C, voicemail: true, deviations: {unconditional: "104", busy: "104"}}
  "104": {name: D}
  "105": {name: E}
""")
    story = call(plan, "105", "101", _103="busy")
    assert told(story) == "103 -> voicemail 103"
    assert [d.by for d in story.diverted] == ["101", "102"]


def test_a_caller_is_never_rung_back() -> None:
    plan = plan_of(f"""
users:
  "101": {{name: A, did: "{DID}", mobile: "{OUTSIDE}", class: national, deviations: {{busy: [mobile, "102"]}}}}
  "102": {{name: B}}
groups: {{sales: {{number: "600", members: ["101", "102"]}}}}
""")
    assert told(call(plan, OUTSIDE, DID, _101="busy")) == "101, 102 -> answered 102"
    assert told(call(plan, "102", "600", _101="busy")) == "101 -> released 486"
    assert told(call(plan, "101", "101")) == "nobody -> released 480"


def test_members_ring_without_their_deviations() -> None:
    plan = plan_of("""
groups:
  sales: {number: "600", members: ["101", "102", "103"], overflow: "104"}
users:
  "101": {name: A, deviations: {unconditional: "104", busy: "104"}}
  "102": {name: B, dnd: true}
  "103": {name: C, call_waiting: false}
  "104": {name: D}
""")
    assert told(call(plan, "104", "600", _101="busy", _103="in_call")) == "101 -> released 486"
    assert told(call(plan, "103", "600", _101="ring", _102="answer")) == "101, 104 -> answered 104"


def test_linear_rings_one_after_the_other() -> None:
    plan = plan_of("""
groups: {sales: {number: "600", members: ["102", "101", "103"], strategy: linear, ring_timeout: 7}}
users: {"101": {name: A}, "102": {name: B}, "103": {name: C}, "104": {name: D}}
""")
    assert told(call(plan, "104", "600", _102="busy", _101="ring")) == "102, 101, 103 -> answered 103"


@pytest.mark.parametrize(
    ("states", "told_story"),
    [
        ("answer", "101 -> answered 101"),
        ("busy,ring", "101, 104 -> answered 104"),
        ("busy,dead", "101, 103 -> answered 103"),
        ("busy,answer", "101 -> answered 101"),
        ("dead,error", "101, 105 -> answered 105"),
        ("unregistered", "105 -> answered 105"),
        ("reject", "101, 103 -> answered 103"),
        ("dnd", "101, 103 -> answered 103"),
        ("404", "101, 105 -> answered 105"),
        ("408", "101, 105 -> answered 105"),
        ("302", "101, 103 -> answered 103"),
        ("300", "101, 103 -> answered 103"),
        ("600", "101, 103 -> answered 103"),
        ("403", "101, 103 -> answered 103"),
        ("early", "101, 104 -> answered 104"),
    ],
)
def test_what_a_phones_reply_means(states: str, told_story: str) -> None:
    plan = plan_of("""
users:
  "101": {name: A, deviations: {busy: "103", no_answer: "104", unreachable: "105"}}
  "102": {name: B}
  "103": {name: C}
  "104": {name: D}
  "105": {name: E}
""")
    assert told(call(plan, "102", "101", _101=states)) == told_story


@pytest.mark.parametrize(("means", "answered"), [("busy", "103"), ("no_answer", "104"), ("unreachable", "105")])
def test_what_a_480_means_is_the_administrators_choice(means: str, answered: str) -> None:
    plan = plan_of(f"""
defaults: {{sip_480: {means}}}
users:
  "101": {{name: A, deviations: {{busy: "103", no_answer: "104", unreachable: "105"}}}}
  "102": {{name: B}}
  "103": {{name: C}}
  "104": {{name: D}}
  "105": {{name: E}}
""")
    assert call(plan, "102", "101", _101="dnd").ending.value == answered


def test_dnd_and_a_call_without_call_waiting_are_busy_and_not_rung() -> None:
    plan = plan_of("""
users:
  "101": {name: A, dnd: true, deviations: {busy: "103"}}
  "102": {name: B, call_waiting: false, deviations: {busy: "103"}}
  "103": {name: C}
  "104": {name: D}
""")
    assert told(call(plan, "104", "101")) == "103 -> answered 103"
    assert told(call(plan, "104", "102", _102="in_call")) == "103 -> answered 103"
    assert told(call(plan, "104", "103", _103="in_call")) == "103 -> answered 103"


def seconds_of(plan_body: str, caller: str, called: str) -> list[int | None]:
    plan = plan_of(plan_body)
    story = call(plan, caller, called, _101="ring")
    return [e.seconds for e in story.events if e.kind.value == "rang" and e.subject == "101"]


@pytest.mark.parametrize(
    ("caller", "called", "seconds"), [(OUTSIDE, DID, 12), ("102", "101", 25)], ids=["outside", "inside"]
)
def test_after_differs_by_origin(caller: str, called: str, seconds: int) -> None:
    body = f"""
users:
  "101":
    name: A
    did: "{DID}"
    deviations: {{no_answer: {{after: 25, to: "102"}}, operator_return: {{no_answer: {{after: 12, to: "102"}}}}}}
  "102": {{name: B}}
"""
    assert seconds_of(body, caller, called) == [seconds]


def test_an_operator_return_without_after_rings_for_ring_timeout() -> None:
    body = f"""
users:
  "101":
    name: A
    ring_timeout: 9
    did: "{DID}"
    deviations: {{no_answer: {{after: 25, to: "102"}}, operator_return: {{no_answer: "102"}}}}
  "102": {{name: B}}
"""
    assert seconds_of(body, OUTSIDE, DID) == [9]


def test_the_timeout_of_the_destination_caps_everything() -> None:
    body = """
users:
  "100": {name: Z, deviations: {unconditional: {to: "101", timeout: 6}}}
  "101": {name: A, ring_timeout: 30, deviations: {no_answer: {after: 25, to: "102"}}}
  "102": {name: B}
"""
    assert seconds_of(body, "102", "100") == [6]


def test_who_is_rung_twice_at_once_is_told_once() -> None:
    plan = plan_of("""
users:
  "101": {name: A, follow_me: [{to: "102"}, {to: "102"}]}
  "102": {name: B}
  "103": {name: C}
""")
    assert told(call(plan, "103", "101", _102="ring")) == "102 -> released 480"


@pytest.mark.parametrize(
    ("legs", "answers"),
    [
        ('{to: "+393331110101"}, {to: "101"}', "101"),
        ('{to: "+393331110101", confirm: true}, {to: "101"}', "101"),
        ('{to: "101", confirm: true}, {to: "+393331110101"}', "+393331110101"),
        ('{to: "101", confirm: true}, {to: "102", confirm: true}, {to: "103"}', "103"),
        ('{to: "102"}, {to: "101"}', "101"),
    ],
)
def test_of_those_who_answer_at_once_phones_are_quicker_and_whoever_must_press_1_is_slower(
    legs: str, answers: str
) -> None:
    plan = plan_of(f"""
users:
  "101": {{name: A, class: national, follow_me: [{legs}]}}
  "102": {{name: B}}
  "103": {{name: C}}
  "104": {{name: D}}
""")
    assert told(call(plan, "104", "101")).endswith(f"-> answered {answers}")


def test_follow_me_rings_each_leg_from_its_delay_until_one_answers() -> None:
    plan = plan_of("""
users:
  "101":
    name: A
    mobile: "+393335550101"
    class: national
    follow_me: [{to: "101"}, {to: mobile, delay: 8, timeout: 20, confirm: true}]
    deviations: {no_answer: "102", busy: "103"}
  "102": {name: B}
  "103": {name: C}
""")
    assert told(call(plan, "102", "101")) == "101 -> answered 101"
    assert told(call(plan, "102", "101", _101="busy")) == "101, +393335550101 -> answered +393335550101"
    story = call(plan, "103", "101", _101="busy", out_393335550101="mailbox")
    assert told(story) == "101, +393335550101, 102 -> answered 102"
    assert told(call(plan, "102", "101", _101="busy", out_393335550101="busy")) == (
        "101, +393335550101, 103 -> answered 103"
    )


def test_a_mobiles_own_mailbox_never_keeps_a_confirmed_call() -> None:
    plan = plan_of("""
users:
  "101": {name: A, mobile: "+393335550101", class: national, voicemail: true,
          deviations: {busy: {to: mobile, confirm: true}}}
  "102": {name: B, mobile: "+393335550102", class: national, voicemail: true, deviations: {busy: mobile}}
""")
    assert call(plan, "102", "101", _101="busy", out_393335550101="mailbox").ending.value == "101"
    assert call(plan, "101", "102", _102="busy", out_393335550102="mailbox").ending.value == "+393335550102"


def test_a_call_that_came_back_too_often_is_not_sent_outside_again() -> None:
    plan = plan_of(f"""
users:
  "101": {{name: A, did: "{DID}", class: national, deviations: {{busy: ["+393335550101", "102"]}}}}
  "102": {{name: B}}
""")
    assert told(call(plan, OUTSIDE, DID, _101="busy", carried=5)) == "101, 102 -> answered 102"
    assert told(call(plan, OUTSIDE, DID, _101="busy", carried=4)).endswith("answered +393335550101")


@pytest.mark.parametrize(
    ("dialled", "story"),
    [
        ("112", "112 -> answered 112"),
        ("0049301234567", "nobody -> released 403"),
        ("+49301234567", "nobody -> released 403"),
        ("0212345999", "+390212345999 -> answered +390212345999"),
        ("0033123456789", "nobody -> released 404"),
        ("0212345101", "101 -> answered 101"),
        ("9", "100 -> answered 100"),
        ("777", "nobody -> released 404"),
        ("*97", "nobody -> mailbox 102"),
        ("*98", "nobody -> mailbox *"),
    ],
)
def test_what_a_phone_dials(dialled: str, story: str) -> None:
    plan = plan_of(f"""
operators: {{po: {{number: "9", members: ["100"]}}}}
users:
  "100": {{name: Reception}}
  "101": {{name: A, did: "{DID}"}}
  "102": {{name: B, class: national, voicemail: true}}
""")
    assert told(call(plan, "102", dialled)) == story


def test_without_a_class_nothing_outside_but_emergency() -> None:
    plan = plan_of('users: {"101": {name: A}, "102": {name: B}}')
    assert told(call(plan, "101", "0212345999")) == "nobody -> released 403"
    assert told(call(plan, "101", "118")) == "118 -> answered 118"


@pytest.mark.parametrize("form", ["+390212345101", "390212345101", "00390212345101", "0212345101"])
def test_a_trunk_reaches_dids_in_four_forms_and_nothing_else(form: str) -> None:
    plan = plan_of(f'users: {{"101": {{name: A, did: "{DID}", voicemail: true, class: national}}}}')
    assert told(call(plan, OUTSIDE, form)) == "101 -> answered 101"
    for other in ("101", "*97", "*98", "112", "0212345999", "+390212345999", ""):
        assert told(call(plan, OUTSIDE, other)) == "nobody -> released 404"


OFFICE = f"""
operators: {{po: {{number: "9", members: ["100", "110"], overflow: "voicemail:100"}}}}
inbound: {{"+390212345000": operator}}
users:
  "100": {{name: Reception, voicemail: true}}
  "110": {{name: Reception 2}}
  "107": {{name: A, did: "{DID}", deviations: {{no_answer: "108", operator_return: {{no_answer: operator}}}}}}
  "108": {{name: B}}
"""


def test_a_transferred_outside_caller_stays_external() -> None:
    plan = plan_of(OFFICE)
    story = call(plan, OUTSIDE, "+390212345000", transfer=Transfer("100", "107"), _110="busy", _107="ring")
    assert told(story) == "100+110, 107, 100+110 -> answered 100"


def test_a_transferred_inside_caller_stays_internal() -> None:
    plan = plan_of(OFFICE)
    story = call(plan, "108", "9", transfer=Transfer("100", "107"), _110="busy", _107="ring")
    assert told(story) == "100+110, 107, 100 -> answered 100"


@pytest.mark.parametrize("code", ["*97", "*98"])
@pytest.mark.parametrize("caller", [OUTSIDE, "108"])
def test_a_transfer_never_leads_to_mailbox_access(caller: str, code: str) -> None:
    plan = plan_of(OFFICE)
    called = "+390212345000" if caller == OUTSIDE else "9"
    story = call(plan, caller, called, transfer=Transfer("100", code), _110="busy")
    assert told(story) == "100+110 -> released 404"


def test_announcing_an_attended_transfer_is_an_inside_call() -> None:
    plan = plan_of(OFFICE)
    transfer = Transfer("100", "107", attended=True)
    story = call(plan, OUTSIDE, "+390212345000", transfer=transfer, _110="busy", _107="ring")
    assert told(story) == "100+110, 107, 108 -> answered 108"


def test_schedules_and_contacts_choose_the_rule() -> None:
    plan = plan_of(f"""
schedules: {{office: {{weekly: {{mon-fri: "08:30-13:00"}}, holidays: IT}}}}
contacts: {{vip: ["+39347*"]}}
users:
  "101":
    name: A
    did: "{DID}"
    deviations:
      unconditional:
        - {{to: "102", from: vip}}
        - {{to: "103", when: not office, from: external}}
        - {{to: "104", until: 2026-11-30, from: internal}}
  "102": {{name: B}}
  "103": {{name: C}}
  "104": {{name: D}}
  "105": {{name: E}}
""")
    assert call(plan, OUTSIDE, DID).ending.value == "102"
    assert call(plan, "+390298765432", DID, at="2026-11-23 12:59").ending.value == "101"
    assert call(plan, "+390298765432", DID, at="2026-11-23 13:00").ending.value == "103"
    assert call(plan, "+390298765432", DID, at="2026-12-25 10:00").ending.value == "103"
    assert call(plan, "anonymous", DID, at="2026-12-25 10:00").ending.value == "103"
    assert call(plan, "105", "101", at="2026-11-30 23:59").ending.value == "104"
    assert call(plan, "105", "101", at="2026-12-01 00:00").ending.value == "101"


def test_inbound_by_the_hour() -> None:
    plan = plan_of("""
schedules: {night: {weekly: {mon-sun: "22:00-06:00"}, closed: ["2026-12-24"]}}
inbound:
  "+390212345000": {to: "announce:closed", when: night, else: ["101", hangup]}
  "+390212345001": {to: "101", when: night}
users: {"101": {name: A}}
""")
    assert told(call(plan, OUTSIDE, "+390212345000", at="2026-11-23 23:00")) == "nobody -> announced closed"
    assert told(call(plan, OUTSIDE, "+390212345000", at="2026-11-24 05:59")) == "nobody -> announced closed"
    assert told(call(plan, OUTSIDE, "+390212345000", _101="busy")) == "101 -> released 480"
    assert told(call(plan, OUTSIDE, "+390212345001")) == "nobody -> released 480"
    # The window belongs to the day it begins: the 24th is closed, the night of the 23rd runs into it.
    assert told(call(plan, OUTSIDE, "+390212345000", at="2026-12-24 05:00")) == "nobody -> announced closed"
    assert told(call(plan, OUTSIDE, "+390212345000", at="2026-12-25 05:00")) == "101 -> answered 101"


def test_the_release_code_is_the_first_outcomes() -> None:
    plan = plan_of("""
users:
  "101": {name: A, deviations: {no_answer: "102"}}
  "102": {name: B}
  "103": {name: C, deviations: {busy: "102"}}
""")
    assert told(call(plan, "103", "101", _101="ring", _102="busy")) == "101, 102 -> released 480"
    assert told(call(plan, "101", "103", _103="busy", _102="ring")) == "103, 102 -> released 486"


def test_written_releases() -> None:
    plan = plan_of("""
users:
  "101": {name: A, voicemail: true, deviations: {no_answer: busy, busy: hangup}}
  "102": {name: B}
""")
    assert told(call(plan, "102", "101", _101="ring")) == "101 -> released 486"
    assert told(call(plan, "102", "101", _101="busy")) == "101 -> released 480"
