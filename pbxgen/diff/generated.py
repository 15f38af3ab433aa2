"""A folder that was generated, as OLD of a comparison: what it was made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pbxgen.diff.git import RevisionError, git
from pbxgen.diff.revisions import GIT, Revision, checked_out, in_repository, places_of
from pbxgen.output.manifest import MANIFEST
from pbxgen.source.load import is_fleet, source_digests, tenant_roots

_BUILD = re.compile(r"\bbuilds?\b\W+(?:\S+ )??([0-9a-f]{12})\b|\b([0-9a-f]{12})\b")
_HEAD_LINES = 40
_REVISIONS = 200


def generated_folders(path: Path) -> tuple[Path, ...]:
    """What ``pbxgen generate`` wrote, a folder for each PBX: ``path`` itself or those in it; () if none is."""
    return tuple(folder for folder in (path, *sorted(path.glob("*/"))) if (folder / MANIFEST).is_file())


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


@dataclass(frozen=True, slots=True)
class Origin:
    """The revision of a source that a folder was generated from."""

    commit: str
    """Short, as git writes it."""
    date: str
    """Of the commit, e.g. 2026-11-23."""
    source: Revision


@contextmanager
def made_from(wanted: frozenset[str], source: Path, doing: Callable[[str], None]) -> Iterator[Origin | None]:
    """The newest of a source's last revisions that has the digests of a generated folder; None where git has none.

    Of a fleet some tenants may have been generated. ``doing`` is told which revision is looked at.
    """
    with ExitStack() as stack:
        try:
            root, _ = in_repository(source)
            watched = {
                path for place in (source, *_tenants(source)) for around, path in places_of(place) if around == root
            }
            log = git(root, "log", f"-{_REVISIONS}", "--format=%h %cs", "--", *(p or "." for p in watched)).decode()
        except RevisionError:  # a source that git does not know
            log = ""
        for line in log.splitlines():
            commit, _, date = line.partition(" ")
            doing(f"looking at the source as it was on {date}")
            with ExitStack() as this:
                try:
                    found = this.enter_context(checked_out(f"{GIT}{commit}", str(source)))
                except RevisionError:  # a revision that took the source away
                    continue
                if wanted and wanted <= source_digests(found.path):
                    stack.enter_context(this.pop_all())
                    yield Origin(commit, date, found)
                    return
        yield None


def _tenants(source: Path) -> tuple[Path, ...]:
    return tenant_roots(source) if is_fleet(source) else ()
