"""`pbxgen plan`, `deploy`, `status`, `rollback` and `history`, as they are typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pbxgen.calls.case import Case
from pbxgen.cli.main import app
from pbxgen.deploy import engine, verify
from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.errors import DeployError
from pbxgen.flow.plan import Plan
from pbxgen.lab.running_pbx import CaseWithPasswords
from tests.deploy.fake_asterisk import FakeAsterisk, fake
from tests.deploy.killed import killed
from tests.deploy.places import OFFICE, PASSWORD, Place, target

__all__ = ["fake"]

Invoke = Callable[..., Result]
_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(fake: FakeAsterisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made_place = Place(target("asterisk", fake.etc, ("asterisk", "-rx")), tmp_path / "source")
    made_place.source.mkdir()
    (made_place.source / "deploy.yaml").write_text(
        "version: 1\nsource: .\ntargets:\n"
        f"  hq: {{target: asterisk, folder: {fake.etc}}}\n"
        f"  again: {{target: asterisk, folder: {fake.etc}}}\n"
        "  pair: {nodes: [hq, again]}\n"
    )
    made_place.write(OFFICE.replace("TRUNK", "192.0.2.1"))
    monkeypatch.chdir(made_place.source)
    monkeypatch.setenv("PBXGEN_DEPLOYED_BY", "ada@ci")
    return made_place


@pytest.fixture
def invoke(place: Place) -> Invoke:
    return lambda *words: CliRunner().invoke(app, [*map(str, words)])


def test_from_the_first_plan_to_a_rollback(invoke: Invoke, place: Place) -> None:
    plan = invoke("plan", "--to", "hq")
    assert plan.exit_code == 0
    assert plan.stdout.startswith(f"hq: Asterisk at local, {place.folder}\n  it has no release of pbxgen's yet\n")
    assert "    + office/pjsip.conf\n" in plan.stdout
    assert invoke("plan", "--to", "hq", "--exit-code").exit_code == 2
    assert not list(place.folder.iterdir())
    first = invoke("deploy", "--to", "hq")
    assert (first.exit_code, first.stdout) == (0, f"hq runs release {place.current}\n")
    assert invoke("plan", "--to", "hq", "--exit-code").exit_code == 0
    assert invoke("deploy", "--to", "hq").stdout == f"hq runs release {place.current} already\n"
    place.change('{busy: "101"}', '{busy: "102"}')
    shown = invoke("plan", "--to", "hq").stdout
    assert shown.index("What changes for callers") < shown.index("Eve (105)") < shown.index("  Files\n")
    assert "~ office/pjsip.conf (comments only, not reloaded)" in shown
    before = place.current
    assert invoke("deploy", "--to", "hq").exit_code == 0
    status = invoke("status", "--to", "hq").stdout
    assert status.startswith(f"hq: in step with the source\n  release {place.current} (git:")
    assert "deployed by ada@ci" in status
    assert invoke("rollback", "--to", "hq").stdout == f"hq runs release {before}\n"
    assert invoke("status", "--to", "hq").stdout.startswith("hq: behind the source\n")
    lines = invoke("history", "--to", "hq").stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["rollback", "deploy", "deploy"]
    assert [" * " in line for line in lines] == [True, False, False]


def test_a_saved_plan_is_what_is_deployed_or_nothing(invoke: Invoke, place: Place, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    assert invoke("plan", "--to", "hq", "--out", saved).exit_code == 0
    place.change("name: Eve", "name: Eva")
    refused = invoke("deploy", "--to", "hq", "--plan", saved)
    assert refused.exit_code == 1
    assert "error[PBX615]: hq: since the plan was made other files would be written" in refused.stderr
    assert invoke("plan", "--to", "hq", "--out", saved).exit_code == 0
    assert invoke("deploy", "--to", "hq", "--plan", saved).exit_code == 0
    plan = json.loads(saved.read_text())
    for text in ("{}", "[" * 100_000, json.dumps(plan | {"version": 2}), json.dumps(plan | {"targets": []})):
        saved.write_text(text)
        refused = invoke("deploy", "--to", "hq", "--plan", saved)
        assert refused.exit_code == 2
        assert "is no plan for hq" in refused.stderr


def test_a_failure_says_what_the_pbx_said_and_what_runs_now(invoke: Invoke, place: Place, fake: FakeAsterisk) -> None:
    invoke("deploy", "--to", "hq")
    before = place.current
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload("line 7 is wrong", lambda: place.current != before)
    failed = invoke("deploy", "--to", "hq")
    assert failed.exit_code == 1
    assert failed.stdout == ""
    assert f"line 7 is wrong; {before} runs again" in failed.stderr
    assert " = help: mend what it names and deploy again" in failed.stderr
    assert "Traceback" not in failed.output
    assert "nothing was changed" not in failed.stderr.replace("nothing has changed", "")


def test_a_failure_changes_nothing_of_who_has_deployed_what_runs_and_since_when(
    invoke: Invoke, place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("deploy", "--to", "hq")
    before = place.current
    line = invoke("status", "--to", "hq").stdout.splitlines()[1]
    assert f"release {before} (git:" in line
    assert line.endswith(", deployed by ada@ci")
    monkeypatch.setenv("PBXGEN_DEPLOYED_BY", "ben@ci")
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload("line 7 is wrong", lambda: place.current != before)
    assert invoke("deploy", "--to", "hq").exit_code == 1
    assert invoke("status", "--to", "hq").stdout.splitlines()[1] == line
    assert "by ada@ci" in invoke("plan", "--to", "hq").stdout.splitlines()[1]
    undone, deployed = invoke("history", "--to", "hq").stdout.splitlines()
    commit = line.partition("(")[2].partition(")")[0]
    assert f"undone    {before} ({commit})  ben@ci: " in undone  # the commit is that of the release beside it
    assert f"deploy    {before} ({commit}) *  ada@ci" in deployed


@pytest.mark.parametrize("command", ["deploy", "rollback"])
def test_what_fails_before_anything_is_switched_says_what_runs(
    invoke: Invoke, place: Place, fake: FakeAsterisk, command: str
) -> None:
    fake.down = True
    failed = invoke(command, "--to", "hq")
    assert failed.exit_code == 1
    assert "error[PBX611]: Asterisk does not answer" in failed.stderr
    assert failed.stderr.endswith("nothing was changed at hq: what ran there runs on\n")


def test_of_several_nodes_a_failure_stops_before_the_next(invoke: Invoke, place: Place, fake: FakeAsterisk) -> None:
    fake.says["dialplan reload"] = "no"
    failed = invoke("deploy", "--to", "pair")
    assert failed.exit_code == 1
    assert "not begun: again" in failed.stderr
    fake.says.clear()
    done = invoke("deploy", "--to", "pair")
    assert done.stdout == f"hq runs release {place.current}\nagain runs release {place.current} already\n"


def test_a_rollback_of_several_nodes_stops_at_a_failure_too(invoke: Invoke, place: Place) -> None:
    failed = invoke("rollback", "--to", "pair")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("not begun: again\nerror[PBX618]: hq: ")


@pytest.mark.parametrize("command", ["deploy", "rollback"])
def test_what_is_interrupted_before_anything_is_switched_says_what_runs(
    invoke: Invoke, place: Place, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RunningAsterisk, "folder", interrupt)
    ended = invoke(command, "--to", "pair")
    assert ended.exit_code == 130
    assert ended.stderr.endswith("not begun: again\ninterrupted: nothing was changed at hq: what ran there runs on\n")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DeployError("PBX612", "no", "")])
def test_what_ends_once_a_killed_deployment_is_undone_says_what_runs(
    invoke: Invoke, place: Place, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    invoke("deploy", "--to", "hq")
    before = place.current
    place.change("name: Eve", "name: Eva")
    assert killed(place.deploy, lambda _, script: "ln -s releases/" in script, sent=True)
    monkeypatch.setattr(engine, "plan_of", fail)
    ended = invoke("deploy", "--to", "hq")
    assert ended.exit_code != 0
    assert f"{before} runs again" in ended.stderr
    assert "nothing was changed" not in ended.stderr


def test_a_plan_of_another_version_is_refused(invoke: Invoke, place: Place, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    invoke("plan", "--to", "hq", "--out", saved)
    plan = json.loads(saved.read_text())
    del plan["targets"]["hq"]["holds"]["secrets"]
    saved.write_text(json.dumps(plan))
    refused = invoke("deploy", "--to", "hq", "--plan", saved)
    assert refused.exit_code == 1
    assert "error[PBX615]: hq: the plan was made by another version of pbxgen" in refused.stderr


def test_passwords_that_a_saved_plan_has_not_shown_are_not_deployed(
    invoke: Invoke, place: Place, tmp_path: Path
) -> None:
    saved = tmp_path / "plan.json"
    invoke("deploy", "--to", "hq")
    assert "nothing to deploy" in invoke("plan", "--to", "hq", "--out", saved).stdout
    place.change(f'Ada, password: "{PASSWORD}"', 'Ada, password: "another long secret"')
    refused = invoke("deploy", "--to", "hq", "--plan", saved)
    assert refused.exit_code == 1
    assert "error[PBX615]: hq: since the plan was made other passwords or PINs would be written" in refused.stderr
    assert "(passwords or PINs only)" in invoke("plan", "--to", "hq", "--out", saved).stdout
    assert "another long secret" not in saved.read_text()
    assert invoke("deploy", "--to", "hq", "--plan", saved).exit_code == 0


def test_where_a_plan_was_made_without_passwords_those_of_the_deployment_are_taken(
    invoke: Invoke, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "plan.json"
    place.change(f'Ada, password: "{PASSWORD}"', "Ada, password: {env: ADA}")
    assert "whether passwords or PINs change: they" in invoke("plan", "--to", "hq", "--out", saved).stdout
    assert json.loads(saved.read_text())["targets"]["hq"]["holds"]["secrets"] is None
    monkeypatch.setenv("ADA", PASSWORD)
    assert invoke("deploy", "--to", "hq", "--plan", saved).exit_code == 0


@pytest.mark.parametrize(
    ("name", "source", "good"),
    [
        ("../lab.yaml", "source", True),
        (".lab.yaml", ".", True),
        ("lab.yaml", "pbx.yaml", True),
        ("lab.test.yaml", ".", True),
        ("lab.yaml", ".", False),
        ("lab/deploy.yaml", "..", False),
    ],
)
def test_a_deployment_file_that_would_be_read_as_the_source_is_wrong_usage(
    invoke: Invoke, place: Place, name: str, source: str, good: bool
) -> None:
    file = place.source / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"version: 1\nsource: {source}\ntargets: {{hq: {{target: asterisk, folder: {place.folder}}}}}\n")
    result = invoke("plan", "--to", "hq", "--file", name)
    assert result.exit_code == (0 if good else 2)
    assert ("call it deploy.yaml, at the top of that folder" in result.stderr) is not good


def test_a_source_with_errors_is_not_deployed(invoke: Invoke, place: Place) -> None:
    place.write(place.text.replace('{busy: "101"}', '{busy: "999"}'))
    failed = invoke("deploy", "--to", "hq")
    assert failed.exit_code == 1
    assert "nothing was deployed: . has errors" in failed.stderr
    assert not list(place.folder.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "--to", "hp"), "did you mean 'hq'?"),
        (("deploy", "--to", "hq", "--file", "nothing.yaml"), "there is no nothing.yaml"),
        (("deploy", "--to", "hq", "--plan", "nothing.json"), "there is no nothing.json"),
        (("plan", "--to", "hq", "--format", "xml"), "is none of text, json, markdown"),
        (("status", "--format", "xml"), "is neither text nor json"),
    ],
)
def test_wrong_usage_is_2_and_says_what_is_meant(invoke: Invoke, words: tuple[str, ...], said: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_an_unreachable_target_is_said_so_beside_the_others(invoke: Invoke, place: Place, fake: FakeAsterisk) -> None:
    fake.down = True
    result = invoke("status")
    assert result.exit_code == 1
    assert "hq: unreachable: Asterisk does not answer" in result.stdout


def test_markdown_is_a_comment_for_a_pull_request(invoke: Invoke) -> None:
    text = invoke("plan", "--to", "hq", "--format", "markdown").stdout
    assert text.startswith("## hq: Asterisk at local, ")
    assert "### Files\n\n```\n+ extensions.conf\n" in text


_OPAQUE = ("callers", "holds")
"""Of plans: another command's document, and what only `deploy --plan` reads."""


