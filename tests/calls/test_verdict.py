"""Does the laboratory see what a PBX does wrong?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Handling
from pbxgen.calls.verdict import judge
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Transfer
from tests.lab.results import answered, case, rang
from tests.smoke.offices import office


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return office(
        tmp_path,
        """
users:
  "101": {did: "+390212345101", deviations: {no_answer: {after: 6, to: "+393331110101"}, busy: "102"}}
  "102": {}
  "103": {}
""",
    )


def test_a_call_that_goes_as_the_model_says_has_no_differences(plan: Plan) -> None:
    observed = answered("102", rang("101", 0.1, 0.4, 486), rang("102", 0.5, 1.0, 200))
    assert judge(case(plan, "103", "101", _101="busy"), observed) == ()


def test_somebody_else_rung_is_a_difference(plan: Plan) -> None:
    observed = answered("103", rang("101", 0.1, 0.4, 486), rang("103", 0.5, 1.0, 200))
    assert judge(case(plan, "103", "101", _101="busy"), observed) == (
        "rang 101, 103 instead of 101, 102",
        "ended with answered 103 (status 200) instead of answered 102",
    )


def test_a_verdict_is_given_in_the_language_that_is_asked_for(plan: Plan) -> None:
    observed = answered("103", rang("101", 0.1, 0.4, 486), rang("103", 0.5, 1.0, 200))
    assert judge(case(plan, "103", "101", _101="busy"), observed, "it") == (
        "ha squillato 101, 103 invece di 101, 102",
        "è finita con answered 103 (stato 200) invece di answered 102",
    )


@pytest.mark.parametrize(("seconds", "right"), [(5.0, True), (7.2, True), (4.2, False), (8.0, False)])
def test_ring_times_are_judged_within_a_second_and_a_half(plan: Plan, seconds: float, right: bool) -> None:
    diversion = (("diversion", "<sip:+390212345101@x>;reason=no-answer;counter=1"),)
    mobile = replace(rang("+393331110101", seconds + 0.2, seconds + 1, 200), headers=diversion)
    observed = answered("+393331110101", rang("101", 0.1, 0.1 + seconds), mobile)
    differences = judge(case(plan, "103", "101", _101="ring"), observed)
    assert differences == (() if right else (f"101 rang {seconds:.1f} s instead of 6 s",))


def test_a_carrier_that_is_not_told_of_the_diversion_is_a_difference(plan: Plan) -> None:
    observed = answered("+393331110101", rang("101", 0.1, 6.1), rang("+393331110101", 6.2, 7, 200))
    differences = judge(case(plan, "103", "101", _101="ring"), observed)
    assert differences == ("+393331110101 was not told that 101 diverted the call",)


def test_faults_and_late_rings_are_differences(plan: Plan) -> None:
    observed = answered("102", rang("101", 0.1, 0.4, 486), rang("102", 0.5, 1.0, 200))
    observed = replace(observed, faults=("the caller heard nothing",), late=("103",))
    assert judge(case(plan, "103", "101", _101="busy"), observed) == (
        "the caller heard nothing",
        "103 was rung after the call was over",
    )


def test_a_silent_message_is_a_difference(plan: Plan) -> None:
    observed = answered("102", rang("101", 0.1, 0.4, 486), rang("102", 0.5, 1.0, 200))
    observed = replace(observed, stored={"101": (4.0, 3)})
    assert judge(case(plan, "103", "101", _101="busy"), observed) == (
        "the message in mailbox 101 is silent (4.0 s, loudness 3)",
    )


def test_nobody_may_be_rung_after_the_caller_gave_up(plan: Plan) -> None:
    given_up = replace(case(plan, "103", "101", _101="busy"), handling=Handling(give_up_at=0))
    alone = replace(answered("101", rang("101", 0.1, 0.4)), ending=None, status=487)
    assert judge(given_up, alone) == ()
    further = replace(alone, rings=("101", "102"))
    assert judge(given_up, further) == ("rang 101, 102 instead of 101 before the caller gave up",)


def test_another_status_to_the_caller_is_a_difference(plan: Plan) -> None:
    observed = replace(answered("102", rang("102", 0.1, 0.4, 486)), ending=Ending(EndKind.RELEASED, "480"), status=480)
    assert judge(case(plan, "103", "102", _102="busy"), observed) == (
        "ended with released 480 (status 480) instead of released 486",
    )


def test_a_phone_that_rings_twice_in_a_row_is_judged_each_time(tmp_path: Path) -> None:
    again = office(
        tmp_path,
        """
groups: {sales: {number: "600", members: ["101"], ring_timeout: 5, overflow: "101"}}
users: {"101": {deviations: {no_answer: {after: 9, to: busy}}}, "103": {}}
""",
    )
    twice = replace(answered("101", rang("101", 0, 5), rang("101", 5, 14)), ending=Ending(EndKind.RELEASED, "486"))
    assert judge(case(again, "103", "600", _101="ring"), replace(twice, status=486)) == ()


def test_follow_me_that_rings_somebody_late_only_is_judged_from_then_on(tmp_path: Path) -> None:
    later = office(tmp_path, 'users: {"101": {follow_me: [{to: "101"}, {to: "102", delay: 3}]}, "102": {}, "103": {}}')
    observed = replace(answered("102", rang("102", 3, 8)), ending=Ending(EndKind.RELEASED, "480"), status=480)
    assert judge(case(later, "103", "101", _101="unregistered", _102="ring"), observed) == ()


@pytest.mark.parametrize(
    ("strategy", "seconds", "right"),
    [("linear", 5, True), ("linear", 11, True), ("linear", 14, False), ("all", 6, True), ("all", 3, False)],
)
def test_a_silent_phone_may_be_given_up_sooner(tmp_path: Path, strategy: str, seconds: int, right: bool) -> None:
    plan = office(
        tmp_path,
        f"""
