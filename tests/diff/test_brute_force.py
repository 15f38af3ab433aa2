"""Whoever is not said to change is called in vain and with success alike: two random plans, tried call by call."""

from __future__ import annotations

import json
import os
import random

from hypothesis import HealthCheck, given, settings

from pbxgen.diff.compare import compare
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, simulate
from pbxgen.flow.world import World
from tests.flow.analysis.brute import MOMENTS
from tests.support.office import TODAY, compiled
from tests.support.sources import CALLERS, EXTENSIONS, OUTSIDE_NUMBERS, sources

PHONES = ("answer", "ring", "busy", "dead", "unregistered", "in_call")
CALLS_EACH = 60


@settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "12")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(sources(), sources())
def test_who_is_not_said_to_change_does_not(first: str, second: str) -> None:
    before, after = json.loads(first), json.loads(second)
    after["users"] = {**before["users"], "102": after["users"]["102"]}  # one user differs, and what leads there
    after["operators"], after["defaults"] = before["operators"], before["defaults"]
    old, new = plan_of(json.dumps(before)), plan_of(json.dumps(after))
    comparison = compare(old, new, TODAY)
    changed = {e.place.target for e in comparison.entries}
    dice = random.Random(first)
    for called in [*EXTENSIONS, *old.inbound]:
        same = [
            tell(old, called, world) == tell(new, called, world)
            for world in (any_world(dice) for _ in range(CALLS_EACH))
        ]
        assert called in changed or all(same), (called, first, second)


def plan_of(text: str) -> Plan:
    plan = compiled(text, head="").plan
    assert plan is not None
    return plan


def tell(plan: Plan, called: str, world: World) -> object:
    """A stranger's call; inside, by somebody who is nowhere in the plan but for calling."""
    caller = CALLERS[0]
    number = plan.users[called].dids[0] if called in plan.users and plan.users[called].dids else called
    if not number.startswith("+"):
        return None
    story = simulate(plan, Call(caller, number), world)
    return story.rings, (story.ending.kind, story.ending.value), story.diverted


def any_world(dice: random.Random) -> World:
    phones = {e: (dice.choice(PHONES),) for e in EXTENSIONS}
    return World(dice.choice(MOMENTS), phones, {n: dice.choice(("answer", "ring", "busy")) for n in OUTSIDE_NUMBERS})
