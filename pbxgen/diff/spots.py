"""Where two trees differ, as far from their roots as they are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.plan import Outcome


@dataclass(frozen=True, slots=True)
class Spot:
    way: tuple[tuple[Attempt, tuple[Outcome, ...]], ...]
    """What has rung before on both sides, and how that ended."""
    before: Node | None
    after: Node | None


def spots(before: Node | None, after: Node | None) -> Iterator[Spot]:
    """Each pair of nodes that differ by themselves, once."""
    seen: set[tuple[int, int]] = set()
    pairs = [Spot((), before, after)]
    while pairs:
        spot = pairs.pop(0)
        one, other = spot.before, spot.after
        if one is other or (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if _differ(one, other):
            yield spot
        elif isinstance(one, Attempt) and isinstance(other, Attempt):
            for (outcomes, child), (_, child2) in zip(one.branches, other.branches, strict=True):
                pairs.append(Spot((*spot.way, (one, outcomes)), child, child2))


def _differ(one: Node | None, other: Node | None) -> bool:
    return _itself(one) != _itself(other)


def _itself(node: Node | None) -> object:
    """Of a tree what is not behind its root."""
    if node is None:
        return None
    if isinstance(node, End):
        return node.kind, node.value
    outcomes = tuple(outcomes for outcomes, _ in node.branches)
    return node.kind, node.target, node.seconds, node.confirm, node.shows, node.trunk, node.legs, outcomes
