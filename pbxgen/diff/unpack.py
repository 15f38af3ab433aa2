"""What a source needs of a commit, brought onto the disk."""

from __future__ import annotations

import itertools
import os
import posixpath
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from pbxgen.diff.git import git

_LINK, _SUBMODULE = "120000", "160000"
_MOST_LINKS = 40


class Tree:
    """The files of one commit. Paths are POSIX ones from the root of the repository, which is ""."""

    def __init__(self, root: Path, commit: str) -> None:
        self._root = root
        self._entries: dict[str, tuple[str, str]] = {}
        for line in git(root, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            if line:
                about, _, name = os.fsdecode(line).partition("\t")
                mode, _, blob = about.split(" ")
                self._entries[name] = (mode, blob)
        self._names = sorted(self._entries)
        self._seen: set[str] = set()
        self._wanted: set[str] = set()
        self._written: set[str] = set()
        self.left_out: set[str] = set()
        """Links that lead out of the repository: what was behind them then is not known."""

    def has(self, path: str) -> bool:
        """Is there such a file, folder or link?"""
        for _ in range(_MOST_LINKS):
            link = self._link_in(path)
            target = None if link in (None, path) else self._target(str(link))
            if target is None:
                break
            path = _normal(posixpath.join(target, path[len(str(link)) + 1 :]))
        return path in self._entries or next(self._below(path), None) is not None

    def want(self, path: str) -> None:
        """A file as it is; of a folder what may be part of a source. Links are followed inside the repository."""
        if path in self._seen:
            return
        self._seen.add(path)
        link = self._link_in(path)
        if link is not None:
            target = self._target(link)
            if target is None:
                self.left_out.add(link)
            else:
                self._wanted.add(link)
                self.want(_normal(posixpath.join(target, path[len(link) + 1 :])))
        elif path in self._entries:
            self._wanted.add(path)
        else:
            for name in self._below(path):
                if self._is_of_source(name):
                    self.want(name)

    def write(self, folder: Path, index: Path) -> None:
        """Put what was wanted since the last time below ``folder``, as a checkout would; ``index`` is used for it."""
        names = sorted(self._wanted - self._written)
        if names:
            self._written.update(names)
            lines = "".join(f"{' '.join(self._entries[name])}\t{name}\0" for name in names)
            index.unlink(missing_ok=True)
            git(self._root, "update-index", "-z", "--index-info", given=os.fsencode(lines), index=index)
            git(self._root, "checkout-index", "--all", "--quiet", f"--prefix={folder}/", index=index)
            self._take_away_what_leads_out(folder)

    def _take_away_what_leads_out(self, folder: Path) -> None:
        """A link leads where the disk says, and what was written later may have turned an earlier one."""
        for name in filter(self._is_link, sorted(self._written)):
            link = folder / name
            if link.is_symlink() and not Path(os.path.realpath(link)).is_relative_to(folder):
                link.unlink()
                self.left_out.add(name)

    def _below(self, folder: str) -> Iterator[str]:
        start = f"{folder}/" if folder else ""
        first = bisect_left(self._names, start)
        return itertools.takewhile(
            lambda name: name.startswith(start), itertools.islice(self._names, first, len(self._names))
        )

    def _link_in(self, path: str) -> str | None:
        """The first link on the way to ``path``."""
        return next((p for p in _ways(path) if self._is_link(p)), None)

    def _is_link(self, path: str) -> bool:
        return self._entries.get(path, ("",))[0] == _LINK

    def _is_of_source(self, name: str) -> bool:
        mode, _ = self._entries[name]
        if mode == _SUBMODULE:
            return False
        if name.lower().endswith((".yaml", ".yml")):
            return True
        if mode != _LINK:
            return False
        target = self._target(name)  # a folder may be linked
        if target is None:
            return (self._root / name).is_dir()
        return target not in self._entries or self._is_link(target)

    def _target(self, link: str) -> str | None:
        """None: it leads out of the repository."""
        text = os.fsdecode(git(self._root, "cat-file", "blob", self._entries[link][1]))
        if text.startswith("/"):
            return None
        target = _normal(posixpath.join(posixpath.dirname(link), text))
        return None if target == ".." or target.startswith("../") else target


def _ways(path: str) -> Iterator[str]:
    """The folders above ``path`` from the outermost on, and itself."""
    return itertools.accumulate(path.split("/"), posixpath.join)


def _normal(path: str) -> str:
    found = posixpath.normpath(path)
    return "" if found == "." else found
