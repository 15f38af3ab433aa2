"""Lamps of what is set: which a phone may subscribe to, and when each is lit."""

from __future__ import annotations

import datetime as dt

import pytest

from pbxgen.flow import lamps
from pbxgen.flow.lamps import Lamp
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, State
from pbxgen.flow.stored_settings import epoch_of
from tests.support.office import plan_of

NOON = dt.datetime(2026, 11, 23, 12, 0)
BODY = """\
self_service:
  codes: CODES
  profiles:
    staff: {may: [unconditional, no_answer, operator_return, dnd, follow_me], to: [extensions]}
    calm: {may: [dnd]}
switches: {night: {number: "*28", operators: ["100"]}, day: {number: "*29", operators: ["100"], default: on}}
operators: {reception: {number: "9", members: ["100"]}}
users:
  "100": {}
  "101": {self_service: staff, follow_me: [{to: "100"}]}
  "102": {self_service: calm}
  "103": {self_service: staff}
"""


def office(codes: str = "etsi") -> Plan:
    return plan_of(BODY.replace("CODES", codes))


def own(plan: Plan, extension: str) -> dict[str, str]:
    return {lamp.number: lamp.key for lamp in lamps.own(plan, plan.users[extension])}


def lit(plan: Plan, lamp: Lamp, state: State, at: dt.datetime = NOON) -> bool:
    return lamps.is_lit(plan, state, lamp, epoch_of(at, plan))


def test_a_user_has_a_lamp_for_each_key_that_they_may_set_by_the_code_that_sets_it() -> None:
    assert own(office(), "101") == {
        "*21": "unconditional",
        "*61": "no_answer",
        "*167": "return_busy",
        "*161": "return_no_answer",
        "*162": "return_unreachable",
        "*26": "dnd",
        "*25": "follow_me",
    }
    assert own(office("us"), "101") == {"*72": "unconditional", "*92": "no_answer", "*78": "dnd"}


def test_all_users_lamps_are_those_of_each() -> None:
    plan = office()
    each = {extension: lamps.own(plan, user) for extension, user in plan.users.items()}
    assert lamps.own_of_all(plan) == {extension: own_lamps for extension, own_lamps in each.items() if own_lamps}


def test_what_a_user_may_not_set_has_no_lamp() -> None:
    assert own(office(), "100") == {}
    assert own(office(), "102") == {"*26": "dnd"}
    assert "*25" not in own(office(), "103")  # nobody rings along


def test_a_lamp_never_has_the_number_of_a_switch_or_position() -> None:
    codes = '{unconditional: {set: "*28*N#"}, dnd: {on: "*77"}}'
    assert own(office(codes), "101") == {"*28*": "unconditional", "*77": "dnd"}


def test_switches_have_lamps_and_a_plan_without_codes_none_of_users() -> None:
    assert [lamp.number for lamp in lamps.of_switches(office())] == ["*28", "*29"]
    plan = plan_of('users: {"101": {}}\n')
    assert (own(plan, "101"), lamps.of_switches(plan), [*lamps.of_colleagues(plan)]) == ({}, (), [])


def test_colleagues_lamps_name_whose_they_are_and_members_of_positions_see_them() -> None:
    plan = office()
    assert [lamp.number for lamp in lamps.of_colleagues(plan) if lamp.key == "dnd"] == ["101*26", "102*26", "103*26"]
    assert lamps.who_see_colleagues(plan) == {"100"}


@pytest.mark.parametrize(
    ("setting", "is_lit"),
    [
        (Setting("x102"), True),
        (Setting("off"), False),
        (Setting("n+390298765432"), False),  # not permitted
        (Setting("x101"), False),  # to oneself
        (Setting("x102", expires=epoch_of(NOON, office())), False),  # just over
        (Setting("x102", expires=epoch_of(NOON, office()) + 1), True),
    ],
)
def test_a_lamp_is_lit_while_a_setting_holds(setting: Setting, is_lit: bool) -> None:
    plan = office()
    lamp = Lamp("*21", "unconditional", "101")
    assert lit(plan, lamp, State({"101": {"unconditional": setting}})) is is_lit
    assert not lit(plan, lamp, State({"102": {"unconditional": setting}}))


def test_do_not_disturb_is_lit_while_it_is_on() -> None:
    plan, lamp = office(), Lamp("*26", "dnd", "102")
    assert [lit(plan, lamp, State({"102": {"dnd": Setting(to)}})) for to in ("on", "off")] == [True, False]
    assert not lit(plan, lamp, State())


def test_a_switch_is_lit_while_it_is_on_also_by_its_default() -> None:
    plan = office()
    night, day = lamps.of_switches(plan)
    assert [lit(plan, night, State()), lit(plan, day, State())] == [False, True]
    state = State(switches={"night": True, "day": False})
    assert [lit(plan, night, state), lit(plan, day, state)] == [True, False]