groups: {{sales: {{number: "600", members: ["101", "102"], strategy: {strategy}, ring_timeout: 6}}}}
users: {{"101": {{}}, "102": {{}}, "103": {{}}}}
""",
    )
    silent = rang("102", seconds, None) if strategy == "linear" else rang("102", 0, None)
    observed = replace(answered("101", rang("101", 0, seconds), silent), ending=Ending(EndKind.RELEASED, "480"))
    if strategy == "all":
        observed = replace(observed, rings=("101+102",))
    differences = judge(case(plan, "103", "600", _101="ring", _102="dead"), replace(observed, status=480))
    assert bool(differences) is not right


def test_a_phone_that_refuses_tells_nothing_of_the_silent_one_beside_it(tmp_path: Path) -> None:
    group = 'groups: {sales: {number: "600", members: ["101", "102"], strategy: linear, ring_timeout: 9}}'
    plan = office(tmp_path, f'{group}\nusers: {{"101": {{}}, "102": {{}}, "103": {{}}}}')
    legs = rang("101", 0, 8.5), rang("102", 8.5, 8.6, 302), rang("102", 8.5, None)
    ending = Ending(EndKind.RELEASED, "480")
    observed = replace(answered("101", *legs), rings=("101", "102"), ending=ending, status=480)
    assert judge(case(plan, "103", "600", _101="ring", _102="302,dead"), observed) == ()
    assert judge(case(plan, "103", "600", _101="ring", _102="ring,dead"), observed) != ()


def test_follow_me_that_ends_with_a_refusal_is_judged_until_then(tmp_path: Path) -> None:
    later = office(
        tmp_path, 'users: {"101": {follow_me: [{to: "101", timeout: 5}, {to: "102", delay: 9}]}, "102": {}, "103": {}}'
    )
    observed = answered("102", rang("101", 0, 5), rang("102", 9, 9.1, 486))
    observed = replace(observed, ending=Ending(EndKind.RELEASED, "480"), status=480)
    assert judge(case(later, "103", "101", _101="ring", _102="busy"), observed) == ()


def test_a_phone_that_stays_silent_does_not_draw_the_next_ringing_to_its_own(tmp_path: Path) -> None:
    plan = office(
        tmp_path,
        """
groups: {sales: {number: "600", members: ["101", "102"]}}
users:
  "101": {}
  "102": {}
  "103": {did: "+390212345103", deviations: {unconditional: "+393331110103"}}
  "104": {}
""",
    )
    by_103 = (("diversion", "<sip:+390212345103@x>;reason=unconditional;counter=1"),)
    mobile = replace(rang("+393331110103", 0.2, 1, 200), headers=by_103)
    observed = answered("+393331110103", rang("101", 0, None), rang("102", 0, 0.1, 200), mobile)
    observed = replace(observed, rings=("101+102", "+393331110103"))
    transferred = case(plan, "104", "600", _101="dead")
    transferred = replace(transferred, call=replace(transferred.call, transfer=Transfer("102", "103")))
    assert judge(transferred, observed) == ()


def test_a_number_that_is_called_twice_is_told_of_each_diversion(tmp_path: Path) -> None:
    twice = office(
        tmp_path,
        """
users:
  "101": {mobile: "+393331110101", follow_me: [{to: "101"}, {to: mobile}], deviations: {no_answer: mobile}}
  "102": {did: "+390212345102", deviations: {unconditional: "101"}}
  "103": {}
""",
    )
    by_102 = (("diversion", "<sip:+390212345102@x>;reason=unconditional;counter=1"),)
    by_101 = (("diversion", "<sip:+390212345000@x>;reason=no-answer;counter=2"),)
    first, second = rang("+393331110101", 0, 5), rang("+393331110101", 5, 10)
    observed = replace(
        answered("101", rang("101", 0, 5), replace(first, headers=by_102), replace(second, headers=by_101)),
        rings=("+393331110101+101", "+393331110101"),
        ending=Ending(EndKind.RELEASED, "480"),
        status=480,
    )
    calls = case(twice, "103", "102", _101="ring")
    calls = replace(calls, environment=replace(calls.environment, outside={"+393331110101": "ring"}))
    assert judge(calls, observed) == ()
    wrong = replace(observed, rang=(*observed.rang[:2], replace(second, headers=by_102)))
    assert judge(calls, wrong) == ("+393331110101 was told of reason unconditional instead of no_answer",)


def test_of_legs_that_ring_together_over_several_trunks_each_ones_may_have_been_the_last(tmp_path: Path) -> None:
    plan = office(
        tmp_path,
        """
version: 1
pbx: {name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}
defaults: {class: full}
trunks: {carrier: {host: 127.0.0.1, number: "+390212345000"}, line: {host: 127.0.0.2, number: "+390611110000"}}
routes: {mobiles: {match: "+393X.", trunk: carrier}, italy: {match: "+390X.", trunk: line}}
classes: {full: [mobiles, italy]}
users:
  "101": {follow_me: ["101", "+393331110101", "+390611110101"]}
  "103": {}
""",
    )
    of_line = replace(rang("+390611110101", 0.1, 0.5), trunk="line")
    of_carrier = rang("+393331110101", 0.1, 0.5)
    phone = rang("101", 0.1, 0.5, 200)
    for legs in ((of_line, of_carrier), (of_carrier, of_line)):
        observed = replace(answered("101", phone, *legs), rings=("+390611110101++393331110101+101",))
        assert judge(case(plan, "103", "101"), observed) == ()
    wrong = replace(answered("101", phone, of_carrier), rings=("+390611110101++393331110101+101",))
    assert judge(case(plan, "103", "101"), wrong) == ("sent over carrier instead of line",)
