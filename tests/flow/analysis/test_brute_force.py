"""The analysis against trying everything: every caller, phone state and hour of some weeks, on random sources."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from functools import partial, reduce
from operator import or_
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxgen.flow.analysis import calls, cost
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.findings import analyse
from pbxgen.flow.analysis.loops import find_loops
from pbxgen.flow.analysis.operators import empty_operators
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.rules import find_dead_rules
from pbxgen.flow.analysis.situations import SOMEBODY_OUTSIDE, Situations
from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller, first_applying
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan, RingGroup, Rule, Rules, User
from tests.flow.analysis.brute import COLLEAGUES, STRANGERS, Calls, Fate, distinct_moments, rules_of
from tests.support.office import TODAY, compiled
from tests.support.sources import DIDS, EXTENSIONS, MAIN, OUTSIDE_NUMBERS, sources

THOROUGH = settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "8")), deadline=None, suppress_health_check=list(HealthCheck)
)
"""``PBXGEN_EXAMPLES=2000 pytest tests/flow/analysis`` looks at as many random sources."""

CHEAP = settings(THOROUGH, max_examples=10 * THOROUGH.max_examples)


def plan_of(text: str) -> Plan:
    plan = compiled(text, head="").plan
    assert plan is not None
    return plan


@st.composite
def dense_sources(draw: st.DrawFn) -> str:
    """Of everybody to everybody: each user diverts every outcome to colleagues, some by the hour."""
    source = json.loads(draw(sources()))
    for extension, user in source["users"].items():
        others = st.sampled_from([e for e in EXTENSIONS if e != extension])
        one: st.SearchStrategy[Any] = others | st.lists(others, min_size=2, max_size=3, unique=True)
        by_the_hour = st.tuples(others, st.sampled_from(["office", "not night"]), others).map(
            lambda parts: [{"to": parts[0], "when": parts[1]}, {"to": parts[2]}]
        )
        outcomes = ("busy", "no_answer", "unreachable")
        user["deviations"] = {outcome: draw(one | by_the_hour) for outcome in outcomes}
    return json.dumps(source, indent=1)


@st.composite
def sources_without_some_dids(draw: st.DrawFn) -> str:
    """Some are called from inside only, and by transfers."""
    source = json.loads(draw(sources() | dense_sources()))
    for user in source["users"].values():
        if draw(st.integers(0, 3)) == 0:
            user.pop("did", None)
    return json.dumps(source, indent=1)


@THOROUGH
@given(sources_without_some_dids())
def test_finds_exactly_the_calls_that_can_be_lost_or_go_on_for_too_long(text: str) -> None:
    plan = plan_of(text)
    with patch.object(calls, "LONGEST_RINGING", 0):  # then every call's longest time is told
        messages = {(d.code, d.subject): d.message for d in analyse(plan, TODAY)}
    tried = Calls(plan)
    for entry in entries(plan):
        outside = fate(tried, entry, strangers(plan))
        every = outside | fate(tried, entry, COLLEAGUES)
        key = entry.place.key
        lost = outside.lost if entry.number is not None else lost_by_transfer(tried, entry)
        assert (("PBX210", key) in messages) is lost, (entry.label, text)
        assert (("PBX213", key) in messages) is every.kept_by_maximum, (entry.label, text)
        told = messages.get(("PBX212", key), "")
        assert told.endswith(f" can ring for {every.seconds} s") if every.seconds else not told, (told, every, text)


@THOROUGH
@given(sources() | dense_sources())
def test_a_mobile_that_rings_without_confirm_before_a_mailbox_is_found(text: str) -> None:
    """The reverse does not hold: what would have to come at two hours at once, or twice to one place, is told too."""
    plan = plan_of(text)
    reported = {d.location for d in analyse(plan, TODAY) if d.code == "PBX217"}
    tried = Calls(plan)
    before = [fate(tried, entry, (*STRANGERS, *COLLEAGUES)).before_a_mailbox for entry in entries(plan)]
    overflow = {p.location for g in (*plan.operators.values(), *plan.groups.values()) for p in g.overflow}
    assert set().union(*before) - overflow <= reported, text


ABROAD = "+442079460001"


@st.composite
def sources_abroad(draw: st.DrawFn) -> str:
    """One of the outside numbers is abroad, which only some may call by themselves; somebody diverts there."""
    source = json.loads(draw(sources() | dense_sources()).replace(OUTSIDE_NUMBERS[1], ABROAD))
    for extension in draw(st.lists(st.sampled_from(EXTENSIONS), min_size=1, max_size=2, unique=True)):
        user = source["users"][extension]
        match draw(st.sampled_from(["always", "answer", "second", "legs", "overflow", "inbound"])):
            case "always":
                user["deviations"] = {"unconditional": {"to": ABROAD, "when": "office"}}
            case "answer":
                user["deviations"] = {"no_answer": ABROAD}
            case "second":
                user["deviations"] = {"busy": ["102" if extension == "101" else "101", "mobile"]}
                user["mobile"] = ABROAD
            case "legs":
                user["follow_me"] = [extension, {"to": ABROAD, "delay": 9}]
            case "overflow":
                source["operators"]["reception"]["overflow"] = ABROAD
                user["deviations"] = {"unreachable": "operator"}
            case "inbound":
                by_day = {"to": ABROAD, "when": draw(st.sampled_from(["office", "night"]))}
                source["inbound"][MAIN] = draw(st.sampled_from([by_day | {"else": ["group:sales", ABROAD]}, by_day]))
                user["deviations"] = {"busy": MAIN}
    source["routes"]["world"] = {"match": "+44X.", "trunk": "carrier"}
    source["classes"]["full"] = ["italy", "world"]
    for user in source["users"].values():
        user["class"] = "full" if ABROAD in json.dumps(user) else draw(st.sampled_from(["national", "full"]))
    return json.dumps(source, indent=1)


@THOROUGH
@given(sources_abroad())
def test_a_call_that_others_send_abroad_is_found_with_everybody_whose_calls_come_there(text: str) -> None:
    plan = plan_of(text)
    with patch.object(cost, "_SHOWN", 100):
        told = {d.subject: d.message for d in analyse(plan, TODAY) if d.code == "PBX216"}
    reported = {(m.removeprefix("calls to ").split(" can end at ")[0], owner) for owner, m in told.items()}
    tried = Calls(plan)
    callers = (*STRANGERS, Caller(Origin.EXTERNAL, ABROAD), *COLLEAGUES)
    expected: dict[tuple[str, str], list[str]] = {}
    for entry in entries(plan):
        user = plan.users.get(entry.place.target) if entry.place.kind is PlaceKind.USER else None
        for owner, number in fate(tried, entry, callers).outside:
            itself = owner == entry.place.key or (user is not None and "world" in (user.routes or ()))
            if number == ABROAD and not itself:
                expected.setdefault(owner, []).append(entry.label)
    assert reported == {(", ".join(labels), owner) for owner, labels in expected.items()}, text


_RENAMED = {
    **{f'"{e}"': f'"2{e[1:]}"' for e in EXTENSIONS},
    **{f"voicemail:{e}": f"voicemail:2{e[1:]}" for e in EXTENSIONS},
    **{did: did[:-3] + "2" + did[-2:] for did in (MAIN, *DIDS.values())},
    **{number: number[:-1] + "8" for number in (*OUTSIDE_NUMBERS[:1], ABROAD)},
    "reception": "backup",
    '"9"': '"8"',
    "sales": "support",
    '"600"': '"700"',
}


@st.composite
def sources_twice(draw: st.DrawFn) -> str:
    """Everything twice, by other names: flows of one form. Some have no number of their own."""
    text = draw(sources() | dense_sources() | sources_abroad()).replace('"operator"', '"operator:reception"')
    source = json.loads(text)
    sections = ("users", "operators", "groups", "inbound")
    copied = json.dumps({section: source[section] for section in sections})
    for name, other in _RENAMED.items():
        copied = copied.replace(name, other)
    for section, copies in json.loads(copied).items():
        source[section] |= copies
    for user in source["users"].values():
        if draw(st.booleans()):
            user.pop("did", None)
    return json.dumps(source, indent=1)


@THOROUGH
@given(sources_twice())
def test_flows_of_one_form_are_judged_as_each_by_itself(text: str) -> None:
    plan = plan_of(text)
    forms, flow_of = itertools.count(), Reach.flow_of
    with patch.object(calls, "LONGEST_RINGING", 0), patch.object(cost, "_SHOWN", 100):
        diagnostics = analyse(plan, TODAY)
        with patch.object(Reach, "flow_of", lambda reach, entry: replace(flow_of(reach, entry), form=next(forms))):
            alone = analyse(plan, TODAY)
    assert {(d.code, d.subject, d.message) for d in diagnostics} == {(d.code, d.subject, d.message) for d in alone}, (
        text
    )
    for example in (d.example for d in diagnostics if d.code == "PBX210" and d.example is not None):
        assert example.steps[-1].text.startswith("Nothing is left to try"), (example, text)


def lost_by_transfer(tried: Calls, entry: Entry) -> bool:
    """Whoever may transfer: somebody else than who is called; none where no call from outside rings anybody."""
    plan = tried.plan
    if not any(rung_from_outside(plan, place.key, frozenset()) for place in plan.places() if has_number(plan, place)):
        return False
    others = (extension for extension in plan.users if ("user", extension) != entry.place.key)
    return any(tried.fate(entry.place, caller, by).lost for by in others for caller in strangers(plan))


def strangers(plan: Plan) -> tuple[Caller, ...]:
    """With those of the numbers taken from users: what the source still names is an outside number, which may call."""
    return *STRANGERS, *(Caller(Origin.EXTERNAL, number) for number in DIDS.values() if number not in plan.dids)


def has_number(plan: Plan, place: Place) -> bool:
    return place.kind is PlaceKind.INBOUND or place.target in plan.dids.values()


def rung_from_outside(plan: Plan, key: tuple[str, str], before: frozenset[tuple[str, str]]) -> bool:
    if key[0] == PlaceKind.USER or any(p.kind is PlaceKind.USER for p in plan.rings_along(key)):
        return True
    return any(rung_from_outside(plan, p.key, before | {key}) for p in plan.leads_to(key) if p.key not in before)


def fate(tried: Calls, entry: Entry, callers: Iterable[Caller]) -> Fate:
    return reduce(or_, (tried.fate(entry.place, caller) for caller in callers))


@CHEAP
@given(sources())
def test_a_rule_never_applies_exactly_if_it_is_never_the_first_whose_condition_holds(text: str) -> None:
    plan = plan_of(text)
    dead = {d.rule.location for d in find_dead_rules(plan, Situations(plan, TODAY))}
    alive = set()
    everything = {
        r.location
        for r in rules_of(plan)
        if r.condition.until is None or r.condition.until >= TODAY  # else: PBX154
    }
    for caller in (*STRANGERS, COLLEAGUES[0]):
        for moment in distinct_moments(plan):
            conditions = CallConditions(plan, caller, moment)
            applying: list[Rule | None] = [first_applying(i.rules, conditions) for i in plan.inbound.values()]
            for deviations in (user.deviations for user in plan.users.values()):
                first = first_applying(deviations.unconditional, conditions)
                applying.append(first)
                if first is None:
                    reachable = [deviations.of(o) for o in Outcome]
                    if caller.origin is Origin.EXTERNAL:
                        reachable += [deviations.operator_return(o) for o in Outcome]
                    applying += [first_applying(rules, conditions) for rules in reachable]
            alive |= {r.location for r in applying if r is not None}
    assert dead == everything - alive, text


@st.composite
def sources_with_members_away(draw: st.DrawFn) -> str:
    """The members of the operator position divert every call at some time; at some time calls are led there."""
    source = json.loads(draw(sources()))
    when = st.sampled_from(["office", "not office", "night", "not night"])
    others = {"until": st.sampled_from(["2026-12-31", "2027-06-30"]), "from": st.sampled_from(["internal", "external"])}
    where = st.sampled_from(["104", "104", "operator"])
    rules = st.lists(st.fixed_dictionaries({"to": where}, optional={"when": when, **others}), min_size=1)
    members = draw(st.lists(st.sampled_from(EXTENSIONS[:3]), min_size=1, max_size=2, unique=True))
    source["operators"]["reception"]["members"] = members
    for member in members:
        source["users"][member]["deviations"] = {"unconditional": draw(rules)}
    by_the_hour = {"to": "operator", "when": draw(when)}
    elsewhere = [{"to": "101", "when": draw(when)}, {"to": "operator"}]
    source["users"]["104"]["deviations"] = {"busy": draw(st.sampled_from([by_the_hour, elsewhere]))}
    return json.dumps(source, indent=1)


@CHEAP
@given(sources() | sources_with_members_away())
def test_an_operator_position_is_empty_exactly_if_in_its_hours_every_member_is_away(text: str) -> None:
    plan = plan_of(text)
    reported = {d.subject for d in empty_operators(plan, Situations(plan, TODAY))}
    moments = distinct_moments(plan)
    for operator in plan.operators.values():
        empty = [all(away(plan, plan.users[m], operator, moment) for m in operator.members) for moment in moments]
        by_the_hour = [[leads_by_the_hour(rules, at, operator) for at in range(len(rules))] for rules in lists_of(plan)]
        if any(any(leads) for leads in by_the_hour):
            opened = [any(map(partial(led, plan, moment), lists_of(plan), by_the_hour)) for moment in moments]
            expected = any(e and o for e, o in zip(empty, opened, strict=True))
        else:
            expected = all(empty)
        assert (("operator", operator.name) in reported) is expected, text


def lists_of(plan: Plan) -> list[Rules]:
    of_users = [rules for user in plan.users.values() for _, rules in user.deviations.lists()]
    return [*of_users, *(inbound.rules for inbound in plan.inbound.values())]


def leads_by_the_hour(rules: Rules, at: int, operator: RingGroup) -> bool:
    """To the position, because of its own schedule or that of a rule before it that leads elsewhere."""
    there = [("operator", operator.name) in {p.key for p in r.places} for r in rules]
    timed = [bool(r.condition.hours) for r in rules]
    everybody = [not r.condition.callers for r in rules]
    elsewhere = [t and all_of_them and not here for t, all_of_them, here in zip(timed, everybody, there, strict=True)]
    return there[at] and (timed[at] or any(elsewhere[:at]))


def led(plan: Plan, moment: dt.datetime, rules: Rules, by_the_hour: list[bool]) -> bool:
    firsts = (first_applying(rules, CallConditions(plan, c, moment)) for c in (*STRANGERS, COLLEAGUES[0]))
    return any(rule is not None and by_the_hour[rules.index(rule)] for rule in firsts)


def away(plan: Plan, user: User, operator: RingGroup, moment: dt.datetime) -> bool:
    conditions = CallConditions(plan, Caller(Origin.EXTERNAL, SOMEBODY_OUTSIDE), moment)
    rule = first_applying(user.deviations.unconditional, conditions)
    elsewhere = rule is not None and ("operator", operator.name) not in {p.key for p in rule.places}
    return user.dnd or elsewhere


@CHEAP
@given(sources())
def test_a_loop_is_exactly_a_way_of_unconditional_rules_back_to_where_it_began(text: str) -> None:
    plan = plan_of(text)
    reported = {frozenset(user for user, _ in loop.steps) for loop in find_loops(plan, Situations(plan, TODAY))}
    looping: set[frozenset[str]] = set()
    for caller in (*STRANGERS, COLLEAGUES[0]):
        for moment in distinct_moments(plan):
            looping |= cycles(plan, CallConditions(plan, caller, moment))
    assert bool(reported) is bool(looping), text
    assert reported <= looping, text


def cycles(plan: Plan, conditions: CallConditions) -> set[frozenset[str]]:
    """The users of every way of rules that hold now and lead back to where it began."""

    def follow(way: tuple[tuple[str, str], ...]) -> set[frozenset[str]]:
        kind, target = way[-1]
        rules = plan.inbound[target].rules if kind == "inbound" else plan.users[target].deviations.unconditional
        rule = first_applying(rules, conditions)
        loops: set[frozenset[str]] = set()
        for place in () if rule is None else rule.places:
            if place.kind in (PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE):
                break
            if place.key == way[0]:
                loops.add(frozenset(target for kind, target in way if kind == "user"))
            elif place.kind in (PlaceKind.USER, PlaceKind.INBOUND) and place.key not in way:
                loops |= follow((*way, place.key))
        return loops

    return set().union(*(follow((("user", e),)) for e in plan.users))
