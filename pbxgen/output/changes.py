"""What writing a generated tree would change; found out before anything is written."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from pbxgen.diagnostics.codes import make
from pbxgen.output.atomic import SECRET_MODE
from pbxgen.output.errors import OutputError, from_os_error, refusal
from pbxgen.output.manifest import Manifest, is_safe, read_manifest
from pbxgen.targets.base import GeneratedFile


class Kind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"
    UNCHANGED = "unchanged"


class Obstacle(StrEnum):
    """Why a change needs ``--force``."""

    FOREIGN = "foreign"  # a file that pbxgen did not write
    EDITED = "edited"  # written by pbxgen, changed by somebody since


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    path: str
    """Relative to the tree's root, with forward slashes."""
    new: bytes = b""
    old: bytes | None = None
    """None: there was no (readable, regular) file."""
    secret: bool = False
    """It is to be readable by its owner and group only."""
    hidden: bool = False
    """It holds secrets, or held some: its lines are never shown."""
    wrong_mode: bool = False
    """A secret file that others could read; its mode is corrected even if its content does not change."""
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class TreeChanges:
    root: Path
    changes: tuple[Change, ...]
    manifest: Manifest
    """As it was read."""

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.kind in kinds)

    @property
    def nothing_to_do(self) -> bool:
        return not any(c.kind is not Kind.UNCHANGED or c.wrong_mode for c in self.changes)


def survey(root: Path, files: Sequence[GeneratedFile]) -> TreeChanges:
    """Compare ``files`` with what is below ``root``. Reads only.

    Raises OutputError for a path that leads out of ``root`` or a folder that cannot be read, and ValueError for
    a target that gives an unsafe path or the same one twice (a fault of the target, not of a user).
    """
    for path in _repeated_or_unsafe(files):
        raise ValueError(f"a target gave the path {path!r}")
    manifest = read_manifest(root)
    wanted = {f.path for f in files}
    changes = [_compare(root, manifest, f) for f in files]
    gone = sorted({*manifest.files, *manifest.journal} - wanted)
    changes += [c for path in gone if (c := _removal(root, manifest, path))]
    return TreeChanges(root, tuple(changes), manifest)


def refuse_obstacles(trees: Sequence[TreeChanges]) -> None:
    """Raises OutputError naming every file that somebody else wrote or changed."""
    problems = []
    for path, change in ((tree.root / change.path, change) for tree in trees for change in tree.changes):
        if change.obstacle is Obstacle.FOREIGN:
            message = f"{path} is in the way: pbxgen did not write it"
            cure = "generate into a folder of its own, or take the file over with --force (its content is lost)"
            problems.append(make("PBX411", message, None, help=cure))
        elif change.obstacle is Obstacle.EDITED:
            doing = "removed" if change.kind is Kind.REMOVE else "overwritten"
            message = f"{path} was changed by hand since pbxgen wrote it, and would be {doing}"
            cure = "put the change into the source, look at what would be lost with --diff, and give it up with --force"
            problems.append(make("PBX412", message, None, help=cure))
    if problems:
        raise OutputError(*problems)


def _repeated_or_unsafe(files: Sequence[GeneratedFile]) -> Iterator[str]:
    seen: set[str] = set()
    for file in files:
        if file.path in seen or not is_safe(file.path):
            yield file.path
        seen.add(file.path)


def _compare(root: Path, manifest: Manifest, file: GeneratedFile) -> Change:
    new = file.text.encode("utf-8")
    status, old = _on_disk(root, file.path)
    if status is None:
        return Change(Kind.CREATE, file.path, new, secret=file.secret, hidden=file.secret)
    if old == new:
        wrong = file.secret and stat.S_IMODE(status.st_mode) != SECRET_MODE
        return Change(Kind.UNCHANGED, file.path, new, old, file.secret, file.secret, wrong)
    obstacle = _obstacle(manifest, file.path, old)
    hidden = file.secret or manifest.may_hold_secrets(file.path) or obstacle is Obstacle.FOREIGN
    return Change(Kind.UPDATE, file.path, new, old, file.secret, hidden, obstacle=obstacle)


def _removal(root: Path, manifest: Manifest, path: str) -> Change | None:
    status, old = _on_disk(root, path)
    if status is None:
        return None
    hidden = manifest.may_hold_secrets(path)
    return Change(Kind.REMOVE, path, b"", old, hidden=hidden, obstacle=_obstacle(manifest, path, old))


def _obstacle(manifest: Manifest, path: str, old: bytes | None) -> Obstacle | None:
    if not manifest.knows(path):
        return Obstacle.FOREIGN
    if old is None or not manifest.wrote(path, old):
        return Obstacle.EDITED
    return None


def _on_disk(root: Path, path: str) -> tuple[os.stat_result | None, bytes | None]:
    """What is at ``path``; no content for anything but a regular file (symbolic links are not followed)."""
    place = root / path
    try:
        for folder in reversed(PurePosixPath(path).parents[:-1]):
            if (root / folder).is_symlink():
                message = f"{root / folder} is a symbolic link: what is behind it is not pbxgen's to change"
                raise refusal("PBX413", message, "remove the link, or choose another folder with -o")
        try:
            status = place.lstat()
        except FileNotFoundError:
            return None, None
        if stat.S_ISDIR(status.st_mode):
            message = f"{place} is in the way: a folder stands where a file must be written"
            raise refusal("PBX411", message, "move the folder away, or choose another one with -o")
        return status, place.read_bytes() if stat.S_ISREG(status.st_mode) else None
    except OSError as error:
        raise from_os_error(error, "read", place) from error
