"""``pbxgen diff OLD NEW``"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app

MINIMAL = Path(__file__).parents[2] / "examples" / "minimal" / "pbx.yaml"


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["diff", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.org", *words], check=True
    )


def committed(folder: Path) -> None:
    """A repository of all that is in the folder."""
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """The example's fleet in a repository of git."""
    path = shutil.copytree(MINIMAL.parents[1] / "fleet", tmp_path / "fleet")
    committed(tmp_path)
    return path


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A source in a repository of git, and then changed."""
    path = tmp_path / "office.yaml"
    shutil.copy(MINIMAL, path)
    committed(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"101"', '"205"'), encoding="utf-8")
    return path


def test_a_revision_of_git(office: Path) -> None:
    assert "+ Ada Rossi (205)" in run("git:HEAD", office)
    assert "- Ada Rossi (205)" in run(office, "git:HEAD")


def test_exit_code_only_where_behaviour_differs(office: Path) -> None:
    run("git:HEAD", office, "--exit-code", code=1)
    assert run(office, office, "--exit-code") == "nothing changes for callers\n"


def test_json_and_markdown(office: Path) -> None:
    document = json.loads(run("git:HEAD", office, "--format", "json"))
    assert document["same"] is False
    (blocks,) = document["tenants"].values()
    assert {"kind": "new", "targets": ["205"]}.items() <= blocks[0].items()
    assert run("git:HEAD", office, "--format", "markdown").startswith("### What changes for callers")


@pytest.mark.parametrize("revision", ["git:nothing", "git:--help", "git:"])
def test_a_revision_that_there_is_not(office: Path, revision: str) -> None:
    run(revision, office, code=2)


def generated(source: Path, out: Path, *more: str, targets: tuple[str, ...] = ("asterisk",)) -> Path:
    words = ["generate", str(source), "-o", str(out), "--parts", "dialplan", *more]
    words += [word for target in targets for word in ("--target", target)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return out


def test_a_generated_folder_knows_its_source(office: Path, tmp_path: Path) -> None:
    out = generated(MINIMAL, tmp_path / "out")
    assert "was made from this source" in run(out, MINIMAL, "--exit-code")
    assert "another state" in run(out, office, "--exit-code", code=1)
    assert json.loads(run(out, office, "--format", "json"))["generated"][0]["current"] == {"minimal": False}


def test_a_generated_folder_is_compared_with_the_revision_it_was_made_from(office: Path, tmp_path: Path) -> None:
    edited = office.read_text(encoding="utf-8")
    git(tmp_path, "stash", "-q")
    out = generated(office, tmp_path / "out")
    office.write_text("# a remark\n" + office.read_text(encoding="utf-8"), encoding="utf-8")
    git(tmp_path, "commit", "-qam", "a remark")
    told = run(out, office, "--exit-code")
    assert "was made from" in told
    assert told.endswith("nothing changes for callers\n")
    office.write_text(edited, encoding="utf-8")
    git(tmp_path, "commit", "-qam", "another number")
    assert "+ Ada Rossi (205)" in run(out, office, "--exit-code", code=1)
    document = json.loads(run(out, office, "--format", "json"))
    assert document["same"] is False
    assert document["generated"][0]["from"].startswith("git:")


def test_a_generated_fleet_is_compared_with_the_revision_it_was_made_from(fleet: Path, tmp_path: Path) -> None:
    out = generated(fleet, tmp_path / "out")
    officina = fleet / "tenants" / "officina.yaml"
    officina.write_text(officina.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    for source in (fleet, fleet / "fleet.yaml"):
        told = run(out, source)
        assert "was made from" in told
        assert told.endswith("nothing changes for callers\n")


def test_a_tenant_that_was_generated_alone_is_compared_with_its_revision(fleet: Path, tmp_path: Path) -> None:
    out = generated(fleet, tmp_path / "out", "--tenant", "officina")
    officina = fleet / "tenants" / "officina.yaml"
    officina.write_text(officina.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    told = run(out, fleet, "--tenant", "officina")
    assert "was made from" in told
    assert told.endswith("nothing changes for callers\n")


def test_of_a_folder_that_was_generated_in_two_runs_each_pbx_is_judged(office: Path, tmp_path: Path) -> None:
    git(tmp_path, "stash", "-q")
    out = generated(office, tmp_path / "out", targets=("asterisk", "freeswitch"))
    git(tmp_path, "stash", "pop", "-q")
    generated(office, out)
    told = run(out, office, "--exit-code", code=1)
    assert f"{out}/asterisk was made from this source\n" in told
    assert f"{out}/freeswitch was made from {office} of " in told
    assert "+ Ada Rossi (205)" in told
    document = json.loads(run(out, office, "--format", "json"))
    assert [made["current"]["minimal"] for made in document["generated"]] == [True, False]
    assert document["tenants"]["minimal"][0]["folders"] == [f"{out}/freeswitch"]
    assert "out/freeswitch was made from" in run(out, office, "--format", "markdown")


def test_a_generated_folder_is_also_compared_with_a_revision(office: Path, tmp_path: Path) -> None:
    git(tmp_path, "stash", "-q")
    out = generated(office, tmp_path / "out")
    git(tmp_path, "stash", "pop", "-q")
    git(tmp_path, "commit", "-qam", "another number")
    assert "was made from this source" in run(out, f"git:HEAD~1:{office}")
    assert "+ Ada Rossi (205)" in run(out, f"git:HEAD:{office}")
    assert "say which source of HEAD" in run(out, "git:HEAD", code=2)


def test_a_generated_folder_that_serves_a_tenant_more_is_not_current(fleet: Path, tmp_path: Path) -> None:
    out = generated(fleet, tmp_path / "out")
    (fleet / "tenants" / "officina.yaml").unlink()
    assert "- tenant officina" in run(out, fleet, "--exit-code", code=1)
    git(tmp_path, "commit", "-qam", "closed")
    assert "- tenant officina" in run(out, fleet, "--exit-code", code=1)


def test_where_the_source_of_a_generated_folder_is_not_known_all_formats_say_so(tmp_path: Path) -> None:
    source = shutil.copy(MINIMAL, tmp_path / "pbx.yaml")
    out = generated(source, tmp_path / "out")
    source.write_text(source.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert "cannot be told" in run(out, source)
    assert run(out, source, "--format", "markdown").startswith("### What changes for callers")
    document = json.loads(run(out, source, "--format", "json"))
    assert document["generated"] == [{"folders": [str(out)], "current": {"minimal": False}, "from": None}]
    assert document["same"] is False


def test_errors_in_a_source_are_told_from_differences(office: Path) -> None:
    office.write_text(office.read_text(encoding="utf-8").replace("country: IT", "country: XX"), encoding="utf-8")
    run("git:HEAD", office, code=1)
    run("git:HEAD", office, "--exit-code", code=2)


def test_a_tenant_of_another_name_is_the_same(fleet: Path) -> None:
    officina = fleet / "tenants" / "officina.yaml"
    text = officina.read_text(encoding="utf-8")
    officina.write_text(text.replace("name: officina", "name: garage", 1), encoding="utf-8")
    assert run("git:HEAD", fleet, "--exit-code") == "nothing changes for callers\n"


def test_wrong_usage(office: Path) -> None:
    run("nowhere.yaml", office, code=2)
    run(office, office, "--format", "xml", code=2)
