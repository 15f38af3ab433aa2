"""What a call to one entry can come to touch, and which entries behave alike.

Users who divert in the same way have flows that differ in names only. Numbering what a flow touches in the order in
which the rules name it gives a form that is equal exactly for those; each form is explored once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeVar

from pbxgen.flow.analysis.situations import Atoms
from pbxgen.flow.plan import ANONYMOUS, Condition, Origin, Place, PlaceKind, Plan, RingGroup, Rules, User

Key = tuple[str, str]
T = TypeVar("T", bound=Hashable)

_USER, _OUTSIDE, _MAILBOX = PlaceKind.USER.value, PlaceKind.OUTSIDE.value, PlaceKind.MAILBOX.value
_OPERATOR, _GROUP, _INBOUND = PlaceKind.OPERATOR.value, PlaceKind.GROUP.value, PlaceKind.INBOUND.value
_LEADS_ON = frozenset({_USER, _OPERATOR, _GROUP, _INBOUND})


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
    last: tuple[Key, ...]
    """Those of ``keys`` that are reached with no diversion left: the rules of users among them do not count."""
    form: int
    """Of flows of one :class:`Reach`, equal for those that differ in the names of places only."""

    @property
    def atoms(self) -> Atoms:
        return Atoms.of(self.conditions)

    @property
    def outside(self) -> tuple[str, ...]:
        return tuple([target for kind, target in self.keys if kind == _OUTSIDE])

    @property
    def inside(self) -> tuple[str, ...]:
        """Extensions of the flow other than its entry."""
        return tuple([target for kind, target in self.keys if kind == _USER and target != self.entry.target])

    @property
    def phones(self) -> tuple[str, ...]:
        """Extensions of the flow, and those that only ring along: a call that one of them places may go another way."""
        return tuple(e for e in dict.fromkeys((*self.inside, *self.along)) if (_USER, e) != self.entry.key)


class _Stop(NamedTuple):
    """What is written at one place that leads on: the names of other places, and everything else."""

    shape: int
    """The same for those that differ in names only."""
    conditions: tuple[int, ...]
    """By number, each once."""
    behind: tuple[Key, ...]
    """Where its rules or its overflow lead, each once."""
    own: tuple[Key, ...]
    """A user's mailbox, and the outside numbers that ring along."""
    along: tuple[str, ...]
    """Extensions that ring along by ``follow_me``."""
    beyond: tuple[Key | None, ...]
    """Where its rules would lead, were there a diversion left, each once; None: to where a call ends."""


class Reach:
    """Follows every rule of one plan, whatever its condition. What stands on a place is looked at once."""

    def __init__(self, plan: Plan, options: Callable[[Place], Hashable] = lambda place: place.timeout) -> None:
        """``options``: what else matters of a place, where forms are compared."""
        self.plan = plan
        self._options = options
        self._stops: dict[tuple[Key, bool], _Stop] = {}
        self._shapes: dict[Hashable, int] = {}
        self._conditions: dict[Condition, int] = {}
        self._written: list[Condition] = []
        self._forms: dict[Hashable, int] = {}

    def flow_of(self, entry: Place) -> Flow:
        walk = _Walk(self)
        walk.name([entry.key], 0)
        nodes = walk.nodes()
        conditions = tuple([self._written[n] for n in walk.conditions])
        sets = [self.plan.contacts[name] for name in sorted(Atoms.of(conditions).contacts - {ANONYMOUS})]
        beyond = tuple(walk.beyond())
        if sets:  # an outside number or a phone may itself call, and then be in a contacts set or not
            numbers = (target for kind, target in (*walk.keys, *walk.unknown) if kind == _OUTSIDE)
            nodes += [tuple(one.has(Origin.EXTERNAL, number) for one in sets) for number in numbers]
        if any(one.extensions for one in sets):
            phones = (*(target for kind, target in (*walk.keys, *walk.unknown) if kind == _USER), *walk.along)
            nodes += [tuple(extension in one.extensions for one in sets) for extension in phones]
        form = (entry.kind, tuple(nodes), tuple(walk.who_rings_along()), beyond)
        number = self._forms.setdefault(form, len(self._forms))
        return Flow(entry, tuple(walk.keys), conditions, tuple(walk.along), walk.last, number)

    def stop(self, key: Key, *, last: bool) -> _Stop:
        """``key`` is of a place that leads on. ``last``: where no diversion is left, a user's rules lead nowhere."""
        kind, target = key
        last = last and kind == _USER
        known = self._stops.get((key, last))
        if known is None:
            if kind == _USER:
                known = self._user(self.plan.users[target], last=last)
            elif kind == _INBOUND:
                rules = self.plan.inbound[target].rules
                known = self._stop((kind, self._rules([rules])), [rules], _places([rules]))
            else:
                group = self.plan.group_at(key)
                shape = (kind, self._ringing(group), self._shape_of(group.overflow))
                known = self._stop(shape, [], group.overflow)
            self._stops[key, last] = known
        return known

    def _user(self, user: User, *, last: bool) -> _Stop:
        lists = [rules for _, rules in user.deviations.lists()]
        own: list[Key] = [] if user.mailbox is None else [(_MAILBOX, user.extension)]
        along: list[str] = []
        legs: list[Hashable] = []
        for leg in user.follow_me:
            what: Hashable
            if leg.place.kind is PlaceKind.OUTSIDE:
                own.append(leg.place.key)
                what = "outside"
            elif leg.place.target == user.extension:
                what = "own"
            else:
                along.append(leg.place.target)
                what = self.plan.users[leg.place.target].dnd
            legs.append((leg.delay, leg.place.timeout, what))
        phone = (user.mailbox is not None, tuple(legs), user.ring_timeout, user.dnd, user.call_waiting)
        if not last:
            return self._stop((_USER, phone, self._rules(lists)), lists, _places(lists), own, along)
        # Where no diversion is left, it only matters whether the call has been there.
        beyond = [None if p.ends_call else p.key for p in _places(lists)]
        shape = tuple(tuple((self._number(r.condition), r.after, len(r.places)) for r in rules) for rules in lists)
        return self._stop((_USER, phone, shape, "last"), lists, (), own, along, beyond)

    def _stop(
        self,
        shape: Hashable,
        lists: Iterable[Rules],
        behind: Iterable[Place],
        own: Iterable[Key] = (),
        along: Iterable[str] = (),
        beyond: Iterable[Key | None] = (),
    ) -> _Stop:
        behind_once, order_behind = _once([p.key for p in behind])
        beyond_once, order_beyond = _once(beyond)
        shape = shape, order_behind, order_beyond
        return _Stop(
            self._shapes.setdefault(shape, len(self._shapes)),
            tuple(dict.fromkeys([self._number(r.condition) for rules in lists for r in rules])),
            behind_once,
            tuple(own),
            tuple(along),
            beyond_once,
        )

    def _rules(self, lists: Iterable[Rules]) -> Hashable:
        return tuple(
            tuple((self._number(r.condition), r.after, self._shape_of(r.places)) for r in rules) for rules in lists
        )

    def _shape_of(self, places: Iterable[Place]) -> Hashable:
        return tuple((p.key if p.kind is PlaceKind.RELEASE else (p.kind, p.returns), self._options(p)) for p in places)

    def _number(self, condition: Condition) -> int:
        if condition.choice is not None:  # the user does not matter: each user makes their own settings
            condition = _anybodys(condition.choice[1])
        known = self._conditions.get(condition)
        if known is None:
            known = self._conditions[condition] = len(self._written)
            self._written.append(condition)
        return known

    def _ringing(self, group: RingGroup) -> Hashable:
        """The same for groups that ring in the same way. Members ring without deviations: only ``dnd`` counts."""
        return (tuple(self.plan.users[m].dnd for m in group.members), group.strategy, group.ring_timeout)


