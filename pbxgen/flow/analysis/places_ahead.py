"""The places that a call can still come to, and the state of a call reduced to what decides that."""

from __future__ import annotations

from collections.abc import Iterable

from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.machine import CallState, Pending
from pbxgen.flow.plan import Outcome, PlaceKind, Plan

RUNG = "rung"
"""Kind of key of a user who rings as a member or by `follow_me`, without being called."""

_MOST_KEPT = 200_000
"""Keys in answers that are remembered; of a chain of a thousand groups each is long."""


class PlacesAhead:
    """Follows every rule of one plan, whatever its condition, as far as the diversions that are left allow."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._next: dict[Key, tuple[Key, ...]] = {}
        self._known: dict[tuple[Key, int], frozenset[Key]] = {}
        self._kept = 0

    def of(self, keys: Iterable[Key], left: int) -> frozenset[Key]:
        """``keys``, all places after them by ``left`` diversions, and by one more, to tell whether `max_diversions`
        stops it."""
        keys_ahead = [self._of_one(key, left) for key in keys]
        return keys_ahead[0] if len(keys_ahead) == 1 else frozenset[Key]().union(*keys_ahead)

    def canonical(self, state: CallState) -> CallState:
        """``state`` without what does not decide where the call goes.

        Left out are places to try that the call has been to or that stand twice, everything behind a place that ends
        the call, places that the call has been to and cannot come to again, and the first outcome (it only decides a
        status code).
        """
        been = frozenset(iter(state.visited))  # of a set that adds the caller, only the places
        seen = set(been)
        to_try: list[Pending] = []
        ahead: list[frozenset[Key]] = []
        left = self.plan.max_diversions - state.diversions
        for pending in state.to_try:
            key = pending.place.key
            if key in seen:
                continue
            seen.add(key)
            to_try.append(pending)
            ahead.append(self._of_one(key, left))
            if pending.place.ends_call:
                break
        reachable = frozenset(key for key in been if any(key in keys for keys in ahead))
        return CallState(tuple(to_try), reachable, state.diversions, Outcome.BUSY)

    def _of_one(self, key: Key, left: int) -> frozenset[Key]:
        known = self._known.get((key, left))
        if known is None:
            known = frozenset(self._walk(key, left))
            self._kept += len(known)
            if self._kept > _MOST_KEPT:
                self._known.clear()
                self._kept = len(known)
            self._known[key, left] = known
        return known

    def _walk(self, start: Key, left: int) -> set[Key]:
        """Breadth first by diversions: what is met first is met with the most of them left."""
        reached = {start}
        level = [start]
        while level and left >= 0:
            deeper: list[Key] = []
            for key in level:  # grows meanwhile
                costs = key[0] == PlaceKind.USER.value
                for following in self._behind(key):
                    if following not in reached:
                        reached.add(following)
                        (deeper if costs else level).append(following)
            level = deeper
            left -= 1
        return reached

    def _behind(self, key: Key) -> tuple[Key, ...]:
        if key not in self._next:
            along = ((RUNG, place.target) for place in self.plan.rings_along(key))
            self._next[key] = (*dict.fromkeys(place.key for place in self.plan.leads_to(key)), *along)
        return self._next[key]
