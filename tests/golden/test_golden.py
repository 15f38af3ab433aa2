"""Whole generated trees of the examples, byte for byte.

They lie in golden/ as plain files, so that a change of a template shows in review as what it does to people's files.
After looking at the difference: pytest tests/golden --snapshot-update
"""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.output.manifest import MANIFEST

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(p.name for p in (ROOT / "examples").iterdir() if p.is_dir())


def tree(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(files)}


def secrets_of(example: Path) -> dict[str, str]:
    """The values that .env.example gives to the secrets of an example."""
    place = example / ".env.example"
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("target", ["asterisk", "freeswitch"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_golden(
    example: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(ROOT)  # the files name their sources as the command line does
    for name, value in secrets_of(ROOT / "examples" / example).items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["generate", f"examples/{example}", "-o", str(tmp_path), "--target", target])
    assert result.exit_code == 0, result.output
    golden = ROOT / "golden" / example / target
    made = tree(tmp_path / target)
    if request.config.getoption("snapshot_update"):
        shutil.rmtree(golden, ignore_errors=True)
        for path, data in made.items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_bytes(data)
    kept = tree(golden)
    difference = "\n".join(
        line
        for path in sorted(made.keys() | kept.keys())
        for line in difflib.unified_diff(
            kept.get(path, b"").decode().splitlines(),
            made.get(path, b"").decode().splitlines(),
            f"golden/{example}/{target}/{path}",
            "generated now",
            lineterm="",
        )
    )
    assert not difference, f"not what golden/ holds (accept it with --snapshot-update):\n{difference}"
    assert made == kept
