"""Loops of unconditional deviations are told in the same run as what else is wrong, as far as they are certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.pipeline import compile_path
from tests.support.office import HEAD, TODAY


def _loops(folder: Path, body: str, head: str = HEAD) -> list[int]:
    """Lines of ``body`` where loops are told; there must be other errors."""
    path = folder / "acme.yaml"
    path.write_text(head + body, encoding="utf-8")
    diagnostics = compile_path(path, today=TODAY).diagnostics
    assert any(d.severity == "error" and d.code != "PBX200" for d in diagnostics)
    return [d.location.line - head.count("\n") for d in diagnostics if d.code == "PBX200" and d.location is not None]


_LOOP = """\
users:
  "101": {deviations: {unconditional: "102"}}
  "102": {deviations: {unconditional: "101"}}
"""


@pytest.mark.parametrize(
    ("more", "head"),
    [
        ('  "103": {deviations: {busy: "999"}}\n', HEAD),
        ("  104: {}\n", HEAD),
        ("  unknown: {}\nnothing: {}\n", HEAD),
        ("", HEAD.replace("Europe/Rome", "Europe/Rom")),
        ('schedules: {office: {open: ["mon 25:00-26:00"]}}\n', HEAD),
    ],
)
def test_a_loop_is_told_beside_other_errors(tmp_path: Path, more: str, head: str) -> None:
    assert _loops(tmp_path, _LOOP + more, head) == [2]


@pytest.mark.parametrize(
    "body",
    [
        # What is wrong may be what ends the loop.
        'users:\n  "101": {deviations: {unconditional: [{to: "103", when: nowhere}, "102"]}}\n'
        '  "102": {deviations: {unconditional: "101"}}\n  "103": {}\n',
        'users:\n  "101":\n    deviations:\n      unconditional:\n        - to: "999"\n        - "102"\n'
        '  "102": {deviations: {unconditional: "101"}}\n',
        'policies:\n  back: {unconditional: "101"}\n  other: {busy: "999"}\nusers:\n'
        '  "101": {deviations: {unconditional: "102"}}\n  "102": {policy: back}\n',
        # Which of two is meant may be another one when the errors are gone.
        _LOOP + '  "101": {}\n',
        'users:\n  "101": {deviations: {unconditional: "+390212345102"}}\n'
        '  "102": {did: "+390212345102", deviations: {unconditional: "101"}}\n  "103": {did: "+390212345102"}\n',
        # With conditions it is a loop only while they hold together.
        'schedules: {office: {open: ["mon 25:00-26:00"]}}\nusers:\n'
        '  "101": {deviations: {unconditional: [{to: "102", when: office}]}}\n'
        '  "102": {deviations: {unconditional: "101"}}\n',
    ],
)
def test_a_loop_that_is_not_certain_waits_until_the_errors_are_gone(tmp_path: Path, body: str) -> None:
    assert _loops(tmp_path, body) == []
