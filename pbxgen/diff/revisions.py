"""OLD and NEW of a comparison: a source, a revision of git, or a folder that was generated."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pbxgen.output.manifest import MANIFEST
from pbxgen.source.load import is_fleet, source_digests

GIT = "git:"
_BUILD = re.compile(r"\bbuilds?\b\W+(?:\S+ )??([0-9a-f]{12})\b|\b([0-9a-f]{12})\b")
_HEAD_LINES = 40
_REVISIONS = 200


class RevisionError(ValueError):
    """What cannot be had, as a sentence."""


def is_git(text: str) -> bool:
    return text.startswith(GIT)


def is_generated(path: Path) -> bool:
    """Was the folder written by ``pbxgen generate``?"""
    return any((folder / MANIFEST).is_file() for folder in (path, *path.glob("*/")))


def digests(folder: Path) -> frozenset[str]:
    """The digests of the sources that a generated folder was made from."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".conf", ".xml") or not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace") as file:
            head = [line for line, _ in zip(file, range(_HEAD_LINES), strict=False)]
        for line in head:
            if "build" in line.lower():
                found.update(a or b for a, b in _BUILD.findall(line))
    return frozenset(found)


@contextmanager
def checked_out(text: str, other: Path | None) -> Iterator[Path]:
    """The source of ``git:REV`` or ``git:REV:PATH``, in a folder of its own while the context lasts.

    Without PATH it is the path of the ``other`` side. Raises RevisionError.
    """
    revision, _, path_text = text[len(GIT) :].partition(":")
    if not revision or revision.startswith("-"):
        raise RevisionError("write git:REVISION, such as git:HEAD~1 or git:main")
    path = Path(path_text) if path_text else other
    if path is None:
        raise RevisionError(f"say which source of {revision}: git:{revision}:PATH")
    path = path.resolve()
    root, relative = _in_repository(path)
    # A fleet's tenants lie beside it: the whole folder of a file is taken.
    wanted = relative if path.is_dir() or not path.suffix else relative.parent
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    archive = _git(root, "archive", "--format=tar", commit.decode().strip(), "--", str(wanted) or ".")
    with tempfile.TemporaryDirectory(prefix="pbxgen-diff-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        found = Path(folder) / relative
        if not found.exists():
            raise RevisionError(f"{revision} has no {relative}")
        yield found


@dataclass(frozen=True, slots=True)
class Origin:
    """The revision of a source that a folder was generated from."""

    commit: str
    """Short, as git writes it."""
    date: str
    """Of the commit, e.g. 2026-11-23."""
    source: Path
    """The source as it was, in a folder of its own."""


@contextmanager
def made_from(wanted: frozenset[str], source: Path, doing: Callable[[str], None]) -> Iterator[Origin | None]:
    """The newest of a source's last revisions that has the digests of a generated folder; None where git has none.

    Of a fleet one tenant may have been generated. ``doing`` is told which revision is looked at.
    """
    with ExitStack() as stack:
        try:
            root, relative = _in_repository(source.resolve())
            # A fleet's tenants lie beside its file.
            watched = relative.parent if source.is_file() and is_fleet(source) else relative
            log = _git(root, "log", f"-{_REVISIONS}", "--format=%h %cs", "--", str(watched)).decode()
        except RevisionError:  # a source that git does not know
            log = ""
        for line in log.splitlines():
            commit, _, date = line.partition(" ")
            doing(f"looking at the source as it was on {date}")
            with ExitStack() as this:
                try:
                    found = this.enter_context(checked_out(f"{GIT}{commit}", source))
                except RevisionError:  # a revision that took the source away
                    continue
                made = source_digests(found)
                if made & wanted and (made <= wanted or len(wanted) == 1):
                    stack.enter_context(this.pop_all())
                    yield Origin(commit, date, found)
                    return
        yield None


def _in_repository(path: Path) -> tuple[Path, Path]:
    """The root of the repository around a path, and where the path is in it. Raises RevisionError."""
    inside = path if path.is_dir() else path.parent
    while not inside.is_dir():
        inside = inside.parent
    root = Path(_git(inside, "rev-parse", "--show-toplevel").decode().strip())
    try:
        return root, path.relative_to(root.resolve())
    except ValueError:
        raise RevisionError(f"{path} is not in the repository {root}") from None


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "--literal-pathspecs", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise RevisionError("git is not installed") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RevisionError(said[-1] if said else f"git knows no such revision: {arguments[-1]}")
    return done.stdout
