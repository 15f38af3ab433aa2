"""An index of many patterns: those that overlap another pattern, and the narrowest that matches a number."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from pbxgen.flow.pattern import Pattern, beginning, narrowness, overlap


class PatternIndex:
    """Patterns by the letters that all their numbers begin with, so that few are compared."""

    def __init__(self, patterns: Iterable[Pattern] = ()) -> None:
        self._by_beginning: dict[str, list[Pattern]] = {}
        self._beginnings: list[str] = []
        for pattern in patterns:
            self.add(pattern)

    def add(self, pattern: Pattern) -> None:
        known = self._by_beginning.setdefault(beginning(pattern), [])
        if not known:
            insort(self._beginnings, beginning(pattern))
        known.append(pattern)

    def meeting(self, pattern: Pattern) -> Iterator[Pattern]:
        """The patterns that have a number in common with ``pattern``."""
        begins = beginning(pattern)
        candidates = [begins[:length] for length in range(len(begins))] + beginning_with(self._beginnings, begins)
        for one in candidates:
            yield from (other for other in self._by_beginning.get(one, ()) if overlap(pattern, other))

    def of(self, number: str) -> Pattern | None:
        """The narrowest pattern that matches ``number``."""
        beginnings = (number[:length] for length in range(len(number) + 1))
        matching = (p for begins in beginnings for p in self._by_beginning.get(begins, ()) if p.matches(number))
        return min(matching, key=narrowness, default=None)


def beginning_with(texts: list[str], begins: str) -> list[str]:
    """The texts of the sorted list ``texts`` that begin with ``begins``."""
    return texts[bisect_left(texts, begins) : bisect_left(texts, begins + "\U0010ffff")]
