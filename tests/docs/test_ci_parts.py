"""action.yml, templates/pbxgen.yml and .pre-commit-hooks.yaml: their scripts run, without the services around them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2.nativetypes import NativeEnvironment
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
_SCENARIOS = """\
source: pbx.yaml
scenarios: [{name: to Ada, call: {from: "102", to: "101"}, expect: {rings: ["101"]}}]
"""
_SOURCE = """\
version: 1
pbx: {name: small, domain: pbx.small.example, country: IT, timezone: Europe/Rome, language: it}
defaults: {voicemail: true}
users: {"101": {name: Ada}, "102": {name: Bruno}}
"""


def _load(path: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all((ROOT / path).read_text(encoding="utf-8")))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with a source, and the programs that a runner has."""
    folder, programs = tmp_path / "clone", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (folder / "pbx.yaml").write_text(_SOURCE)
    (folder / "calls.test.yaml").write_text(_SCENARIOS)
    (programs / "pbxgen").write_text(f'#!/bin/sh\nexec {sys.executable} -m pbxgen "$@"\n')
    (programs / "gh").write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/gh\ncat {tmp_path}/comments 2>/dev/null || :\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"]
    for words in (
        ["init", "-q"],
        ["add", "."],
        [*who, "commit", "-q", "-m", "A source"],
        ["remote", "add", "origin", "."],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "pbx.yaml").write_text(_SOURCE.replace("{name: Ada}", '{name: Ada, deviations: {busy: "102"}}'))
    return folder


def _run(script: str, clone: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    home = clone.parent
    env = {**os.environ, "PATH": f"{home}/bin:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(home)}
    env |= variables
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=clone, env=env, capture_output=True, text=True, check=False
    )


def _step(name: str) -> str:
    (action,) = _load("action.yml")
    return str(next(step["run"] for step in action["runs"]["steps"] if step["name"] == name))


def test_the_action_checks_and_writes_sarif(clone: Path) -> None:
    done = _run(_step("Check"), clone, SOURCE=".")
    assert done.returncode == 0, done.stderr
    assert '"version": "2.1.0"' in (clone.parent / "pbxgen.sarif").read_text()
    (clone / "pbx.yaml").write_text(_SOURCE.replace("Ada}", "Ada, nme: x}"))
    assert _run(_step("Check"), clone, SOURCE=".").returncode == 1


def test_the_action_runs_scenarios(clone: Path) -> None:
    done = _run(_step("Scenarios"), clone, SCENARIOS="*.test.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (clone.parent / "pbxgen.junit.xml").exists()


def test_the_action_keeps_one_comment_up_to_date(clone: Path) -> None:
    base = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True, check=True)
    event = {"SOURCE": ".", "BASE": base.stdout.strip(), "NUMBER": "7", "REPOSITORY": "acme/pbx"}
    done = _run(_step("What changes for callers"), clone, **event)
    assert done.returncode == 0, done.stderr
    comment = (clone.parent / "comment.md").read_text()
    assert comment.startswith("<!-- pbxgen: what changes for callers -->\n### What changes for callers (1)")
    assert "-X POST repos/acme/pbx/issues/7/comments" in (clone.parent / "gh").read_text()
    (clone.parent / "comments").write_text("4711\n")
    _run(_step("What changes for callers"), clone, **event)
    assert "-X PATCH repos/acme/pbx/issues/comments/4711" in (clone.parent / "gh").read_text()


def test_the_component_of_gitlab_does_the_same(clone: Path) -> None:
    _, jobs = _load("templates/pbxgen.yml")
    base = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True, check=True)
    variables = {"SOURCE": ".", "SCENARIOS": "*.test.yaml", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base.stdout.strip()}
    done = _run("\n".join(jobs["pbxgen"]["script"]), clone, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ada (101)" in done.stdout
    reports = jobs["pbxgen"]["artifacts"]["reports"]
    assert (clone / reports["junit"]).exists()
    issues = json.loads((clone / reports["codequality"]).read_text())
    assert {issue["location"]["path"] for issue in issues} == {"pbx.yaml"}


def test_both_deploy_the_plan_that_they_have_shown(clone: Path) -> None:
    _, jobs = _load("templates/pbxgen.yml")
    for script in (_step("Deploy"), "\n".join(jobs["pbxgen-deploy"]["script"])):
        shown, done = (line.strip() for line in script.splitlines() if line.strip())
        assert "pbxgen plan " in shown
        saved = shown.partition("--out ")[2].split(" ")[0]
        assert done.startswith("pbxgen deploy ")
        assert done.endswith(f"--plan {saved}")


def test_the_hook_checks_a_repository(clone: Path) -> None:
    ((hook,),) = _load(".pre-commit-hooks.yaml")
    assert hook["id"] == "pbxgen-check"
    done = _run(" ".join((hook["entry"], *hook["args"])), clone)
    assert done.returncode == 0, done.stdout


def test_the_role_of_ansible_deploys_from_here() -> None:
    ((task,),) = _load("ansible/roles/pbxgen/tasks/main.yml")
    (defaults,) = _load("ansible/roles/pbxgen/defaults/main.yml")
    told = NativeEnvironment().from_string(task["ansible.builtin.command"]["argv"])
    assert told.render(**defaults) == ["pbxgen", "deploy", "--to", "hq"]
    assert told.render(**defaults | {"pbxgen_force": True})[-1] == "--force"
    assert task["delegate_to"] == "localhost"
