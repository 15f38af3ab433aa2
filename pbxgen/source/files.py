"""List the files of a source, and read the bytes of ordinary ones: a pipe or a device can keep its reader waiting."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location

MAX_BYTES = 64 * 1024 * 1024
"""Of one file, and of all of a source together: three times what 100,000 users with everything take."""
DEPLOY_FILE = "deploy.yaml"
"""Beside the source, and no part of it: where it is deployed to."""
_SCENARIOS = (".test.yaml", ".test.yml")
"""How the names of scenario files end, which are no part of the source that they stand beside."""
DIVIDE = "divide it among several PBXs, or among the tenants of a fleet"
_KERNEL = ("/proc", "/sys")
_PIECE = 1 << 20


class UnreadableError(Exception):
    """Something on disk that cannot be read; ``diagnostic`` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Listing:
    """The source files of a folder in the order of their names, and what was remarkable about the rest."""

    files: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def shown(path: Path) -> str:
    """``path`` as it is written in messages: as the user gave it, with forward slashes, always printable UTF-8."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def too_large(path: Path) -> Diagnostic:
    """All files of the source at ``path`` together are more than can be read."""
    message = f"{shown(path)} is larger than {MAX_BYTES // 1024 // 1024} MiB"
    return make("PBX003", message, None, help=DIVIDE)


def start_of(path: Path) -> Location:
    return Location(shown(path), 1, 1, 1, 1)


def is_folder(path: Path) -> bool:
    """Raises UnreadableError where there is nothing, or neither a regular file nor a folder."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as exc:
        raise UnreadableError(_refused(path, exc)) from exc
    if stat.S_ISDIR(mode):
        return True
    if not stat.S_ISREG(mode):
        message = f"{shown(path)} is neither a regular file nor a folder"
        raise UnreadableError(make("PBX003", message, None, help="write the source into a file"))
    return False


def read(path: Path) -> bytes:
    """The bytes of a regular file. Raises UnreadableError."""
    if is_folder(path):
        raise UnreadableError(make("PBX003", f"{shown(path)} is a folder, not a file", None))
    try:
        return read_ordinary(path, MAX_BYTES)
    except NotOrdinaryError as exc:
        large = path.stat().st_size > MAX_BYTES
        message = f"{shown(path)} is not a source: {exc.strerror}"
        help_ = DIVIDE if large else "write the source into a file on a disk"
        raise UnreadableError(make("PBX003", message, None, help=help_)) from exc
    except OSError as exc:
        raise UnreadableError(_refused(path, exc)) from exc


def listing(folder: Path) -> Listing:
    """Every ``*.yaml`` in ``folder`` and below, but no hidden ones, no scenario files (``*.test.yaml``), and not the
    deploy.yaml in ``folder`` itself."""
    files: list[Path] = []
    problems: list[Diagnostic] = []
    for path in _walk(folder, problems, frozenset()):
        name = path.name.lower()
        if is_scenario_file(path) or path == folder / DEPLOY_FILE:
            continue
        if name.endswith(".yaml"):
            files.append(path)
        elif name.endswith(".yml"):
            message = f"{shown(path)} is not read: only the files *.yaml of a folder are"
            help_ = f"rename it to {path.stem}.yaml, or move it out of the folder"
            problems.append(make("PBX005", message, start_of(path), help=help_))
    if not files and not any(d.code == "PBX002" for d in problems):
        message = f"{shown(folder)} holds no *.yaml file"
        problems.append(make("PBX004", message, None, help="name the folder that holds the source"))
    files.sort(key=lambda path: path.relative_to(folder).as_posix())
    return Listing(tuple(files), tuple(problems))


def is_scenario_file(path: Path) -> bool:
    return path.name.lower().endswith(_SCENARIOS)


def scenario_files(folder: Path) -> tuple[Path, ...]:
    """Those in ``folder`` and below, except hidden ones, in the order of their names; none of what cannot be listed."""
    files = [path for path in _walk(folder, [], frozenset()) if is_scenario_file(path)]
    return tuple(sorted(files, key=lambda path: path.relative_to(folder).as_posix()))


def digest(parts: Iterable[tuple[str, bytes]]) -> str:
    """12 hexadecimal digits over names and contents, none of which can be taken for another."""
    total = hashlib.sha256()
    for name, data in parts:
        encoded = os.fsencode(name)
        total.update(b"%d:%d:" % (len(encoded), len(data)))
        total.update(encoded)
        total.update(data)
    return total.hexdigest()[:12]


def _walk(folder: Path, problems: list[Diagnostic], above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    """Files below ``folder``. Linked folders are followed, but never into one that contains the link."""
    try:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            return
        children = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as exc:
        problems.append(_refused(folder, exc))
        return
    for child in children:
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _walk(child, problems, above | {identity})
        else:
            yield child


def _refused(path: Path, exc: Exception) -> Diagnostic:
    if isinstance(exc, FileNotFoundError | NotADirectoryError) and not path.is_symlink():
        message, help_ = f"no such file or folder: {shown(path)}", "check the spelling and the current folder"
        return make("PBX001", message, None, help=help_)
    reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
    return make("PBX002", f"{shown(path)} cannot be read: {reason}", None, help="check its permissions and links")


class NotOrdinaryError(OSError):
    """Not an ordinary file, or larger than it may be; ``strerror`` says which."""

    def __init__(self, why: str, path: Path) -> None:
        super().__init__(None, why, str(path))


def read_ordinary(path: Path, most: int, first: int | None = None) -> bytes:
    """The bytes of a file, or the ``first``; NotOrdinaryError above ``most``. Opens no pipe, device or kernel file."""
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
