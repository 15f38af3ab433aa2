"""A PBX whose port somebody else has does not look like one that has started."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import PbxSetup, laboratory_of
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.support.office import compiled

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_a_pbx_that_cannot_listen_is_an_error(pbx_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = compiled('users:\n  "101": {}\n').plan
    assert plan is not None
    pbx = laboratory_of(pbx_name).make(PbxSetup(tmp_path, load_target(pbx_name).render((plan,), Options()), {}))
    monkeypatch.setattr(pbx, "boot_seconds", 20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(pbx.phones_at)
        try:
            with pytest.raises(LabError, match=r"does not listen: .*Address already in use|did not start: "):
                asyncio.run(pbx.start())
        finally:
            pbx.stop()
