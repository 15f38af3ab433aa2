"""Operator positions, groups and inbound numbers."""

from __future__ import annotations

import pytest

from pbxgen.flow.plan import ALWAYS, Condition, Hours, Strategy
from tests.language.sources import OUTSIDE, clean, only, plan_of

USERS = 'users: {"101": {voicemail: true}, "102": {}}\n'


def test_a_group_with_everything() -> None:
    plan = plan_of(
        USERS
        + 'groups: {g: {number: "600", members: ["102", "101"], strategy: linear, ring_timeout: 15, '
        + "overflow: [voicemail:101, busy]}}\n"
    )
    group = plan.groups["g"]
    assert (group.number, group.members, group.strategy, group.ring_timeout) == (
        "600",
        ("102", "101"),
        Strategy.LINEAR,
        15,
    )
    assert [p.target for p in group.overflow] == ["101", "busy"]


def test_what_a_group_does_not_say_is_the_default() -> None:
    plan = plan_of("defaults: {ring_timeout: 33}\n" + USERS + 'groups: {g: {number: "600", members: ["102"]}}\n')
    group = plan.groups["g"]
    assert (group.strategy, group.ring_timeout, group.overflow) == (
        Strategy.ALL,
        33,
        (),
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("PBX122", 'members: ["101", «"103"»]'),
        ("PBX123", 'members: ["101", "102", «"101"»]'),
        ("PBX105", 'members: ["101", «sales»]'),
        ("PBX125", 'members: ["101"], overflow: «voicemail»'),
        ("PBX125", 'members: ["101"], overflow: ["102", {to: «mobile»}]'),
        ("PBX116", 'members: ["101"], overflow: «voicemail:102»'),
        ("PBX118", 'members: ["101"], overflow: «"+12025550143"»'),
        ("PBX110", 'members: ["101"], overflow: «group:h»'),
        ("PBX153", 'members: ["101"], ring_timeout: «90»'),
        ("PBX104", 'members: ["101"], ring_timeout: «4»'),
        ("PBX105", 'members: ["101"], strategy: «random»'),
    ],
)
@pytest.mark.parametrize("section", ["operators", "groups"])
def test_wrong_positions(section: str, code: str, text: str) -> None:
    diagnostic = only(code, USERS + f'{section}: {{g: {{number: "600", {text}}}}}\n')
    assert diagnostic.subject == (section[:-1], "g")


def test_overflow_may_use_any_route() -> None:
    clean(
        OUTSIDE.replace("classes: {national: [italy], full: [italy, europe, far]}\n", "")
        + USERS
        + 'groups: {g: {number: "600", members: ["101"], overflow: "+393331234567"}}\n'
    )


def inbound(text: str) -> object:
    plan = plan_of(
        USERS
        + 'operators: {o: {number: "9", members: ["101"]}}\nschedules: {office: {weekly: {mon: "08:00-12:00"}}}\n'
        + f'inbound: {{"+390212345000": {text}}}\n'
    )
    return [([p.target for p in rule.places], rule.condition) for rule in plan.inbound["+390212345000"].rules]


def test_the_forms_of_inbound() -> None:
    closed = Condition((Hours("office", True),))
    assert inbound("operator") == [(["o"], ALWAYS)]
    assert inbound("[operator, voicemail:101]") == [(["o", "101"], ALWAYS)]
    assert inbound("{to: operator}") == [(["o"], ALWAYS)]
    assert inbound("{to: [operator, busy], timeout: 20}") == [(["o", "busy"], ALWAYS)]
    assert inbound("{to: announce:closed, when: not office, else: operator}") == [(["closed"], closed), (["o"], ALWAYS)]
    assert inbound("{to: announce:closed, when: not office, else: [operator, busy]}") == [
        (["closed"], closed),
        (["o", "busy"], ALWAYS),
    ]
    assert inbound("{to: busy, when: not office, else: {to: operator, when: office, else: hangup}}") == [
        (["busy"], closed),
        (["o"], Condition((Hours("office"),))),
        (["hangup"], ALWAYS),
    ]
    assert inbound("[{to: busy, when: not office}, operator]") == [(["busy"], closed), (["o"], ALWAYS)]
    assert inbound("{to: busy, enabled: false, else: operator}") == [(["o"], ALWAYS)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("PBX125", "«voicemail»"),
        ("PBX125", '["101", «mobile»]'),
        ("PBX125", '{to: "101", else: «voicemail»}'),
        ("PBX115", '«"+390212345000"»'),
        ("PBX115", '{to: "101", else: [«"02 12345000"»]}'),
        ("PBX110", '{to: "101", when: «office»}'),
        ("PBX110", "«operator:o»"),
        ("PBX114", "«off»"),
        ("PBX154", '{to: "101", until: «2026-01-31», else: "102"}'),
        ("PBX120", '{to: «"112"»}'),
        ("PBX156", "{to: voicemail:101, «confirm»: true}"),
        ("PBX101", '{to: "101", «after»: 20}'),
    ],
)
def test_wrong_inbound(code: str, text: str) -> None:
    body = OUTSIDE + "defaults: {class: full}\n" + USERS + f'inbound: {{"+390212345000": {text}}}\n'
    diagnostic = only(code, body.replace('"101"', '"201"').replace('"102"', '"202"').replace(":101", ":201"))
    assert diagnostic.subject is not None
    assert diagnostic.subject[0] == "inbound"


def test_what_stands_under_a_wrong_number_is_checked_too() -> None:
    from tests.language.sources import HEAD, findings

    diagnostics = findings(HEAD + USERS + 'inbound: {"12": nowhere}\n')
    assert [d.code for d in diagnostics] == ["PBX113", "PBX114"]


def test_the_extension_of_a_range_rings_so_its_options_mean_something() -> None:
    clean(
        'users: {"21": {voicemail: true}}\n'
        'inbound: {"+3902123452XX": {to: extension, timeout: 15, confirm: true}, "+39021234530X": "21"}\n'
    )


@pytest.mark.parametrize("section", ["groups", "operators"])
def test_a_member_of_whom_nothing_is_right_is_told_as_a_user_alone(section: str) -> None:
    only("PBX103", 'users: {"101": «null», "102": {}}\n' + f'{section}: {{g: {{number: "600", members: ["101"]}}}}\n')


def test_in_a_range_that_cannot_be_read_extension_is_not_told_as_well() -> None:
    only("PBX127", USERS + 'inbound: {«"0212345XXX"»: extension}\n')
