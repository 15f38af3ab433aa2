"""Everything that can happen to a call, as a tree in words."""

from __future__ import annotations

import pytest

from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.behaviour import nodes_of
from pbxgen.flow.cases import Case, cases_of
from pbxgen.flow.graph import dot, mermaid
from pbxgen.flow.outline import TreeTeller
from pbxgen.flow.plan import Plan
from pbxgen.flow.subject import place_of, senders
from pbxgen.phrases import phrases
from tests.support.office import TODAY, plan_of

BODY = """\
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
contacts: {vip: ["+4420*"]}
operators: {reception: {number: "9", members: ["110", "100"], overflow: "voicemail:100"}}
inbound: {"+390212345600": {to: operator, when: office, else: "announce:closed"}}
users:
  "100": {name: Rita, voicemail: true}
  "101":
    name: Ada
    did: "+390212345101"
    voicemail: true
    class: national
    mobile: "+393335550101"
    deviations:
      unconditional: {to: mobile, confirm: true, from: vip}
      operator_return: {busy: operator}
  "110": {name: Bob}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(BODY)


def cases(plan: Plan, who: str) -> tuple[Case, ...]:
    place = place_of(plan, who)
    assert place is not None
    return cases_of(plan, Situations(plan, TODAY), Reach(plan).flow_of(place)).cases


def told(plan: Plan, who: str, language: str = "en") -> dict[str, list[str]]:
    words = TreeTeller(plan, phrases(language))
    return {
        f"{c.origin.value}, {words.when(c.when)}": [text for text, _ in words.outline(c.root)]
        for c in cases(plan, who)
        if c.caller is None
    }


def test_a_user_is_told_inside_and_outside_and_by_caller(plan: Plan) -> None:
    assert told(plan, "101") == {
        "external, not from vip": [
            "Ada (101) rings for 20 s",
            "├─ busy: operator position reception (100 + 110) rings for 20 s",
            "│  └─ then: the mailbox of Ada (101) takes a message",
            "└─ no answer or unreachable: the mailbox of Ada (101) takes a message",
        ],
        "external, from vip": [
            "outside number +393335550101 (with confirmation) rings for 30 s",
            "└─ then: the mailbox of Ada (101) takes a message",
        ],
        "internal, at all times": ["Ada (101) rings for 20 s", "└─ then: the mailbox of Ada (101) takes a message"],
    }


def test_schedules_are_named(plan: Plan) -> None:
    whens = [key for key in told(plan, "+390212345600") if key.startswith("external")]
    assert sorted(whens) == ["external, during office", "external, outside office"]


def test_italian(plan: Plan) -> None:
    lines = told(plan, "110", "it")["external, sempre"]
    assert lines == ["Bob (110) squilla per 20 s", "└─ poi: rilasciata: destinazioni esaurite"]


@pytest.mark.parametrize("who", ["101", "reception", "9", "operator:reception", "+390212345101", "0212345600"])
def test_everything_that_can_be_called_has_a_name(plan: Plan, who: str) -> None:
    assert place_of(plan, who) is not None


def test_who_sends_calls_outside(plan: Plan) -> None:
    assert [(s.name, s.key) for s in senders(plan, "+393335550101")] == [("101", "unconditional")]


def test_graphs_have_each_node_once(plan: Plan) -> None:
    trees = cases(plan, "101")
    words = TreeTeller(plan, phrases())
    assert len(nodes_of(trees[0].root)) == 3
    titled = [(words.when(c.when), c) for c in trees]
    assert "\n".join(mermaid(titled, words)).count("takes a message") == 3
    assert "\n".join(dot(titled, words)).count("->") == 5


def test_texts_of_a_source_cannot_break_a_graph() -> None:
    plan = plan_of('users: {"101": {name: \'A"b\\<c>#&;\'}, "102": {name: "`x`"}}')
    titled = [("t", c) for c in cases(plan, "101")]
    words = TreeTeller(plan, phrases())
    assert "#quot;b\\#lt;c#gt;#35;#amp;;" in "\n".join(mermaid(titled, words))
    assert "#96;x#96; (102)" in "\n".join(mermaid([("`t`", c) for c in cases(plan, "102")], words))
    assert '["#96;t#96;"]' in "\n".join(mermaid([("`t`", c) for c in cases(plan, "102")], words))
    assert '\\"b\\\\<c>' in "\n".join(dot(titled, words))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Ada (101) (101 + +393335550101 after 8 s, for 20 s at most, with confirmation) rings for 28 s"),
        ("it", "Ada (101) (101 + +393335550101 dopo 8 s, per 20 s al massimo, con conferma) squilla per 28 s"),
    ],
)
def test_how_each_leg_of_follow_me_rings(language: str, expected: str) -> None:
    legs = '["101", {to: mobile, delay: 8, timeout: 20, confirm: true}]'
    plan = plan_of(f'users: {{"101": {{name: Ada, mobile: "+393335550101", class: national, follow_me: {legs}}}}}')
    assert told(plan, "101", language).popitem()[1][0] == expected
