"""What the analysis says, finding by finding."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.render import render_text
from pbxgen.flow import machine
from pbxgen.flow.analysis.findings import analyse
from pbxgen.flow.machine import Step, advance
from pbxgen.language.acceptances import apply_acceptances
from tests.support.office import HEAD, TODAY, compiled, plan_of

FOREIGN = HEAD.replace("  germany:", '  satellite: {match: "+881.", trunk: carrier}\n  germany:').replace(
    "full: [italy, germany]", "full: [italy, germany, satellite]"
)
MOBILE = 'class: national, mobile: "+393335550101", voicemail: true'


def diagnostics_of(body: str, code: str, *, head: str = HEAD, today: dt.date = TODAY) -> list[Diagnostic]:
    return [d for d in analyse(plan_of(body, head=head), today) if d.code == code]


def unaccepted(body: str, *codes: str) -> list[Diagnostic]:
    source = compiled(body)
    assert source.plan is not None
    remaining, idle = apply_acceptances(analyse(source.plan, TODAY), source.acceptances, source.plan.written_at())
    return [d for d in (*remaining, *idle) if d.code in codes]


def test_what_a_range_accepts_is_accepted_for_the_numbers_that_users_have_of_it() -> None:
    inbound = '"+390212347XXX": {to: [extension, "101"]%s}'
    known = 'accept: {PBX210: "transfers are announced"}'
    body = f'users: {{"101": {{name: Ada, {known}}}, "102": {{name: Bob, {known}}}}}\ninbound: {{{inbound}}}\n'
    assert len(unaccepted(body % "", "PBX210")) == 3
    assert unaccepted(body % ', accept: {PBX210: "known"}', "PBX210", "PBX157") == []


def test_a_lost_call_is_told_step_by_step_with_the_line_of_each_step() -> None:
    (lost,) = diagnostics_of('users: {"101": {name: Ada, did: "+390212345101"}}', "PBX210")
    assert lost.example is not None
    assert lost.example.headline == "somebody outside calls Ada (101) (+390212345101)"
    assert [s.text for s in lost.example.steps] == [
        "Ada (101): busy.",
        "Ada (101) has no deviation for this.",
        "Nothing is left to try: released with 486.",
    ]
    assert [s.location is not None for s in lost.example.steps] == [True, True, False]
    assert "3. Nothing is left to try" in render_text([lost], [])


def test_a_call_that_is_lost_behind_a_transfer_is_told_with_who_transferred() -> None:
    body = """\
users:
  "100": {name: Reception, did: "+390212345100", voicemail: true}
  "103": {name: Cara}
"""
    (lost,) = diagnostics_of(body, "PBX210")
    assert lost.message == "a call from outside that is transferred to Cara (103) can be lost"
    assert lost.subject == ("user", "103")
    assert lost.example is not None
    assert lost.example.headline == "somebody outside is transferred to Cara (103) by Reception (100)"
    assert [s.text for s in lost.example.steps] == [
        "Cara (103): busy.",
        "Cara (103) has no deviation for this.",
        "Nobody takes the caller: back to Reception (100), who transferred.",
        "Reception (100): rings for 20 s, no answer.",
        "Nothing is left to try: released with 486.",
    ]
    (plainer,) = diagnostics_of(f"defaults: {{recall: false}}\n{body}", "PBX210")
    assert plainer.example is not None
    assert len(plainer.example.steps) == 3


@pytest.mark.parametrize(
    "cara",
    [
        "{name: Cara, voicemail: true}",
        "{name: Cara, deviations: {busy: operator, no_answer: operator, unreachable: operator}}",
        "{name: Cara, deviations: {busy: hangup, no_answer: busy, unreachable: hangup}}",
    ],
)
def test_a_transfer_that_ends_somewhere_is_not_lost(cara: str) -> None:
    body = f"""\
operators: {{desk: {{number: "9", members: ["100"], overflow: "voicemail:100"}}}}
users:
  "100": {{name: Reception, did: "+390212345100", voicemail: true}}
  "103": {cara}
"""
    assert not diagnostics_of(body, "PBX210")


def test_positions_and_groups_are_transferred_to_and_who_transfers_is_a_member() -> None:
    body = """\
operators: {desk: {number: "9", members: ["100"]}}
groups: {hall: {number: "600", members: ["100", "103"]}}
users:
  "100": {name: Reception, voicemail: true}
  "103": {name: Cara, voicemail: true}
