"""What a comparison finds, as plain values, and where in two trees it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.plan import Origin, Outcome, Place, Plan
from pbxgen.flow.wording import When


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different for callers of one entry.

    ``aspect`` is "call" (every call), "rings" (how long, or who rings) or the value of an Outcome; ``before`` and
    ``after`` are None where there was or is nothing.
    """

    origin: Origin | None
    """None: inside and outside alike."""
    aspect: str
    when: When
    """Of ``excepted`` times and callers everything but these."""
    before: Node | None
    after: Node | None
    excepted: bool = False
    caller: str | None = None
    """Whose calls alone are treated differently: somebody to whom calls may come, and who calls. None: anybody's."""


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """What is different for those who call ``place`` (of the new plan; of the old one where it is gone)."""

    place: Place
    status: str
    """changed, new or gone."""
    changes: tuple[Change, ...]
    itself: bool = True
    """Is something else said of the place itself, and not only of where calls go from it?"""
    like: Place | None = None
    """The entry for whose callers the same changes, and whose ``changes`` these are; None: they are this one's own."""
    whole: bool = True
    """Are all calls followed to their ends? What happens after the fewest ringings is compared first."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A change that is no course of a call: a key of :mod:`pbxgen.diff.words` with its values."""

    key: str
    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    old: Plan
    new: Plan
    entries: tuple[EntryChanges, ...]
    facts: tuple[Fact, ...]
    more: int = 0
    """Entries whose calls are not all followed to their ends."""

    @property
    def same(self) -> bool:
        return not self.entries and not self.facts and not self.more


@dataclass(frozen=True, slots=True)
class Spot:
    way: tuple[tuple[Attempt, tuple[Outcome, ...]], ...]
    """What has rung before on both sides, and how that ended."""
    before: Node | None
    after: Node | None


def spots(before: Node | None, after: Node | None) -> Iterator[Spot]:
    """Each pair of nodes that differ in themselves, once."""
    seen: set[tuple[int, int]] = set()
    pairs = [Spot((), before, after)]
    while pairs:
        spot = pairs.pop(0)
        one, other = spot.before, spot.after
        if one is other or (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if _itself(one) != _itself(other):
            yield spot
        elif isinstance(one, Attempt) and isinstance(other, Attempt):
            for (outcomes, child), (_, child2) in zip(one.branches, other.branches, strict=True):
                pairs.append(Spot((*spot.way, (one, outcomes)), child, child2))


def _itself(node: Node | None) -> object:
    """What the root of a tree says, without the nodes behind it."""
    if node is None:
        return None
    if isinstance(node, End):
        return node.kind, node.value
    outcomes = tuple(outcomes for outcomes, _ in node.branches)
    return node.kind, node.target, node.seconds, node.confirm, node.shows, node.trunk, node.legs, outcomes
