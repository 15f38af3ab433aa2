"""What goes wrong around a deployment to real PBXs: the old plan runs on, and the message says so."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy import shell as shells
from pbxgen.deploy import target_folder
from pbxgen.deploy.shell import Done, Shell
from pbxgen.deploy.status import Standing
from pbxgen.deploy.target_folder import TargetFolder
from tests.deploy.places import RealPlace, real_place, refusal
from tests.security.laboratory import trunk_host

pytestmark = [pytest.mark.real, pytest.mark.slow]
_ROOM = "48m"


@pytest.fixture(scope="module")
def disk() -> Iterator[list[Path]]:
    """Where small disks are mounted, to be unmounted once nothing runs there any more."""
    mounted: list[Path] = []
    yield mounted
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=False)


@pytest.fixture(scope="module")
def running(pbx_name: str, disk: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPlace]:
    """Deployed to once; its configuration is on a small disk where this user may mount one."""

    def mount(folder: Path) -> None:
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "none", folder], capture_output=True, check=False
        )
        if done.returncode == 0:
            disk.append(folder)

    with real_place(pbx_name, tmp_path_factory.mktemp(pbx_name), "{}:{}".format(*trunk_host()), disk=mount) as place:
        place.deploy(force=True)
        yield place


@pytest.fixture
def place(running: RealPlace) -> Iterator[RealPlace]:
    """With a change that is still to be deployed; afterwards it can be."""
    text, plain = running.text, running.target
    running.deploy()
    running.change("name: Eve", "name: Evelyn")
    yield running
    running.target = plain
    assert running.deploy().changed
    assert running.status().standing is Standing.IN_STEP
    running.write(text)


def _untouched(place: RealPlace, before: str | None) -> None:
    """The release before runs, and nothing of a switch is left."""
    assert place.current == before
    status = place.status()
    assert status.standing is Standing.BEHIND, status.details
    assert not (place.folder / "releases/journal").exists()


def _fill(folder: Path) -> None:
    with suppress(OSError), (folder / "fills-it").open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


_FULL = {
    "while the release is written": ("cat >release.json", "cannot be written: "),
    "before the journal is there": ("cat >journal.new", "cannot be written: "),
    "once it is current": ("rm -f pbxgen.new\nln -s", " runs again"),
}
"""When the disk is full: from a script on that has this part; and what the message has."""


@pytest.mark.parametrize("moment", _FULL)
def test_a_disk_that_fills_up_leaves_what_ran(
    place: RealPlace, disk: list[Path], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place.folder not in disk:
        pytest.skip("NOT RUN: only root mounts a small disk")
    before, (part, said) = place.current, _FULL[moment]
    honest = Shell.run

    def run(self: Shell, script: str, *, in_shell: bool = False, seconds: float = 60.0) -> Done:
        if part in script:
            _fill(place.folder)
        return honest(self, script, in_shell=in_shell, seconds=seconds)

    with monkeypatch.context() as patch:
        patch.setattr(Shell, "run", run)
        refused = refusal(place.deploy)
    (place.folder / "fills-it").unlink()
    assert refused.diagnostic.code == "PBX612"
    assert "No space left on device" in str(refused)
    assert said in str(refused)
    assert "see that the disk is not full" in (refused.diagnostic.help or "")
    _untouched(place, before)


def test_without_permission_nothing_is_changed(place: RealPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT RUN: only root becomes somebody else")
    before = place.current
    os.chown(place.folder, 65534, 65534)  # the console is still root's, who may not do everything now
    with monkeypatch.context() as patch:
        patch.setattr(shells, "_SHELL", ("setpriv", "--bounding-set=-dac_override", *shells._SHELL))
        refused = refusal(place.deploy)
        assert any("this user cannot write in" in line for line in place.plan().notes)
    os.chown(place.folder, 0, 0)
    assert refused.diagnostic.code == "PBX612"
    assert "cannot be written" in str(refused)
    _untouched(place, before)


def test_of_two_at_once_the_second_is_told_who_is_at_it(place: RealPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.current
    at_it, go_on = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:  # waits at the switch until the other has been refused
        honest = TargetFolder.make_current

        def make_current(self: TargetFolder, release: str) -> None:
            os.write(at_it[1], b"x")
            os.read(go_on[0], 1)
            honest(self, release)

        TargetFolder.make_current = make_current  # type: ignore[method-assign]
        status = 1
        try:
            place.deploy()
            status = 0
        finally:
            os._exit(status)
    assert os.read(at_it[0], 1) == b"x"
    with monkeypatch.context() as patch:
        patch.setattr(target_folder, "_LOCK_SECONDS", 0.5)
        refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX613"
    assert "another deployment" in str(refused)
    assert place.current == before
    os.write(go_on[1], b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert place.status().standing is Standing.IN_STEP
    place.change("name: Evelyn", "name: Evita")


@pytest.mark.parametrize(
    ("folder", "code", "said"), [("/nowhere", "PBX612", "has no folder"), ("/tmp", "PBX611", "reads ")]
)
def test_a_wrong_folder_is_said_and_left_alone(place: RealPlace, folder: str, code: str, said: str) -> None:
    before, plain = place.current, place.target
    place.target = replace(plain, folder=folder)
    refused = refusal(place.deploy)
    place.target = plain
    assert refused.diagnostic.code == code
    assert said in str(refused)
    assert not Path(folder, "releases").exists()
    _untouched(place, before)


def test_a_plan_of_somebody_else_is_seen_before_the_first_release(place: RealPlace) -> None:
    """It stays, whichever files are replaced: it is no file that is in the way."""
    if place.target.pbx != "asterisk":
        pytest.skip("NOT RUN: FreeSWITCH has everything of one tree of XML")
    (place.folder / "extensions.ael").write_text("context night { s => { Hangup(); }; };\n")
    for module in ("res_ael_share.so", "pbx_ael.so"):
        assert "Loaded" in place.ask(f"module load {module}")
    link = (place.folder / "pbxgen").readlink()
    (place.folder / "pbxgen").unlink()
    force = place.plan().force
    (place.folder / "pbxgen").symlink_to(link)
    (place.folder / "extensions.ael").unlink()
    place.ask("module unload pbx_ael.so")
    assert any("the PBX runs context night of extensions.ael, which pbxgen did not write" in line for line in force)


def test_a_pbx_that_goes_down_during_the_switch_starts_with_the_release_before(
    place: RealPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.current
    honest = TargetFolder.make_current

    def make_current(self: TargetFolder, release: str) -> None:
        honest(self, release)
        place.stop()

    with monkeypatch.context() as patch:
        patch.setattr(TargetFolder, "make_current", make_current)
        refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX619"
    assert "does not answer" in str(refused)
    assert f"{before} is current" in (refused.diagnostic.help or "")
    assert place.current == before
    assert refusal(place.deploy).diagnostic.code == "PBX611"
    place.start()
    done = place.deploy()
    assert done.release == place.current != before
    assert any("its rollback" in line for line in done.told), done.told
    place.change("name: Evelyn", "name: Evita")


def test_killed_while_the_pbx_is_down_too_the_old_or_the_new_release_starts(place: RealPlace) -> None:
    """As a power cut does."""
    child = os.fork()
    if child == 0:
        honest = TargetFolder.make_current

        def make_current(self: TargetFolder, release: str) -> None:
            honest(self, release)
            os.kill(os.getpid(), signal.SIGKILL)

        TargetFolder.make_current = make_current  # type: ignore[method-assign]
        with suppress(BaseException):
            place.deploy()
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    place.stop()
    place.start()
    assert place.status().standing is Standing.KILLED
    before = place.rollback()
    assert before.release == place.current
    assert place.status().standing is Standing.BEHIND
