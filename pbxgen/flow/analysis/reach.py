"""What a call to one entry can come to touch, and which entries behave alike.

Users who divert in the same way have flows that differ in names only. Numbering what a flow touches in the order in
which the rules name it gives a form that is equal exactly for those; each form is explored once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from pbxgen.flow.analysis.situations import Atoms
from pbxgen.flow.plan import ENDS_CALL, Condition, Leg, Place, PlaceKind, Plan, RingGroup, Rules, User

Key = tuple[str, str]

_USER, _OUTSIDE, _MAILBOX = PlaceKind.USER.value, PlaceKind.OUTSIDE.value, PlaceKind.MAILBOX.value
_OPERATOR, _GROUP = PlaceKind.OPERATOR.value, PlaceKind.GROUP.value
_INBOUND, _RELEASE = PlaceKind.INBOUND.value, PlaceKind.RELEASE.value


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything a call to ``entry`` can come to touch."""

    entry: Place
    keys: tuple[Key, ...]
    """Places by kind and target, in the order in which the rules name them; the entry first."""
    conditions: tuple[Condition, ...]
    """Each that a rule of the flow has, once, in the order in which they are met."""
    along: tuple[str, ...]
    """Extensions that ring along by somebody's ``follow_me``."""
    form: Hashable
    """Equal for flows that differ in the names of places only."""

    @property
    def atoms(self) -> Atoms:
        return Atoms.of(self.conditions)

    @property
    def outside(self) -> tuple[str, ...]:
        return tuple(target for kind, target in self.keys if kind == _OUTSIDE)

    @property
    def inside(self) -> tuple[str, ...]:
        """Extensions of the flow other than its entry."""
        return tuple(target for kind, target in self.keys if kind == _USER and target != self.entry.target)

    @property
    def phones(self) -> tuple[str, ...]:
        """Those, and the ones that only ring along: of either it matters if they call themselves."""
        return tuple(e for e in dict.fromkeys((*self.inside, *self.along)) if (_USER, e) != self.entry.key)


class Reach:
    """Follows every rule of one plan, whatever its condition."""

    def __init__(self, plan: Plan, options: Callable[[Place], Hashable] = lambda place: place.timeout) -> None:
        """``options``: what else matters of a place, where forms are compared."""
        self.plan = plan
        self.options = options
        self._groups: dict[Key, int] = {}
        self._group_kinds: dict[Hashable, int] = {}

    def flow_of(self, entry: Place) -> Flow:
        walk = _Walk(self)
        walk.number(entry.key, 0)
        nodes = tuple(walk.nodes())
        names = Atoms.of(walk.conditions).contacts
        if names:  # an outside number may itself call, and then be in a contacts set or not
            sets = [self.plan.contacts[name].patterns for name in sorted(names)]
            numbers = (target for kind, target in walk.keys if kind == _OUTSIDE)
            nodes += tuple(tuple(any(p.matches(n) for p in patterns) for patterns in sets) for n in numbers)
        conditions = tuple(walk.conditions)
        return Flow(
            entry,
            tuple(walk.keys),
            conditions,
            tuple(walk.along),
            (conditions, nodes, tuple(walk.who_rings_along()), tuple(walk.beyond())),
        )

    def group_kind(self, key: Key, group: RingGroup) -> int:
        """The same for groups that ring in the same way. Members ring without deviations: only ``dnd`` counts."""
        if key not in self._groups:
            members = tuple(self.plan.users[m].dnd for m in group.members)
            kind = (members, group.strategy, group.ring_timeout)
            self._groups[key] = self._group_kinds.setdefault(kind, len(self._group_kinds))
        return self._groups[key]


class _Walk:
    """Breadth first by diversions: beyond ``max_diversions`` of them no rule is followed, so no walk is long."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._plan = reach.plan
        self.keys: dict[Key, int] = {}
        self.conditions: dict[Condition, int] = {}
        self.along: dict[str, int] = {}
        self._beyond: list[tuple[Place, ...]] = []
        self._levels: list[list[Key]] = []

    def number(self, key: Key, diversions: int) -> int:
        if key not in self.keys:
            self.keys[key] = len(self.keys)
            while len(self._levels) <= diversions:
                self._levels.append([])
            self._levels[diversions].append(key)
        return self.keys[key]

    def nodes(self) -> Iterator[Hashable]:
        diversions = 0
        while diversions < len(self._levels):
            for key in self._levels[diversions]:  # grows meanwhile
                yield self._node(key, diversions)
            diversions += 1

    def _node(self, key: Key, diversions: int) -> Hashable:
        kind, target = key
        if kind == _USER:
            return self._user(self._plan.users[target], diversions)
        if kind in (_OPERATOR, _GROUP):
            return self._group(key, self._plan.group_at(key), diversions)
        if kind == _INBOUND:
            return (kind, self._rules(self._plan.inbound[target].rules, diversions))
        return key if kind == _RELEASE else kind

    def _user(self, user: User, diversions: int) -> Hashable:
        follow = None if diversions >= self._plan.max_diversions else diversions + 1
        rules = tuple(self._rules(rules, follow) for _, rules in user.deviations.lists())
        mailbox = user.mailbox is not None and self.number((_MAILBOX, user.extension), diversions)
        legs = tuple(self._leg(leg, user, diversions) for leg in user.follow_me)
        return (_USER, rules, mailbox, legs, user.ring_timeout, user.dnd, user.call_waiting)

    def _group(self, key: Key, group: RingGroup, diversions: int) -> Hashable:
        overflow = tuple(self._place(p, diversions) for p in group.overflow)
        return (key[0], self._reach.group_kind(key, group), overflow)

    def _leg(self, leg: Leg, owner: User, diversions: int) -> Hashable:
        own = leg.place.target == owner.extension
        if leg.place.kind is PlaceKind.OUTSIDE:
            return (leg.delay, leg.place.timeout, self.number(leg.place.key, diversions))
        if own:
            return (leg.delay, leg.place.timeout, "own")
        rung = self.along.setdefault(leg.place.target, len(self.along))
        return (leg.delay, leg.place.timeout, rung, self._plan.users[leg.place.target].dnd)

    def beyond(self) -> Iterator[Hashable]:
        """Of the places that no diversion is left to, those of the flow: whether one has been to all decides whether
        the maximum keeps a call from somewhere.
        """
        for places in self._beyond:
            yield tuple(None if p.kind in ENDS_CALL else self.keys.get(p.key, -1) for p in places)

    def who_rings_along(self) -> Iterator[Hashable]:
        """Which of the called users they are, if any: of a caller it matters that they are the same."""
        yield from (self.keys.get((_USER, extension)) for extension in self.along)
        for key in self.keys:
            if key[0] in (_OPERATOR, _GROUP):
                yield frozenset(self.keys.get((_USER, m)) for m in self._plan.group_at(key).members)

    def _rules(self, rules: Rules, diversions: int | None) -> Hashable:
        if diversions is None:
            self._beyond += (r.places for r in rules)
        return tuple(
            (
                self.conditions.setdefault(r.condition, len(self.conditions)),
                r.after,
                # Where no diversion is left, it only matters whether the call has been there (`beyond`).
                None if diversions is None else tuple(self._place(p, diversions) for p in r.places),
            )
            for r in rules
        )

    def _place(self, place: Place, diversions: int) -> Hashable:
        return (self.number(place.key, diversions), self._reach.options(place))
