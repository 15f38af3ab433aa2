"""What a scenario, or ``--set``, says a user has set: written as a source writes it, or as the user would dial it."""

from __future__ import annotations

import pytest

from pbxgen.scenario.state import how_to_write, setting_of
from pbxgen.scenario.values import WrittenSetting
from tests.support.office import plan_of

PLAN = plan_of(
    'operators: {reception: {number: "9", members: ["100"], default: true, overflow: "voicemail:100"}}\n'
    'groups: {sales: {number: "600", members: ["101"], overflow: "voicemail:100"}}\n'
    'users:\n  "100": {voicemail: true}\n  "101": {voicemail: true, mobile: "+393335550101", class: full}\n'
    '  "102": {}\n'
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("102", "x102"),
        ("9", "p9"),
        ("operator", "p9"),
        ("operator:reception", "p9"),
        ("600", "g600"),
        ("group:sales", "g600"),
        ("voicemail", "v"),
        ("voicemail:101", "v"),
        ("mobile", "m"),
        ("+393331234567", "n+393331234567"),
        ("333 1234567", "n+393331234567"),
        ("off", "off"),
    ],
)
def test_a_place_is_written_as_in_a_source_or_dialled(written: str, kept: str) -> None:
    setting = setting_of(PLAN, WrittenSetting("101", "busy", written, None))
    assert setting is not None
    assert setting.to == kept


@pytest.mark.parametrize(
    "written",
    ["operator:nobody", "group:reception", "voicemail:102", "announce:closed", "busy", "hangup", "999", "on", "112"],
)
def test_what_no_user_could_set_is_none(written: str) -> None:
    assert setting_of(PLAN, WrittenSetting("101", "busy", written, None)) is None


@pytest.mark.parametrize(("default", "kept"), [("true", "p8"), ("false", None)])
def test_of_several_positions_a_bare_operator_is_the_default_one(default: str, kept: str | None) -> None:
    two = plan_of(
        "operators:\n"
        '  reception: {number: "9", members: ["100"]}\n'
        f'  night: {{number: "8", members: ["100"], default: {default}}}\n'
        'users: {"100": {voicemail: true}}\n'
    )
    bare = setting_of(two, WrittenSetting("100", "busy", "operator", None))
    assert (None if bare is None else bare.to) == kept
    named = setting_of(two, WrittenSetting("100", "busy", "operator:reception", None))
    assert named is not None
    assert named.to == "p9"


@pytest.mark.parametrize(
    ("key", "written", "cure"),
    [
        ("busy", "operator:recepton", "did you mean 'operator:reception'?"),
        ("busy", "group:sale", "did you mean 'group:sales'?"),
        ("busy", "999", "write what the user would dial, or off, mobile, voicemail, operator:NAME or group:NAME"),
        ("dnd", "102", "write on or off"),
    ],
)
def test_what_to_write_instead_is_told(key: str, written: str, cure: str) -> None:
    assert how_to_write(PLAN, WrittenSetting("101", key, written, None)) == cure
