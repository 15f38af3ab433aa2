"""Stories of calls as people read them."""

from __future__ import annotations

import re

import pytest

from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, Transfer, simulate
from pbxgen.phrases import Phrases, phrases
from tests.flow.test_outline import told
from tests.support.office import HEAD, OUTSIDE, plan_of

ENGLISH, ITALIAN = phrases("en"), phrases("it")

BODY = """\
operators: {reception: {number: "9", members: ["105", "106"], overflow: "voicemail:105"}}
groups: {g: {number: "600", members: ["102"]}}
inbound: {"+390212345600": operator}
contacts: {vip: ["+4420*"]}
users:
  "101": {name: A, deviations: {busy: "group:g", no_answer: operator, unreachable: "105"}}
  "102": {name: B, dnd: true}
  "103": {name: C, call_waiting: false, deviations: {unconditional: {to: "104", from: vip}}}
  "104": {name: D, deviations: {busy: busy}}
  "105": {name: E, voicemail: true}
  "106":
    name: F
    class: national
    mobile: "+393335550101"
    deviations: {unconditional: {to: mobile, confirm: true, caller_id: own}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(BODY)


def story(plan: Plan, say: Phrases, called: str, caller: str = "106", **states: str) -> list[str]:
    call = Call(caller, called)
    environment = Environment(
        DEFAULT_MOMENT, {name.removeprefix("_"): tuple(state.split(",")) for name, state in states.items()}
    )
    return [sentence.text for sentence in Teller(plan, say).tell(simulate(plan, call, environment).events, call)]


def test_who_is_not_rung_and_why(plan: Plan) -> None:
    assert "group g: not rung, busy (do not disturb)." in story(plan, ENGLISH, "600")
    assert "gruppo g: non squilla, occupato (non disturbare)." in story(plan, ITALIAN, "600")
    assert "C (103): not rung, busy (in a call, without call waiting)." in story(plan, ENGLISH, "103", _103="in_call")
    assert "D (104): not rung, unreachable (not registered)." in story(plan, ENGLISH, "104", _104="unregistered")
    assert told(plan, "102")["internal, at all times"][0] == "B (102) is not rung: do not disturb"


def test_of_a_number_that_is_dialled_out_it_is_told_what_the_carrier_gets() -> None:
    head = HEAD.replace("{host:", "{number_format: national, host:")
    body = 'users: {"101": {name: A, class: national, did: "+390212345101"}, "102": {name: B, class: national}}'
    plan = plan_of(body, head=head)
    assert story(plan, ENGLISH, "0039333555010", "101")[0] == (
        "Route italy sends the call over trunk carrier as 333555010, showing 0212345101."
    )
    assert "presentando 0212345000" in story(plan, ITALIAN, "333555010", "102")[0]
    assert story(plan, ENGLISH, "112", "101")[0].startswith("Route emergency sends the call over trunk carrier as 112,")
    nameless = plan_of(body, head=HEAD.replace(', number: "+390212345000"', ""))
    assert "as +39333555010, showing no number." in story(nameless, ENGLISH, "333555010", "102")[0]


def test_who_is_transferred_out_shows_what_a_diverted_call_does() -> None:
    body = 'users: {"101": {name: A, class: national, did: "+390212345101"}}'
    for policy, shown in (("original", "+393471112222"), ("own", "+390212345101")):
        plan = plan_of(body, head=HEAD.replace("{host:", f"{{caller_id: {policy}, host:"))
        call = Call("+393471112222", "+390212345101", Transfer("101", "333555010"))
        events = simulate(plan, call, Environment(DEFAULT_MOMENT)).events
        assert [e.sent.shown for e in events if e.sent is not None] == [shown]


def test_a_phone_that_gives_no_sign_does_not_ring(plan: Plan) -> None:
    assert story(plan, ENGLISH, "104", _104="dead")[0] == "D (104): silent for 20 s, unreachable."
    assert story(plan, ENGLISH, "104", _104="busy,dead")[0] == "D (104): silent for 20 s, busy."
    assert story(plan, ITALIAN, "104", _104="dead")[0] == "D (104): nessuno squillo per 20 s, non raggiungibile."


def test_several_ring_in_the_plural(plan: Plan) -> None:
    states = {"_105": "ring", "_106": "ring"}
    assert "E (105) + F (106): ring for 20 s, no answer." in story(plan, ENGLISH, "9", "101", **states)
    assert "E (105) + F (106): squillano per 20 s, nessuna risposta." in story(plan, ITALIAN, "9", "101", **states)
    assert "E (105) + F (106): squillano." in story(plan, ITALIAN, "9", "101")


def test_italian_joins_its_prepositions(plan: Plan) -> None:
    text = " ".join(story(plan, ITALIAN, "+390212345600", OUTSIDE, _105="ring", _106="ring"))
    assert "La chiamata arriva al numero +390212345600." in text
    assert "Nessuno risponde al posto operatore reception; trabocco: casella vocale di E (105)." in text
    assert not re.search(r"\ba (gruppo|posto|numero)\b", text)


def test_what_is_said_of_one_attempt_stands_in_one_pair_of_parentheses(plan: Plan) -> None:
    (first, *_) = told(plan, "106", "it")["internal, sempre"]
    assert first == "numero esterno +393335550101 (con conferma; presentando il numero di F (106)) squilla per 30 s"
    assert "external, tranne vip" in told(plan, "103", "it")
