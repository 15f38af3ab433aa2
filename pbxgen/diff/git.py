"""Questions to git, and trees of a revision. What it refuses becomes a sentence of ours."""

from __future__ import annotations

import itertools
import os
import posixpath
import subprocess
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path


class RevisionError(ValueError):
    """A revision or file that git does not give; says why."""


class NoRepositoryError(RevisionError):
    """There is no repository around a path."""


def git(folder: Path, *arguments: str, given: bytes = b"", index: Path | None = None) -> bytes:
    """What git prints in ``folder``; ``index`` takes the place of the repository's own. Raises RevisionError."""
    environment = {name: value for name, value in os.environ.items() if name not in _of_another_repository()}
    environment["LC_ALL"] = "C"
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    done = _run("--literal-pathspecs", "-C", str(folder), *arguments, given=given, environment=environment)
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        if "not a git repository" in said:
            raise NoRepositoryError(f"{folder} is in no repository of git")
        words = " ".join(said.split()).removeprefix("fatal: ")
        raise RevisionError(f"git {arguments[0]} does not work in {folder}: {words or 'it does not say why'}")
    return done.stdout


@cache
def _of_another_repository() -> frozenset[str]:
    """Variables by which git hooks name another repository; settings such as safe.directory (GIT_CONFIG_COUNT) stay."""
    listed = _run("rev-parse", "--local-env-vars").stdout.decode().split()
    return frozenset(listed) - {"GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"}


def _run(
    *words: str, given: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *words], input=given, capture_output=True, check=False, env=environment)
    except FileNotFoundError:
        raise RevisionError("git is not installed") from None


def repository_of(path: Path) -> Path:
    """The root of the repository around ``path``, which need not exist. Raises RevisionError."""
    inside = path
    while not inside.is_dir():
        inside = inside.parent
    try:
        return Path(os.fsdecode(git(inside, "rev-parse", "--show-toplevel")).removesuffix("\n"))
    except NoRepositoryError:
        raise NoRepositoryError(f"{path} is in no repository of git") from None


def commit_of(root: Path, revision: str) -> str:
    """The full name of a commit. Raises RevisionError."""
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        raise RevisionError(f"git knows no revision {revision} in {root}") from None
    return commit.decode().strip()


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
        _, folder = self._followed(posixpath.dirname(path))
        if folder is None:
            return False
        path = posixpath.join(folder, posixpath.basename(path))
        return path in self._entries or next(self._below(path), None) is not None

    def want(self, path: str) -> None:
        """A file as it is; of a folder what may be part of a source. Links are followed inside the repository."""
        ahead = [path]
        while ahead:
            path = ahead.pop()
            if path in self._seen:
                continue
            self._seen.add(path)
            links, end = self._followed(path)
            if end is None:
                self.left_out.update(links[-1:])
                links = links[:-1]
            elif end in self._entries:
                self._wanted.add(end)
            elif end != path:
                ahead.append(end)
            else:
                ahead += filter(self._is_of_source, self._below(end))
            self._wanted.update(links)

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

    def _followed(self, path: str) -> tuple[list[str], str | None]:
        """The links on a path, and its end (a circle ends in a link); None: the last leads out of the repository."""
        links: list[str] = []
        here: list[str] = []
        ahead = [(part, 0) for part in reversed(path.split("/"))]  # and how many links there were up to its own
        while ahead:
            part, count = ahead.pop()
            if part == ".." and not here:
                return links[:count], None
            if part == "..":
                here.pop()
            elif part not in ("", "."):
                here.append(part)
            name = "/".join(here)
            if not self._is_link(name):
                continue
            if len(links) == _MOST_LINKS:
                return links, name
            links.append(name)
            text = self._texts[self._entries[name][1]]
            if text.startswith("/"):
                return links, None
            here.pop()
            ahead += [(part, len(links)) for part in reversed(text.split("/"))]
        return links, "/".join(here)

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
        _, end = self._followed(name)  # a folder may be linked
        return (self._root / name).is_dir() if end is None else end not in self._entries

    @cached_property
    def _texts(self) -> dict[str, str]:
        """What each link of the commit leads to, by its blob: all from one process."""
        blobs = sorted({blob for mode, blob in self._entries.values() if mode == _LINK})
        printed = BytesIO(git(self._root, "cat-file", "--batch", given="".join(f"{b}\n" for b in blobs).encode()))
        texts = {}
        for blob in blobs:
            _, _, size = printed.readline().decode().partition(" blob ")
            if not size:
                raise RevisionError(f"git lacks {blob}, a link, in {self._root}")
            texts[blob] = os.fsdecode(printed.read(int(size)))
            printed.readline()
        return texts
