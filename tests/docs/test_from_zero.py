"""docs/from-zero-*.md: every command, on a real PBX, with the output that is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.places import RealPlace, real_place
from tests.security.laboratory import trunk_host

pytestmark = [pytest.mark.real, pytest.mark.slow]
_ROOT = Path(__file__).resolve().parents[2]
_MARK = "@@@ command"
_ANY = {
    "1a2b3c4d5e6f+": r"[0-9a-f]{12}\+?",
    "1a2b3c4d5e6f": "[0-9a-f]{12}",
    "2b3c4d5e6f70": "[0-9a-f]{12}",
    "1a2b3c4": "[0-9a-f]{7,12}",
    "2026-11-23T10:00:00Z": r"[\dT:-]+Z",
    "2026-11-23": r"[\d-]+",
}
"""What is another one each time."""


def _commands(page: str) -> list[tuple[str, list[str]]]:
    """Commands, with the lines that continue them, and the output that the page shows of each."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.startswith("> "):
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
            else:
                found[-1][1].append(line)
    return found


def _pattern(lines: list[str], place: RealPlace, folder: str) -> str:
    """``…`` on a line of its own stands for any lines."""
    found = []
    for line in lines:
        text = re.escape(line.replace(folder, str(place.folder)))
        for shown, each in _ANY.items():
            text = text.replace(re.escape(shown), each)
        found.append("(?:.*\n)*?" if line.strip() == "…" else f"{text}\n")
    return "".join(found)


@pytest.mark.parametrize("folder", ["/etc/asterisk", "/etc/freeswitch"])
def test_every_command_does_what_the_page_shows(folder: str, tmp_path: Path) -> None:
    pbx = folder.rpartition("/")[2]
    page = (_ROOT / f"docs/from-zero-{pbx}.md").read_text(encoding="utf-8")
    commands = _commands(page)
    host, port = trunk_host()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pbxgen").write_text(f'#!/bin/sh\nexec {sys.executable} -m pbxgen "$@"\n')
    (programs / "pbxgen").chmod(0o755)
    with real_place(pbx, tmp_path / "place", f"{host}:{port}") as place:
        console = ", ".join(f'"{word}"' for word in place.target.command)
        script = "".join(f"echo '{_MARK}'\n{command}\n" for command, _ in commands).replace(
            f"folder: {folder}}}", f"folder: {place.folder}, command: [{console}]}}"
        )
        person = {"PBXGEN_DEPLOYED_BY": "ada@laptop", "LC_ALL": "C.UTF-8"}
        for role in ("AUTHOR", "COMMITTER"):
            person |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@office.example"}
        env = {**os.environ, **person, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(_ROOT)}
        done = subprocess.run(
            ["bash", "-c", f"exec 2>&1\n{script}"],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        told = done.stdout.split(f"{_MARK}\n")[1:]
        wrong = [
            f"$ {command}\n{output}"
            for (command, lines), output in zip(commands, told, strict=True)
            if not re.fullmatch(_pattern(lines, place, folder), output)
        ]
        assert not wrong, "\n".join(wrong)
