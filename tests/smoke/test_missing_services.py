"""Services that are not there, on real PBXs: no call is lost, and the log tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from pbxgen.calls.case import Case
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.flow.world import DEFAULT_MOMENT, World
from pbxgen.lab.run import run
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options, Target
from tests.support.office import plan_of

PLAN = plan_of("""
services:
  queue: {number: "700", returns: true}
  menu: {}
inbound:
  "+390212345600": [service:menu, service:queue, "102"]
users:
  "101": {name: A}
  "102": {name: B}
""")


@dataclass
class _ByHandIsNothing:
    """A target whose services nobody has written."""

    whole: Target

    @property
    def name(self) -> str:
        return self.whole.name

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return self.whole.limits(plan, options)

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return self.whole.refused_secrets(plan, options)

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        return self.whole.render(plans, options)

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        return ()


@pytest.mark.real
@pytest.mark.slow
def test_a_service_that_is_not_there_loses_no_call_and_is_logged(pbx_name: str) -> None:
    world = World(DEFAULT_MOMENT)
    case = Case("the next place is tried", PLAN, Call("+393471112222", "+390212345600"), world)
    alone = Case("nothing is left", PLAN, Call("101", "700"), world)
    report = run([case, alone], {pbx_name: _ByHandIsNothing(load_target(pbx_name))}, second_try=False)
    seen = {result.case.name: result.observed for result in report.results}
    assert str(seen[case.name].ending) == "answered 102"
    assert str(seen[alone.name].ending) == "released 480"
    missing = [line for line in report.problems[pbx_name] if re.search(r"service (menu|queue) is missing", line)]
    assert len(missing) == 3
    assert len(report.problems[pbx_name]) == 3, report.problems
