"""docs/from-zero-*.md: every command, on a real PBX, with the output that is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.places import real_place
from tests.security.laboratory import trunk_host
from tests.support.docker import need_engine
from tests.support.freeswitch_container import freeswitch_container

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
    commands: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif line.startswith("> "):
                commands[-1] = (f"{commands[-1][0]}\n{line[2:]}", [])
            else:
                commands[-1][1].append(line)
    return commands


def _pattern(lines: list[str], shown: str, folder: str) -> str:
    """``…`` on a line of its own stands for any lines; what is ``shown`` of the folder is ``folder`` here."""
    parts = []
    for line in lines:
        text = re.escape(line.replace(shown, folder))
        for example, each in _ANY.items():
            text = text.replace(re.escape(example), each)
        parts.append("(?:.*\n)*?" if line.strip() == "…" else f"{text}\n")
    return "".join(parts)


def _person() -> dict[str, str]:
    # Without buffers both kinds of output come in the order that a terminal shows.
    variables = {"PBXGEN_DEPLOYED_BY": "ada@laptop", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        variables |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@office.example"}
    return variables


def _script(commands: list[tuple[str, list[str]]]) -> str:
    return "exec 2>&1\n" + "".join(f"echo '{_MARK}'\n{command}\n" for command, _ in commands)


def _wrong(commands: list[tuple[str, list[str]]], printed: str, shown: str, folder: str) -> list[str]:
    """Commands whose output is not what the page shows, with that output."""
    told = printed.split(f"{_MARK}\n")[1:]
    return [
        f"$ {command}\n{output}"
        for (command, lines), output in zip(commands, told, strict=True)
        if not re.fullmatch(_pattern(lines, shown, folder), output)
    ]


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
        script = _script(commands).replace(f"folder: {folder}}}", f"folder: {place.folder}, command: [{console}]}}")
        env = {**os.environ, **_person(), "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(_ROOT)}
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True, check=False
        )
        wrong = _wrong(commands, done.stdout, folder, str(place.folder))
        assert not wrong, "\n".join(wrong)


_SYSTEMCTL = """\
#!/bin/sh
asterisk -rx "core stop now" >/dev/null 2>&1 && sleep 2
mkdir -p /run/asterisk && chown asterisk: /run/asterisk
asterisk -U asterisk -G asterisk
for _ in $(seq 60); do asterisk -rx "core waitfullybooted" 2>/dev/null | grep -q booted && exit; sleep 1; done
exit 1
"""
"""A container has no systemd."""


@pytest.fixture(params=["asterisk", "freeswitch"])
def debian(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A fresh container of Debian's, with this repository as a clone; and the PBX that is asked for.

    Debian has no package of FreeSWITCH: the container is given the one of this machine.
    """
    pbx: str = request.param
    with _bare() if pbx == "asterisk" else freeswitch_container(tmp_path) as name:
        _docker("exec", name, "mkdir", "/clone", "/office")
        # What pip reads of it.
        packed = ["tar", "-c", "pyproject.toml", "README.md", "LICENSE", "docs/pbxgen.1", "pbxgen", "templates"]
        archive = subprocess.run(packed, cwd=_ROOT, capture_output=True, check=True).stdout
        subprocess.run(["docker", "exec", "-i", name, "tar", "-x", "-C", "/clone"], input=archive, check=True)
        yield pbx, name


@contextmanager
def _bare() -> Iterator[str]:
    need_engine()
    name = _docker("run", "--detach", "--rm", "--init", "debian:forky-slim", "sleep", "infinity").strip()[:12]
    try:
        _docker(
            "exec",
            name,
            "sh",
            "-c",
            f"printf '%s' '{_SYSTEMCTL}' >/usr/local/bin/systemctl; chmod 755 /usr/local/bin/systemctl",
        )
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_on_a_fresh_debian_every_command_of_the_page_does_what_it_shows(debian: tuple[str, str]) -> None:
    pbx, name = debian
    page = (_ROOT / f"docs/from-zero-{pbx}.md").read_text(encoding="utf-8")
    (setup,) = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    *installs, path = setup.splitlines()
    quiet = ("--env", "DEBIAN_FRONTEND=noninteractive")
    _docker("exec", "--workdir", "/clone", *quiet, name, "bash", "-ec", "\n".join(installs))
    commands = _commands(page)
    env = [word for key, value in _person().items() for word in ("--env", f"{key}={value}")]
    printed = _docker("exec", "--workdir", "/office", *env, name, "bash", "-c", f"{path}\n{_script(commands)}")
    wrong = _wrong(commands, printed, f"/etc/{pbx}", f"/etc/{pbx}")
    assert not wrong, "\n".join(wrong)
