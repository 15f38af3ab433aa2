"""Rules, lists, policies: who gets which deviation."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.flow.plan import (
    ALWAYS,
    ANONYMOUS,
    FROM_INSIDE,
    FROM_OUTSIDE,
    Callers,
    Condition,
    Deviations,
    Hours,
    Rule,
)
from tests.language.sources import HEAD, OUTSIDE, clean, compile_text, findings, only, plan_of

BASE = (
    OUTSIDE
    + """\
defaults: {class: full, voicemail: true}
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
contacts: {vip: "+4420*"}
operators: {reception: {number: "9", members: ["102"]}}
"""
)


def deviations(text: str, policies: str = "policies: {}\n", policy: str = "[]") -> Deviations:
    body = BASE + policies + f'users: {{"102": {{}}, "103": {{}}, "101": {{policy: {policy}, deviations: {text}}}}}\n'
    compiled = compile_text(HEAD + body)
    assert compiled.plan is not None, compiled.diagnostics
    return compiled.plan.users["101"].deviations


def targets(rules: tuple[Rule, ...]) -> list[list[str]]:
    return [[p.target for p in rule.places] for rule in rules]


def test_a_destination_is_one_rule() -> None:
    rules = deviations('{busy: "102"}').busy
    assert targets(rules) == [["102"]]
    assert rules[0].condition is ALWAYS


def test_a_list_of_destinations_is_one_rule_each_with_its_own_options() -> None:
    rules = deviations('{busy: [{to: "102", timeout: 10}, "103", {to: [voicemail]}]}').busy
    assert targets(rules) == [["102", "103", "101"]]
    assert [p.timeout for p in rules[0].places] == [10, None, None]


@pytest.mark.parametrize("condition", ["when: office", "from: external", "until: 2026-12-31", "enabled: true"])
def test_a_list_with_a_condition_in_one_element_is_a_list_of_rules(condition: str) -> None:
    rules = deviations(f'{{busy: [{{to: "102", {condition}}}, "103"]}}').busy
    assert targets(rules) == [["102"], ["103"]]
    assert rules[1].condition is ALWAYS


def test_after_makes_a_list_of_rules_too() -> None:
    rules = deviations('{no_answer: ["102", {to: "103", after: 30}]}').no_answer
    assert targets(rules) == [["102"], ["103"]]
    assert [rule.after for rule in rules] == [None, 30]


def test_the_parts_of_a_condition() -> None:
    vip = '{to: "102", when: not office, from: vip, until: 2026-12-31}'
    first, second = deviations(f'{{busy: [{vip}, {{to: "103", when: office, from: internal}}]}}').busy
    assert first.condition == Condition((Hours("office", True),), (Callers("vip"),), dt.date(2026, 12, 31))
    assert second.condition == Condition((Hours("office"),), (FROM_INSIDE,))


def test_of_when_all_must_hold_and_of_from_one() -> None:
    (rule,) = deviations('{busy: {to: "102", when: [office, not office], from: [vip, not vip, anonymous]}}').busy
    callers = (Callers("vip"), Callers("vip", True), Callers(ANONYMOUS))
    assert rule.condition == Condition((Hours("office"), Hours("office", True)), callers)


def test_what_is_not_from_outside_is_from_inside() -> None:
    rules = deviations('{busy: [{to: "102", from: not external}, {to: "103", from: [not internal, external]}]}').busy
    assert [rule.condition.callers for rule in rules] == [(FROM_INSIDE,), (FROM_OUTSIDE,)]
    (rule,) = deviations('{busy: {to: "102", from: [internal, external]}}').busy
    assert rule.condition == ALWAYS


def test_operator_return_may_ask_who_calls_from_outside() -> None:
    rules = deviations('{operator_return: {busy: {to: "102", from: [not vip, anonymous]}}}').return_busy
    assert rules[0].condition.callers == (Callers("vip", True), Callers(ANONYMOUS))


def test_operator_return_is_three_keys() -> None:
    merged = deviations('{operator_return: {busy: operator, no_answer: {after: 15, to: "102"}, unreachable: off}}')
    assert targets(merged.return_busy) == [["reception"]]
    assert merged.return_no_answer[0].after == 15
    assert merged.return_unreachable == ()


def test_a_disabled_rule_is_checked_and_left_out() -> None:
    assert deviations('{busy: {to: "102", enabled: false}}').busy == ()
    assert targets(deviations('{busy: [{to: "102", enabled: false}, "103"]}').busy) == [["103"]]
    only("PBX110", 'users: {"101": {deviations: {busy: {to: «"102"», enabled: false}}}}\n')
    only("PBX116", 'users: {"101": {deviations: {busy: {to: «voicemail», enabled: false}}}}\n')


POLICIES = """\
policies:
  one: {busy: "102", no_answer: "102", unreachable: "102", operator_return: {busy: "102", no_answer: "102"}}
  two: {busy: "103", operator_return: {busy: "103"}}
