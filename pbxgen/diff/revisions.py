"""A source as it was in a revision of git, and its findings with places that their reader can find."""

from __future__ import annotations

import os
import posixpath
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.text import SourceFile
from pbxgen.diff.git import NoRepositoryError, RevisionError, Tree, commit_of, git, repository_of
from pbxgen.pipeline import Compilation
from pbxgen.source.fleet import is_fleet, read_fleet, tenant_roots

GIT = "git:"
_FROM_HERE = re.compile(r"\.{1,2}(/|$)")


@dataclass(frozen=True, slots=True)
class Revision:
    """A source of a revision, in a folder of its own."""

    path: Path
    folder: Path
    """What stands for the root of the repository."""
    name: str
    """As it was asked for: ``git:HEAD~1``."""
    left_out: tuple[str, ...]
    """Links that lead out of the repository, as :meth:`shown` would show them."""

    def shown(self, text: str) -> str:
        """``text`` with the places that its reader can find: ``git:HEAD~1:office/pbx.yaml``."""
        return text.replace(f"{self.folder}/", f"{self.name}:").replace(str(self.folder), f"{self.name}:.")


def is_git(text: str) -> bool:
    return text.startswith(GIT)


@contextmanager
def checked_out(text: str, other: str) -> Iterator[Revision]:
    """The source of ``git:REV`` or ``git:REV:PATH``, in a folder of its own while the context lasts.

    PATH begins at the root of the repository, as git's own does, or with ``./`` in the current folder. Without it, it
    is the path of the ``other`` side, whose repository is meant. Raises RevisionError.
    """
    revision, path = _parts(text)
    root, relative = _place(revision, path, other)
    tree = Tree(root, commit_of(root, revision))
    if not tree.has(relative):  # a link of today, to what was there already
        found_today = places_of(root / relative)
        relative = next((p for around, p in found_today if around == root and tree.has(p)), relative)
    if not tree.has(relative) and relative:
        raise RevisionError(_missing(root, revision, relative, tree))
    tree.want(relative)
    name = f"{GIT}{revision}"
    with tempfile.TemporaryDirectory(prefix="pbxgen-diff-") as made:
        folder, index = Path(made).resolve() / "tree", Path(made) / "index"
        folder.mkdir()
        tree.write(folder, index)
        path_there = folder / relative
        if is_fleet(path_there):
            for place in tenant_roots(path_there):
                if place.is_relative_to(folder):
                    tree.want(place.relative_to(folder).as_posix())
            tree.write(folder, index)
            outside = _first_outside(path_there, folder)
            if outside is not None:
                raise RevisionError(
                    f"{name}:{relative or '.'} has tenants in {_of_today(outside, folder, root)}, which cannot be read "
                    "as they were: in a revision patterns are relative to the fleet file and stay in the repository"
                )
        if not path_there.exists():
            raise RevisionError(f"{name}:{relative} is a link to nothing in the repository")
        yield Revision(path_there, folder, name, tuple(f"{name}:{link}" for link in sorted(tree.left_out)))


def _first_outside(fleet: Path, folder: Path) -> Path | None:
    """Where a fleet below ``folder`` has tenants of the disk as it is today."""
    places = (*tenant_roots(fleet), *read_fleet(fleet).tenants)
    return next((p for p in places if not Path(os.path.realpath(p)).is_relative_to(folder)), None)


def _of_today(place: Path, folder: Path, root: Path) -> Path:
    return Path(os.path.normpath(root / place.relative_to(folder))) if place.is_relative_to(folder) else place


def in_repository(path: Path) -> tuple[Path, str]:
    """The root of the repository around a path, and where the path is in it. Raises RevisionError."""
    for place in places_of(path):
        return place
    raise NoRepositoryError(f"{path} is in no repository of git")


