"""What a run would change, in words and as a diff; never the content of a file that holds secrets."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from pbxgen.output.changes import Change, Kind, Obstacle, TreeChanges

_SIGN = {Kind.CREATE: "+", Kind.UPDATE: "~", Kind.REMOVE: "-"}
_WHY = {
    Obstacle.FOREIGN: " (not written by pbxgen: needs --force)",
    Obstacle.EDITED: " (changed by hand since: needs --force)",
}


def count(trees: Sequence[TreeChanges]) -> dict[Kind, int]:
    return {kind: sum(len(tree.of(kind)) for tree in trees) for kind in Kind}


def listing(trees: Sequence[TreeChanges]) -> Iterator[str]:
    """One line for each file that would change."""
    for tree in trees:
        for change in tree.changes:
            sign = _SIGN.get(change.kind, "m" if change.wrong_mode else "")
            if sign:
                why = _WHY[change.obstacle] if change.obstacle else ""
                mode = " (mode 0640)" if sign == "m" else ""
                yield f"{sign} {tree.root / change.path}{mode}{why}"


def diff(trees: Sequence[TreeChanges]) -> Iterator[str]:
    """A unified diff of every file that would change, line by line without line ends."""
    for tree in trees:
        for change in tree.of(Kind.CREATE, Kind.UPDATE, Kind.REMOVE):
            yield from _diff_of(f"{tree.root.name}/{change.path}", change)


def _diff_of(name: str, change: Change) -> Iterator[str]:
    before = "/dev/null" if change.kind is Kind.CREATE else f"a/{name}"
    after = "/dev/null" if change.kind is Kind.REMOVE else f"b/{name}"
    if change.hidden:
        yield f"--- {before}"
        yield f"+++ {after}"
        yield "# it may hold secrets, its lines are not shown"
        return
    old = (change.old or b"").decode("utf-8", errors="replace").splitlines()
    new = change.new.decode("utf-8").splitlines()
    for line in difflib.unified_diff(old, new, before, after, lineterm=""):
        yield line.rstrip("\n")