inbound: {"+390212345000": ["operator", "voicemail:100"]}
"""
    lost = diagnostics_of(body, "PBX210")
    assert [d.subject for d in lost] == [("operator", "desk"), ("group", "hall")]
    assert lost[0].example is not None
    headline = "somebody outside is transferred to operator position desk (9) by Reception (100)"
    assert lost[0].example.headline == headline


@pytest.mark.parametrize(
    "body",
    [
        'users: {"103": {name: Cara}, "104": {name: Dina}}',
        'users: {"103": {name: Cara}}\ninbound: {"+390212345000": "103"}',
        'users: {"103": {name: Cara}, "104": {name: Dina}}\ninbound: {"+390212345000": hangup}',
    ],
)
def test_where_nobody_has_a_call_from_outside_nobody_transfers_it(body: str) -> None:
    assert not [d for d in diagnostics_of(body, "PBX210") if d.subject in (("user", "103"), ("user", "104"))]


def test_who_would_transfer_to_themselves_is_not_who_transfers() -> None:
    body = """\
users:
  "103": {name: Cara}
  "104": {name: Dina, voicemail: true}
inbound: {"+390212345000": ["103", "voicemail:104"]}
"""
    (lost,) = diagnostics_of(body, "PBX210")
    assert lost.example is not None
    assert lost.example.headline.endswith("transferred to Cara (103) by Dina (104)")


def test_the_example_is_told_once_for_people_with_the_same_flow() -> None:
    body = 'users:\n  "101": {name: Ada, did: "+390212345101"}\n  "102": {name: Bob, did: "+390212345102"}\n'
    first, second = diagnostics_of(body, "PBX210")
    assert first.example is not None
    assert second.example is None
    assert second.help.startswith("in the same way as one to Ada (101)")


def test_an_example_is_told_of_the_entrys_own_callers() -> None:
    """The verdict is that of calls to Ada, whose mobile is another one; its caller is whose mobile is not tried."""
    tried = "[mobile, '105']"
    deviations = f"{{no_answer: {tried}, busy: {tried}, unreachable: {tried}}}"
    body = f"""\
defaults: {{max_diversions: 1}}
users:
  "101": {{name: Ada, class: national, mobile: "+393335550101", deviations: {deviations}}}
  "102": {{name: Bob, class: national, mobile: "+393335550102", did: "+390212345102", deviations: {deviations}}}
  "105": {{name: Eve, deviations: {{no_answer: "106", busy: "106", unreachable: "106"}}}}
  "106": {{name: Fay}}
"""
    (lost,) = (d for d in diagnostics_of(body, "PBX210") if d.subject == ("user", "102"))
    assert lost.example is not None
    assert lost.example.headline.startswith("+393335550102 calls Bob")


@pytest.mark.parametrize(
    "body",
    [
        """\
defaults: {max_diversions: 1}
users:
  "101": {name: A, follow_me: ["101", "103"], deviations: {unreachable: "102"}}
  "102": {name: B, deviations: {busy: "103"}}
  "103": {name: C, dnd: true}
  "201": {name: D, follow_me: ["201", "203"], deviations: {unreachable: "202"}}
  "202": {name: E, deviations: {busy: "205"}}
  "203": {name: F, dnd: true}
  "205": {name: G}
""",
        """\
contacts: {family: ["+393335550101"]}
defaults: {max_diversions: 1}
users:
  "101": {name: A, deviations: {busy: {to: "102", from: family}}}
  "102": {name: B, class: national, deviations: {busy: {to: "+393335550101", from: family}}}
  "201": {name: D, deviations: {busy: {to: "202", from: family}}}
  "202": {name: E, class: national, deviations: {busy: {to: "+393335550109", from: family}}}
""",
    ],
    ids=["rings along", "contacts"],
)
def test_who_may_call_from_beyond_the_last_diversion_tells_flows_apart(body: str) -> None:
    assert ("user", "201") in [d.subject for d in diagnostics_of(body, "PBX213")]


def test_a_contacts_set_of_everybody_leaves_those_without_a_number() -> None:
    body = """\
contacts: {all: ["+!"]}
users:
  "101": {name: Ada, did: "+390212345101", deviations: {unconditional: {to: "announce:closed", from: all}}}
"""
    (lost,) = diagnostics_of(body, "PBX210")
    assert lost.example is not None
    assert lost.example.headline.startswith("somebody outside who shows no number")


def test_a_call_by_way_of_another_to_a_satellite_is_found_with_everybody_whose_calls_come_there() -> None:
    body = """\
