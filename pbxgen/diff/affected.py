"""Which entries a change can concern at all: only those are compared call by call.

Everything a plan says of one user, position or number is reduced to a signature without places in the source. Where
two signatures differ, every entry that can come there is touched: as far as any rules lead, which is quickly found,
and of those the ones whose calls come there with the diversions they have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.plan import Condition, Place, PlaceKind, Plan, Rule, Rules, User

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
    """What calls may go differently."""
    if (old.max_diversions, old.outside_timeout) != (new.max_diversions, new.outside_timeout):
        every = frozenset((*_keys(old), *_keys(new)))
        return Affected(every, every, every, everywhere=True)
    signer_old, signer_new = _Signer(old), _Signer(new)
    before = {key: signer_old.node(key) for key in _keys(old)}
    after = {key: signer_new.node(key) for key in _keys(new)}
    changed = {key for key in (*before, *after) if before.get(key) != after.get(key)}
    phones = {
        (kind, extension)
        for kind, extension in changed
        if kind == _USER and signer_old.phone(extension) != signer_new.phone(extension)
    }
    return Affected(_leading_to(changed, old, new), frozenset(changed), frozenset(phones))


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


class _Signer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def node(self, key: Key) -> Hashable:
        kind, target = key
        if kind == PlaceKind.USER.value:
            return self._user(self._plan.users[target])
        if kind == PlaceKind.INBOUND.value:
            return self._rules(self._plan.inbound[target].rules)
        group = self._plan.group_at(key)
        return (group.number, group.members, group.strategy, group.ring_timeout, self._all(group.overflow))

    def phone(self, extension: str) -> Hashable:
        """Of a user, everything but where the rules lead; None where there is none."""
        user = self._plan.users.get(extension)
        if user is None:
            return None
        legs = tuple((leg.delay, self._place(leg.place)) for leg in user.follow_me)
        flags = (user.dnd, user.call_waiting, user.mailbox is not None, user.ring_timeout)
        lists = (user.deviations.no_answer, user.deviations.return_no_answer)
        after = tuple(tuple((self._condition(r.condition), r.after) for r in rules) for rules in lists)
        return (legs, flags, after)

    def _user(self, user: User) -> Hashable:
        rules = tuple(self._rules(r) for _, r in user.deviations.lists())
        return (rules, self.phone(user.extension))

    def _rules(self, rules: Rules) -> Hashable:
        return tuple(self._rule(r) for r in rules)

    def _rule(self, rule: Rule) -> Hashable:
        return (self._condition(rule.condition), rule.after, self._all(rule.places))

    def _condition(self, condition: Condition) -> Hashable:
        schedule = contacts = None
        if condition.schedule is not None:
            schedule = (self._plan.schedules[condition.schedule].hours, condition.not_in_schedule)
        if condition.contacts is not None:
            contacts = self._plan.contacts[condition.contacts].patterns
        return (schedule, contacts, condition.origin, condition.until)

    def _all(self, places: tuple[Place, ...]) -> Hashable:
        return tuple(self._place(p) for p in places)

    def _place(self, place: Place) -> Hashable:
        if place.kind is not PlaceKind.OUTSIDE:
            return (place.key, place.timeout, place.confirm)
        return (place.key, place.timeout, place.confirm, self._plan.caller_id_of(place), place.trunk)
