"""Scratch folders of the laboratory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pbxgen.lab import run

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux tells who is still there")


def test_a_scratch_folder_is_gone_after_its_run_and_after_an_error() -> None:
    folders = []

    def use() -> None:
        with run.scratch(None) as folder:
            folders.append(folder)
            (folder / "x").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()
    assert folders
    assert not folders[0].exists()


def test_what_a_killed_laboratory_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f"pbxgen-lab-{dead.pid}-abc"
    left.mkdir()
    with run.scratch(None) as mine:
        assert not left.exists()
        with run.scratch(None):
            assert mine.exists(), "a laboratory that still runs keeps its folder"