def _fields(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and not path.endswith(_OPAQUE):
        for key, one in value.items():
            name = "*" if path in ("targets", "targets.*.running") else key
            yield from _fields(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from _fields(one, f"{path}[]")
        if not value:
            yield f"{path}[]"
    else:
        yield path


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        (("plan", "--to", "hq"), "What a deployment would change"),
        (("status",), "What runs"),
        (("history", "--to", "hq"), "What was deployed"),
    ],
)
def test_every_field_is_documented_and_no_other(
    invoke: Invoke, place: Place, words: tuple[str, ...], heading: str
) -> None:
    invoke("deploy", "--to", "hq")
    place.change("name: Eve", "name: Eva")
    printed = set(_fields(json.loads(invoke(*words, "--format", "json").stdout)))
    page = (_ROOT / "docs/json.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert printed == set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "hp"),
        ("--to", "hq", "--file", "nothing.yaml"),
        ("--to", "hq", "--format", "xml"),
        ("--to", "hq", "--lang", "xx"),
        ("--to", "hq", "--tp", "hq"),
        (),
    ],
)
def test_2_says_nothing_but_that_there_is_something_to_deploy(invoke: Invoke, words: tuple[str, ...]) -> None:
    result = invoke("plan", *words, "--exit-code")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: " in result.stderr
    assert invoke("plan", *words).exit_code == 2


