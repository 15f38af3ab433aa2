"""Shells: on this machine, in a container, and over ssh to a real sshd."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.shell import Shell, shell_at
from pbxgen.deploy.status import Standing
from tests.deploy.fake_asterisk import FakeAsterisk, fake
from tests.deploy.loopback_sshd import sshd
from tests.deploy.places import OFFICE, Place, target

__all__ = ["fake", "sshd"]


@pytest.fixture
def shell() -> Iterator[Shell]:
    with shell_at("local") as opened:
        yield opened


def test_a_script_gives_output_complaint_and_status(shell: Shell) -> None:
    done = shell.run("echo out; echo err >&2; exit 7")
    assert (done.out, done.err, done.status) == (b"out\n", b"err\n", 7)
    assert shell.run("printf 'no end'").out == b"no end"
    assert shell.run("cat").out == b""  # its standard input is empty, not the next script


@pytest.mark.parametrize(
    ("at", "command"),
    [
        ("ssh://ada@pbx.example:2222", "`ssh -p 2222 ada@pbx.example true`"),
        ("ssh://pbx.example", "`ssh pbx.example true`"),
        ("ssh://ada@[::1]", "`ssh ada@::1 true`"),
        ("docker:pbx", "`docker exec pbx true`"),
        ("local", "`sh` runs here"),
    ],
)
def test_what_cannot_be_reached_names_a_command_to_be_tried(at: str, command: str) -> None:
    with pytest.raises(DeployError) as refused:
        Shell(["/nowhere/at/all"], at, "token")
    assert command in (refused.value.diagnostic.help or "")


def test_much_is_given_back_whole(shell: Shell) -> None:
    assert (
        shell.run("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i + 1)); done").out == b"0123456789\n" * 20000
    )


def test_a_script_leaves_nothing_behind_unless_it_is_run_here(shell: Shell) -> None:
    shell.run("name=value; cd /")
    assert shell.run('echo "$name"').text == "\n"
    shell.run("name=value", in_shell=True)
    assert shell.run('echo "$name"').text == "value\n"


def test_nothing_of_a_script_is_run_that_has_not_arrived_whole(tmp_path: Path) -> None:
    process = subprocess.Popen(["sh", "-s"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.communicate(f"(\ntouch {tmp_path}/one\ncat >{tmp_path}/two <<'END'\nhalf\n".encode())
    assert not list(tmp_path.iterdir())


def test_a_script_stands_in_no_argument_of_a_process(shell: Shell) -> None:
    assert (
        "a secret" not in shell.run("x='a secret'; cat /proc/$$/cmdline | tr '\\0' ' '; ps -ef 2>/dev/null || :").text
    )


def test_a_shell_that_ends_is_said_so(shell: Shell) -> None:
    with pytest.raises(DeployError) as gone:
        shell.run("exit 3", in_shell=True)
    assert gone.value.diagnostic.code == "PBX610"


def test_what_never_ends_is_given_up(shell: Shell) -> None:
    with pytest.raises(DeployError) as gone:
        shell.run("sleep 600", seconds=0.2)
    assert "no answer" in str(gone.value)


def test_a_container_is_entered_by_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client is made up: it notes how it is called, and runs the rest here."""
    client = tmp_path / "docker"
    client.write_text(f'#!/bin/sh\necho "$*" >{tmp_path}/called\nshift 3\nexec "$@"\n')
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with shell_at("docker:pbx") as opened:
        assert opened.run("echo inside").text == "inside\n"
        assert (tmp_path / "called").read_text() == f"exec -i pbx sh -s {opened.token}\n"


def test_without_docker_it_is_said_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(DeployError) as refused, shell_at("docker:pbx"):
        pass
    assert refused.value.diagnostic.code == "PBX610"
    assert "docker exec pbx true" in refused.value.diagnostic.help


@pytest.mark.real
def test_over_ssh_everything_goes_through_one_connection(sshd: str, tmp_path: Path) -> None:
    with shell_at(sshd) as opened:
        assert opened.run("echo there").text == "there\n"
        assert opened.run("exit 5").status == 5
    log = (tmp_path / "ssh/log").read_text()
    assert log.count("Accepted publickey") == 1
    assert "a long enough secret" not in (tmp_path / "ssh/called").read_text()


@pytest.mark.real
def test_over_ssh_a_deployment_is_made_undone_and_found_again(sshd: str, fake: FakeAsterisk, tmp_path: Path) -> None:
    place = Place(replace(target("asterisk", fake.etc, ("asterisk", "-rx")), at=sshd), tmp_path / "source")
    place.write(OFFICE.replace("TRUNK", "192.0.2.1"))
    first = place.deploy().release
    place.change("name: Eve", "name: Eva")
    assert place.deploy().changed
    assert place.status().standing is Standing.IN_STEP
    assert place.rollback().release == first
    called = (tmp_path / "ssh/called").read_text()
    assert "a long enough secret" not in called
    assert "481516" not in called


@pytest.mark.real
def test_who_is_not_let_in_is_told_what_ssh_says(sshd: str, tmp_path: Path) -> None:
    (tmp_path / "ssh/authorized").write_text("")
    with pytest.raises(DeployError) as refused, shell_at(sshd):
        pass
    assert refused.value.diagnostic.code == "PBX610"
    assert "Permission denied" in str(refused.value)


@pytest.mark.real
def test_a_host_whose_key_is_another_is_not_spoken_to(sshd: str, tmp_path: Path) -> None:
    known, other = tmp_path / "ssh/known", (tmp_path / "ssh/user.pub").read_text()
    known.write_text(f"{known.read_text().partition(' ')[0]} {other}")
    with pytest.raises(DeployError) as refused, shell_at(sshd):
        pass
    assert refused.value.diagnostic.code == "PBX610"
