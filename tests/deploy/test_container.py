"""Deployments into a container, reached by ``docker exec``: Debian's Asterisk, and FreeSWITCH where there is one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.running import load_deployable
from pbxgen.deploy.status import Standing
from pbxgen.pbxs import PBXS
from tests.deploy.places import OFFICE, Place, refusal, target
from tests.support.docker import need_engine
from tests.support.freeswitch_container import freeswitch_container

pytestmark = [pytest.mark.real, pytest.mark.slow]
_ROOT = Path(__file__).parents[2]
_BOOT_SECONDS = 60


class _Container(Place):
    """The folder is inside it: it is looked at there."""

    def inside(self, *command: str) -> str:
        name = self.target.at.removeprefix("docker:")
        return _docker("exec", name, *command)

    @property
    def current(self) -> str | None:
        return self.inside("readlink", f"{self.target.folder}/pbxgen").strip().rpartition("/")[2]


def _docker(*words: str) -> str:
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True, timeout=900).stdout


@contextmanager
def _asterisk() -> Iterator[str]:
    need_engine()
    image = _docker("build", "-q", "-f", str(_ROOT / "docker/Dockerfile"), "--target", "asterisk", str(_ROOT)).strip()
    name = _docker("run", "--detach", "--rm", "--init", image).strip()[:12]
    try:
        deadline = time.monotonic() + _BOOT_SECONDS
        booted = ["docker", "exec", name, "asterisk", "-rx", "core waitfullybooted"]
        while "fully booted" not in subprocess.run(booted, capture_output=True, text=True, check=False).stdout:
            assert time.monotonic() < deadline, _docker("logs", name)
            time.sleep(0.5)
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)


@pytest.fixture(params=PBXS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[_Container]:
    pbx: str = request.param
    with _asterisk() if pbx == "asterisk" else freeswitch_container(tmp_path / "seen") as name:
        there = replace(target(pbx, Path("/etc") / pbx, tuple(load_deployable(pbx).command)), at=f"docker:{name}")
        made_place = _Container(there, tmp_path / "source", OFFICE.replace("TRUNK", "192.0.2.1"))
        made_place.write()
        yield made_place


def test_a_pbx_in_a_container_is_deployed_to_and_gone_back(place: _Container) -> None:
    assert refusal(place.deploy).diagnostic.code == "PBX614"  # the stock files are somebody's
    first = place.deploy(force=True)
    assert first.changed
    assert first.release == place.current
    assert place.status().standing is Standing.IN_STEP

    place.change('deviations: {busy: "101"}', 'deviations: {unconditional: "101"}')
    assert place.status().standing is Standing.BEHIND
    second = place.deploy()
    assert second.release == place.current != first.release
    assert place.status().standing is Standing.IN_STEP

    assert place.rollback().release == place.current == first.release

    _docker("stop", place.target.at.removeprefix("docker:"))
    with pytest.raises(DeployError) as refused:
        place.deploy()
    assert refused.value.diagnostic.code == "PBX610"
