"""The generated text, read back and called, does what the model says: on every scenario, and on random sources."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxgen.calls.case import Case, Handling, case_of
from pbxgen.flow.environment import Environment
from pbxgen.flow.plan import Deviations, Place, PlaceKind, Plan
from pbxgen.flow.simulate import Transfer, simulate
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.generated_calls import ExaminedCall, examine, files_of, place
from pbxgen.pbxs import PBXS
from pbxgen.scenario.run import prepare
from tests.smoke.offices import OUTSIDE, call
from tests.support.office import HEAD, compiled, plan_of
from tests.support.random_calls import random_calls
from tests.support.random_cases import cases
from tests.support.sources import sources

_ROOT = Path(__file__).parents[2]
FILES = sorted(
    path.relative_to(_ROOT).as_posix()
    for pattern in ("examples/**/*.test.yaml", "tests/smoke/suites/**/*.test.yaml")
    for path in _ROOT.glob(pattern)
)
_CALLS_EACH = 12
MANY = settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "15")), deadline=None, suppress_health_check=list(HealthCheck)
)
"""``PBXGEN_EXAMPLES=1000 pytest tests/interpret`` looks at as many random sources."""

on_both = pytest.mark.parametrize("pbx", PBXS)


def told(one: ExaminedCall) -> str:
    lines = [one.case.name, *(f"  ✗ {difference}" for difference in one.differences)]
    return "\n".join([*lines, *(f"{ran.at:8.3f}  {ran.where}  {ran.text}" for ran in one.trace)])


def check(examined: list[ExaminedCall]) -> None:
    assert examined
    failed = [one for one in examined if not one.passed]
    if failed:
        pytest.fail(f"{len(failed)} of {len(examined)} calls differ; the first one:\n{told(failed[0])}")


@on_both
@pytest.mark.parametrize("file", FILES)
def test_every_scenario_goes_on_generated_text_as_in_the_model(pbx: str, file: str) -> None:
    prepared = prepare(_ROOT / file)
    assert not prepared.diagnostics
    check(examine(prepared.plans, [case_of(s, plan) for s, plan in prepared.scenarios], pbx))


@on_both
@pytest.mark.parametrize("give_up_at", [0, 1])
def test_nobody_is_rung_any_more_when_the_caller_has_given_up(pbx: str, give_up_at: int) -> None:
    prepared = prepare(_ROOT / "tests/smoke/suites/chains/chains.test.yaml")
    calls = [case_of(s, plan) for s, plan in prepared.scenarios if s.call.transfer is None]
    given_up = [replace(c, environment=_ringing(c), handling=Handling(give_up_at=give_up_at)) for c in calls]
    check(examine(prepared.plans, given_up, pbx))


def _ringing(case: Case) -> Environment:
    """Every phone that is there rings on, and so do all outside numbers."""
    phones = {extension: case.environment.phone(extension) for extension in case.plan.users}
    states = {
        e: tuple(s if s == "unregistered" else "ring" for s in phone_states) for e, phone_states in phones.items()
    }
    numbers = {place.target for place in _places(case.plan) if place.kind is PlaceKind.OUTSIDE}
    return replace(case.environment, phones=states, outside=dict.fromkeys(numbers, "ring"))


def _places(plan: Plan) -> Iterator[Place]:
    for user in plan.users.values():
        for key in fields(Deviations):
            for rule in getattr(user.deviations, key.name):
                yield from rule.places


@on_both
def test_an_answered_call_is_over_when_whoever_answered_hangs_up(pbx: str) -> None:
    prepared = prepare(_ROOT / "tests/smoke/suites/people/follow_me.test.yaml")
    calls = [case_of(s, plan) for s, plan in prepared.scenarios]
    check(examine(prepared.plans, [replace(c, handling=Handling(callee_ends=True)) for c in calls], pbx))


@on_both
@pytest.mark.parametrize("by", ["101", "102"])
@pytest.mark.parametrize("state", ["answer", "busy", "unregistered"])
def test_who_announces_a_transfer_may_be_either_and_keeps_the_call_if_nobody_answers(
    pbx: str, by: str, state: str
) -> None:
    plan = plan_of('users: {"101": {}, "102": {}, "103": {}}\n')
    transfer = Transfer(by, "103", attended=True)
    check(examine([plan], [call(plan, "101", "102", phones={"103": state}, transfer=transfer)], pbx))


@on_both
def test_who_waits_for_an_announced_transfer_is_in_a_call(pbx: str) -> None:
    plan = plan_of(
        "defaults: {call_waiting: false}\n"
        'users: {"101": {}, "102": {}, "103": {deviations: {unconditional: ["101", "104"]}}, "104": {}}\n'
    )
    for caller, called in (("102", "101"), ("101", "102")):
        transfer = Transfer("102", "103", attended=True)
        check(examine([plan], [call(plan, caller, called, transfer=transfer)], pbx))


@on_both
def test_what_a_trunk_replies_to_a_leg_of_follow_me_is_the_outcome_of_the_leg(pbx: str) -> None:
    legs = 'follow_me: [{to: "+393335550101"}], deviations: {busy: "103", unreachable: "104"}'
    plan = plan_of(f'users: {{"101": {{class: national, {legs}}}, "102": {{}}, "103": {{}}, "104": {{}}}}\n')
    one = call(plan, "102", "101")
    calls = [
        replace(one, environment=replace(one.environment, trunks={"carrier": state}))
        for state in ("480", "503", "full", "down")
    ]
    check(examine([plan], calls, pbx))


@on_both
@pytest.mark.parametrize("backup", [[], ["backup"]])
@pytest.mark.parametrize("state", ["early", "ring", "busy"])
def test_who_is_transferred_outside_in_vain_is_recalled_whatever_is_heard(
    pbx: str, state: str, backup: list[str]
) -> None:
    trunks = f"[{', '.join(['carrier', *backup])}]"
    head = HEAD.replace("trunk: carrier}", f"trunk: {trunks}}}").replace(
        "trunks: {", "trunks: {backup: {host: 192.0.2.9}, "
    )
    plan = plan_of('users: {"101": {did: "+390212345101", class: full}, "102": {}}\n', head=head)
    for caller, called in ((OUTSIDE, "+390212345101"), ("102", "101")):
        for to in ("3335550102", "112"):
            outside = {"+393335550102": state, "112": state}
            one = call(plan, caller, called, outside=outside, transfer=Transfer("101", to))
            check(examine([plan], [one], pbx))


@on_both
def test_a_phone_is_in_a_call_whatever_codes_there_are(pbx: str) -> None:
    plan = plan_of(
        "features: {own_mailbox: null, any_mailbox: null, pickup: null, pickup_of: null}\n"
        'users: {"101": {call_waiting: false, deviations: {busy: "103"}}, "102": {}, "103": {}}\n'
    )
    found = examine([plan], [call(plan, "102", "101", phones={"101": "in_call"})], pbx)
    check(found)
    assert [one.observed.rings for one in found if one.observed] == [("103",)]


@on_both
def test_a_number_dialled_directly_rings_two_minutes_whatever_the_caller_hears(pbx: str) -> None:
    plan = plan_of('users: {"101": {class: national}}')
    for state in ("ring", "early"):
        (examined,) = examine([plan], [call(plan, "101", "3335550102", outside={"+393335550102": state})], pbx)
        check([examined])
        assert examined.observed is not None
        (leg,) = examined.observed.rang
        assert leg.ended is not None
        assert leg.ended - leg.at == pytest.approx(120, abs=1.5)


@on_both
def test_a_caller_is_known_among_many_contacts(pbx: str) -> None:
    many = ", ".join(f'"+39333555{number:04}"' for number in range(1000, 1300))
    rule = '{to: "102", from: customers}'
    plan = plan_of(
        f"contacts: {{customers: [{many}]}}\n"
        f'users: {{"101": {{did: "+390212345101", deviations: {{unconditional: {rule}}}}}, "102": {{}}}}'
    )
    callers = [f"+39333555{number}" for number in (1000, 1201, 1299, 1300)]
    calls = [call(plan, caller, "+390212345101") for caller in callers]
    examined = examine([plan], calls, pbx)
    check(examined)
    assert [one.observed.rang[0].target for one in examined if one.observed] == ["102", "102", "102", "101"]


@on_both
def test_nobody_is_in_a_set_of_no_callers_and_no_time_is_in_a_schedule_without_windows(pbx: str) -> None:
    plan = plan_of(
        "contacts: {none: []}\nschedules: {no: {}, day: {weekly: {mon: []}}}\n"
        'users: {"102": {}, "101": {did: "+390212345101", deviations: {busy: {to: "102", from: none},\n'
        '  no_answer: {to: "102", when: no}, unreachable: {to: "102", from: not none, when: not day}}}}\n'
    )
    states = ("busy", "ring", "unregistered")
    calls = [
        call(plan, c, t, phones={"101": s}) for c, t in (("102", "101"), (OUTSIDE, "+390212345101")) for s in states
    ]
    check(examine([plan], calls, pbx))


@on_both
def test_a_phone_that_is_not_rung_when_its_turn_comes_ends_the_ringing_unseen(pbx: str) -> None:
    plan = plan_of(
        'users: {"101": {dnd: true}, "102": {ring_timeout: 6, class: full, follow_me: '
        '[{to: "+393335550101"}, {to: "101", delay: 9}], did: "+390212345102"}, "103": {}}\n'
    )
    check(examine([plan], [call(plan, "103", "102", outside={"+393335550101": "ring"})], pbx))


@on_both
def test_random_calls_as_real_ones_are_placed(pbx: str) -> None:
    number, seed = int(os.environ.get("PBXGEN_RANDOM_CALLS", "40")), int(os.environ.get("PBXGEN_RANDOM_SEED", "1"))
    for drawn in random_calls(number, seed, longest=600):
        case = drawn.case()
        assert case is not None
        check(examine([case.plan], [case], pbx))


@MANY
@given(sources(), st.data())
def test_model_and_both_texts_agree_on_random_sources(text: str, data: st.DataObject) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    interpreters = [load_interpreter(pbx, files_of([plan], pbx)) for pbx in PBXS]
    for case in data.draw(st.lists(cases(plan), min_size=_CALLS_EACH, max_size=_CALLS_EACH)):
        check([place(interpreter, _possible(case)) for interpreter in interpreters])


def _possible(case: Case) -> Case:
    """Only who is in a call can transfer it."""
    transfer = case.call.transfer
    if transfer is None:
        return case
    straight = replace(case, call=replace(case.call, transfer=None))
    story = simulate(case.plan, straight.call, case.environment)
    parties = {case.call.caller, story.ending.value} & set(case.plan.users)
    return case if transfer.by in parties and story.ending.kind.value == "answered" else straight