@cache
def _anybodys(setting: str) -> Condition:
    return Condition(choice=("", setting))


class _Walk:
    """Follows rules breadth first by diversions, of which there are at most ``max_diversions``."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._plan = reach.plan
        self.keys: dict[Key, int] = {}
        self.conditions: dict[int, None] = {}
        self.along: dict[str, int] = {}
        self.unknown: dict[Key, int] = {}
        """Places that no diversion is left to, and that are nowhere in the flow."""
        self._beyond: list[tuple[Key | None, ...]] = []
        self._levels: list[list[Key]] = [[] for _ in range(reach.plan.max_diversions + 1)]

    @property
    def last(self) -> tuple[Key, ...]:
        return tuple(self._levels[-1])

    def name(self, keys: Iterable[Key], diversions: int) -> list[int]:
        """Their numbers, by the order in which they are met."""
        numbers = []
        for key in keys:
            number = self.keys.get(key)
            if number is None:
                number = self.keys[key] = len(self.keys)
                if key[0] in _LEADS_ON:
                    self._levels[diversions].append(key)
            numbers.append(number)
        return numbers

    def nodes(self) -> list[Hashable]:
        nodes: list[Hashable] = []
        for diversions, level in enumerate(self._levels):
            last = diversions == self._plan.max_diversions
            for key in level:  # grows meanwhile
                stop = self._reach.stop(key, last=last)
                self.conditions.update(dict.fromkeys(stop.conditions))
                further = diversions + (key[0] == _USER)
                numbers = self.name(stop.behind, further)
                if stop.own:
                    numbers += self.name(stop.own, diversions)
                numbers += [self.along.setdefault(extension, len(self.along)) for extension in stop.along]
                if stop.beyond:
                    self._beyond.append(stop.beyond)
                nodes.append((stop.shape, *numbers))
        return nodes

    def beyond(self) -> Iterator[Hashable]:
        """The places that no diversion is left to: whether a call has been to all of them decides whether the maximum
        keeps it from somewhere. For those that are not in the flow it matters who may call from there."""
        for keys in self._beyond:
            yield tuple([None if key is None else self._known_or_not(key) for key in keys])
        yield tuple([self.along.get(target) if kind == _USER else kind for kind, target in self.unknown])

    def _known_or_not(self, key: Key) -> int:
        known = self.keys.get(key)
        return -1 - self.unknown.setdefault(key, len(self.unknown)) if known is None else known

    def who_rings_along(self) -> Iterator[Hashable]:
        """Which of the called users they are, if any: of a caller it matters that they are the same."""
        yield from (self.keys.get((_USER, extension)) for extension in self.along)
        for key in self.keys:
            if key[0] in (_OPERATOR, _GROUP):
                yield frozenset(self.keys.get((_USER, m)) for m in self._plan.group_at(key).members)


def _once(every: Iterable[T]) -> tuple[tuple[T, ...], tuple[int, ...]]:
    """Each once, and the index of each of ``every`` in that: users who may set something name the same places in
    several lists."""
    index: dict[T, int] = {}
    order = tuple([index.setdefault(one, len(index)) for one in every])
    return tuple(index), order


def _places(lists: Iterable[Rules]) -> list[Place]:
    return [place for rules in lists for rule in rules for place in rule.places]