def test_what_calls_of_verify_did_is_told_in_the_language_that_is_asked_for(
    invoke: Invoke, place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def place_calls(pbx: str, at: object, cases: Sequence[CaseWithPasswords], language: str) -> list[object]:
        asked.append(language)
        return [SimpleNamespace(case=one.case, passed=True, differences=()) for one in cases]

    monkeypatch.setattr(verify, "place_calls", place_calls)
    monkeypatch.setattr(verify.sipp, "find", lambda: "sipp")
    monkeypatch.setattr(RunningAsterisk, "sip", lambda self: ("127.0.0.1", 5060))
    fake.says["pjsip list contacts"] = "No objects found.\n"
    (place.source / "calls.test.yaml").write_text(
        'source: .\nscenarios: [{name: to Ben, call: {from: "101", to: "102"}, expect: {rings: ["102"]}}]\n'
    )
    deployments = place.source / "deploy.yaml"
    deployments.write_text(deployments.read_text().replace("hq: {", "hq: {verify: [calls.test.yaml], ", 1))
    place.write(place.text.replace(PASSWORD, "no-blanks-in-it"))
    assert invoke("deploy", "--to", "hq", "--lang", "it").exit_code == 0
    place.change("name: Eve", "name: Eva")
    assert invoke("deploy", "--to", "hq", "--lang", "en").exit_code == 0
    assert invoke("rollback", "--to", "hq", "--lang", "it").exit_code == 0
    assert asked == ["it", "en", "it"]


def test_a_deployment_shows_calls_on_the_generated_text_in_the_language_that_is_asked_for(
    invoke: Invoke, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def examine(plans: Sequence[Plan], cases: Sequence[Case], pbx: str, language: str) -> list[object]:
        asked.append(language)
        return [SimpleNamespace(case=case, passed=False, differences=("it rings nobody",)) for case in cases]

    monkeypatch.setattr("pbxgen.deploy.new_release.examine", examine)
    (place.source / "calls.test.yaml").write_text(
        'source: .\nscenarios: [{name: to Ben, call: {from: "101", to: "102"}, expect: {rings: ["102"]}}]\n'
    )
    refused = invoke("deploy", "--to", "hq", "--lang", "it")
    assert refused.exit_code == 1
    assert "to Ben (on the generated text): it rings nobody" in refused.output
    assert asked == ["it"]
