"""action.yml, templates/pbxgen.yml and .pre-commit-hooks.yaml: their scripts run, without the services around them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from jinja2.nativetypes import NativeEnvironment
from ruamel.yaml import YAML

_ADA = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Ada"), ("EMAIL", "ada@acme.example"))
}
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


_PBXGEN = """\
#!/bin/sh
case $1 in plan|deploy) ;; *) exec {python} -m pbxgen "$@" ;; esac
# What asks a PBX is only told.
echo "$* ($(cat deploy.yaml))" >>{home}/pbxgen
while [ $# -gt 0 ]; do if [ "$1" = --out ]; then echo "a plan" >"$2"; fi; shift; done
echo "## hq: Asterisk at local"
"""
_GH = """\
#!/bin/sh
echo "$*" >>{home}/gh
case $* in
  *comments*) cat {home}/comments 2>/dev/null || : ;;
  */pulls*) cat {home}/head 2>/dev/null || : ;;
  */zip) cat {home}/plan.zip ;;
  *artifacts*) cat {home}/artifact 2>/dev/null || : ;;
esac
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
    (folder / "deploy.yaml").write_text("of the base")
    (programs / "pbxgen").write_text(_PBXGEN.format(python=sys.executable, home=tmp_path))
    (programs / "gh").write_text(_GH.format(home=tmp_path))
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


def _base(clone: Path) -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_pull_request_is_shown_the_plan_with_the_command_that_the_base_has(clone: Path) -> None:
    (clone / "deploy.yaml").write_text("of a stranger")
    subprocess.run(["git", "commit", "-qam", "x"], cwd=clone, env={**os.environ, **_ADA}, check=True)
    base = subprocess.run(["git", "rev-parse", "HEAD~1"], cwd=clone, capture_output=True, text=True, check=True)
    done = _run(_step("Plan"), clone, TO="hq", FILE="deploy.yaml", BASE=base.stdout.strip())
    assert done.returncode == 0, done.stderr
    asked = (clone.parent / "pbxgen").read_text()
    assert asked.startswith(
        f"plan --file deploy.yaml --to hq --out {clone.parent}/plan.json --format markdown (of the ba"
    )
    assert (clone / "deploy.yaml").read_text() == "of a stranger"
    event = {"SOURCE": ".", "BASE": base.stdout.strip(), "NUMBER": "7", "REPOSITORY": "acme/pbx"}
    assert _run(_step("What changes for callers"), clone, **event).returncode == 0
    assert (clone.parent / "comment.md").read_text().endswith("\n\n## hq: Asterisk at local\n")


def test_where_the_base_deploys_nothing_there_is_no_plan(clone: Path) -> None:
    base = _base(clone)
    done = _run(_step("Plan"), clone, TO="hq", FILE="other.yaml", BASE=base)
    assert done.returncode == 0, done.stderr
    assert (clone.parent / "plan.md").read_text() == "No plan: `other.yaml` is new.\n"
    assert not (clone.parent / "pbxgen").exists()


_PUSH = {"TO": "hq", "FILE": "deploy.yaml", "UNSEEN": "false", "REPOSITORY": "acme/pbx", "SHA": "1a2b3c4"}


def test_once_merged_the_plan_that_was_shown_is_what_is_deployed(clone: Path) -> None:
    home = clone.parent
    (home / "head").write_text("5d6e7f8\n")
    (home / "artifact").write_text("815\n")
    with zipfile.ZipFile(home / "plan.zip", "w") as archive:
        archive.writestr("plan.json", "what was shown")
    done = _run(_step("Deploy"), clone, **_PUSH)
    assert done.returncode == 0, done.stderr
    asked = (home / "gh").read_text()
    assert "api repos/acme/pbx/commits/1a2b3c4/pulls " in asked
    assert "api repos/acme/pbx/actions/artifacts?name=pbxgen-plan-hq-5d6e7f8 " in asked
    assert "api repos/acme/pbx/actions/artifacts/815/zip" in asked
    assert (home / "shown/plan.json").read_text() == "what was shown"
    assert (
        (home / "pbxgen")
        .read_text()
        .startswith(
            f"deploy --file deploy.yaml --to hq --plan {home}/shown/plan.json (",
        )
    )


