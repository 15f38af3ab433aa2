"""What a call can still come to: the places that the rules of a place, and theirs, may lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.plan import Place, PlaceKind, Plan

_MOST_KEPT = 500
"""Answers that are remembered; of a chain of a thousand groups each is long."""


class Ahead:
    """Follows every rule, whatever its condition."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._next: dict[Key, tuple[Key, ...]] = {}
        self._known: dict[Key, frozenset[Key]] = {}

    def of(self, keys: Iterable[Key]) -> frozenset[Key]:
        """``keys`` and everything behind them."""
        found = [self._of_one(key) for key in keys]
        return found[0] if len(found) == 1 else frozenset[Key]().union(*found)

    def _of_one(self, key: Key) -> frozenset[Key]:
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = frozenset(self._walk(key))
        return self._known[key]

    def _walk(self, start: Key) -> set[Key]:
        found = {start}
        left = [start]
        while left:
            for key in self._behind(left.pop()):
                if key not in found:
                    found.add(key)
                    left.append(key)
        return found

    def _behind(self, key: Key) -> tuple[Key, ...]:
        if key not in self._next:
            self._next[key] = tuple(dict.fromkeys(place.key for place in self._places(key)))
        return self._next[key]

    def _places(self, key: Key) -> Iterator[Place]:
        kind, target = key
        match kind:
            case PlaceKind.USER.value:
                for _, rules in self._plan.users[target].deviations.lists():
                    for rule in rules:
                        yield from rule.places
            case PlaceKind.INBOUND.value:
                for rule in self._plan.inbound[target].rules:
                    yield from rule.places
            case PlaceKind.OPERATOR.value:
                yield from self._plan.operators[target].overflow
            case PlaceKind.GROUP.value:
                yield from self._plan.groups[target].overflow
