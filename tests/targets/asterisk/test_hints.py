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
    hints = _hints(plan, HERE)
    assert set(hints) == set(members)


def test_contexts_are_no_more_than_asterisk_looks_through_however_many_users_there_are() -> None:
    users = "".join(f'  "{extension}": {{}}\n' for extension in range(10_000, 30_000, 13))
    contexts = hints.view(plan_of(f"users:\n{users}"), HERE)["hint_contexts"]
    assert isinstance(contexts, list)
    first, *more = contexts
    assert (first["name"], first["includes"]) == ("acme.hints", tuple(context["name"] for context in more))
    assert 1 < len(more) <= hints.CONTEXTS
    for context in more:
        assert re.fullmatch(r"acme\.hints\.\d*x+", context["name"])


SERVED = (
    "self_service: {profiles: {staff: {may: [unconditional, dnd], to: [extensions]}}}\n"
    'switches: {night: {number: "*28", operators: ["100"]}}\n'
    'operators: {reception: {number: "9", members: ["100", "103"]}}\n'
    'users: {"100": {}, "101": {self_service: staff}, "102": {}, "103": {self_service: staff}USERS}\n'
)


def _seen(plan: Plan, extension: str) -> dict[str, str]:
    """What a user's phones may subscribe to, and what decides whether it is lit; in the order of Asterisk's search."""
    contexts = hints.view(plan, HERE)["hint_contexts"]
    assert isinstance(contexts, list)
    by_name = {context["name"]: context for context in contexts}
    assert len(by_name) == len(contexts)
    devices_by_number: dict[str, str] = {}
    left, looked_through = [hints.contexts(plan)[extension]], 0
    while left:
        context = by_name[left.pop(0)]
        looked_through += 1
        devices_by_number |= {
            number: devices for number, devices in context["hints"] if number not in devices_by_number
        }
        left = [*context["includes"], *left]
    assert looked_through <= 128
    return devices_by_number


def test_a_phone_sees_its_own_users_settings_and_everybody_the_switches() -> None:
    plan = plan_of(SERVED.replace("USERS", ""))
    night = {"*28": "Custom:acme.*28"}
    ada = {"*21": "Custom:acme.101.unconditional", "*26": "Custom:acme.101.dnd"}
    phones = {number: f"PJSIP/{number}" for number in plan.users} | {"9": "PJSIP/100&PJSIP/103"}
    assert _seen(plan, "102") == phones | night
    assert _seen(plan, "101") == phones | night | ada


def test_members_of_positions_see_colleagues_settings_beside_their_own() -> None:
    plan = plan_of(SERVED.replace("USERS", ""))
    seen = _seen(plan, "100")
    assert {number: device for number, device in seen.items() if "*2" in number} == {
        "*28": "Custom:acme.*28",
        "101*21": "Custom:acme.101.unconditional",
        "101*26": "Custom:acme.101.dnd",
        "103*21": "Custom:acme.103.unconditional",
        "103*26": "Custom:acme.103.dnd",
    }
    own = {"*21": "Custom:acme.103.unconditional", "*26": "Custom:acme.103.dnd"}
    assert _seen(plan, "103") == seen | own


def test_who_sees_colleagues_looks_through_no_more_contexts_of_a_large_office() -> None:
    users = "".join(f', "{extension}": {{self_service: staff}}' for extension in range(10_000, 30_000, 13))
    plan = plan_of(SERVED.replace("USERS", users))
    seen = _seen(plan, "103")
    assert (seen["10013*26"], seen["10013"]) == ("Custom:acme.10013.dnd", "PJSIP/10013")