@pytest.mark.parametrize("head", ["", "5d6e7f8\n"], ids=["pushed", "its plan is gone"])
def test_what_no_pull_request_has_shown_is_not_deployed_unless_that_is_said(clone: Path, head: str) -> None:
    home = clone.parent
    (home / "head").write_text(head)
    refused = _run(_step("Deploy"), clone, **_PUSH)
    assert refused.returncode == 1
    assert "::error::no pull request has shown a plan of this commit, or it is gone" in refused.stdout
    assert not (home / "pbxgen").exists()
    done = _run(_step("Deploy"), clone, **_PUSH | {"UNSEEN": "true", "GITHUB_STEP_SUMMARY": str(home / "summary")})
    assert done.returncode == 0, done.stderr
    plan, deployed = (home / "pbxgen").read_text().splitlines()
    assert plan.startswith(f"plan --file deploy.yaml --to hq --out {home}/shown/plan.json")
    assert deployed.startswith(f"deploy --file deploy.yaml --to hq --plan {home}/shown/plan.json")
    assert "## hq" in (home / "summary").read_text()


def test_a_plan_is_kept_under_the_name_by_which_it_is_asked_for() -> None:
    (action,) = _load("action.yml")
    (kept,) = (step for step in action["runs"]["steps"] if step["name"] == "Keep the plan")
    name = kept["with"]["name"].replace("${{ inputs.to }}", "$TO")
    assert name.replace("${{ github.event.pull_request.head.sha }}", "$head") == "pbxgen-plan-$TO-$head"
    assert f"artifacts?name={name[: name.index('-$')]}-$TO-$head" in _step("Deploy")


@pytest.mark.skipif(shutil.which("jq") is None, reason="NOT RUN: gh has a jq of its own, which is asked for here")
def test_plans_of_strangers_and_those_that_are_gone_are_passed_over(clone: Path) -> None:
    (clone.parent / "gh").write_text("")
    _run(
        _step("Deploy").replace("gh api", 'sh -c \'echo "$3" >>"$RUNNER_TEMP/asked"; echo 5d6e7f8\' -'), clone, **_PUSH
    )
    of_head, of_artifact, _ = (clone.parent / "asked").read_text().splitlines()
    pulls = [{"merged_at": None, "head": {"sha": "open"}}, {"merged_at": "2026-11-23", "head": {"sha": "5d6e7f8"}}]
    assert _jq(of_head, pulls) == "5d6e7f8"
    assert _jq(of_head, []) == ""
    run = {"head_repository_id": 1, "repository_id": 1}
    artifacts = [
        {"id": 1, "expired": True, "workflow_run": run},
        {"id": 2, "expired": False, "workflow_run": run | {"head_repository_id": 2}},
        {"id": 3, "expired": False, "workflow_run": run},
    ]
    assert _jq(of_artifact, {"artifacts": artifacts}) == "3"
    assert _jq(of_artifact, {"artifacts": artifacts[:2]}) == ""


def _jq(asked: str, value: object) -> str:
    done = subprocess.run(["jq", "-r", asked], input=json.dumps(value), capture_output=True, text=True, check=True)
    return done.stdout.strip()


