"""Simple conditions put together: the fewest that hold in wanted cells and in no others."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_TOGETHER = 3
"""Conditions of one conjunction for which every choice is tried; longer ones are found one by one."""
_MOST_TRIED = 5_000
"""Conjunctions of one length that are made longer."""
_FEW = 24
"""Conjunctions of which every pair and triple is tried."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One simple condition, as words will name it: ``kind`` is open, closed, from, not_from, until,
    after or on."""

    kind: str
    name: str


Together = tuple[Literal, ...]
When = tuple[Together, ...]
"""Alternatives, each of conditions that hold together; () is always, an empty alternative "at other times"."""

OTHERWISE: When = ((),)


def length(when: When) -> int:
    """How many conditions are named."""
    return sum(map(len, when))


def shortest(wanted: int, whole: int, holds: Sequence[tuple[Literal, int]]) -> When:
    """Words that hold in exactly the cells ``wanted`` of ``whole``; no shorter ones are found quickly.

    ``holds``: where each condition does. They must tell every wanted cell from every other.
    """
    if wanted == whole:
        return ()
    found = _short(wanted, whole, holds)
    left = wanted & ~_union(found.values())
    while left:
        together, cells = _around(left & -left, wanted, whole, holds)
        found[together] = cells
        left &= ~cells
    return _cover(wanted, found)


def _short(wanted: int, whole: int, holds: Sequence[tuple[Literal, int]]) -> dict[Together, int]:
    """Conjunctions of few conditions that hold in wanted cells only, none longer than it must be."""
    found: dict[Together, int] = {}
    level: list[tuple[Together, int, int]] = [((), whole, 0)]
    for _ in range(_MOST_TOGETHER):
        longer: list[tuple[Together, int, int]] = []
        for together, cells, first in level[:_MOST_TRIED]:
            for number in range(first, len(holds)):
                literal, there = holds[number]
                both = cells & there
                if both == cells or not both & wanted:
                    continue
                if both & ~wanted:
                    longer.append(((*together, literal), both, number + 1))
                elif not any(both & ~known == 0 for known in found.values()):
                    found[(*together, literal)] = both
        if wanted & ~_union(found.values()) == 0:
            break
        level = longer
    return found


def _around(cell: int, wanted: int, whole: int, holds: Sequence[tuple[Literal, int]]) -> tuple[Together, int]:
    """Conditions that hold in one wanted cell, as few as will do, and the wanted cells in which they hold."""
    here = [(literal, there) for literal, there in holds if there & cell]
    chosen: list[tuple[Literal, int]] = []
    cells = whole
    while cells & ~wanted:
        best = min(here, key=lambda one: (cells & one[1] & ~wanted).bit_count())
        assert cells & best[1] != cells, "the conditions tell the cells apart"
        chosen.append(best)
        cells &= best[1]
    for one in tuple(chosen):
        others = [other for other in chosen if other is not one]
        if _intersection(whole, others) & ~wanted == 0:
            chosen = others
    return tuple(literal for literal, there in holds if (literal, there) in chosen), _intersection(whole, chosen)


def _cover(wanted: int, fitting: dict[Together, int]) -> When:
    """As few as possible of what holds in wanted cells only that hold in all of them together."""
    if len(fitting) <= _FEW:
        for size in (1, 2, 3):
            fit = [c for c in itertools.combinations(fitting, size) if _union(fitting[one] for one in c) == wanted]
            if fit:
                return min(fit, key=length)
    chosen: list[Together] = []
    left = wanted
    while left:
        chosen.append(max(fitting, key=lambda one: ((fitting[one] & left).bit_count(), -len(one))))
        left &= ~fitting[chosen[-1]]
    for one in sorted(chosen, key=len, reverse=True):
        others = [other for other in chosen if other is not one]
        if _union(fitting[other] for other in others) == wanted:
            chosen = others
    return tuple(chosen)


def _union(sets: Iterable[int]) -> int:
    whole = 0
    for cells in sets:
        whole |= cells
    return whole


def _intersection(whole: int, chosen: Sequence[tuple[Literal, int]]) -> int:
    for _, there in chosen:
        whole &= there
    return whole
