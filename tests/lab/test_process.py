"""Nothing that the laboratory starts outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pbxgen.lab import process

_STARTS_ONE = """
import sys, time
from pathlib import Path
from pbxgen.lab import process
started = process.spawn(["sleep", "100"], Path(sys.argv[1]))
print(started.pid, flush=True)
time.sleep(100)
"""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 30
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _alive(pid)


def test_stopping_a_process_stops_what_it_started(tmp_path: Path) -> None:
    started = process.spawn(["sh", "-c", "sleep 100 & echo $!; wait"], tmp_path / "log")
    deadline = time.monotonic() + 30
    while not (text := (tmp_path / "log").read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.stop(started)
    assert started.poll() is not None
    assert _gone(int(text))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux kills children with their parent")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_crash_of_the_laboratory_takes_its_processes_along(tmp_path: Path, number: signal.Signals) -> None:
    lab = subprocess.Popen(
        [sys.executable, "-c", _STARTS_ONE, str(tmp_path / "log")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert lab.stdout is not None
    child = int(lab.stdout.readline())
    os.kill(lab.pid, number)
    lab.wait(60)
    lab.stdout.close()
    assert _gone(child)
