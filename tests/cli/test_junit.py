"""`pbxgen test --junit`: verdicts as code hosts read them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.lab.result import LabReport
from tests.cli.conftest import SMALL

_SCENARIOS = """\
source: pbx.yaml
scenarios:
  - name: as expected <&>
    call: {from: "102", to: "101"}
    expect: {rings: ["101"]}
  - name: otherwise
    call: {from: "102", to: "101"}
    expect: {rings: ["102"]}
"""


def _suites(folder: Path, scenarios: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    (folder / "pbx.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "calls.test.yaml").write_text(scenarios, encoding="utf-8")
    junit = folder / "junit.xml"
    result = CliRunner().invoke(
        app, ["test", str(folder / "calls.test.yaml"), "--on", "generated", "--junit", str(junit)]
    )
    root = ElementTree.parse(junit).getroot()
    cases_by_suite = {}
    for suite in root:
        cases_by_suite[suite.attrib["name"]] = [
            (case.attrib["name"], next((inner.attrib["message"] for inner in case), "")) for case in suite
        ]
    return result.exit_code, cases_by_suite


def test_each_place_is_a_suite_and_each_scenario_a_case(tmp_path: Path) -> None:
    code, suites = _suites(tmp_path, _SCENARIOS)
    assert code == 1
    assert list(suites) == ["model", "generated (asterisk)", "generated (freeswitch)"]
    for cases in suites.values():
        assert [name for name, _ in cases] == ["as expected <&>", "otherwise"]
        assert cases[0][1] == ""
        assert cases[1][1] != ""
    assert suites["model"][1][1] == "rings: expected 102, the model says 101"


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    code, suites = _suites(tmp_path, _SCENARIOS.replace("expect:", "expct:"))
    assert code == 1
    assert suites["model"][0][0].endswith("calls.test.yaml")
    assert suites["model"][0][1].startswith("PBX501: ")


def test_what_real_calls_say_nothing_about_is_a_property_of_their_suites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = LabReport((), ("asterisk", "freeswitch"), {}, 0.0, browsers=("104",))
    monkeypatch.setattr("pbxgen.cli.test_on.place_calls", lambda *words: report)
    (tmp_path / "pbx.yaml").write_text(SMALL, encoding="utf-8")
    calls, junit = tmp_path / "calls.test.yaml", tmp_path / "junit.xml"
    calls.write_text(_SCENARIOS, encoding="utf-8")
    CliRunner().invoke(app, ["test", str(calls), "--on", "asterisk,freeswitch", "--junit", str(junit)])
    said = {
        suite.attrib["name"]: [(one.attrib["name"], one.attrib["value"][:19]) for one in suite.iter("property")]
        for suite in ElementTree.parse(junit).getroot()
    }
    told = [("not_judged", "not judged: WebRTC.")]
    assert said == {"model": [], "asterisk": told, "freeswitch": told}