users:
  "101": {name: Ada, did: "+390212345101", deviations: {busy: "102", no_answer: hangup, unreachable: hangup}}
  "102":
    name: Bob
    class: full
    deviations: {no_answer: {to: "+881612345678", allow_premium: true}, busy: busy, unreachable: busy}
  "103": {name: Cleo, deviations: {busy: "101"}}
"""
    (cost,) = diagnostics_of(body, "PBX215", head=FOREIGN)
    assert "calls to Ada (101), Cleo (103) can end at +881612345678" in cost.message
    assert cost.subject == ("user", "102")
    assert cost.example is not None


def test_each_way_to_a_satellite_is_found_though_another_is_shorter() -> None:
    satellite = '{to: "+881612345678", allow_premium: true}'
    body = f"""\
users:
  "101": {{name: Ada, deviations: {{busy: "102", no_answer: "103", unreachable: hangup}}}}
  "102": {{name: Bob, class: full, deviations: {{unconditional: {satellite}}}}}
  "103": {{name: Cleo, class: full, deviations: {{no_answer: {satellite}}}}}
"""
    assert [d.subject for d in diagnostics_of(body, "PBX215", head=FOREIGN)] == [("user", "102"), ("user", "103")]


def test_a_satellite_that_rings_along_with_a_phone_is_found() -> None:
    body = """\
users:
  "101": {name: Ada, deviations: {busy: "102"}}
  "102": {name: Bob, class: full, mobile: "+881612345678", follow_me: ["102", {to: mobile, allow_premium: true}]}
"""
    (cost,) = diagnostics_of(body, "PBX215", head=FOREIGN)
    assert cost.subject == ("user", "102")


def test_who_is_called_directly_has_been_asked() -> None:
    body = 'users: {"102": {name: Bob, class: full, deviations: {busy: {to: "+881612345678", allow_premium: true}}}}'
    assert not diagnostics_of(body, "PBX215", head=FOREIGN)


def test_a_number_abroad_is_found_in_whichever_rule_of_an_inbound_number_calls_come_to_it() -> None:
    body = """\
schedules: {office: {weekly: {mon-fri: "09:00-18:00"}}}
inbound: {"+390212345000": {to: "+49301234567", when: office, else: [{to: "101", timeout: 9}, "+49301234567"]}}
users:
  "101": {name: Ada, deviations: {unconditional: {to: hangup, when: office}, busy: "+390212345000"}}
"""
    (abroad,) = diagnostics_of(body, "PBX216")
    assert abroad.message.startswith("calls to Ada (101) can end at +49301234567")


def test_an_overflow_that_two_groups_share_by_an_alias_is_no_example_for_others() -> None:
    body = """\
groups:
  g1: {number: "601", members: ["102"], overflow: &o ["+49301234567"]}
  g2: {number: "602", members: ["102"], overflow: *o}
  g3: {number: "603", members: ["102"], overflow: ["+49301234568"]}
  g4: {number: "604", members: ["102"], overflow: ["+49301234568"]}
users:
  "101": {name: Ada, deviations: {busy: ["group:g1", "group:g2"]}}
  "102": {name: Bob}
  "103": {name: Cleo, deviations: {busy: ["group:g3", "group:g4"]}}
"""
    subjects = [d.subject for d in diagnostics_of(body, "PBX216") if "Cleo" in d.message]
    assert subjects == [("group", "g3")]  # a number is rung once


def test_a_leg_that_the_destinations_timeout_cuts_off_costs_nothing() -> None:
    body = """\
users:
  "101": {name: Ada, class: full, follow_me: ["101", {to: "+49301234567", delay: 9}]}
  "102": {name: Bob, deviations: {busy: {to: "101", timeout: %d}}}
"""
    assert not diagnostics_of(body % 5, "PBX216")
    assert diagnostics_of(body % 12, "PBX216")


def test_a_number_abroad_that_rings_along_is_the_last_step_of_its_example() -> None:
    body = """\
users:
  "101": {name: Ada, class: national, deviations: {busy: "102"}}
  "102": {name: Bob, class: full, follow_me: ["102", "+49301234567"]}
"""
    (abroad,) = diagnostics_of(body, "PBX216")
    assert abroad.example is not None
    assert [s.text for s in abroad.example.steps[-2:]] == [
        "The call reaches Bob (102).",
        "+49301234567 rings along, by `follow_me`.",
    ]


def test_from_outside_a_user_without_a_number_is_reached_by_a_transfer() -> None:
    body = """\
