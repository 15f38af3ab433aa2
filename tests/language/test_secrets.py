"""Secrets are read when files need them, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.language.secrets import read_secrets
from tests.language.sources import plan_of

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
    (tmp_path / "sip").write_text("geheim é\nsecond line\n", encoding="utf-8")
    values, problems = read_secrets(plan, ALL, {"TRUNK": "x;y", "PIN": "4711"}, tmp_path)
    assert problems == ()
    assert {(s.source, s.value): v for s, v in values.items()} == {
        ("env", "TRUNK"): "x;y",
        ("file", "sip"): "geheim é",
        ("env", "PIN"): "4711",
    }


@pytest.mark.parametrize(("parts", "asked"), [(("dialplan",), 0), (("voicemail",), 1), (("endpoints",), 2)])
def test_no_secret_is_asked_for_that_is_not_needed(plan: Plan, tmp_path: Path, parts: tuple[str], asked: int) -> None:
    values, problems = read_secrets(plan, parts, {}, tmp_path)
    assert values == {}
    assert len(problems) == asked


def test_missing_secrets_are_reported_where_they_are_written(plan: Plan, tmp_path: Path) -> None:
    _, problems = read_secrets(plan, ALL, {"PIN": ""}, tmp_path)
    assert [(d.code, d.location.line if d.location else 0) for d in problems] == [
        ("PBX401", 3),
        ("PBX402", 5),
        ("PBX401", 5),
    ]
    assert "is empty" in problems[2].message


@pytest.mark.parametrize("content", [b"", b"\n", b"a\x00b", b"\xff\xfe", b"x" * 1001, b"tab\there"])
def test_unusable_passwords(plan: Plan, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sip").write_bytes(content)
    _, problems = read_secrets(plan, ALL, {"TRUNK": "t", "PIN": "4711"}, tmp_path)
    assert [d.code for d in problems] == ["PBX403"]


@pytest.mark.parametrize("pin", ["123", "abcd", "47 11", "٤٧١١", "1" * 21])
def test_unusable_pins_are_not_shown(plan: Plan, tmp_path: Path, pin: str) -> None:
    (tmp_path / "sip").write_text("s")
    _, problems = read_secrets(plan, ALL, {"TRUNK": "t", "PIN": pin}, tmp_path)
    assert [d.code for d in problems] == ["PBX403"]
    assert pin not in str(problems)


def test_a_folder_is_no_secret(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "sip").mkdir()
    _, problems = read_secrets(plan, ("endpoints",), {"TRUNK": "t"}, tmp_path)
    assert [d.code for d in problems] == ["PBX402"]


def test_a_secret_in_the_source_is_taken_as_it_stands() -> None:
    plan = plan_of('users: {"101": {password: "a b"}}\n')
    values, problems = read_secrets(plan, ALL, {})
    assert (list(values.values()), problems) == (["a b"], ())
    assert "a b" not in repr(plan)
