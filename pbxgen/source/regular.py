"""Read a file, but only an ordinary one: opening or reading a pipe or a device can wait for ever."""

from __future__ import annotations

import errno
import os
import stat
from functools import cache
from pathlib import Path

_KERNEL = ("/proc", "/sys")
_PIECE = 1 << 20


class NotOrdinaryError(OSError):
    """Not an ordinary file, or larger than it may be; ``strerror`` says which."""

    def __init__(self, why: str, path: Path) -> None:
        super().__init__(None, why, str(path))


def read_ordinary(path: Path, most: int, first: int | None = None) -> bytes:
    """The bytes of a file on a disk, or the ``first`` of them; NotOrdinaryError where it has more than ``most``.

    Raises OSError. Nothing but an ordinary file is ever opened: opening alone can wait (a pipe) or act (a device).
    """
    refuse_extraordinary(path, path.stat())
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(descriptor)
        refuse_extraordinary(path, status)
        if status.st_size > most:
            raise NotOrdinaryError(f"it is larger than {most / 1024 / 1024:,.0f} MiB", path)
        content = bytearray()
        wanted = most if first is None else min(first, most)
        while len(content) < wanted and (piece := os.read(descriptor, min(_PIECE, wanted - len(content)))):
            content += piece
        return bytes(content)
    finally:
        os.close(descriptor)


def refuse_extraordinary(path: Path, status: os.stat_result) -> None:
    """Raises NotOrdinaryError for what is no file, and IsADirectoryError for a folder."""
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotOrdinaryError("it is not an ordinary file", path)
    if status.st_dev in _kernel_devices():
        # They call themselves regular and empty; reading /proc/kmsg waits for the kernel's next message.
        raise NotOrdinaryError("it is a file of the kernel, not one on a disk", path)


@cache
def _kernel_devices() -> frozenset[int]:
    """Where the kernel shows itself as files; a folder of that name on the disk is none of these."""
    return frozenset(Path(place).stat().st_dev for place in _KERNEL if os.path.ismount(place))
