"""Diagnostics for machines: JSON with a stable schema, and SARIF 2.1.0."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pbxgen.diagnostics.codes import TABLE, make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.gitlab import render_gitlab
from pbxgen.diagnostics.json import render_json
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.sarif import render_sarif, uri
from pbxgen.source.reader import read_text


def place(line: int) -> Location:
    return Location("src/à b.yaml", line, 3, line, 8)


FOUND: list[Diagnostic] = [
    make(
        "PBX012", "the key 'x' is written twice", place(5), help="remove one", related=[Related("first here", place(2))]
    ),
    make("PBX001", "no such file: \x1b[31m\u202e", None),
    make("PBX005", "x.yml is not read", place(1)),
]


def test_the_json_document() -> None:
    where = {"file": "src/à b.yaml", "column": 3, "end_column": 8}
    nowhere = dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    assert json.loads(render_json(FOUND)) == {
        "version": 1,
        "diagnostics": [
            {"code": "PBX001", "severity": "error", "message": "no such file: \x1b[31m\u202e", **nowhere, "help": "",
             "related": []},
            {"code": "PBX005", "severity": "warning", "message": "x.yml is not read", **where, "line": 1, "end_line": 1,
             "help": "", "related": []},
            {"code": "PBX012", "severity": "error", "message": "the key 'x' is written twice", **where, "line": 5,
             "end_line": 5, "help": "remove one",
             "related": [{"message": "first here", **where, "line": 2, "end_line": 2}]},
        ],
        "summary": {"errors": 2, "warnings": 1},
    }  # fmt: skip


def test_no_problems_are_a_document_too() -> None:
    assert json.loads(render_json([])) == {"version": 1, "diagnostics": [], "summary": {"errors": 0, "warnings": 0}}


@pytest.mark.parametrize("render", [render_gitlab, render_json, render_sarif])
def test_machines_get_ascii_only_and_no_secrets(render: Any) -> None:
    file = read_text("password: hunter2\n", "src/à b.yaml").file
    text = render([make("PBX012", "hunter2 \x1b\u202e", Location(file.name, 1, 11, 1, 18))], [file])
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert "hunter2" not in text


def log() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(render_sarif(FOUND))
    return parsed


def test_the_sarif_log_has_what_the_standard_requires() -> None:
    document = log()
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert driver["name"] == "pbxgen"
    assert re.match(r"\d+\.\d+", driver["version"])
    assert [rule["id"] for rule in driver["rules"]] == list(TABLE)
    for rule in driver["rules"]:
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))


def test_each_sarif_result_points_at_its_rule_and_its_place() -> None:
    (run,) = log()["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
    nowhere, warning, twice = run["results"]
    assert "locations" not in nowhere
    assert warning["level"] == "warning"
    assert twice["message"]["text"] == "the key 'x' is written twice\nhelp: remove one"
    region = {"startLine": 5, "startColumn": 3, "endLine": 5, "endColumn": 8}
    artifact = {"uri": "src/%C3%A0%20b.yaml"}
    assert twice["locations"] == [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]
    (related,) = twice["relatedLocations"]
    assert (related["id"], related["message"]) == (1, {"text": "first here"})


def test_uris_are_relative_where_that_is_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert uri("a.yaml") == "a.yaml"
    assert uri("../a.yaml") == "../a.yaml"
    assert uri(str(tmp_path / "x" / "a.yaml")) == "x/a.yaml"
    assert uri("/nowhere/a b.yaml") == "file:///nowhere/a%20b.yaml"
    assert uri("c:d.yaml") == "c%3Ad.yaml"


def test_gitlab_gets_an_issue_for_each_finding_with_a_place() -> None:
    place = Location("the office.yaml", 4, 3, 4, 9)
    diagnostics = [
        make("PBX210", "calls to 102 end", place, help="give it a mailbox"),
        make("PBX001", "nothing there", None),
    ]
    (issue,) = json.loads(render_gitlab(diagnostics))
    assert issue["location"] == {"path": "the office.yaml", "lines": {"begin": 4}}
    assert (issue["check_name"], issue["severity"]) == ("PBX210", "minor")
    assert issue["description"] == "calls to 102 end (give it a mailbox)"
    moved = [make("PBX210", "calls to 102 end", Location("the office.yaml", 9, 3, 9, 9), help="give it a mailbox")]
    assert json.loads(render_gitlab(moved))[0]["fingerprint"] == issue["fingerprint"]


def test_a_sarif_result_is_known_again_when_lines_above_it_change() -> None:
    def known(line: int, name: str = "102") -> list[str]:
        place = Location("acme.yaml", line, 1, line, 5)
        diagnostics = [make("PBX210", f"calls to {name} end", place, subject=("user", name)) for _ in range(2)]
        log = json.loads(render_sarif([diagnostics[0], replace(diagnostics[1], message="another of the same")]))
        results = log["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    assert known(7) == known(9)
    assert len(set(known(7))) == 2
    assert not set(known(7)) & set(known(7, "103"))
