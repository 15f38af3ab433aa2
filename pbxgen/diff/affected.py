"""Which entries a change can concern at all: only those are compared call by call.

Where two plans in common terms do not say the same of a user, position or number, every entry that can come there is
affected: as far as any rules lead, which is quickly found, and of those the ones whose calls come there with the
diversions they have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.plan import Place, PlaceKind, Plan

_USER = PlaceKind.USER.value
_GROUPS = frozenset({PlaceKind.OPERATOR.value, PlaceKind.GROUP.value})


@dataclass(frozen=True, slots=True)
class Affected:
    entries: frozenset[Key]
    """Places from which rules lead, in however many steps, to what has changed."""
    changed: frozenset[Key]
    """Those of which something else is said."""
    phones: frozenset[Key]
    """Users of whom something else is said than where their rules lead."""
    everywhere: bool = False
    """What has changed is said of all calls, not of these."""

    def itself(self, key: Key) -> bool:
        """Is something else said of this place, and not only of where calls go from it?"""
        return key in self.changed and not self.everywhere

    def concerns(self, plan: Plan, flow: Flow) -> bool:
        """May calls come to what has changed?"""
        for key in flow.keys:
            if key in self.changed and (key in self.phones or key[0] != _USER or key not in flow.last):
                return True
            if key[0] in _GROUPS and not self.phones.isdisjoint((_USER, m) for m in plan.group_at(key).members):
                return True
        return not self.phones.isdisjoint((_USER, extension) for extension in flow.along)


def affected(old: Plan, new: Plan) -> Affected:
    """What calls may go differently; both plans in common terms."""
    if (old.max_diversions, old.outside_timeout) != (new.max_diversions, new.outside_timeout):
        every = frozenset((*_keys(old), *_keys(new)))
        return Affected(every, every, every, everywhere=True)
    changed = {key for key in (*_keys(old), *_keys(new)) if _said(old, key) != _said(new, key)}
    phones = {key for key in changed if key[0] == _USER and _phone(old, key[1]) != _phone(new, key[1])}
    return Affected(_leading_to(changed, old, new), frozenset(changed), frozenset(phones))


def _said(plan: Plan, key: Key) -> object:
    """Everything that a plan says of a place; None where there is none."""
    kind, target = key
    if kind == _USER:
        user = plan.users.get(target)
        return user and (user.deviations, _phone(plan, target))
    if kind == PlaceKind.INBOUND.value:
        inbound = plan.inbound.get(target)
        return inbound and inbound.rules
    group = (plan.operators if kind == PlaceKind.OPERATOR.value else plan.groups).get(target)
    return group and (group.number, group.members, group.strategy, group.ring_timeout, group.overflow)


def _phone(plan: Plan, extension: str) -> object:
    """Of a user, everything but where the rules lead; None where there is none."""
    user = plan.users.get(extension)
    if user is None:
        return None
    flags = (user.dnd, user.call_waiting, user.mailbox is not None, user.ring_timeout)
    lists = (user.deviations.no_answer, user.deviations.return_no_answer)
    return user.follow_me, flags, [[(r.condition, r.after) for r in rules] for rules in lists]


def _leading_to(changed: Iterable[Key], old: Plan, new: Plan) -> frozenset[Key]:
    found = set(changed)
    if not found:
        return frozenset()
    leading: dict[Key, set[Key]] = {}
    for plan in (old, new):
        for key in _keys(plan):
            for place in _places(plan, key):
                leading.setdefault(place.key, set()).add(key)
    queue = deque(found)
    while queue:
        for key in leading.get(queue.popleft(), ()):
            if key not in found:
                found.add(key)
                queue.append(key)
    return frozenset(found)


def _keys(plan: Plan) -> list[Key]:
    return [place.key for place in plan.places()]


def _places(plan: Plan, key: Key) -> Iterable[Place]:
    """Where a call can go on from ``key``, and whose phones ring there."""
    yield from plan.leads_to(key)
    kind, target = key
    if kind == _USER:
        yield from (leg.place for leg in plan.users[target].follow_me)
    elif kind in _GROUPS:
        group = plan.group_at(key)
        yield from (Place(PlaceKind.USER, m, group.location) for m in group.members)