class _GitLab(BaseHTTPRequestHandler):
    """Its answers by path, and what it was asked."""

    answers: ClassVar[dict[str, Any]]
    asked: ClassVar[list[tuple[str, str, Any]]]

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self.asked.append((self.command, self.path, json.loads(self.rfile.read(size) or "null")))
        answer = self.answers.get(self.path) if self.headers["PRIVATE-TOKEN"] == "secret" else None
        self.send_response(404 if answer is None and self.command == "GET" else 200)
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def gitlab() -> Iterator[tuple[type[_GitLab], dict[str, str]]]:
    """And the variables of a job that name it."""
    handler = type("GitLab", (_GitLab,), {"answers": {}, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield handler, {"CI_API_V4_URL": url, "CI_PROJECT_ID": "42", "PBXGEN_TOKEN": "secret", "no_proxy": "*"}
        server.shutdown()


_NOTES = "/projects/42/merge_requests/7/notes"


@pytest.mark.parametrize("known", [False, True])
def test_gitlabs_component_keeps_one_comment_up_to_date_with_the_plan(
    clone: Path, gitlab: tuple[type[_GitLab], dict[str, str]], known: bool
) -> None:
    server, job = gitlab
    mine = [{"id": 3, "body": "<!-- pbxgen: what changes for callers -->\nold"}] if known else []
    server.answers[f"{_NOTES}?per_page=100&page=1"] = [{"id": 2, "body": "Looks good"}, *mine]
    _, jobs = _load("templates/pbxgen.yml")
    job |= {"SOURCE": ".", "SCENARIOS": "", "TO": "hq", "CI_MERGE_REQUEST_IID": "7"}
    done = _run("\n".join(jobs["pbxgen"]["script"]), clone, **job, CI_MERGE_REQUEST_DIFF_BASE_SHA=_base(clone))
    assert done.returncode == 0, done.stderr
    method, path, sent = server.asked[-1]
    assert (method, path) == (("PUT", f"{_NOTES}/3") if known else ("POST", _NOTES))
    assert sent["body"].startswith("<!-- pbxgen: what changes for callers -->\n### What changes for callers (1)")
    assert sent["body"].endswith("## hq: Asterisk at local\n")
    assert (clone / "plan.json").exists()
    assert "plan.json" in jobs["pbxgen"]["artifacts"]["paths"]
    assert (clone / "deploy.yaml").read_text() == "of the base"


def _shown(server: type[_GitLab], project: int) -> None:
    """A merge request whose pipeline has kept a plan."""
    server.answers |= {
        "/projects/42/repository/commits/1a2b3c4/merge_requests": [
            {"iid": 6, "state": "closed"},
            {"iid": 7, "state": "merged"},
        ],
        "/projects/42/merge_requests/7/pipelines": [{"id": 9, "project_id": project}],
        "/projects/42/pipelines/9/jobs?per_page=100": [
            {"id": 4, "name": "lint", "status": "success"},
            {"id": 5, "name": "pbxgen", "status": "success"},
        ],
        "/projects/42/jobs/5/artifacts/plan.json": b"what was shown",
    }


def test_gitlabs_component_deploys_the_plan_that_was_shown(
    clone: Path, gitlab: tuple[type[_GitLab], dict[str, str]]
) -> None:
    server, job = gitlab
    _shown(server, 42)
    _, jobs = _load("templates/pbxgen.yml")
    script = "\n".join(jobs["pbxgen-deploy"]["script"])
    done = _run(script, clone, **job, TO="hq", UNSEEN="false", CI_COMMIT_SHA="1a2b3c4")
    assert done.returncode == 0, done.stderr
    assert (clone / "plan.json").read_text() == "what was shown"
    assert (clone.parent / "pbxgen").read_text().startswith("deploy --to hq --plan plan.json (")


@pytest.mark.parametrize("why", ["of a fork", "no token", "gone"])
def test_gitlabs_component_deploys_nothing_that_was_not_shown_unless_that_is_said(
    clone: Path, gitlab: tuple[type[_GitLab], dict[str, str]], why: str
) -> None:
    server, job = gitlab
    if why != "gone":
        _shown(server, 43 if why == "of a fork" else 42)
    if why == "no token":
        job["PBXGEN_TOKEN"] = ""
    _, jobs = _load("templates/pbxgen.yml")
    script = "\n".join(jobs["pbxgen-deploy"]["script"])
    refused = _run(script, clone, **job, TO="hq", UNSEEN="false", CI_COMMIT_SHA="1a2b3c4")
    assert refused.returncode == 1
    assert "No merge request has shown a plan of this commit" in refused.stdout
    assert not (clone.parent / "pbxgen").exists()
    done = _run(script, clone, **job, TO="hq", UNSEEN="true", CI_COMMIT_SHA="1a2b3c4")
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in (clone.parent / "pbxgen").read_text().splitlines()] == ["plan", "deploy"]


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