defaults: {max_diversions: 1}
users:
  "101": {name: Ada, deviations: {no_answer: {to: "102", from: FROM}}}
  "102": {name: Bob, deviations: {no_answer: {to: "103", from: FROM}}}
  "103": {name: Cleo}
"""
    (chain,) = diagnostics_of(body.replace("FROM", "external"), "PBX213")
    assert chain.example is not None
    assert chain.example.headline == "somebody outside is transferred to Ada (101)"
    (chain,) = diagnostics_of(body.replace(", from: FROM", ""), "PBX213")
    assert chain.example is not None
    assert chain.example.headline == "somebody inside calls Ada (101)"


def test_chains_of_one_form_to_numbers_abroad_are_told_once() -> None:
    body = """\
users:
  "101": {name: Ada, deviations: {busy: "102"}}
  "102": {name: Bob, class: full, deviations: {no_answer: "+49301234567"}}
  "103": {name: Cleo, deviations: {busy: "104"}}
  "104": {name: Dora, class: full, deviations: {no_answer: "+49301234568"}}
"""
    first, second = diagnostics_of(body, "PBX216")
    assert first.example is not None
    assert second.example is None
    assert "calls to Cleo (103)" in second.message
    assert second.help.startswith("in the same way as by way of user 102")


@pytest.mark.parametrize(("own_class", "expected"), [("national", 1), ("full", 0)])
def test_a_number_abroad_along_a_chain_is_found_where_the_class_forbids_it(own_class: str, expected: int) -> None:
    body = f"""\
users:
  "101": {{name: Ada, class: {own_class}, deviations: {{no_answer: "102"}}}}
  "102": {{name: Bob, class: full, deviations: {{unconditional: "+49301234567"}}}}
"""
    assert len(diagnostics_of(body, "PBX216")) == expected


@pytest.mark.parametrize(
    ("deviations", "expected"),
    [
        ("{no_answer: mobile}", 1),
        ("{no_answer: [mobile, voicemail]}", 1),
        ("{unconditional: mobile}", 1),
        ('{busy: ["+393335550109", "102"]}', 1),  # a mobile number, whoever's
        ("{no_answer: {to: mobile, confirm: true}}", 0),
        ("{no_answer: [voicemail, mobile]}", 0),  # PBX aside, nothing behind a mailbox is tried
        ('{no_answer: "+390233344455"}', 0),  # a fixed line
    ],
)
def test_a_mobile_without_confirm_before_a_mailbox(deviations: str, expected: int) -> None:
    body = f'users: {{"101": {{name: Ada, {MOBILE}, deviations: {deviations}}}, "102": {{name: Bob}}}}'
    assert len(diagnostics_of(body, "PBX217")) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("deviations: {operator_return: {no_answer: mobile}, no_answer: 'voicemail:103'}", "", 1),
        ("deviations: {operator_return: {no_answer: mobile}, no_answer: [announce:x, 'voicemail:103']}", "", 0),
        ("follow_me: ['101', mobile], deviations: {no_answer: 'voicemail:103'}", "", 1),
        ("follow_me: ['101', mobile], deviations: {no_answer: '102'}", "voicemail: true", 0),  # the call goes on to Bob
        ("deviations: {unconditional: mobile}", "deviations: {busy: ['101', 'voicemail:103']}", 1),
        ("deviations: {busy: ['103', mobile]}", "", 1),  # by then the mailbox of 103 stands behind
        ("deviations: {busy: ['102', mobile]}", "deviations: {busy: '103'}", 1),
        ("deviations: {busy: [mobile, '103']}", "", 0),  # nobody has called 103 yet
        ("deviations: {unconditional: mobile}", "voicemail: true, deviations: {no_answer: '101'}", 1),
        ("deviations: {unconditional: mobile}", "deviations: {no_answer: ['101', hangup, 'voicemail:103']}", 0),
        ("deviations: {unconditional: [mobile, hangup]}", "voicemail: true, deviations: {no_answer: '101'}", 0),
        ("deviations: {unconditional: {to: mobile, until: 2026-01-01}}", "voicemail: true", 0),  # has ended
        # Calls from inside know no operator_return, nobody waits for a phone that never rings.
        (
            "deviations: {operator_return: {busy: mobile}}",
            "voicemail: true, deviations: {busy: {to: '101', from: internal}}",
            0,
        ),
        ("voicemail: true, dnd: true, deviations: {no_answer: mobile}", "", 0),
        ("voicemail: true, deviations: {unconditional: announce:x, no_answer: mobile}", "", 0),
    ],
)
def test_a_mailbox_behind_a_mobile_may_be_anybodys(first: str, second: str, expected: int) -> None:
    body = f"""\
