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


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A source in a repository of git, and then changed."""
    path = tmp_path / "office.yaml"
    shutil.copy(MINIMAL, path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
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


def test_a_generated_folder_knows_its_source(office: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(
        app, ["generate", str(MINIMAL), "-o", str(out), "--target", "asterisk", "--parts", "dialplan"]
    )
    assert result.exit_code == 0, result.output
    assert "was made from this source" in run(out, MINIMAL, "--exit-code")
    assert "another state" in run(out, office, "--exit-code", code=1)


def test_wrong_usage(office: Path) -> None:
    run("nowhere.yaml", office, code=2)
    run(office, office, "--format", "xml", code=2)
