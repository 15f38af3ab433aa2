"""No command shows a secret, however it is written; no source, however large or wrong, floods the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pbxgen.diagnostics import prepare, render
from pbxgen.source import files
from tests.cli.conftest import SMALL, Result

Invoke = Callable[..., Result]

SECRET = "Tr0ub4dor-91827364"

_WRITTEN = {
    "a password": f'password: "{SECRET}"',
    "in single quotes": f"password: '{SECRET}'",
    "plain, behind it a comment": f"password: {SECRET} # {SECRET}",
    "with an anchor": f"password: &p {SECRET}",
    "a list": f"password: [{SECRET}]",
    "a mapping": f"password: {{inline: {SECRET}}}",
    "instead of a variable's name": f"password: {{env: {SECRET}}}",
    "passord": f"passord: {SECRET}",
    "pw": f"pw: {SECRET}",
    "secret": f"secret: {SECRET}",
    "vmpin": "vmpin: 91827364",
    "a PIN as the mailbox": 'voicemail: "91827364"',
    "a PIN that is none": f"voicemail: {{pin: {SECRET}}}",
    "a misspelt PIN": 'voicemail: {pni: "91827364"}',
    "on a line of its own": f"password:\n      {SECRET}",
    "folded": f"password: >-\n      {SECRET}",
    "in a file that is no YAML": f"password: {SECRET}\n    name: [",
}


def _source(tmp_path: Path, line: str) -> Path:
    path = tmp_path / "office.yaml"
    path.write_text(SMALL.replace('  "102":', f'  "103":\n    nmae: x\n    {line}\n  "102":'), encoding="utf-8")
    return path


@pytest.mark.parametrize("how", _WRITTEN)
def test_no_command_shows_a_secret(how: str, tmp_path: Path, invoke: Invoke) -> None:
    source = _source(tmp_path, _WRITTEN[how])
    sound = tmp_path / "sound.yaml"
    sound.write_text(SMALL, encoding="utf-8")
    for arguments in (
        ("check", source),
        ("check", source, "--format", "json"),
        ("check", source, "--format", "sarif"),
        ("check", source, "--format", "gitlab"),
        ("explain", source, "101"),
        ("diff", sound, source),
        ("report", source, "-o", tmp_path / "report.html"),
        ("generate", source, "-o", tmp_path / "out", "--diff"),
        ("divert", source, "101", "busy", "off", "--dry-run"),
    ):
        result = invoke(*arguments)
        report = tmp_path / "report.html"
        told = result.out + result.err + (report.read_text("utf-8") if report.exists() else "")
        assert SECRET not in told, arguments[0]
        assert "91827364" not in told, arguments[0]
        assert "Tr0ub4dor" not in told, arguments[0]


def test_a_flood_of_errors_is_the_first_ones_and_a_count(
    tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MOST_LISTED", 500)
    for module in ("gitlab", "json", "sarif"):
        monkeypatch.setattr(f"pbxgen.diagnostics.{module}.MOST_LISTED", 500)
    source = tmp_path / "office.yaml"
    users = "".join(f'  "{number}": {{nmae: x}}\n' for number in range(2000, 2700))
    source.write_text(SMALL.replace("users:\n", f"users:\n{users}"), encoding="utf-8")
    told = invoke("check", source)
    assert told.out.count("error[PBX101]") + told.err.count("error[PBX101]") == render.MOST_ERRORS
    assert "500 more errors" in told.out + told.err
    document = json.loads(invoke("check", source, "--format", "json").out)
    assert len(document["diagnostics"]) == 500
    assert document["summary"]["left_out"] >= 200
    sarif = json.loads(invoke("check", source, "--format", "sarif").out)
    assert len(sarif["runs"][0]["results"]) == 500
    assert sarif["runs"][0]["properties"]["leftOut"] >= 200


def test_a_source_has_a_size(tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    folder = tmp_path / "office"
    folder.mkdir()
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text("# " + "x" * 700 + "\n", encoding="utf-8")
    told = invoke("check", folder)
    assert told.code == 1
    assert "PBX003" in told.out + told.err
    (folder / "a.yaml").write_text("# " + "x" * 1700 + "\n", encoding="utf-8")
    told = invoke("check", folder / "a.yaml")
    assert told.code == 1
    assert "larger than" in told.out + told.err


@pytest.mark.parametrize("command", ["check", "explain", "diff", "report", "test", "divert"])
def test_what_is_no_ordinary_file_is_refused_at_once(command: str, tmp_path: Path, invoke: Invoke) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    more = {"explain": ["101"], "diff": [pipe], "report": ["-o", tmp_path / "r.html"], "divert": ["101", "busy", "off"]}
    for place in (pipe, Path("/dev/zero"), Path("/proc/kmsg")):
        told = invoke(command, place, *more.get(command, []))
        assert told.code in (1, 2)
        assert told.out + told.err


def test_the_name_of_a_file_moves_no_cursor(tmp_path: Path, invoke: Invoke) -> None:
    source = tmp_path / "office\x1b[2J\u202e.yaml"
    source.write_text(SMALL.replace("name: Ada", "nmae: Ada"), encoding="utf-8")
    for arguments in (("check", source), ("explain", source, "101"), ("generate", source, "-o", tmp_path / "o\x1b[2J")):
        told = invoke(*arguments)
        assert "\x1b[2J" not in told.out + told.err, arguments[0]
        assert "\u202e" not in told.out + told.err, arguments[0]
