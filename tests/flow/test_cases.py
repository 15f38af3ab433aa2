"""When each thing happens that can happen to a call: the words are true, and few."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxgen.flow.analysis.entries import entries
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.behaviour import Attempt, End, Forest, Node
from pbxgen.flow.cases import Case, Narrowed, cases_of
from pbxgen.flow.machine import Caller, Ending, EndKind
from pbxgen.flow.outline import TreeTeller
from pbxgen.flow.plan import Origin, PlaceKind, Plan
from pbxgen.flow.simulate import Call, caller_of, simulate
from pbxgen.flow.subject import place_of
from pbxgen.flow.wording import OTHERWISE
from pbxgen.phrases import phrases
from tests.flow.analysis.brute import COLLEAGUES, STRANGERS, distinct_moments
from tests.support.office import TODAY, compiled, plan_of
from tests.support.random_cases import cases as calls
from tests.support.sources import sources
from tests.support.synthetic import tangle
from tests.support.trees import root
from tests.support.words import hold

THOROUGH = settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "8")), deadline=None, suppress_health_check=list(HealthCheck)
)

OFFICE = """\
schedules:
  office: {{weekly: {{mon-fri: "08:00-18:00"}}}}
  lunch: {{weekly: {{mon-sun: "12:00-13:00"}}}}
contacts: {{vip: ["+393331112222"]}}
users:
  "101": {{name: Ada, deviations: {{unconditional: {}}}}}
  "102": {{name: Bea}}
  "103": {{name: Carlo}}
"""


def whens(rules: str) -> dict[str, str]:
    """From outside, by who rings."""
    plan = plan_of(OFFICE.format(rules))
    words = TreeTeller(plan, phrases())
    return {words.node(c.root).split()[0]: words.when(c.when) for c in cases(plan, "101") if c.origin == "external"}


def cases(plan: Plan, who: str) -> tuple[Case, ...]:
    place = place_of(plan, who)
    assert place is not None
    return cases_of(plan, Situations(plan, TODAY), Reach(plan).flow_of(place)).cases


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            '{to: "102", when: not office, from: vip}',
            {"Ada": "during office, or not from vip", "Bea": "outside office, from vip"},
        ),
        (
            '{to: "102", when: not office, until: 2027-12-31}',
            {"Ada": "during office, or after 2027-12-31", "Bea": "outside office, until 2027-12-31"},
        ),
        (
            '[{to: "102", from: vip, when: not office}, {to: "103", when: lunch}]',
            {
                "Ada": "outside lunch, during office, or outside lunch, not from vip",
                "Bea": "outside office, from vip",
                "Carlo": "during lunch, during office, or during lunch, not from vip",
            },
        ),
        (
            '[{to: "102", from: vip, when: not office, until: 2027-12-31}]',
            {
                "Ada": "during office, or not from vip, or after 2027-12-31",
                "Bea": "outside office, from vip, until 2027-12-31",
            },
        ),
        (
            '[{to: "102", from: vip, when: not office, until: 2027-12-31}, {to: "103", when: lunch, from: external}]',
            {
                "Ada": "at other times",
                "Bea": "outside office, from vip, until 2027-12-31",
                "Carlo": "during lunch, during office, or during lunch, not from vip, "
                "or during lunch, after 2027-12-31",
            },
        ),
    ],
)
def test_every_condition_of_a_rule_is_told(rules: str, expected: dict[str, str]) -> None:
    assert whens(rules) == expected


BOSS = """\
users:
  "100": {name: Boss, deviations: {unconditional: "102"}}
  "102": {name: Sec, deviations: {no_answer: "103"}}
  "103": {name: Carlo}
"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Calls from outside", "Calls from inside", "Calls from Sec (102)", "Calls from Carlo (103)"]),
        ("it", ["Chiamate dall'esterno", "Chiamate dall'interno", "Chiamate da Sec (102)", "Chiamate da Carlo (103)"]),
    ],
)
def test_whose_own_calls_go_another_way_is_told_by_name(language: str, expected: list[str]) -> None:
    plan = plan_of(BOSS)
    words, all_cases = TreeTeller(plan, phrases(language)), cases(plan, "100")
    assert [words.calls(c) for c in all_cases] == expected
    assert [words.outline(c.root)[0][0].split()[0] for c in all_cases] == ["Sec", "Sec", "Boss", "Sec"]


def test_of_many_who_are_called_only_those_are_told_whose_calls_are_not_just_passing_them_over() -> None:
    people = "".join(f'  "1{n}": {{name: N{n}}}\n' for n in range(20, 30))
    everybody = ", ".join(f'"1{n}"' for n in range(20, 30))
    boss = BOSS.replace('no_answer: "103"', f"no_answer: [{everybody}]")
    assert [c.caller for c in cases(plan_of(boss + people), "100")] == [None, None, "102"]


@THOROUGH
@given(sources())
def test_words_hold_exactly_when_calls_go_that_way(text: str) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    reach, situations, moments = Reach(plan), Situations(plan, TODAY), distinct_moments(plan)
    for entry in entries(plan):
        flow = reach.flow_of(entry.place)
        all_cases, forest = cases_of(plan, situations, flow).cases, Forest(100_000)
        for caller in (c for c in (*STRANGERS, *COLLEAGUES) if c.number != entry.place.target):
            for moment in moments:
                (case,) = told_of(plan, all_cases, caller, moment)
                (((expected, _),),) = forest.trees([root(plan, situations, flow, caller, moment)])
                assert way(case.root) == way(expected), (text, entry.place.key, caller, moment)