users:
  "101": {{class: national, mobile: "+393335550101", {first}}}
  "102": {{{second}}}
  "103": {{voicemail: true}}
"""
    assert len(diagnostics_of(body, "PBX217")) == expected


def test_no_mailbox_no_harm() -> None:
    body = 'users: {"101": {name: Ada, class: national, mobile: "+393335550101", deviations: {no_answer: mobile}}}'
    assert not diagnostics_of(body, "PBX217")


def test_a_mobile_of_follow_me_without_confirm() -> None:
    body = f'users: {{"101": {{name: Ada, {MOBILE}, follow_me: ["101", mobile]}}}}'
    assert len(diagnostics_of(body, "PBX217")) == 1


def test_a_policys_mobile_is_reported_once_for_all_who_have_it() -> None:
    body = f"""\
policies: {{away: {{no_answer: mobile}}}}
users:
  "101": {{name: Ada, {MOBILE}, policy: away}}
  "102": {{name: Bob, {MOBILE}, policy: away}}
"""
    (one,) = diagnostics_of(body, "PBX217")
    assert one.subjects == (("user", "101"), ("user", "102"))


@pytest.mark.parametrize("most", [1, 2])
def test_two_who_divert_to_one_another_do_not_divert_too_often(most: int) -> None:
    body = f"""\
defaults: {{max_diversions: {most}}}
users:
  "101": {{name: Ada, deviations: {{no_answer: "102"}}}}
  "102": {{name: Bob, deviations: {{no_answer: "101"}}}}
"""
    assert not diagnostics_of(body, "PBX213")


HOURS = """\
contacts: {vip: ["+4420*"]}
schedules:
  office: {weekly: {mon-fri: "08:00-18:00"}}
  morning: {weekly: {mon-fri: "08:00-13:00"}}
operators: {reception: {number: "9", members: ["100", "101"], overflow: "voicemail:100"}}
"""


def users(first: str, second: str, third: str) -> str:
    return (
        HOURS
        + f"""\
users:
  "100": {{name: Rita, voicemail: true, {first}}}
  "101": {{name: Ada, {second}}}
  "102": {{name: Bob, {third}}}
