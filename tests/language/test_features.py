"""The codes of `features`: what they are, and what they must not be."""

from __future__ import annotations

import pytest

from pbxgen.flow.self_service import Features
from tests.support.office import compiled, plan_of

USERS = 'users: {"101": {}, "700": {}}\n'


def test_the_usual_codes_hold_where_none_are_written() -> None:
    assert plan_of(USERS).features == Features("*97", "*98", "*8", "**")


def test_a_code_is_changed_or_switched_off() -> None:
    plan = plan_of('features: {own_mailbox: "*77", any_mailbox: null}\n' + USERS)
    assert plan.features == Features("*77", None, "*8", "**")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            'features: {own_mailbox: "700"}\n' + USERS,
            "the number 700 is used twice: the code for the own mailbox and user 700",
        ),
        (
            'features: {own_mailbox: "600"}\ngroups: {g: {number: "600", members: ["101"]}}\n' + USERS,
            "the number 600 is used twice: group g and the code for the own mailbox",
        ),
        (
            'features: {own_mailbox: "*98"}\n' + USERS,
            "the number *98 is used twice: the code for any mailbox, by PIN and the code for the own mailbox",
        ),
        (
            'features: {pickup_of: "*2"}\nswitches: {night: {number: "*2101", operators: ["101"]}}\n' + USERS,
            "the code *2101 is used twice: the code for the call at 101 and switch night",
        ),
        (
            'features: {pickup_of: "*21*"}\n'
            "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
            'users: {"101": {self_service: staff}}\n',
            "the code *21*101 is used twice: the code for the call at 101 and the code to set unconditional",
        ),
        (
            'groups: {g: {number: "*8", members: ["101"]}}\n' + USERS,
            "the number *8 is used twice: group g and the code for pickup",
        ),
        (
            'features: {any_mailbox: "*28"}\nswitches: {night: {number: "*28", operators: ["101"]}}\n' + USERS,
            "the code *28 is used twice: switch night and the code for any mailbox, by PIN",
        ),
        (
            'features: {any_mailbox: "*21"}\n'
            "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
            'users: {"101": {self_service: staff}}\n',
            "the code *21 is used twice: the code for any mailbox, by PIN and the code to on unconditional",
        ),
    ],
)
def test_a_code_that_is_another_number_is_an_error(body: str, message: str) -> None:
    assert ("PBX111", message) in [(d.code, d.message) for d in compiled(body).diagnostics]


@pytest.mark.parametrize("code", ["112", "0112"])
def test_a_code_that_is_an_emergency_number_is_an_error(code: str) -> None:
    body = f'trunks: {{t: {{host: h.example}}}}\nfeatures: {{own_mailbox: "{code}"}}\n' + USERS
    compilation = compiled(body + 'routes: {e: {match: ["112", "0112"], trunk: t, emergency: true}}\n')
    assert "PBX112" in [d.code for d in compilation.diagnostics]


@pytest.mark.parametrize("value", ['"x"', '""', '"*"', "97", '"*123456789"', "[]", "true"])
def test_a_code_is_digits_behind_a_star_at_most(value: str) -> None:
    errors = [d for d in compiled(f"features: {{own_mailbox: {value}}}\n" + USERS).diagnostics if d.code < "PBX15"]
    assert errors
    assert all(d.help and d.location is not None and d.location.line == 9 for d in errors)


def test_an_unknown_code_is_told_with_the_nearest() -> None:
    (error,) = [d for d in compiled('features: {own_mailbx: "*9"}\n' + USERS).diagnostics if d.code == "PBX101"]
    assert error.help is not None
    assert "own_mailbox" in error.help


def test_pickup_groups_are_names_each_of_which_counts_once() -> None:
    plan = plan_of('users: {"101": {pickup: front}, "102": {pickup: [front, sales, front]}, "103": {}}\n')
    assert [user.pickup for user in plan.users.values()] == [("front",), ("front", "sales"), ()]


@pytest.mark.parametrize("value", ['"101"', '""', "x", '"#1"', "[]"])
def test_the_code_for_the_call_at_a_user_begins_with_a_star(value: str) -> None:
    errors = [d for d in compiled(f"features: {{pickup_of: {value}}}\n" + USERS).diagnostics if d.code < "PBX15"]
    assert errors
