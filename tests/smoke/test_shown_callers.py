"""Who a phone shows as the caller, in real calls: whoever began the call, however it came to the phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.calls.case import Handling
from pbxgen.flow.simulate import Transfer
from tests.smoke.offices import OUTSIDE, call, office
from tests.support.calls import place, rang, shown

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
groups: {sales: {number: "600", members: ["103"]}}
users:
  "101": {name: Ada, did: "+390212345101", deviations: {busy: "102"}}
  "102": {name: Bea}
  "103": {name: Cleo, did: "+390212345103", deviations: {unconditional: "group:sales"}}
  "120": {name: Dora}
"""
_LEGS = """
users:
  "101": {name: Ada, did: "+390212345101", deviations: {busy: [{to: "+393331110101", caller_id: own}, "102"]}}
  "102":
    did: "+390212345102"
    follow_me:
      - {to: "+393331110102"}
      - {to: "+393331110103", caller_id: own}
      - {to: "+393331110104", caller_id: original}
  "103": {deviations: {unconditional: "102"}}
  "104": {follow_me: [{to: "+393331110105", caller_id: own}]}
  "120": {name: Dora, did: "+390212345120"}
"""
_NATIONAL = Handling(caller_shows=OUTSIDE.removeprefix("+39"))
_ANOTHER = Handling(caller_shows="199")


def test_a_phone_shows_who_began_the_call(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    busy: dict[str, str | list[str]] = {"101": "busy"}
    did = "+390212345101"
    calls = [
        (call(plan, OUTSIDE, did, name="from outside, in the national form", handling=_NATIONAL), OUTSIDE),
        (call(plan, OUTSIDE, did, name="the same, diverted", handling=_NATIONAL, phones=busy), OUTSIDE),
        (call(plan, OUTSIDE, "+390212345103", name="the same, to a group", handling=_NATIONAL), OUTSIDE),
        (
            call(plan, OUTSIDE, did, name="the same, transferred", handling=_NATIONAL, transfer=Transfer("101", "102")),
            OUTSIDE,
        ),
        (call(plan, "120", "101", name="from inside"), "120"),
        (call(plan, "120", "101", name="a phone that shows another", handling=_ANOTHER), "120"),
        (call(plan, "120", "101", name="diverted", handling=_ANOTHER, phones=busy), "120"),
        (call(plan, "120", "101", name="transferred by who answered", transfer=Transfer("101", "102")), "120"),
        (call(plan, "120", "101", name="transferred by who called", transfer=Transfer("120", "102")), "101"),
        (
            call(plan, "120", OUTSIDE, name="outside, transferred by who called", transfer=Transfer("120", "102")),
            OUTSIDE,
        ),
    ]
    report = place([case for case, _ in calls], pbx_name)
    for case, caller in calls:
        last = rang(report, case)[-1]
        assert shown(last) == caller, case.name
        assert caller == "120" or "Dora" not in dict(last.headers)["from"], case.name


def test_a_leg_outside_is_shown_the_caller_unless_it_says_own(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _LEGS)
    mobiles = {f"+39333111010{n}": "ring" for n in range(1, 6)}
    calls = ((OUTSIDE, "+390212345101"), (OUTSIDE, "+390212345102"), ("120", "101"), ("120", "102"), ("120", "103"))
    nameless = call(plan, "120", "104", name="own, of who has no number: the trunk's", outside=mobiles)
    cases = [call(plan, caller, called, phones={"101": "busy"}, outside=mobiles) for caller, called in calls]
    report = place([*cases, nameless], pbx_name)
    (leg,) = rang(report, nameless)
    assert shown(leg) == "+390212345000"
    for case in cases:
        caller = OUTSIDE if case.call.caller == OUTSIDE else "+390212345120"
        expected = {"+393331110102": caller, "+393331110103": "+390212345102", "+393331110104": caller}
        if case.call.called.endswith("101"):
            expected["+393331110101"] = "+390212345101"
        assert {leg.target: shown(leg) for leg in rang(report, case) if leg.target in mobiles} == expected, case.name
