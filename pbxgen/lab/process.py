"""Processes of the laboratory: each in its own group, and all ended with the laboratory."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SHARED_MEMORY = Path("/dev/shm")
_running: set[subprocess.Popen[bytes]] = set()


def spawn(
    command: Sequence[str], log: Path, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own, its output in ``log``. It dies when this process dies."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(os.environ if env is None else env),
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    _running.add(process)
    return process


def stop(process: subprocess.Popen[bytes], *, grace: float = 2.0) -> None:
    """End a process and all it started; ``grace`` seconds to end by itself first."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()
    # What it started may have outlived it.
    _signal(process, signal.SIGKILL)
    _running.discard(process)
    for left in ("faketime_shm", "sem.faketime_sem"):  # libfaketime's, of a killed process
        (_SHARED_MEMORY / f"{left}_{process.pid}").unlink(missing_ok=True)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _die_with_parent() -> None:
    """In the child: be killed when the laboratory is (even by SIGKILL, when no clean-up of ours runs)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@atexit.register
def _stop_all() -> None:
    for process in list(_running):
        stop(process, grace=0.5)
