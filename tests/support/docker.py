"""A Docker engine for tests that need one."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def need_engine() -> None:
    """Skip the test unless ``PBXGEN_REQUIRE`` names docker; fail it where no engine with compose answers."""
    if "docker" not in os.environ.get("PBXGEN_REQUIRE", "").split(","):
        pytest.skip("NOT RUN: images take minutes to build; PBXGEN_REQUIRE=docker asks for tests in containers")
    assert _answers(), "PBXGEN_REQUIRE names docker, but no engine with compose answers"


def _answers() -> bool:
    if shutil.which("docker") is None:
        return False
    return all(
        subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
        for command in (["docker", "info"], ["docker", "compose", "version"])
    )
