"""docs/json.md has the fields that are printed, and no others."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pbxgen.cli.main import app
from tests.support.office import HEAD

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
_BY_NAME = {"ends", "current", "tenants"}
"""Mappings that are keyed by names."""
OLD = """\
schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}
operators: {reception: {number: "9", members: ["100", "110"], overflow: "voicemail:100"}}
users:
  "100": {name: Rita, voicemail: true}
  "101":
    name: Ada
    class: national
    did: "+390212345101"
    follow_me: ["101", {to: "110", delay: 5}]
    deviations: {busy: "+393335550101", no_answer: {to: operator, when: office}}
  "110": {name: Bob}
  "111": {name: Carla}
"""
NEW = (
    OLD.replace("when: office", "when: office, after: 25")
    .replace('"+393335550101"', "hangup")
    .replace('"111"', '"113"')
)


def documented(heading: str) -> set[str]:
    text = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    whole, _, nodes = section.partition("| field of a node |")
    return set(_ROW.findall(whole)) | {f"cases[].nodes[].{field}" for field in _ROW.findall(nodes)}


def printed(*words: str | Path) -> set[str]:
    result = CliRunner().invoke(app, [*map(str, words), "--format", "json"])
    assert result.exit_code == 0, result.output
    return set(fields(json.loads(result.stdout)))


def fields(value: Any, path: str = "") -> Iterator[str]:
    """``cases[].when``: every field that has no fields of its own, and empty lists."""
    if isinstance(value, dict):
        for key, one in value.items():
            name = "*" if path in _BY_NAME or path.rpartition(".")[2] in _BY_NAME else key
            yield from fields(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from fields(one, f"{path}[]")
    else:
        yield path


def source(tmp_path: Path, name: str, body: str) -> Path:
    path = tmp_path / name
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_one_call(tmp_path: Path) -> None:
    call = ("--from", "100", "--to", "101", "--phone", "101=busy", "--phone", "110=busy", "--transfer", "100:110")
    assert printed("explain", source(tmp_path, "old.yaml", OLD), *call) == documented("One call")


def test_everything_that_can_happen(tmp_path: Path) -> None:
    fields = printed("explain", source(tmp_path, "old.yaml", OLD), "101") | {"cases[].nodes[]"}
    assert fields == documented("Everything that can happen")


def test_who_sends_calls(tmp_path: Path) -> None:
    fields = printed("explain", source(tmp_path, "old.yaml", OLD), "+393335550101")
    assert fields == documented("Who sends calls to an outside number")


def test_what_changes(tmp_path: Path) -> None:
    old, new = source(tmp_path, "old.yaml", OLD), source(tmp_path, "new.yaml", NEW)
    fields = printed("diff", old, new) | printed("diff", generated(old, tmp_path), new)
    nullable = {f"tenants.*[].changes[].{side}" for side in ("before", "after")}
    plain = {field for field in fields if not re.search(r"\.nodes\[\].", field)} - nullable
    plain |= {f"{field}.nodes[]" for field in nullable}
    assert plain == documented("What changes") - {"tenants.*[].folders[]"}


def test_the_nodes_of_a_change_are_those_of_a_tree(tmp_path: Path) -> None:
    old, new = source(tmp_path, "old.yaml", OLD), source(tmp_path, "new.yaml", NEW)
    fields = printed("diff", old, new)
    nodes = {field.partition(".nodes[].")[2] for field in fields} - {""}
    told = {field.partition(".nodes[].")[2] for field in documented("Everything that can happen")} - {""}
    assert nodes
    assert nodes <= told


def test_what_is_set(tmp_path: Path) -> None:
    service = "self_service: {codes: etsi, profiles: {staff: {may: [busy], to: [extensions]}}}\n"
    switch = 'switches: {night: {number: "*28", operators: ["100"]}}\n'
    body = OLD.replace("{name: Bob}", "{name: Bob, self_service: staff}").replace("when: office", "when: night")
    path = source(tmp_path, "old.yaml", service + switch + body)
    texts = {"110": "busy:x111:0:1795608000:0", "111": "x", "switch.night": "on:1795608000"}
    saved = tmp_path / "state.json"
    saved.write_text(json.dumps({"version": 1, "state": {"acme": texts}}), encoding="utf-8")
    fields = printed("state", "show", path, "--to", saved)
    inner = {field for field in fields if field.startswith("states[].callers.")}
    assert inner
    assert (fields - inner) | {"states[].callers"} == documented("What is set from phones")


def generated(path: Path, folder: Path) -> Path:
    out = folder / "out"
    copy = shutil.copy(path, folder / "made.yaml")
    result = CliRunner().invoke(app, ["generate", str(copy), "-o", str(out), "--target", "asterisk"])
    assert result.exit_code == 0, result.output
    return out
