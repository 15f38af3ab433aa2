"""The shortest words for a set of calls: the fewest conditions that hold for these calls and for no others.

Sets of calls are the bits of an integer; one bit (a cell) is a kind of caller at a kind of moment.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

_MOST_TOGETHER = 3
"""Upper bound on the conditions of a conjunction that is found by trying; longer ones are built one by one."""
_MOST_TRIED = 5_000
"""Upper bound on the conjunctions of one length that are extended."""
_FEW = 24
"""Upper bound on the conjunctions of which every pair and triple is tried."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One simple condition, as words will name it: ``kind`` is open, closed, from, not_from,
    anonymous, known, until, after or on."""

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
    """Few conditions that hold in exactly the cells ``wanted``; ``holds`` must tell each of them from all others."""
    if wanted == whole:
        return ()
    fitting = _short(wanted, whole, holds)
    left = wanted & ~_union(fitting.values())
    while left:
        together, cells = _around(left & -left, wanted, whole, holds)
        fitting[together] = cells
        left &= ~cells
    return _cover(wanted, fitting)


def _short(wanted: int, whole: int, holds: Sequence[tuple[Literal, int]]) -> dict[Together, int]:
    """Conjunctions of few conditions that hold in wanted cells only, none longer than it must be."""
    fitting: dict[Together, int] = {}
    level: list[tuple[Together, int, int]] = [((), whole, 0)]
    for _ in range(_MOST_TOGETHER):
        longer: list[tuple[Together, int, int]] = []
        for together, cells, first in level[:_MOST_TRIED]:
            for number in range(first, len(holds)):
                literal, where = holds[number]
                both = cells & where
                if both == cells or not both & wanted:
                    continue
                if both & ~wanted:
                    longer.append(((*together, literal), both, number + 1))
                elif not any(both & ~known == 0 for known in fitting.values()):
                    fitting[(*together, literal)] = both
        if wanted & ~_union(fitting.values()) == 0:
            break
        level = longer
    return fitting


def _around(cell: int, wanted: int, whole: int, holds: Sequence[tuple[Literal, int]]) -> tuple[Together, int]:
    """Few conditions that hold in one wanted cell and in no unwanted one, and the cells in which they hold."""
    fitting = [(literal, where) for literal, where in holds if where & cell]
    chosen: list[tuple[Literal, int]] = []
    cells = whole
    while cells & ~wanted:
        best = min(fitting, key=lambda one: (cells & one[1] & ~wanted).bit_count())
        assert cells & best[1] != cells, "the conditions tell the cells apart"
        chosen.append(best)
        cells &= best[1]
    for one in tuple(chosen):
        others = [other for other in chosen if other is not one]
        if _intersection(whole, others) & ~wanted == 0:
            chosen = others
    return tuple(literal for literal, where in holds if (literal, where) in chosen), _intersection(whole, chosen)


def _cover(wanted: int, fitting: dict[Together, int]) -> When:
    """As few of the conjunctions ``fitting`` (which hold in wanted cells only) as together hold in all of them."""
    if len(fitting) <= _FEW:
        for size in (1, 2, 3):
            chosen_few = [
                c for c in itertools.combinations(fitting, size) if _union(fitting[one] for one in c) == wanted
            ]
            if chosen_few:
                return min(chosen_few, key=length)
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
    return reduce(or_, sets, 0)


def _intersection(whole: int, chosen: Sequence[tuple[Literal, int]]) -> int:
    return reduce(and_, (cells for _, cells in chosen), whole)
