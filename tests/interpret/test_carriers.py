"""What a carrier is sent by the generated text: the same expectations as of real calls."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from pbxgen.calls.case import Handling
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.trunk import DiversionHeader
from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS
from tests.smoke import test_trunk_calls as carrier
from tests.smoke.offices import OUTSIDE, call
from tests.support.office import HEAD, plan_of
from tests.support.on_text import SMOKE_TESTS, SmokeTest, place

on_both = pytest.mark.parametrize("pbx", PBXS)


@on_both
@pytest.mark.parametrize("smoke", SMOKE_TESTS, ids=lambda smoke: smoke.name)
def test_what_smoke_tests_ask_of_real_calls(pbx: str, smoke: SmokeTest, tmp_path: Path) -> None:
    smoke.run(pbx, tmp_path)


@on_both
@pytest.mark.parametrize("form", NumberFormat)
def test_numbers_in_the_trunks_format(pbx: str, form: NumberFormat, tmp_path: Path) -> None:
    plan = carrier._plan(tmp_path, f"number_format: {form.value}")
    sent = carrier._straight(plan) + carrier._diverted(plan, own=False)
    carrier._check(sent, place([one.case for one in sent], pbx), DiversionHeader.DIVERSION)


@on_both
@pytest.mark.parametrize(("style", "caller_id"), product(DiversionHeader, ("original", "own")))
def test_diversions_and_who_is_shown(pbx: str, style: DiversionHeader, caller_id: str, tmp_path: Path) -> None:
    plan = carrier._plan(tmp_path, f"caller_id: {caller_id}, diversion: {style.value}")
    sent = carrier._diverted(plan, own=caller_id == "own")
    carrier._check(sent, place([one.case for one in sent], pbx), style)


@on_both
def test_who_calls_is_never_whom_the_caller_prefers_to_be(pbx: str, tmp_path: Path) -> None:
    plan, other = carrier.office(tmp_path, carrier._WITHHELD), "+390699999999"
    preferred = f"P-Preferred-Identity: <sip:{OUTSIDE}@h>"
    place(
        [
            call(plan, other, "+390212345101", handling=Handling(headers=headers))
            for headers in ((preferred,), (f"P-Asserted-Identity: <sip:{other}@h>", preferred))
        ],
        pbx,
    )


@on_both
@pytest.mark.parametrize(
    ("trunks", "shown"),
    [
        ('a: {host: 192.0.2.1, caller_id: own, number: "+390212345000"}', "+390212345101"),
        ("a: {host: 192.0.2.1, caller_id: own}", "+390212345101"),
        ("a: {host: 192.0.2.1, caller_id: own}, b: {host: 192.0.2.2}", "+390212345101"),
        ('a: {host: 192.0.2.1, caller_id: own, number: "+390212345000"}, b: {host: 192.0.2.2}', "+390212345000"),
    ],
)
def test_help_is_shown_a_number_also_over_a_trunk_that_shows_who_diverts(pbx: str, trunks: str, shown: str) -> None:
    plan = plan_of(
        f"trunks: {{{trunks}}}\n"
        'routes: {emergency: {match: ["112"], trunk: a, emergency: true}}\n'
        'users: {"101": {did: "+390212345101"}, "102": {deviations: {unconditional: "101"}}}\n',
        head=HEAD[: HEAD.index("trunks:")],
    )
    (found,) = examine([plan], [call(plan, "101", "112")], pbx)
    assert found.passed, found.differences
    assert found.observed is not None
    assert [carrier.shown(leg) for leg in found.observed.rang] == [shown]


@on_both
@pytest.mark.parametrize(
    "dead", ["keepalive: 30", "keepalive: 0", "keepalive: 30, register: true, username: u, password: p"]
)
def test_a_call_for_help_goes_over_every_trunk_also_one_that_is_dead(pbx: str, dead: str) -> None:
    plan = plan_of(
        f'trunks: {{a: {{host: 192.0.2.1, {dead}}}, b: {{host: 192.0.2.2, number: "+390212345000"}}}}\n'
        'routes: {emergency: {match: ["112"], trunk: [a, b], emergency: true}}\n'
        'users: {"101": {}}\n',
        head=HEAD[: HEAD.index("trunks:")],
    )
    calls = [
        replace(one, environment=replace(one.environment, trunks=trunks))
        for one in (call(plan, "101", "112", outside={"112": state}) for state in ("answer", "busy", "403"))
        for trunks in ({"a": "down"}, {"a": "down", "b": "480"}, {"a": "down", "b": "silent"}, {"a": "503", "b": "503"})
    ]
    assert [one.differences for one in examine([plan], calls, pbx)] == [()] * len(calls)


@on_both
def test_tenants_of_one_carrier_are_asked_for_a_number_in_turn(pbx: str) -> None:
    plans = []
    for number, name in enumerate(("one", "two", "three"), 1):
        own = HEAD.replace("acme", name).replace("+390212345000", f"+39021234{number}000")
        own = own.replace("carrier", f"carrier-{name}")
        plans.append(plan_of(f'users: {{"10{number}": {{did: "+39021234{number}100"}}}}', head=own))
    calls = [call(plan, OUTSIDE, f"+39021234{number}100") for number, plan in enumerate(plans, 1)]
    calls.append(call(plans[0], OUTSIDE, "+390212349999", name="a number that nobody has"))
    examined = examine(plans, calls, pbx)
    assert [one.differences for one in examined] == [()] * 4
    assert [leg.target for one in examined if one.observed for leg in one.observed.rang] == ["101", "102", "103"]


@on_both
def test_a_tenant_without_ranges_stands_between_two_that_have_some(pbx: str) -> None:
    inbound = ('"+39021234110X": "101"', '"+390212342100": "102"', '"+390212343100": "103"')
    plans = []
    for number, (name, one) in enumerate(zip(("one", "two", "three"), inbound, strict=True), 1):
        own = HEAD.replace("acme", name).replace("+390212345000", f"+39021234{number}000")
        own = own.replace("carrier", f"carrier-{name}")
        plans.append(plan_of(f'users: {{"10{number}": {{}}}}\ninbound: {{{one}}}', head=own))
    calls = [call(plan, OUTSIDE, f"+39021234{number}100") for number, plan in enumerate(plans, 1)]
    examined = examine(plans, calls, pbx)
    assert [one.differences for one in examined] == [()] * 3
    assert [leg.target for one in examined if one.observed for leg in one.observed.rang] == ["101", "102", "103"]