"""
    )


OFFICE = "deviations: {busy: {to: operator, when: office}}"
AFTERNOON_OFF = "deviations: {unconditional: {to: 'voicemail:100', when: not morning}}"


def test_an_operator_position_that_is_empty_in_its_hours() -> None:
    (empty,) = diagnostics_of(users(AFTERNOON_OFF, "dnd: true", OFFICE), "PBX218")
    assert empty.message == "operator position reception is empty on Monday 2026-11-23 at 13:00"
    assert len(empty.related) == 2


@pytest.mark.parametrize(
    "third",
    [
        "deviations: {busy: [{to: hangup, when: not office}, {to: operator}]}",
        "deviations: {busy: {to: operator, when: not morning}}",
    ],
)
def test_hours_of_a_position_are_when_rules_lead_there_by_the_hour(third: str) -> None:
    (empty,) = diagnostics_of(users(AFTERNOON_OFF, "dnd: true", third), "PBX218")
    assert "is empty on Monday 2026-11-23" in empty.message


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        (AFTERNOON_OFF, "dnd: false", OFFICE),  # Ada is there
        (AFTERNOON_OFF.replace("morning", "office"), "dnd: true", OFFICE),  # away when it is closed
        (AFTERNOON_OFF, "dnd: true", "deviations: {busy: operator}"),  # nothing says when it should be there
        # Others than vips are led there at all hours.
        (AFTERNOON_OFF, "dnd: true", "deviations: {busy: [{to: hangup, when: office, from: vip}, {to: operator}]}"),
        (
            "deviations: {unconditional: operator}",
            "dnd: true",
            OFFICE,
        ),  # Rita's calls come to the position, and so to her
    ],
)
def test_an_operator_position_with_somebody_in_its_hours(first: str, second: str, third: str) -> None:
    assert not diagnostics_of(users(first, second, third), "PBX218")


def test_an_operator_position_that_is_always_empty() -> None:
    (empty,) = diagnostics_of(users("dnd: true", "dnd: true", "deviations: {busy: operator}"), "PBX218")
    assert empty.message == "operator position reception is empty at all times"


@pytest.mark.parametrize(
    ("today", "when"),
    [
        ("2026-12-16", None),
        ("2026-12-17", "in 14 days"),
        ("2026-12-30", "tomorrow"),
        ("2026-12-31", "today"),
        ("2027-01-01", None),
    ],
)
def test_a_rules_end_is_announced_two_weeks_before(today: str, when: str | None) -> None:
    body = 'users: {"101": {name: Ada, deviations: {busy: {to: hangup, until: 2026-12-31}}}}'
    messages = [d.message for d in diagnostics_of(body, "PBX219", today=dt.date.fromisoformat(today))]
    assert messages == ([] if when is None else [f"this rule ends on 2026-12-31, {when}"])


@pytest.mark.parametrize(
    ("unconditional", "message"),
    [
        ("voicemail", "this rule can never apply: another one always applies instead"),
        ("['102', voicemail]", "this rule can never apply: another one always applies instead"),
        ("'102'", "this rule can apply only to calls that have been to 102: all others are diverted at once"),
        (
            "['102', '103']",
            "this rule can apply only to calls that have been to 102 and 103: all others are diverted at once",
        ),
        (
            "{to: '102', when: office}",
            "this rule can apply only to calls that have been to 102: all others are diverted at once",
        ),
        (
            "[{to: voicemail, when: morning}, {to: '102'}]",
            "this rule can apply only to calls that have been to 102: all others are diverted at once",
        ),
    ],
)
def test_what_stands_behind_an_unconditional_rule_is_for_calls_that_have_been_where_it_leads(
    unconditional: str, message: str
) -> None:
    own = f"voicemail: true, deviations: {{unconditional: {unconditional}, busy: {{to: hangup, when: office}}}}"
    body = HOURS + f'users: {{"100": {{voicemail: true}}, "101": {{{own}}}, "102": {{}}, "103": {{}}}}'
    (one,) = diagnostics_of(body, "PBX211")
    assert one.message == message
    assert len(one.related) == 1


def test_where_a_policys_rule_lets_calls_pass_differs_from_user_to_user() -> None:
    body = """\
policies: {p: {busy: hangup}}
users:
  "101": {policy: p, deviations: {unconditional: "103"}}
  "102": {policy: p, deviations: {unconditional: "104"}}
  "103": {}
  "104": {}
"""
    (one,) = diagnostics_of(body, "PBX211")
    assert one.message.startswith(
        "this rule can apply only to calls that have been where their unconditional rule leads"
    )
    assert one.subjects == (("user", "101"), ("user", "102"))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("{}", "this rule can never apply"),
        ('{deviations: {busy: "101"}}', "this rule can apply only to calls that have"),
    ],
)
def test_a_call_from_outside_has_been_where_it_was_sent_on_from(second: str, expected: str) -> None:
    own = '{unconditional: {to: "102", from: external}, operator_return: {busy: "103"}}'
    body = f'users: {{"101": {{deviations: {own}}}, "102": {second}, "103": {{}}}}'
    (one,) = diagnostics_of(body, "PBX211")
    assert one.message.startswith(expected)


def test_what_stands_in_a_policy_is_accepted_by_all_who_have_it_or_not_at_all() -> None:
    body = """\
policies: {{away: {{unconditional: hangup, busy: hangup}}}}
users:
  "101": {{policy: away, accept: {{PBX211: "for holidays"}}}}
  "102": {{policy: away{}}}
