"""docs/pbxgen.1, the manual page that the wheel installs."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import typer.main

from pbxgen.cli.main import app
from tools.build_man import PAGE, manual_page


def test_the_manual_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual_page(), "run python tools/build_man.py"


def test_the_manual_page_has_every_command_and_option() -> None:
    page = manual_page().replace("\\-", "-")
    root = typer.main.get_command(app)
    for command in root.commands.values():  # type: ignore[attr-defined]
        assert f".SS pbxgen {command.name} " in page
        for option in (name for each in command.params for name in each.opts if name.startswith("--")):
            assert option in page, option


def test_roff_finds_no_fault_in_the_manual_page() -> None:
    if shutil.which("groff") is None:
        pytest.skip("NOT RUN: groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-Tutf8", "-K", "utf-8", str(PAGE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