def told_of(plan: Plan, cases: Sequence[Case], caller: Caller, moment: dt.datetime) -> list[Case]:
    """What is told of a caller by name comes before what is told of anybody."""
    mine = [c for c in cases if c.origin is caller.origin]
    named = [c for c in mine if c.caller is not None and c.caller == caller.number]
    by_name = [c for c in named if hold(plan, c.when, caller, moment)]
    anybody = [c for c in mine if c.caller is None]
    others = [c for c in anybody if c.when != OTHERWISE and hold(plan, c.when, caller, moment)]
    return by_name or others or [c for c in anybody if c.when == OTHERWISE]


def way(node: Node) -> str:
    """A tree by its content, but for how long it rings."""
    return re.sub(r"seconds=[1-9]\d*|legs=\([^)]*\)", "", repr(node))


def test_of_a_tangle_what_comes_after_the_fewest_ringings_is_told_and_that_there_is_more() -> None:
    plan = compiled("".join(tangle(60)), head="").plan
    assert plan is not None
    place = place_of(plan, "200")
    assert place is not None
    all_cases = cases_of(plan, Situations(plan, TODAY), Reach(plan).flow_of(place))
    lines = [
        text.lstrip("│├└─ ") for case in all_cases.cases for text, _ in TreeTeller(plan, phrases()).outline(case.root)
    ]
    assert not all_cases.whole
    assert all_cases.more > 0
    assert 60 < len(lines) < 1500
    assert lines[0] == "User 0 (200) rings for 20 s"
    assert "busy: User 1 (201) rings for 20 s" in lines
    assert "unreachable: User 15 (215) rings for 20 s" in lines
    assert all(line.endswith(("…", "above", "for 20 s", "a message")) for line in lines)


def test_what_comes_after_a_further_ringing_is_not_begun_where_it_is_more_than_may_be_explored() -> None:
    plan = plan_of("".join(tangle(60)), head="")
    forest, flow = Forest(20), Reach(plan).flow_of(plan.user_at("200"))
    forest.trees([root(plan, Situations(plan, TODAY), flow, STRANGERS[0], distinct_moments(plan)[0])])
    assert not forest.whole
    assert forest.left == 20 - 1 - 3 - 9


def test_what_was_explored_of_a_level_that_is_broken_off_is_counted() -> None:
    plan = plan_of("".join(tangle(60)), head="")
    forest, flow = Forest(100_000, longest=20), Reach(plan).flow_of(plan.user_at("200"))
    explorer, place, area = root(plan, Situations(plan, TODAY), flow, STRANGERS[0], distinct_moments(plan)[0])
    forest.trees([(explorer, place, area)])
    assert not forest.whole
    assert forest.left < 100_000 - 1 - 3


@THOROUGH
@given(sources(), st.integers(1, 12))
def test_what_is_told_first_is_the_beginning_of_all_there_is(text: str, most: int) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    for entry in entries(plan):
        some, every, flow = Forest(most), Forest(100_000), Reach(plan).flow_of(entry.place)
        part, whole = (
            forest.trees([root(plan, Situations(plan, TODAY), flow, STRANGERS[0], distinct_moments(plan)[0])])[0][0][0]
            for forest in (some, every)
        )
        assert every.whole
        assert begins(part, whole), (text, entry.place.key)
        assert some.whole is (way(part) == way(whole))


def begins(part: Node, whole: Node) -> bool:
    """Is ``part`` the same as far as it goes?"""
    if isinstance(part, End) or isinstance(whole, End):
        return repr(part) == repr(whole)
    if repr(replace(part, branches=(), cut=False)) != repr(replace(whole, branches=(), cut=False)):
        return False
    if part.cut:
        return not part.branches
    mine = {outcome: child for outcomes, child in part.branches for outcome in outcomes}
    theirs = {outcome: child for outcomes, child in whole.branches for outcome in outcomes}
    return mine.keys() == theirs.keys() and all(begins(mine[o], theirs[o]) for o in mine)


@THOROUGH
@given(sources(), st.data())
def test_a_call_of_which_everything_is_known_goes_as_the_model_says(text: str, data: st.DataObject) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    case = data.draw(calls(plan))
    situations = Situations(plan, case.environment.moment.date())
    caller = replace(caller_of(plan, case.call), carried=0)
    for entry in entries(plan):
        dialled = entry.dialled if caller.origin is Origin.INTERNAL else entry.number
        if dialled is None or caller.number == entry.place.target:
            continue
        narrowed = Narrowed(caller, case.environment.moment, case.environment)
        (only_case,) = cases_of(plan, situations, Reach(plan).flow_of(entry.place), narrowed).cases
        story = simulate(plan, Call(case.call.caller, dialled), case.environment)
        node = only_case.root
        while isinstance(node, Attempt) and node.answered is None:
            if node.kind is PlaceKind.SERVICE and case.environment.services.get(node.target, "take") == "take":
                break  # what a service does is never known: both are told
            assert node.next is not None
            node = node.next
        if isinstance(node, Attempt) and node.answered is None:
            assert story.ending == Ending(EndKind.SERVICE, node.target)
        elif isinstance(node, Attempt):
            assert story.ending == Ending(EndKind.ANSWERED, node.answered or "")
        else:
            assert (story.ending.kind, node.value) in {(node.kind, story.ending.value), (EndKind.RELEASED, "")}