"""
    (remaining,) = unaccepted(body.format(""), "PBX211", "PBX157")
    assert remaining.help.endswith("; 101 accepted it, 102 did not")
    assert not unaccepted(body.format(", accept: {PBX211: x}"), "PBX211", "PBX157")


def test_a_rule_that_has_ended_is_not_called_one_that_never_applies() -> None:
    body = 'users: {"101": {name: Ada, deviations: {busy: {to: hangup, until: 2026-01-31}}}}'
    assert not diagnostics_of(body, "PBX211")


@pytest.mark.parametrize(
    ("when", "told"), [("[night, not night]", 1), ("[night, not office]", 0), ("[office, not office]", 1), ("night", 0)]
)
def test_a_rule_that_asks_for_a_switch_to_be_on_and_off_never_applies(when: str, told: int) -> None:
    body = (
        'schedules: {office: {weekly: {mon: "08:00-18:00"}}}\n'
        'switches: {night: {number: "*28", operators: ["101"]}}\n'
        f'users: {{"102": {{}}, "101": {{deviations: {{busy: {{to: "102", when: {when}}}}}}}}}\n'
    )
    assert len(diagnostics_of(body, "PBX211")) == told
    inbound = f'inbound: {{"+390212345700": {{to: "101", when: {when}, else: "102"}}}}\n'
    assert len(diagnostics_of(body.replace(f", when: {when}", "") + inbound, "PBX211")) == told


@pytest.mark.parametrize(("until", "expected"), [("2026-11-22", 0), ("2026-11-23", 1)])
def test_a_member_diverts_to_the_position_until_the_rule_ends(until: str, expected: int) -> None:
    body = f"""\
operators: {{reception: {{number: "9", members: ["100"], overflow: "voicemail:100"}}}}
users: {{"100": {{voicemail: true, deviations: {{busy: {{to: operator, until: {until}}}}}}}}}
"""
    assert len(diagnostics_of(body, "PBX214", today=dt.date(2026, 11, 23))) == expected


def test_a_policys_rule_is_dead_only_if_it_is_for_everybody() -> None:
    body = """\
policies: {p: {busy: voicemail}}
users:
  "101": {name: Ada, voicemail: true, policy: p, deviations: {unconditional: "102"}}
  "102": {name: Bob, voicemail: true, policy: p}
"""
    assert not diagnostics_of(body, "PBX211")


def test_ones_own_phone_and_one_that_has_dnd_are_not_alike_in_follow_me() -> None:
    body = """\
users:
  "101": {name: Ada, ring_timeout: 100, deviations: {no_answer: "104"}, follow_me: ["101"]}
  "102": {name: Bob, ring_timeout: 100, deviations: {no_answer: "104"}, follow_me: ["103"]}
  "103": {name: Cleo, dnd: true}
  "104": {name: Dino, ring_timeout: 100}
"""
    assert [d.subject for d in diagnostics_of(body, "PBX212")] == [("user", "101")]


@pytest.mark.parametrize(("second", "expected"), [("mobile", 0), ("+393335550102", 1)])
def test_a_number_that_is_busy_is_so_on_each_leg(second: str, expected: int) -> None:
    legs = f'[{{to: mobile, timeout: 180}}, {{to: "{second}", timeout: 180}}]'
    body = f"""\
users:
  "101": {{name: Ada, class: national, mobile: "+393335550101", follow_me: {legs}, deviations: {{busy: "102"}}}}
  "102": {{name: Bob, ring_timeout: 30}}
"""
    assert len(diagnostics_of(body, "PBX212")) == expected


def test_a_long_chain_of_overflows_is_no_trouble() -> None:
    groups = "".join(
        f'  g{n}: {{number: "7{n:04}", members: ["101"], overflow: "group:g{n + 1}"}}\n' for n in range(150)
    )
    last = '  g150: {number: "70150", members: ["101"], overflow: hangup}\n'
    ada = '  "101": {name: Ada, did: "+390212345101", deviations: {busy: "group:g0"}}\n'
    body = f"groups:\n{groups}{last}users:\n{ada}"
    assert diagnostics_of(body, "PBX212")


def test_chains_of_everybody_to_everybody_are_not_explored_anew_for_each_who_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Steps are counted: 40 colleagues, each with two others behind them, each of them calling each."""
    steps = 0

    def counted(*arguments: Any) -> Step:
        nonlocal steps
        steps += 1
        return advance(*arguments)

    users = "".join(
        f'  "{200 + n}": {{voicemail: true, deviations: '
        f'{{busy: "{200 + (n + 1) % 40}", no_answer: "{200 + (n + 7 + n % 5) % 40}"}}}}\n'
        for n in range(40)
    )
    monkeypatch.setattr(machine, "advance", counted)
    assert diagnostics_of(f"users:\n{users}", "PBX213")
    assert 40 < steps < 5000


