"""Every pbxgen command that the README shows does what a reader would try first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = "\n".join(_SHELL.findall((ROOT / "README.md").read_text(encoding="utf-8"))).splitlines()
    return [line.partition("  #")[0].strip() for line in lines if "pbxgen " in line]


def test_the_commands_of_the_readme_work(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    _commit_everything(tmp_path)  # a fresh clone: what the commands themselves make is not in git
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/pbxgen"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m pbxgen "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for command in commands():
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "out/asterisk/extensions.conf").exists()
    assert (tmp_path / "out/freeswitch/dialplan/pbxgen.xml").exists()


def _commit_everything(folder: Path) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "A clone"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def test_the_readme_shows_commands() -> None:
    assert len(commands()) >= 7


@pytest.mark.parametrize("word", ["pip install -e '.[dev]'", "python3 -m venv", "\npytest\n"])
def test_the_readme_says_how_to_begin(word: str) -> None:
    assert word in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word",
    [
        *("call forwarding (deviations)", "FreePBX", "FusionPBX", "CFU", "CFB", "CFNR", "Inoltro", "Su Occupato"),
        *("Su Mancata Risposta", "Su Mancata Registrazione", "Ritorno al PO", "queues", "IVR", "conference"),
    ],
)
def test_readme_and_help_have_the_words_that_people_search_for(word: str) -> None:
    assert word.lower() in (ROOT / "README.md").read_text(encoding="utf-8").lower()
    shown = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    assert word.lower() in shown.lower()
