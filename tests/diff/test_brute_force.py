"""An entry is said to change exactly if some call to it is treated otherwise: random pairs of sources."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings

from pbxgen.diff import comparison as comparing
from pbxgen.diff.comparison import compare
from pbxgen.diff.entries import Equivalence
from pbxgen.diff.shared_situations import Pair, SharedSituations
from pbxgen.diff.words import blocks
from pbxgen.flow.analysis.entries import entries
from pbxgen.flow.behaviour import Attempt, Forest, Node
from pbxgen.flow.plan import Plan
from pbxgen.phrases import phrases
from tests.diff.trees import treated_alike
from tests.flow.analysis.brute import COLLEAGUES, STRANGERS, distinct_moments
from tests.support.office import TODAY, compiled
from tests.support.sources import EXTENSIONS, MAILBOXES, sources
from tests.support.trees import root
from tests.support.words import hold

THOROUGH = settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "8")), deadline=None, suppress_health_check=list(HealthCheck)
)
SECTIONS = ("operators", "groups", "inbound", "defaults", "schedules", "contacts")


@THOROUGH
@given(sources(), sources())
def test_who_is_said_to_change_does_and_nobody_else(first: str, second: str) -> None:
    before, after = json.loads(first), json.loads(first)
    other, dice = json.loads(second), random.Random(first)
    for section in dice.choice([[], [], dice.sample(SECTIONS, 1), dice.sample(SECTIONS, 2)]):
        after[section] = other[section]
    for extension in dice.sample(EXTENSIONS, dice.choice((0, 1, 1, 2))):
        after["users"][extension] = other["users"][extension]
    old, new = plan_of(before), plan_of(after)
    told = {e.place.key for e in compare(old, new, TODAY, phrases()).entries}
    was = {e.place.key: e.place for e in entries(old)}
    places = [entry.place for entry in entries(new)]
    assert told <= {place.key for place in places}
    for place in places:
        changed = [not treated_alike(old, new, was[place.key], place, themselves=t) for t in (False, True)]
        assert changed[0] <= (place.key in told) <= any(changed), (place.key, json.dumps(before), json.dumps(after))


@THOROUGH
@given(sources(), sources())
def test_the_words_of_a_change_hold_exactly_where_it_is(first: str, second: str) -> None:
    before, after, other = json.loads(first), json.loads(first), json.loads(second)
    dice = random.Random(first)
    for section in dice.sample(("schedules", "contacts", "inbound"), dice.choice((0, 1, 2))):
        after[section] = other[section]
    for extension in dice.sample(EXTENSIONS, dice.choice((1, 2))):
        after["users"][extension]["deviations"] = other["users"][extension].get("deviations", {})
    old, new = plan_of(before), plan_of(after)
    shared, moments = SharedSituations(old, new, TODAY), distinct_moments(old, new)
    was = {e.place.key: e.place for e in entries(old)}
    for entry in compare(old, new, TODAY, phrases()).entries:
        pair, forest = shared.pair(was[entry.place.key], entry.place), Forest(100_000)
        assert pair.before is not None
        in_flow = {c.number for c in pair.callers} | {entry.place.target} | members(shared, pair)
        strangers = [c for c in (*STRANGERS, *COLLEAGUES) if c.number not in in_flow]
        others_change = any(c.caller is None and c.aspect != "phones" for c in entry.changes)
        for caller in (*strangers, *pair.callers):
            for moment in moments:
                one = (caller, moment)
                roots = [
                    root(shared.old, shared.situations, pair.before, *one),
                    root(shared.new, shared.situations, pair.after, *one),
                ]
                trees = [tree for ((tree, _),) in forest.trees(roots)]
                told = {
                    (c.aspect, form(c.aspect, c.before), form(c.aspect, c.after))
                    for c in entry.changes
                    if c.caller == (caller.number if caller in pair.callers else None)
                    if c.aspect != "phones" and c.origin in (None, caller.origin)
                    if hold(shared.new, c.when, caller, moment) is not c.excepted
                }
                differing = {
                    (aspect, form(aspect, a), form(aspect, b)) for aspect, a, b in comparing.differences(*trees)
                }
                # What goes with strangers is not told again of who is in the flow.
                true = told <= differing if others_change and caller in pair.callers else told == differing
                assert true, (json.dumps(before), json.dumps(after), entry.place.key, caller, moment)


@THOROUGH
@given(sources(), sources())
def test_what_differs_is_to_be_read(first: str, second: str) -> None:
    """Where one thing is said otherwise, or only how destinations are rung."""
    before, after, other, dice = json.loads(first), json.loads(first), json.loads(second), random.Random(first)
    extension = dice.choice(EXTENSIONS)
    key = dice.choice(("ring_timeout", "dnd", "call_waiting", "follow_me", "deviations", "name"))
    after["users"][extension].pop(key, None)
    if key in other["users"][extension]:
        after["users"][extension][key] = other["users"][extension][key]
    if dice.random() < 0.3:
        before["trunks"]["second"] = after["trunks"]["second"] = {"host": "192.0.2.2", "number": "+390212346000"}
        after["routes"]["italy"] = {**before["routes"]["italy"], "trunk": "second"}
    for user in (u for u in after["users"].values() if "follow_me" in u):
        for leg in user["follow_me"]:
            leg.update(dice.choice(({}, {}, {"timeout": 7}, {"confirm": not leg.get("confirm", False)})))
    comparison = compare(plan_of(before), plan_of(after), TODAY, phrases())
    told = blocks(comparison, phrases())
    assert comparison.same is (not told), (json.dumps(before), json.dumps(after))
    for line in (line for block in told for line in block.lines):
        sides = re.search(r"(?:was|: rings) (.*), now (.*)$", line)
        assert sides is None or sides[1] != sides[2], (line, json.dumps(before), json.dumps(after))


def form(aspect: str, node: Node | None) -> str:
    """As much of a tree as a change tells of it."""
    if aspect == "rings" and isinstance(node, Attempt):
        return f"{node.seconds} {node.confirm} {node.legs}"
    return repr(node)


def members(shared: SharedSituations, pair: Pair) -> set[str]:
    """Who rings in the groups of either flow or along."""
    ringing: set[str] = set()
    for plan, flow in ((shared.old, pair.before), (shared.new, pair.after)):
        if flow is not None:
            ringing |= set(flow.along)
            ringing |= {m for key in flow.keys if key[0] in ("operator", "group") for m in plan.group_at(key).members}
    return ringing


@THOROUGH
@given(sources(), sources())
def test_who_is_alike_is_told_the_same_as_by_comparing_each(first: str, second: str) -> None:
    """Shared policies make entries alike; here many have them."""
    before, dice = json.loads(first), random.Random(second)
    policies = {"one": "101", "two": "103"}
    crowd(before, policies, dice)
    after, other = json.loads(json.dumps(before)), json.loads(second)
    for policy, extension in policies.items():
        after["policies"][policy] = other["users"][extension].get("deviations", {})
    old, new = plan_of(before), plan_of(after)
    unlike = (Equivalence(n, n, ()) for n in itertools.count())
    quick = compare(old, new, TODAY, phrases())
    with patch.object(comparing, "equivalence", lambda shared, pair: next(unlike)):
        slow = compare(old, new, TODAY, phrases())
    assert [e.place.key for e in quick.entries] == [e.place.key for e in slow.entries], (before, after)
    assert blocks(quick, phrases()) == blocks(slow, phrases()), (json.dumps(before), json.dumps(after))


def crowd(source: dict[str, Any], policies: dict[str, str], dice: random.Random) -> None:
    """Users 201-212: of a policy, some with a mailbox, some who divert to the one before or whose phones ring too."""
    source["policies"] = {name: source["users"][e].get("deviations", {}) for name, e in policies.items()}
    for extension in range(201, 213):
        user: dict[str, Any] = {"name": f"N{extension}", "class": "national", "policy": dice.choice(list(policies))}
        user |= {"mobile": f"+393335552{extension}", "voicemail": True}
        if dice.random() < 0.3 and extension > 201:
            user["deviations"] = {"busy": [str(extension - 1), f"voicemail:{dice.choice(MAILBOXES)}"]}
        if dice.random() < 0.1:
            user["follow_me"] = [str(extension), "mobile"]
        source["users"][str(extension)] = user


def plan_of(source: dict[str, Any]) -> Plan:
    plan = compiled(json.dumps(source), head="").plan
    assert plan is not None
    return plan
