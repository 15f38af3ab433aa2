"""``pbxgen test``: scenario files on the model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.lab.result import LabReport

EXAMPLES = Path(__file__).parents[2] / "examples"
SOURCE = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
users:
  "101": {name: Ada, deviations: {busy: "102"}}
  "102": {name: Bob}
  "103": {name: Cleo}
"""
SCENARIOS = """\
source: acme.yaml
scenarios:
  - name: Ada is busy
    call: {from: "103", to: "101"}
    phones: {"101": busy}
    expect: {rings: ["101", "102"], ends: {answered: "102"}}
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "acme.yaml").write_text(SOURCE)
    path = tmp_path / "acme.test.yaml"
    path.write_text(SCENARIOS)
    return path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["test", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("**/*.test.yaml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_examples_pass(file: Path) -> None:
    code, output = run(str(file))
    assert code == 0, output


def test_a_scenario_that_passes(office: Path) -> None:
    code, output = run(str(office))
    assert code == 0
    assert output.endswith("1 passed, 0 failed\n")


def test_a_failing_call_is_told_beside_what_was_expected(office: Path) -> None:
    office.write_text(SCENARIOS.replace('ends: {answered: "102"}', 'ends: {voicemail: "101"}'))
    code, output = run(str(office))
    assert code == 1
    assert "FAIL" in output
    assert f"{office}:3:5" in output
    assert "expected  voicemail 101" in output
    assert "model     answered 102" in output
    assert "Ada (101) diverts on busy: Bob (102)." in output
    assert f"{office.parent / 'acme.yaml'}:4" in output
    assert output.endswith("0 passed, 1 failed\n")


def test_a_source_with_errors_fails_the_file_and_shows_them(office: Path) -> None:
    (office.parent / "acme.yaml").write_text(SOURCE.replace('busy: "102"', 'busy: "109"'))
    code, output = run(str(office))
    assert code == 1
    assert "acme.yaml:4:" in output
    assert "0 passed, 0 failed" in output


def test_a_phone_that_nobody_has_is_an_error(office: Path) -> None:
    office.write_text(SCENARIOS.replace('"101": busy', '"110": busy'))
    code, output = run(str(office))
    assert code == 1
    assert "110 is not an extension of acme" in output


def test_a_fleet_needs_to_know_the_tenant(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = SOURCE.replace("acme", name)
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "fleet.yaml").write_text('version: 1\ntenants: ["one.yaml", "two.yaml"]\n')
    path = tmp_path / "calls.test.yaml"
    path.write_text(SCENARIOS.replace("acme.yaml", "fleet.yaml"))
    code, output = run(str(path))
    assert code == 1
    assert "does not say which tenant" in output
    path.write_text(SCENARIOS.replace("acme.yaml", "fleet.yaml\ntenant: two"))
    assert run(str(path))[0] == 0


def test_only_scenarios_of_a_name(office: Path) -> None:
    assert run(str(office), "--name", "Ada")[0] == 0
    code, output = run(str(office), "--name", "nobody")
    assert code == 2
    assert "no scenario's name holds this text" in output


def test_for_machines(office: Path) -> None:
    code, output = run(str(office), "--format", "json")
    document = json.loads(output)
    assert code == 0
    assert document["summary"] == {"passed": 1, "failed": 0}
    (scenario,) = document["files"][0]["scenarios"]
    assert scenario["ends"] == {"answered": "102"}
    assert scenario["diverted"] == [{"by": "101", "reason": "busy"}]


@pytest.mark.parametrize(
    "words", [("none.yaml",), ("--on", "asterix", "X"), ("--format", "xml", "X"), ()], ids=lambda w: " ".join(w)
)
def test_wrong_usage_is_2(office: Path, words: tuple[str, ...]) -> None:
    assert run(*(str(office) if w == "X" else w for w in words))[0] == 2


def test_a_pbx_that_is_not_there_is_named(office: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PBXGEN_ASTERISK", raising=False)
    code, output = run(str(office), "--on", "asterisk")
    assert code == 2
    assert "PBXGEN_ASTERISK" in output


def test_on_the_generated_text_of_each_pbx(office: Path) -> None:
    code, output = run(str(office), "--on", "model,generated")
    assert code == 0, output
    assert "ok   model      Ada is busy" in output
    assert "ok   generated (asterisk)   Ada is busy" in output
    assert "ok   generated (freeswitch) Ada is busy" in output
    assert output.endswith("3 passed, 0 failed\n")
    assert "library.conf:" not in output


def test_a_call_that_goes_wrong_on_generated_text_is_told_with_the_model_beside_it(office: Path) -> None:
    office.write_text(SCENARIOS.replace('rings: ["101", "102"]', 'rings: ["101"]'))
    code, output = run(str(office), "--on", "generated")
    assert code == 1
    assert "FAIL generated (asterisk)   Ada is busy" in output
    assert "✗ rang 101, 102 instead of 101" in output
    assert "Ada (101) diverts on busy: Bob (102)." in output
    assert "-v shows every line" in output
    assert output.endswith("0 passed, 3 failed\n")


def test_every_line_that_ran_is_told_with_its_place(office: Path) -> None:
    _, output = run(str(office), "--on", "generated", "-v")
    assert "What ran for asterisk" in output
    assert "pbxgen/acme/extensions.conf:" in output
    assert "Return(user/102)" in output
    assert "What ran for freeswitch" in output


def test_generated_text_for_machines(office: Path) -> None:
    code, output = run(str(office), "--on", "generated", "--format", "json")
    document = json.loads(output)
    assert code == 0
    assert document["summary"] == {"passed": 3, "failed": 0}
    assert [call["pbx"] for call in document["generated"]] == ["asterisk", "freeswitch"]
    call = document["generated"][0]
    assert (call["rings"], call["ends"], call["status"]) == (["101", "102"], {"answered": "102"}, 200)
    assert "ran" not in call
    _, output = run(str(office), "--on", "generated", "--format", "json", "-v")
    ran = json.loads(output)["generated"][0]["ran"]
    assert ran[0]["where"].startswith("pbxgen/acme/extensions.conf:")


def test_real_calls_for_machines(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = LabReport((), ("asterisk",), {"asterisk": ("WARNING x",)}, 0.0, browsers=("104",))
    monkeypatch.setattr("pbxgen.cli.test_on.place_calls", lambda *words: report)
    _, output = run(str(office), "--on", "asterisk", "--format", "json")
    document = json.loads(output)
    assert document["problems"] == {"asterisk": ["WARNING x"]}
    (told,) = document["not_judged"]
    assert told.startswith("not judged: WebRTC.")
    monkeypatch.setattr("pbxgen.cli.test_on.place_calls", lambda *words: replace(report, browsers=()))
    _, output = run(str(office), "--on", "asterisk", "--format", "json")
    assert json.loads(output)["not_judged"] == []


def test_generated_text_that_is_not_understood_is_a_failure(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pbxgen.interpret import generated_calls
    from pbxgen.interpret.base import NotUnderstoodError

    def refuse(pbx: str, files: object) -> None:
        raise NotUnderstoodError("library.conf:1: the application System is not known")

    monkeypatch.setattr(generated_calls, "load_interpreter", refuse)
    code, output = run(str(office), "--on", "generated")
    assert code == 1
    assert "the generated text is not understood: library.conf:1: the application System is not known" in output