def test_ringing_is_longest_for_whom_the_flow_knows() -> None:
    """The boss's calls go to the secretary, but for hers: for her the boss's own phone rings, and what follows it."""
    body = """\
users:
  "101": {name: Boss, ring_timeout: 60, voicemail: true, deviations: {unconditional: "102", no_answer: ["103", "104"]}}
  "102": {name: Secretary, ring_timeout: 20}
  "103": {name: Cleo, ring_timeout: 60}
  "104": {name: Dino, ring_timeout: 61}
"""
    (long,) = diagnostics_of(body, "PBX212")
    assert long.message == "a call to Boss (101) can ring for 181 s"
    assert long.example is not None
    assert long.example.headline == "102 calls Boss (101)"


def test_a_number_of_a_contacts_set_stands_for_others_than_the_mobile_that_is_called() -> None:
    body = """\
contacts: {family: ["+39333555010X"]}
users:
  "101":
    name: Ada
    class: national
    mobile: "+393335550100"
    ring_timeout: 60
    deviations: {no_answer: {to: mobile, timeout: 125, from: family}}
"""
    (long,) = diagnostics_of(body, "PBX212")
    assert long.message.endswith("185 s")


def test_flows_of_one_shape_by_other_hours_are_not_alike() -> None:
    """What closes one gap by `not office` is left open by `night`."""
    body = """\
schedules: {office: {weekly: {mon-fri: "09:00-18:00"}}, night: {weekly: {mon-fri: "22:00-24:00"}}}
users:
  "101": {did: "+390212345101", deviations: {unconditional: [{to: busy, when: office}, {to: busy, when: not office}]}}
  "102": {did: "+390212345102", deviations: {unconditional: [{to: busy, when: office}, {to: busy, when: night}]}}
"""
    assert [d.subject for d in diagnostics_of(body, "PBX210")] == [("user", "102")]


def test_whether_the_maximum_keeps_a_call_from_somewhere_depends_on_where_it_has_been() -> None:
    """Bea's calls come to Ada, who sends them back to Bea, where they have been; Cleo's do not come from there."""
    body = """\
defaults: {max_diversions: 1}
users:
  "101": {voicemail: true, deviations: {busy: "102"}}
  "102": {deviations: {busy: "101"}}
  "103": {deviations: {busy: "101"}}
"""
    assert [d.subject for d in diagnostics_of(body, "PBX213")] == [("user", "103")]


def test_one_who_only_rings_along_may_call_as_well() -> None:
    """The phone that is silent anyhow is not among those that ring for its owner: none that is left is registered."""
    body = """\
users:
  "101": {name: Quiet, dnd: true, voicemail: true}
  "102": {name: Ada, deviations: {unreachable: operator}, follow_me: ["102", "101"]}
operators: {reception: {number: "9", members: ["102"], ring_timeout: 180}}
"""
    (long,) = diagnostics_of(body, "PBX212")
    assert long.message == "a call to Ada (102) can ring for 200 s"
    assert long.example is not None
    assert long.example.headline == "101 calls Ada (102)"


@pytest.mark.parametrize("hours", [False, True])
def test_of_many_ways_few_are_followed(monkeypatch: pytest.MonkeyPatch, *, hours: bool) -> None:
    """Steps are counted: 60 colleagues who send every outcome to another three, some of them by hours of their own."""
    steps = 0

    def counted(*arguments: Any) -> Step:
        nonlocal steps
        steps += 1
        return advance(*arguments)

    def rule(n: int, outcome: int) -> str:
        to = [f'"{200 + (n * 7 + outcome * 13 + k * k + k) % 60}"' for k in (1, 2, 3)]
        to = [t for t in to if t != f'"{200 + n}"']
        return f"[{{to: {to[0]}, when: s{n}}}, {{to: {to[-1]}}}]" if hours else f"[{', '.join(dict.fromkeys(to))}]"

    schedules = "".join(f'  s{n}: {{weekly: {{mon-fri: "{8 + n % 4:02}:{n:02}-18:{n:02}"}}}}\n' for n in range(60))
    users = "".join(
        f'  "{200 + n}": {{ring_timeout: {10 + n % 3 * 5}, did: "+3902123450{n:02}", deviations: '
        f"{{busy: {rule(n, 0)}, no_answer: {rule(n, 1)}, unreachable: {rule(n, 2)}}}}}\n"
        for n in range(60)
    )
    monkeypatch.setattr(machine, "advance", counted)
    body = f"schedules:\n{schedules}users:\n{users}" if hours else f"users:\n{users}"
    codes = {d.code for d in analyse(plan_of(body), TODAY)}
    assert {"PBX210", "PBX213"} <= codes
    assert 60 < steps < 6000