"""


def test_policies_are_merged_key_by_key_and_the_later_wins() -> None:
    merged = deviations("{}", POLICIES, "[one, two]")
    assert targets(merged.busy) == [["103"]]
    assert targets(merged.no_answer) == [["102"]]
    assert targets(merged.return_busy) == [["103"]]
    assert targets(merged.return_no_answer) == [["102"]]


def test_the_users_own_keys_win() -> None:
    merged = deviations(
        "{busy: voicemail, unreachable: off, operator_return: {no_answer: off}}", POLICIES, "[one, two]"
    )
    assert targets(merged.busy) == [["101"]]
    assert merged.unreachable == ()
    assert merged.return_no_answer == ()
    assert targets(merged.return_busy) == [["103"]]


def test_operator_return_off_switches_all_three_off() -> None:
    merged = deviations("{operator_return: off}", POLICIES, "one")
    assert (merged.return_busy, merged.return_no_answer, merged.return_unreachable) == ((), (), ())


def test_an_own_key_hides_the_policys_also_when_its_rule_does_not_apply() -> None:
    assert deviations('{busy: {to: "103", enabled: false}}', POLICIES, "one").busy == ()


def test_a_policy_means_each_users_own_mailbox_and_mobile() -> None:
    plan = plan_of(
        BASE
        + """\
policies: {p: {busy: [mobile, voicemail]}}
users:
  "102": {}
  "103": {policy: p, mobile: "+393331110103"}
  "104": {policy: p, mobile: "+393331110104"}
"""
    )
    assert targets(plan.users["103"].deviations.busy) == [["+393331110103", "103"]]
    assert targets(plan.users["104"].deviations.busy) == [["+393331110104", "104"]]


def test_users_of_one_policy_share_what_is_the_same_for_all() -> None:
    plan = plan_of(
        BASE + 'policies: {p: {busy: operator}}\nusers: {"102": {}, "103": {policy: p}, "104": {policy: p}}\n'
    )
    assert plan.users["103"].deviations.busy is plan.users["104"].deviations.busy


def test_what_a_policy_says_wrong_for_some_users_is_one_finding_at_its_line() -> None:
    diagnostic = only(
        "PBX116",
        """\
policies: {p: {busy: «voicemail»}}
users:
  "101": {policy: p}
  "102": {policy: p, voicemail: true}
  "103": {policy: p}
  "104": {policy: p}
