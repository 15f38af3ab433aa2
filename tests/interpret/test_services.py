"""Services on generated text: what their hand-written parts may do, and what happens where there are none."""

from __future__ import annotations

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.flow.world import DEFAULT_MOMENT, World
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.generated_calls import files_of
from pbxgen.pbxs import PBXS
from tests.support.office import plan_of

PLAN = plan_of("""
services:
  queue: {number: "700", returns: true}
  menu: {}
inbound:
  "+390212345600": [service:menu, "102"]
users:
  "101": {name: A, deviations: {busy: [service:queue, "102"]}}
  "102": {name: B}
""")


def _call(caller: str, called: str, plan: Plan = PLAN) -> Case:
    return Case("a call", plan, Call(caller, called), World(DEFAULT_MOMENT, {"101": ("busy",)}))


@pytest.mark.parametrize("pbx", PBXS)
@pytest.mark.parametrize(
    ("caller", "called", "rings"), [("102", "101", ("101",)), ("+393471112222", "+390212345600", ("102",))]
)
def test_a_missing_service_loses_no_call_and_is_told(
    pbx: str, caller: str, called: str, rings: tuple[str, ...]
) -> None:
    files = [file for file in files_of([PLAN], pbx) if "local" not in file.path]
    assert len(files) == len(files_of([PLAN], pbx)) - 1
    seen = load_interpreter(pbx, files).place(_call(caller, called))
    assert seen.rings[: len(rings)] == rings
    assert any("is missing" in fault for fault in seen.faults)
