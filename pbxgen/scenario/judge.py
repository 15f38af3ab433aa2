"""Scenarios on the model: what it says of each call, held against what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Story, simulate
from pbxgen.scenario.values import Scenario, Seen, differences


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scenario on the model. ``differences``: by aspect, (expected, seen)."""

    scenario: Scenario
    plan: Plan
    story: Story
    differences: Mapping[str, tuple[str, str]]

    @property
    def passed(self) -> bool:
        return not self.differences


def judge(scenario: Scenario, plan: Plan) -> Verdict:
    story = simulate(plan, scenario.call, scenario.world)
    return Verdict(scenario, plan, story, differences(scenario.expect, Seen.of(story)))