def places_of(path: Path) -> Iterator[tuple[Path, str]]:
    """The same for a link and for what it leads to, as far as they are in a repository."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link at the end may be part of the repository
    for candidate in dict.fromkeys((absolute.parent.resolve() / absolute.name, absolute.resolve())):
        try:
            root = repository_of(candidate.parent if candidate.is_symlink() else candidate)
            relative = candidate.relative_to(root.resolve()).as_posix()
        except (ValueError, NoRepositoryError):
            continue
        yield root, "" if relative == "." else relative


def today(text: str) -> Path:
    """Where the source of a revision lies in the working tree, if it still does. Raises RevisionError."""
    if not is_git(text):
        return Path(text)
    revision, path = _parts(text)
    root, relative = _place(revision, path, text)
    return root / relative


def _parts(text: str) -> tuple[str, str]:
    revision, _, path = text[len(GIT) :].partition(":")
    if not revision or revision.startswith("-"):
        raise RevisionError("write git:REVISION, such as git:HEAD~1 or git:main")
    return revision, path


def _place(revision: str, path: str, other: str) -> tuple[Path, str]:
    """The repository and the path in it that are meant."""
    if not path:
        if not is_git(other):
            return in_repository(Path(other))
        _, path = _parts(other)
    if not path:
        raise RevisionError(f"say which source of {revision}: git:{revision}:PATH")
    if _FROM_HERE.match(path) or path.startswith("/"):
        return in_repository(Path(path))
    relative = posixpath.normpath(path)
    if relative.startswith("../"):
        raise RevisionError(f"{path} is outside the repository")
    return _repository_beside(other), relative


def _repository_beside(other: str) -> Path:
    """Of the other side where that lies in one, or that of the current folder."""
    if not is_git(other):
        try:
            return in_repository(Path(other))[0]
        except NoRepositoryError:
            pass
    return repository_of(Path.cwd())


def _missing(root: Path, revision: str, relative: str, tree: Tree) -> str:
    """Why there is no such path, and what may have been meant."""
    text = f"{revision} has no {relative}"
    try:
        here, from_here = in_repository(Path(relative))
    except RevisionError:
        here, from_here = root, relative
    if here == root and from_here != relative and tree.has(from_here):
        return f"{text} at the root of the repository: write git:{revision}:./{relative}, or git:{revision}:{from_here}"
    former = _former_name(root, revision, relative)
    if former is not None and tree.has(former):
        return f"{text}, which was called {former} then: write git:{revision}:{former}"
    return text


def _former_name(root: Path, revision: str, relative: str) -> str | None:
    """What a file or folder of today was called, where git finds that its files were renamed in the same way."""
    try:
        listed = git(root, "diff", "--find-renames", "--diff-filter=R", "--name-status", "-z", revision, "--")
    except RevisionError:
        return None
    words = os.fsdecode(listed).split("\0")
    names: set[str] = set()
    for old, new in zip(words[1::3], words[2::3], strict=False):
        if new == relative:
            names.add(old)
        elif new.startswith(f"{relative}/") and old.endswith(rest := new[len(relative) :]):
            names.add(old.removesuffix(rest))
    return names.pop() if len(names) == 1 else None


Shown = Callable[[str], str]


def relocated(compilation: Compilation, shown: Shown) -> Compilation:
    """``shown`` turns the text that holds a path into that which holds another."""
    tenants = (
        replace(tenant, diagnostics=_relocated(tenant.diagnostics, shown), files=_renamed(tenant.files, shown))
        for tenant in compilation.tenants
    )
    own, own_files = _relocated(compilation.own, shown), _renamed(compilation.own_files, shown)
    return replace(compilation, tenants=tuple(tenants), own=own, own_files=own_files)


def _relocated(value: Any, shown: Shown) -> Any:
    """All texts of a finding, also of its parts."""
    if isinstance(value, Location):
        return value._replace(file=shown(value.file))
    if isinstance(value, tuple):
        return tuple(_relocated(one, shown) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _relocated(getattr(value, f.name), shown) for f in fields(value)})
    return shown(value) if type(value) is str else value


def _renamed(files: tuple[SourceFile, ...], shown: Shown) -> tuple[SourceFile, ...]:
    return tuple(replace(file, name=shown(file.name)) for file in files)
