"""Everything that a comparison of two sources says, by tenant, and which tenants only have another name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pbxgen.diff.comparison import compare
from pbxgen.diff.words import Block, blocks, of_tenant
from pbxgen.flow.plan import Plan
from pbxgen.phrases import Phrases

Plans = Mapping[str, Plan]
"""By the names of the tenants."""


@dataclass(frozen=True, slots=True)
class Made:
    """Folders that were generated from one state of a source."""

    folders: tuple[str, ...]
    """As messages name them."""
    current: Mapping[str, bool]
    """By tenant of NEW: was it made from NEW as it is?"""
    origin: str | None
    """The revision, such as git:1a2b3c4; None where it is NEW itself, or git has none."""
    about: str
    """All this as a sentence."""


@dataclass(frozen=True, slots=True)
class Section:
    """What changes for the callers of one tenant; ``folders``: of OLD, where not all of it is meant."""

    tenant: str
    blocks: tuple[Block, ...]
    folders: tuple[str, ...] = ()
    more: int = 0
    """Places the calls to which are compared as far as they ring the fewest times, and not to their ends."""

    @property
    def title(self) -> str:
        return ", ".join((self.tenant, *self.folders))


@dataclass(frozen=True, slots=True)
class Result:
    old: str
    new: str
    same: bool
    sections: tuple[Section, ...]
    made: tuple[Made, ...] = ()
    """Of an OLD that was generated."""


def compared(before: Plans, after: Plans, today: dt.date, say: Phrases) -> tuple[bool, tuple[Section, ...]]:
    """Does nothing change for callers? And what does, tenant by tenant."""
    pairs = tenants(before, after)
    same = len(before) == len(after) == len(pairs)
    found = []
    for old, new in pairs:
        comparison = compare(old, new, today, say)
        same = same and comparison.same
        found.append(Section(new.name, blocks(comparison, say), more=comparison.more))
    known = [{plan.name for plan in side} for side in zip(*pairs, strict=True)] or [set(), set()]
    found += _alone("+", "new", after, known[1], say)
    found += _alone("-", "gone", before, known[0], say)
    return same, tuple(found)


def _alone(sign: str, what: str, plans: Plans, known: set[str], say: Phrases) -> Iterator[Section]:
    for name in plans:
        if name not in known:
            yield Section(name, (of_tenant(sign, name, what, say),))


def tenants(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> list[tuple[Plan, Plan]]:
    """Tenants of a fleet, old and new: by name, and those of another name that share what is unique in a fleet."""
    if len(before) == len(after) == 1:
        return [(next(iter(before.values())), next(iter(after.values())))]
    left = {name: plan for name, plan in before.items() if name not in after}
    found = []
    for name, plan in after.items():
        old = before.get(name) or next((o for o in left.values() if _share(o, plan)), None)
        if old is not None:
            left.pop(old.name, None)
            found.append((old, plan))
    return found


def _share(old: Plan, new: Plan) -> bool:
    return old.domain == new.domain or not {*old.dids, *old.inbound}.isdisjoint((*new.dids, *new.inbound))
