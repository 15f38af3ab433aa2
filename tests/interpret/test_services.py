"""Services on generated text: what their hand-written parts may do, and what happens where there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.generated_calls import files_of
from pbxgen.pbxs import PBXS
from pbxgen.targets import load_target
from tests.smoke.menus import CALLED, TO
from tests.smoke.menus import PLAN as MENUS
from tests.support.inside import come
from tests.support.menus import WrittenByHand
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
    return Case("a call", plan, Call(caller, called), Environment(DEFAULT_MOMENT, {"101": ("busy",)}))


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


@pytest.mark.parametrize("pbx", PBXS)
@pytest.mark.parametrize("shown", CALLED)
def test_where_a_menu_sends_a_call_on(pbx: str, shown: str) -> None:
    caller, called, phones, rings, ending = CALLED[shown]
    files = [file for file in files_of([MENUS], pbx) if "local" not in file.path]
    files += WrittenByHand(load_target(pbx), TO).stubs((MENUS,))
    environment = Environment(DEFAULT_MOMENT, {extension: (state,) for extension, state in phones.items()})
    seen = load_interpreter(pbx, files).place(Case(shown, MENUS, Call(caller, called), environment))
    assert (seen.rings, str(seen.ending), seen.faults) == (rings, ending, ())


@pytest.mark.parametrize("pbx", PBXS)
def test_in_another_plan_every_call_is_one_from_outside(pbx: str) -> None:
    shop = replace(
        plan_of("""
users:
  "101":
    name: Dora
    deviations:
      unconditional: [{to: "announce:outside", from: external}, {to: "announce:inside", from: internal}]
"""),
        name="shop",
        domain="shop.example",
        trunks={},
        routes={},
        emergency={},
        inbound={},
    )
    files = [file for file in files_of([MENUS, shop], pbx) if "local" not in file.path]
    files += WrittenByHand(load_target(pbx), {"to-ada": "101@shop"}).stubs((MENUS,))
    seen = load_interpreter(pbx, files).place(Case("a call", MENUS, Call("102", "701"), Environment(DEFAULT_MOMENT)))
    assert str(seen.ending) in ("announced outside", "announced shop/outside")


def test_no_phone_here_has_transferred_whom_one_of_another_plan_has() -> None:
    """On FreeSWITCH the variable is the channel's; on Asterisk [pbxgen-continue] clears its own."""
    before = {"pbx_tenant": "shop", "pbx_origin": "internal", "pbx_transferred": "yes"}
    came = come([PLAN], f"{PLAN.name}.continue", "102", variables=before)
    assert came.rang == ["102"]
    assert "pbx_transferred" not in came.caller.variables


@pytest.mark.parametrize(
    ("phones", "told"),
    [
        ("answer", "sofia/internal/sip:phone.101.0@127.0.0.1:5062"),
        (
            ["answer", "ring"],
            "sofia/internal/sip:phone.101.0@127.0.0.1:5062,sofia/internal/sip:phone.101.1@127.0.0.1:5062",
        ),
        ("unregistered", None),
    ],
)
def test_freeswitch_tells_dialplan_written_by_hand_what_it_would_ring(
    phones: str | list[str], told: str | None
) -> None:
    where = {"pbx_phone": "", "pbx_phone_end": f"@{PLAN.domain}"}
    came = come([PLAN], "pbxgen.contacts", "101", variables=where, phones={"101": phones})
    _, value = came.caller.variables.get("pbx_phones", ("", None))
    assert value == told
