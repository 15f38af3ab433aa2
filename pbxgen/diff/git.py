"""Questions to git. What it refuses becomes a sentence of ours."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path


class RevisionError(ValueError):
    """What cannot be had, as a sentence."""


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
    """Variables that name a repository, as git sets them for hooks: ours is that of the folder.

    The settings that GIT_CONFIG_COUNT announces, such as safe.directory, hold for any.
    """
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
        found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        raise RevisionError(f"git knows no revision {revision} in {root}") from None
    return found.decode().strip()
