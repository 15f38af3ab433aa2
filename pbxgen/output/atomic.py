"""Replacing one file atomically: a reader sees the old or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

SECRET_MODE = 0o640
"""Readable by the PBX's group, by nobody else."""


def beside(place: Path) -> Path:
    """The temporary file for ``place``; in the same folder, as a rename must not cross file systems."""
    return place.with_name(f".{place.name}.pbxgen-new")


def write_beside(place: Path, data: bytes, *, secret: bool = False, keep_owner: bool = True) -> None:
    """Write the file that is to become ``place`` and have it on the disk. Raises OSError.

    ``secret``: mode 0640 from its first byte on. ``keep_owner``: it gets the owner and group of the file it replaces,
    as far as this process may give them, so that a PBX can go on reading it.
    """
    new = beside(place)
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(new, flags, SECRET_MODE if secret else 0o666)
    try:
        if keep_owner:
            _keep_owner(descriptor, place)
        if secret:
            os.fchmod(descriptor, SECRET_MODE)  # whatever the umask
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(place: Path) -> None:
    """Rename the temporary file to ``place``. Raises OSError."""
    beside(place).replace(place)


def write_atomically(place: Path, data: bytes) -> None:
    """Give a file these bytes; one that was there keeps its mode. Raises OSError of ``place``, which is then as it was.

    A symbolic link stays, the file behind it is replaced. What is no file (a pipe, a terminal) is written to instead.
    """
    try:
        _write_atomically(place.resolve(), data)
    except OSError as error:
        error.filename = str(place)  # not the one beside it; and a full disk names none
        raise


def _write_atomically(place: Path, data: bytes) -> None:
    mode = place.stat().st_mode if place.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        place.write_bytes(data)
        return
    try:
        write_beside(place, data)
        if mode is not None:
            beside(place).chmod(stat.S_IMODE(mode))
        put_in_place(place)
    except BaseException:
        with contextlib.suppress(OSError):
            beside(place).unlink(missing_ok=True)
        raise


def _keep_owner(descriptor: int, place: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        before = place.lstat()
        for user, group in ((-1, before.st_gid), (before.st_uid, -1)):
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, user, group)
