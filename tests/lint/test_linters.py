"""Generated files under the eyes of tools that nobody here wrote."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.golden.test_golden import ROOT
from tests.lint.conftest import tool

pytestmark = pytest.mark.lint

GUARD = r""" W_FUNC_BALANCE: function data '"(?:\^\.|\[\|\](?:" |\$\{\w+\}:" ))"""
"""What stands behind a bracket in REGEX is text of the wire or of the database (library.conf says why): no slip."""


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, cwd=cwd)


def test_asterisklint_has_nothing_against_the_dialplan(generated: Path) -> None:
    """Errors (E_) and warnings (W_); its hints (H_) are about the looks of files written by hand."""
    judge = tool("asterisklint", "PBXGEN_ASTERISKLINT", "pip install asterisklint-jjs")
    done = run(judge, "dialplan-check", "--asterisk-version", "22", "extensions.conf", cwd=generated / "asterisk")
    assert "Traceback" not in done.stderr
    match = [line for line in (done.stdout + done.stderr).splitlines() if re.search(r" [EW]_", line)]
    match = [line for line in match if not re.search(GUARD, line)]
    assert not match, "\n".join(match[:20])


def test_asterisklint_reads_every_context(generated: Path) -> None:
    """The check above means something only if the files that are included were read."""
    judge = tool("asterisklint", "PBXGEN_ASTERISKLINT", "pip install asterisklint-jjs")
    done = run(judge, "dialplan-show", "extensions.conf", cwd=generated / "asterisk")
    shown = set(re.findall(r"^\[ Context '([^']+)'", done.stdout, re.MULTILINE))
    written = {
        name
        for path in (generated / "asterisk").rglob("*.conf")
        if path.name in ("extensions.conf", "library.conf")
        for name in re.findall(r"^\[([^\]]+)\]", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert written - {"general", "globals"} <= shown


def test_every_xml_file_is_well_formed(generated: Path) -> None:
    files = sorted((generated / "freeswitch").rglob("*.xml"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        # Files that are pulled in by X-PRE-PROCESS may have several elements at the top.
        ElementTree.fromstring(text if text.startswith("<?xml") else f"<x>{text}</x>")


def test_xmllint_has_nothing_against_the_xml(generated: Path) -> None:
    judge = tool("xmllint", "PBXGEN_XMLLINT", "apt install libxml2-utils")
    files = sorted((generated / "freeswitch").rglob("*.xml"))
    done = run(judge, "--noout", "--nonet", "--nowarning", *files, cwd=generated)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [["analyze"], ["lint", "--max-line-length", "100000"]], ids=["analyze", "lint"])
def test_frslint_has_nothing_against_the_whole_configuration(
    generated: Path, tmp_path: Path, command: list[str]
) -> None:
    judge = tool("frslint", "PBXGEN_FRSLINT", "install it into an environment of its own")
    shutil.copytree(ROOT / "docker/freeswitch", tmp_path / "conf")
    shutil.copytree(generated / "freeswitch", tmp_path / "conf", dirs_exist_ok=True)
    done = run(judge, *command, "freeswitch.xml", cwd=tmp_path / "conf")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
