"""Services that are not there and services that send a call on, on real PBXs."""

from __future__ import annotations

import re

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.simulate import Call
from pbxgen.lab.run import run
from pbxgen.targets import load_target
from tests.smoke.menus import CALLED, TO
from tests.smoke.menus import PLAN as MENUS
from tests.support.menus import WrittenByHand
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


@pytest.mark.real
@pytest.mark.slow
def test_a_service_that_is_not_there_loses_no_call_and_is_logged(pbx_name: str) -> None:
    environment = Environment(DEFAULT_MOMENT)
    case = Case("the next place is tried", PLAN, Call("+393471112222", "+390212345600"), environment)
    alone = Case("nothing is left", PLAN, Call("101", "700"), environment)
    report = run([case, alone], {pbx_name: WrittenByHand(load_target(pbx_name), {})}, second_try=False)
    seen = {result.case.name: result.observed for result in report.results}
    assert str(seen[case.name].ending) == "answered 102"
    assert str(seen[alone.name].ending) == "released 480"
    missing = [line for line in report.problems[pbx_name] if re.search(r"service (menu|queue) is missing", line)]
    assert len(missing) == 3
    assert len(report.problems[pbx_name]) == 3, report.problems


@pytest.mark.real
@pytest.mark.slow
def test_a_menu_sends_calls_on_into_the_plan(pbx_name: str) -> None:
    cases = {
        shown: Case(
            shown, MENUS, Call(caller, called), Environment(DEFAULT_MOMENT, {e: (s,) for e, s in phones.items()})
        )
        for shown, (caller, called, phones, _, _) in CALLED.items()
    }
    report = run([*cases.values()], {pbx_name: WrittenByHand(load_target(pbx_name), TO)}, second_try=False)
    seen = {r.case.name: (r.observed.rings, str(r.observed.ending), r.observed.faults) for r in report.results}
    assert seen == {shown: (rings, ending, ()) for shown, (_, _, _, rings, ending) in CALLED.items()}
    assert report.problems[pbx_name] == ()
