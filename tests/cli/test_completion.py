"""Completion of commands in a shell, as its script asks for it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app


def _completed(words: str) -> list[str]:
    asked = {"_PBXGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    return CliRunner().invoke(app, [], prog_name="pbxgen", env=asked).stdout.split()


def test_commands_and_options_are_completed() -> None:
    assert _completed("pbxgen dep") == ["deploy"]
    assert _completed("pbxgen deploy --pl") == ["--plan"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_asks_by_that_variable(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    shown = CliRunner().invoke(app, ["--show-completion", shell], prog_name="pbxgen")
    assert shown.exit_code == 0
    assert f"_PBXGEN_COMPLETE=complete_{shell}" in shown.stdout
