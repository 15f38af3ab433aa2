"""Hints: one for everything that has a number inside, in contexts that are few enough to be looked through."""

from __future__ import annotations

import re

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk import hints
from pbxgen.targets.asterisk.names import EndpointNames
from tests.support.office import plan_of

HERE, FLEET = EndpointNames("", ""), EndpointNames("", "@pbx.acme.example")


def _hints(plan: Plan, endpoints: EndpointNames) -> dict[str, str]:
    contexts = hints.view(plan, endpoints)["hint_contexts"]
    assert isinstance(contexts, list)
    return {number: devices for context in contexts for number, devices in context["hints"]}


@pytest.mark.parametrize(("endpoints", "at"), [(HERE, ""), (FLEET, "@pbx.acme.example")])
def test_extensions_positions_and_groups_have_hints_of_their_endpoints(endpoints: EndpointNames, at: str) -> None:
    plan = plan_of(
        'users: {"101": {}, "102": {}}\noperators: {po: {number: "9", members: ["102"]}}\n'
        'groups: {sales: {number: "*60", members: ["101", "102"]}}\n'
    )
    assert _hints(plan, endpoints) == {
        "101": f"PJSIP/101{at}",
        "102": f"PJSIP/102{at}",
        "9": f"PJSIP/102{at}",
        "*60": f"PJSIP/101{at}&PJSIP/102{at}",
    }


def test_a_hint_too_long_for_a_line_is_left_out() -> None:
    members = [str(100_000 + n) for n in range(800)]
    users = "".join(f'  "{extension}": {{}}\n' for extension in members)
    group = f"{{number: '600', strategy: linear, members: [{', '.join(map(repr, members))}]}}"
    plan = plan_of(f"users:\n{users}groups: {{all: {group}}}\n")
    found = _hints(plan, HERE)
    assert set(found) == set(members)


def test_contexts_are_no_more_than_asterisk_looks_through_however_many_users_there_are() -> None:
    users = "".join(f'  "{extension}": {{}}\n' for extension in range(10_000, 30_000, 13))
    contexts = hints.view(plan_of(f"users:\n{users}"), HERE)["hint_contexts"]
    assert isinstance(contexts, list)
    assert 1 < len(contexts) <= hints.CONTEXTS
    for context in contexts:
        assert re.fullmatch(r"acme\.hints\.\d*x+", context["name"])
