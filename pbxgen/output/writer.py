"""Writing generated trees: all or nothing, and safe to kill at any moment.

Every new file is first written in full beside its place (which is where a full disk shows), then all are
renamed over the old ones, then files that are no longer needed go, and the manifest comes last. A run killed
while renaming leaves a mixture of old and new files, each of them whole; the next run completes it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from pbxgen.output.atomic import SECRET_MODE, beside, put_in_place, write_beside
from pbxgen.output.changes import Change, Kind, TreeChanges, refuse_obstacles, survey
from pbxgen.output.errors import from_os_error
from pbxgen.output.lock import locked
from pbxgen.output.manifest import JOURNAL, MANIFEST, Manifest, mark
from pbxgen.targets.base import GeneratedFile

Trees = Mapping[str, Sequence[GeneratedFile]]
"""A folder's name below OUT to its files."""


def survey_trees(out: Path, trees: Trees) -> tuple[TreeChanges, ...]:
    """What :func:`write_trees` would change; reads only. Raises OutputError."""
    return tuple(survey(out / name, files) for name, files in trees.items())


def write_trees(out: Path, trees: Trees, *, force: bool = False) -> tuple[TreeChanges, ...]:
    """Make the folders of ``trees`` below ``out`` hold exactly their files, as far as pbxgen owns them.

    ``force`` takes over files that somebody else wrote or changed. Raises OutputError; everything is then as it
    was before, or (if a rename failed, which a full disk does not cause) each file is wholly old or wholly new.
    """
    created = _make_folder(out)
    try:
        with locked(out):
            surveyed = survey_trees(out, trees)
            if not force:
                refuse_obstacles(surveyed)
            _write(surveyed)
            return surveyed
    except BaseException:
        for folder in reversed(created):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _write(trees: Sequence[TreeChanges]) -> None:
    due = [tree for tree in trees if not _is_current(tree)]
    begun: list[_Writing] = []
    try:
        for tree in due:
            writing = _Writing(tree)
            begun.append(writing)
            writing.stage()
    except BaseException:
        for writing in reversed(begun):
            writing.undo()
        raise
    for writing in begun:
        writing.commit()


def _is_current(tree: TreeChanges) -> bool:
    """Nothing to write, and the manifest on the disk says so too."""
    if not tree.nothing_to_do or tree.manifest.journal or _marks(tree) != dict(tree.manifest.files):
        return False
    place = tree.root / MANIFEST
    return tree.manifest.tells_secrets and place.exists() and stat.S_IMODE(place.stat().st_mode) == SECRET_MODE


def _marks(tree: TreeChanges) -> dict[str, str]:
    return {c.path: mark(c.new, c.secret) for c in tree.changes if c.kind is not Kind.REMOVE}


class _Writing:
    """The steps for one tree. ``stage`` may fail and be undone; ``commit`` only renames and removes."""

    def __init__(self, tree: TreeChanges) -> None:
        self.tree = tree
        self.root = tree.root
        self.made: list[Path] = []  # folders, outermost first
        self.staged: list[Path] = []
        self.files = _marks(tree)
        needed = {str(p) for path in self.files for p in PurePosixPath(path).parents[:-1]}
        self.folders = frozenset(f for f in needed if f in tree.manifest.folders or not (tree.root / f).exists())

    def stage(self) -> None:
        tree = self.tree
        try:
            self.made += _make_folder(self.root)
            self._sweep()
            # Everything that may be found after a kill: this run's files and those of an unfinished one before.
            journal = Manifest(files={**tree.manifest.journal, **self.files}, folders=self.folders)
            self._put(JOURNAL, journal.text().encode(), None)
            put_in_place(self.root / JOURNAL)
            for change in tree.of(Kind.CREATE, Kind.UPDATE):
                self.made += _make_folder((self.root / change.path).parent)
                self._put(change.path, change.new, change)
            manifest = Manifest(files=self.files, folders=self.folders)
            self._put(MANIFEST, manifest.text().encode(), None)
        except OSError as error:
            raise from_os_error(error, "write", Path(error.filename or self.root)) from error

    def undo(self) -> None:
        for path in self.staged:
            with contextlib.suppress(OSError):
                beside(path).unlink(missing_ok=True)
        if not self.tree.manifest.journal:
            with contextlib.suppress(OSError):
                (self.root / JOURNAL).unlink(missing_ok=True)
        for folder in reversed(self.made):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def commit(self) -> None:
        tree = self.tree
        place = self.root
        try:
            # What is new first: an #include of an updated file never points at nothing.
            for change in (*tree.of(Kind.CREATE), *tree.of(Kind.UPDATE)):
                place = self.root / change.path
                put_in_place(place)
            for change in tree.of(Kind.UNCHANGED):
                if change.wrong_mode:
                    place = self.root / change.path
                    place.chmod(SECRET_MODE)
            for change in tree.of(Kind.REMOVE):
                place = self.root / change.path
                place.unlink(missing_ok=True)
            self._remove_empty_folders()
            place = self.root / MANIFEST
            put_in_place(place)
            (self.root / JOURNAL).unlink(missing_ok=True)
            for folder in {self.root, *((self.root / c.path).parent for c in tree.changes)}:
                _sync_folder(folder)
        except OSError as error:
            raise from_os_error(error, "write", place) from error

    def _put(self, path: str, data: bytes, change: Change | None) -> None:
        place = self.root / path
        self.staged.append(place)
        try:
            secret = change is None or change.secret  # of our own two files nobody else has any use
            write_beside(place, data, secret=secret, keep_owner=change is not None and change.obstacle is None)
        except OSError as error:
            error.filename = str(place)  # rather than the name it has while it is written
            raise

    def _remove_empty_folders(self) -> None:
        for folder in sorted(self.tree.manifest.folders - self.folders, key=len, reverse=True):
            above = PurePosixPath(folder).parents[:-1]
            if any((self.root / parent).is_symlink() for parent in above):
                continue  # what is behind a link is not ours
            with contextlib.suppress(OSError):  # not empty: somebody keeps a file of their own there
                (self.root / folder).rmdir()

    def _sweep(self) -> None:
        """Half-written files that a killed run left."""
        for path in (MANIFEST, JOURNAL, *self.tree.manifest.journal):
            beside(self.root / path).unlink(missing_ok=True)


def _make_folder(folder: Path) -> list[Path]:
    """Create ``folder`` and its parents; gives those that were missing, outermost first. Raises OutputError."""
    missing: list[Path] = []
    at = folder
    try:
        while not at.exists() and at != at.parent:
            missing.insert(0, at)
            at = at.parent
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, "create", folder) from error
    return missing


def _sync_folder(folder: Path) -> None:
    """Make renames survive a power cut, where the file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
