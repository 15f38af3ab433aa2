"""The image of pbxgen alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.docker import need_engine

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).resolve().parents[2]


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_it_says_what_it_is_and_checks_a_source() -> None:
    need_engine()
    image = _docker("build", "-q", "--build-arg", "BASE=debian:forky-slim", str(_ROOT)).strip()
    labels = json.loads(_docker("inspect", "--format", "{{json .Config.Labels}}", image))
    names = {f"org.opencontainers.image.{name}" for name in ("title", "description", "licenses")}
    assert names <= labels.keys()
    assert labels["org.opencontainers.image.title"] == "pbxgen"
    source = f"{_ROOT / 'examples/minimal'}:/source/minimal:ro"
    assert "no problems in minimal" in _docker("run", "--rm", "--volume", source, image, "check", "minimal")
