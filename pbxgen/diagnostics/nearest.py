"""“Did you mean …?”: the known name that a mistyped one most likely stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_SCAN_LIMIT = 5000
"""Above this many candidates only names one slip away are looked for, so that each search stays in microseconds."""


def nearest(name: str, candidates: Collection[str]) -> str | None:
    """The candidate nearest to ``name``, or None where none is near enough to be worth showing.

    Near is a third of the name's letters wrong at most (one in short names; a swap of neighbours counts once),
    a difference in case, ``-`` or ``_`` only, or a candidate that alone begins with ``name``.
    Pass a set or mapping where candidates are many (extensions).
    """
    if not name or len(name) > 100:
        return None
    if len(candidates) > _SCAN_LIMIT:
        near_names = [near for near in _one_slip(name, _alphabet(name)) if near in candidates and near != name]
        return min(near_names, key=lambda near: _rank(name, near, 1), default=None)
    wanted = _plain(name)
    limit = max(1, len(wanted) // 3)
    best: tuple[int, int, str] | None = None
    for candidate in candidates:
        if candidate == name or abs(len(candidate) - len(wanted)) > limit:
            continue
        slips = distance(wanted, _plain(candidate), limit)
        if slips <= limit:
            rank = _rank(name, candidate, slips)
            best = rank if best is None else min(best, rank)
    if best is not None:
        return best[2]
    longer = [c for c in candidates if len(wanted) >= 3 and c != name and _plain(c).startswith(wanted)]
    return longer[0] if len(longer) == 1 else None


def did_you_mean(name: str, candidates: Collection[str], ask: str = "did you mean '{}'?") -> str:
    """``did you mean 'busy'?``, or an empty text where nothing is near."""
    near = nearest(name, candidates)
    return "" if near is None else ask.format(near)


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def _rank(name: str, candidate: str, distance: int) -> tuple[int, int, str]:
    """Smallest is best: fewest slips, then the longest common beginning, then the alphabet."""
    common = 0
    for left, right in zip(name, candidate, strict=False):
        if left != right:
            break
        common += 1
    return distance, -common, candidate


def distance(left: str, right: str, limit: int) -> int:
    """Optimal string alignment distance; anything above ``limit`` may come back as ``limit + 1``."""
    if left == right:
        return 0
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit and (not previous or min(previous) > limit):
            return limit + 1
        before, previous = previous, current
    return previous[-1]


def _alphabet(name: str) -> str:
    return "0123456789" if name.isdigit() else "abcdefghijklmnopqrstuvwxyz0123456789-_."


def _one_slip(name: str, alphabet: str) -> Iterator[str]:
    for i in range(len(name) + 1):
        head, tail = name[:i], name[i:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in alphabet:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
