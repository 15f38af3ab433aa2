"""Secrets are read when files need them, and never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.language.secrets import read_secrets
from tests.language.sources import HEAD, findings, plan_of

BODY = """\
trunks: {t: {host: 192.0.2.1, password: {env: TRUNK}}}
users:
  "101": {password: {file: sip}, voicemail: {pin: {env: PIN}}}
"""
ALL = ("dialplan", "endpoints", "voicemail")


@pytest.fixture
def plan() -> Plan:
    return plan_of(BODY)


def test_every_secret_that_the_parts_need(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "sip").write_text("\ufeffgeheim é, 10 Zeichen\r\nsecond line\n", encoding="utf-8")
    values, problems = read_secrets(plan, ALL, {"TRUNK": "x;y and more", "PIN": "4711"}, tmp_path)
    assert problems == ()
    assert {(s.source, s.value): v for s, v in values.items()} == {
        ("env", "TRUNK"): "x;y and more",
        ("file", "sip"): "geheim é, 10 Zeichen",
        ("env", "PIN"): "4711",
    }


@pytest.mark.parametrize(("parts", "asked"), [(("dialplan",), 0), (("voicemail",), 1), (("endpoints",), 2)])
def test_no_secret_is_asked_for_that_is_not_needed(plan: Plan, tmp_path: Path, parts: tuple[str], asked: int) -> None:
    values, problems = read_secrets(plan, parts, {}, tmp_path)
    assert values == {}
    assert len(problems) == asked


def test_missing_secrets_are_reported_where_they_are_written(plan: Plan, tmp_path: Path) -> None:
    _, problems = read_secrets(plan, ALL, {"PIN": ""}, tmp_path)
    assert [(d.code, d.location.line if d.location else 0) for d in problems] == [("PBX401", 3), ("PBX402", 5)]
    assert "TRUNK, PIN" in problems[0].message, "one error lists them all"
    assert [r.location.line for r in problems[0].related] == [5]


@pytest.mark.parametrize("content", [b"", b"\n", b"a\x00b", b"\xff\xfe", b"x" * 1001, b"tab\there"])
def test_unusable_passwords(plan: Plan, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sip").write_bytes(content)
    _, problems = read_secrets(plan, ALL, {"TRUNK": "a good long one", "PIN": "4711"}, tmp_path)
    assert [d.code for d in problems] == ["PBX403"]


@pytest.mark.parametrize("pin", ["123", "abcd", "47 11", "٤٧١١", "1" * 21])
def test_unusable_pins_are_not_shown(plan: Plan, tmp_path: Path, pin: str) -> None:
    (tmp_path / "sip").write_text("a good long one")
    _, problems = read_secrets(plan, ALL, {"TRUNK": "a good long one", "PIN": pin}, tmp_path)
    assert [d.code for d in problems] == ["PBX403"]
    assert pin not in str(problems)


def test_a_folder_is_no_secret(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "sip").mkdir()
    _, problems = read_secrets(plan, ("endpoints",), {"TRUNK": "a good long one"}, tmp_path)
    assert [d.code for d in problems] == ["PBX402"]


def test_a_secret_in_the_source_is_taken_as_it_stands() -> None:
    plan = plan_of('users: {"101": {password: "a b and more"}}\n')
    values, problems = read_secrets(plan, ALL, {})
    assert (list(values.values()), problems) == (["a b and more"], ())
    assert "a b" not in repr(plan)


@pytest.mark.parametrize("kind", ["pipe", "device", "kernel"])
def test_a_secret_is_read_from_ordinary_files_only(plan: Plan, tmp_path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / "sip")
    else:
        (tmp_path / "sip").symlink_to({"device": "/dev/zero", "kernel": "/proc/kmsg"}[kind])
    _, problems = read_secrets(plan, ("endpoints",), {"TRUNK": "a good long one"}, tmp_path)
    assert [d.code for d in problems] == ["PBX402"]


@pytest.mark.parametrize("password", ["101", "short", "password123", "Asterisk123", "aaaaaaaaaaaa"])
def test_a_weak_password_is_warned_of_and_not_shown(plan: Plan, tmp_path: Path, password: str) -> None:
    (tmp_path / "sip").write_text(password)
    values, problems = read_secrets(plan, ("endpoints",), {"TRUNK": "a good long one"}, tmp_path)
    assert [d.code for d in problems] == ["PBX160"]
    assert password not in problems[0].message.split() + problems[0].help.split()
    assert password in values.values()


@pytest.mark.parametrize("pin", ["0000", "1234", "4321", "1987", "2026", "777777", "345678"])
def test_a_weak_pin_is_warned_of(plan: Plan, pin: str) -> None:
    _, problems = read_secrets(plan, ("voicemail",), {"PIN": pin})
    assert [d.code for d in problems] == ["PBX160"]
    assert [d.code for d in findings(HEAD + f'users: {{"101": {{voicemail: {{pin: "{pin}"}}}}}}\n')] == [
        "PBX150",
        "PBX160",
    ]


@pytest.mark.parametrize("pin", ["4711", "2151", "1357", "471133"])
def test_a_pin_that_is_hard_to_guess_is_not(plan: Plan, pin: str) -> None:
    assert read_secrets(plan, ("voicemail",), {"PIN": pin})[1] == ()


def test_a_pin_that_is_the_extension_is_weak() -> None:
    plan = plan_of('users: {"4711": {voicemail: {pin: {env: PIN}}}}\n')
    assert [d.code for d in read_secrets(plan, ALL, {"PIN": "4711"})[1]] == ["PBX160"]


def test_what_is_no_name_of_a_variable_may_be_a_password_and_is_not_shown() -> None:
    plan = plan_of('users: {"101": {password: {env: hunter2}}}\n')
    _, problems = read_secrets(plan, ALL, {})
    assert "hunter2" not in problems[0].message + problems[0].help
