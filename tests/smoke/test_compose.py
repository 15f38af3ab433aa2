"""The compose file: real calls between containers, and the seed scenarios in one; exit code 0 or 1."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.docker import need_engine

_ROOT = Path(__file__).parents[2]
_COMPOSE = ["docker", "compose", "-f", str(_ROOT / "docker" / "compose.yaml")]
_SECONDS = 1800
"""Building the images takes most of it the first time."""

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_smoke_test_in_containers_passes() -> None:
    need_engine()
    try:
        done = subprocess.run(
            [*_COMPOSE, "up", "--build", "--exit-code-from", "runner"],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
        assert "smoke test passed" in done.stdout
    finally:
        subprocess.run([*_COMPOSE, "down", "--volumes"], capture_output=True, timeout=300, check=False)
