"""A sample number for every combination of contacts sets that a caller can be in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from pbxgen.flow.pattern import Pattern, Shape, shape_of

_LONGEST = 15
"""Digits of an E.164 number at most."""
_MOST = 2000
"""Intersections that are examined; if contacts sets have more, the rest is left out."""


def sample_numbers(sets: Sequence[Sequence[Pattern]], avoiding: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """A number, none of ``avoiding``, for each combination of contacts sets that occurs, in a fixed order."""
    shapes = {shape_of(p) for patterns in sets for p in patterns}
    meets = _closed_under_intersection(shapes)
    by_membership: dict[tuple[bool, ...], str] = {}
    exact = sum(not is_open for _, is_open in shapes)
    candidates = {n for shape in meets for n in _numbers(shape, 1 + exact + len(avoiding))} - avoiding
    for number in sorted(candidates, key=lambda n: (len(n), n)):
        member = tuple(any(p.matches(number) for p in patterns) for patterns in sets)
        if any(member):
            by_membership.setdefault(member, number)
    return tuple(by_membership[member] for member in sorted(by_membership, reverse=True))


def _closed_under_intersection(shapes: set[Shape]) -> set[Shape]:
    known = set(shapes)
    fresh = list(shapes)
    while fresh and len(known) < _MOST:
        one = fresh.pop()
        for other in shapes:
            both = _meet(one, other)
            if both is not None and both not in known:
                known.add(both)
                fresh.append(both)
    return known


def _meet(one: Shape, other: Shape) -> Shape | None:
    (short, short_open), (long, long_open) = sorted((one, other), key=lambda s: len(s[0]))
    if len(short) < len(long) and not short_open:
        return None
    head = tuple(a & b for a, b in zip(short, long, strict=False))
    if not all(head):
        return None
    is_open = long_open and short_open
    return (*head, *long[len(head) :]), is_open


def _numbers(shape: Shape, first: int) -> set[str]:
    """Some numbers of a shape: the ``first`` lowest, of middle and highest letters, and longer ones if it is open."""
    positions, is_open = shape
    picks = ["".join(pick(p) for p in positions) for pick in (max, lambda p: sorted(p)[len(p) // 2])]
    letters_of = [sorted(p) for p in positions]
    picks += ["".join(letters) for letters in itertools.islice(itertools.product(*letters_of), first)]
    endings = [""]
    if is_open:
        room = max(0, _LONGEST - len(positions))
        endings += [digit * n for digit, n in itertools.product("059", (1, 2, room)) if 0 < n <= room]
    return {head + ending for head in picks for ending in endings}