""",
    )
    assert diagnostic.message == "user 101 has no mailbox; the same for 103, 104"
    assert [r.location.line for r in diagnostic.related] == [5, 7, 8]
    assert diagnostic.subject is None


def test_a_policy_that_diverts_one_of_its_users_to_themselves() -> None:
    diagnostic = only("PBX115", 'policies: {p: {busy: «"102"»}}\nusers: {"101": {policy: p}, "102": {policy: p}}\n')
    assert diagnostic.subject == ("user", "102")


def test_a_policy_with_a_class_problem_names_the_users() -> None:
    users = 'users: {"101": {policy: p, class: full}, "102": {policy: p}}\n'
    diagnostic = only("PBX119", OUTSIDE + 'policies: {p: {busy: «"+33142685300"»}}\n' + users)
    assert diagnostic.message.startswith("user 102 has no class")


def test_a_wrong_policy_is_reported_once_also_if_nobody_has_it() -> None:
    only("PBX114", 'policies: {p: {busy: «nowhere»}}\nusers: {"101": {}}\n')
    only("PBX114", 'policies: {p: {busy: «nowhere»}}\nusers: {"101": {policy: p}, "102": {policy: p}}\n')


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("PBX128", '{busy: {to: "102", «after»: 20}}'),
        ("PBX128", '{unconditional: {to: "102", «after»: 20}}'),
        ("PBX128", '{operator_return: {unreachable: {to: "102", «after»: 20}}}'),
        ("PBX128", '{operator_return: {busy: {to: "102", «from»: internal}}}'),
        ("PBX128", '{operator_return: {busy: {to: "102", «from»: [vip, not external]}}}'),
        ("PBX110", '{busy: {to: "102", from: [vip, «not vips»]}}'),
        ("PBX110", '{busy: {to: "102", when: [office, «offices»]}}'),
        ("PBX128", '{operator_return: {busy: {to: "102", «from»: [internal, external]}}}'),
        ("PBX128", '{operator_return: {busy: {to: "102", «from»: [vip, internal, not internal]}}}'),
        ("PBX105", '{busy: {to: "102", from: «[]»}}'),
        ("PBX105", '{busy: {to: "102", when: «[]»}}'),
        ("PBX110", '{busy: {to: "102", when: «offce»}}'),
        ("PBX110", '{busy: {to: "102", when: «not offce»}}'),
        ("PBX110", '{busy: {to: "102", from: «vpi»}}'),
        ("PBX110", '{busy: {to: "102", from: «externl»}}'),
        ("PBX126", '{busy: {to: "102", until: «2026-02-30»}}'),
        ("PBX154", '{busy: {to: "102", until: «2026-11-22»}}'),
        ("PBX153", '{no_answer: {to: "102", after: «61»}}'),
        ("PBX153", '{busy: {to: "102", timeout: «90»}}'),
        ("PBX153", '{busy: [{to: "102", timeout: «90»}, "103"]}'),
        ("PBX153", '{busy: {to: [{to: "102", timeout: «90»}, "103"]}}'),
    ],
)
def test_wrong_rules(code: str, text: str) -> None:
    diagnostic = only(code, BASE + f'users: {{"102": {{}}, "103": {{}}, "101": {{deviations: {text}}}}}\n')
    assert diagnostic.subject == ("user", "101")


def test_a_rule_holds_on_its_last_day() -> None:
    clean(BASE + 'users: {"102": {}, "101": {deviations: {busy: {to: "102", until: 2026-11-23}}}}\n')


def test_a_rule_that_is_switched_off_may_be_past() -> None:
    clean(BASE + 'users: {"102": {}, "101": {deviations: {busy: {to: "102", until: 2020-01-01, enabled: false}}}}\n')


def test_unknown_policies_are_reported_each_where_it_stands() -> None:
    body = 'policies: {front: {}}\nusers: {"101": {policy: [front, «frnt»]}}\n'
    assert only("PBX110", body).help == "did you mean 'front'?"


def test_a_wrong_own_key_does_not_let_the_policys_be_judged() -> None:
    diagnostics = findings(
        HEAD + 'policies: {p: {busy: "101"}}\nusers: {"101": {policy: p, deviations: {busy: 102}}}\n'
    )
    assert [d.code for d in diagnostics] == ["PBX106"]


def test_follow_me() -> None:
    plan = plan_of(
        BASE
        + 'users: {"102": {}, "101": {mobile: "+393331110101", follow_me: '
        + '["101", {to: "102", delay: 4}, {to: mobile, delay: 8, timeout: 20, confirm: true}]}}\n'
    )
    legs = plan.users["101"].follow_me
    assert [(leg.place.target, leg.delay, leg.place.timeout, leg.place.confirm) for leg in legs] == [
        ("101", 0, None, False),
        ("102", 4, None, False),
        ("+393331110101", 8, 20, True),
    ]


@pytest.mark.parametrize("text", ["voicemail", "operator", "busy", "announce:closed", "voicemail:102"])
def test_only_phones_and_numbers_ring_in_follow_me(text: str) -> None:
    only("PBX125", BASE + f'users: {{"102": {{}}, "101": {{follow_me: ["101", «{text}»]}}}}\n')


def test_follow_me_needs_rights_as_deviations_do() -> None:
    only("PBX119", BASE + 'users: {"102": {}, "101": {class: null, follow_me: ["101", «"+393331110101"»]}}\n')
    only("PBX117", BASE + 'users: {"102": {}, "101": {follow_me: ["101", {to: «mobile»}]}}\n')
