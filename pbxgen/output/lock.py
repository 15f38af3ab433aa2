"""One run at a time in one output folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pbxgen.output.errors import from_os_error, refusal

LOCK = ".pbxgen.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder``, which must exist. The kernel drops it when the process dies, however it dies.

    Raises OutputError if another run holds it: waiting would write a plan that is older than the other's.
    """
    path = folder / LOCK
    descriptor = _acquire(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is held: who opened it meanwhile finds the name gone and opens a new one
        os.close(descriptor)


def _acquire(path: Path) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise from_os_error(error, "lock", path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _still_named(descriptor, path):
                return descriptor
            os.close(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            message = f"another pbxgen is writing to {path.parent} at this moment"
            raise refusal("PBX415", message, "wait for it to end and run again") from None
        except OSError as error:
            os.close(descriptor)
            raise from_os_error(error, "lock", path) from error


def _still_named(descriptor: int, path: Path) -> bool:
    """Is the locked file still the one that others would open?"""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
