"""What a call to one entry can come to touch, and which entries behave alike.

Users who divert in the same way have flows that differ in names only. Numbering what a flow touches in the order in
which the rules name it gives a form that is equal exactly for those; each form is explored once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from pbxgen.flow.analysis.situations import Atoms
from pbxgen.flow.plan import Contacts, Leg, Place, PlaceKind, Plan, RingGroup, Rule, User

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything a call to ``entry`` can come to touch."""

    entry: Place
    keys: tuple[Key, ...]
    """Places by kind and target, in the order in which the rules name them; the entry first."""
    rules: tuple[Rule, ...]
    form: Hashable
    """Equal for flows that differ in names only."""

    @property
    def atoms(self) -> Atoms:
        return Atoms.of_rules(self.rules)

    @property
    def users(self) -> tuple[str, ...]:
        return tuple(target for kind, target in self.keys if kind == PlaceKind.USER.value)

    @property
    def outside(self) -> tuple[str, ...]:
        return tuple(target for kind, target in self.keys if kind == PlaceKind.OUTSIDE.value)


def flow_of(plan: Plan, entry: Place) -> Flow:
    """Follow every rule from ``entry``, whatever its condition."""
    walk = _Walk(plan)
    walk.number(entry.key)
    form = tuple(walk.nodes())
    return Flow(entry, tuple(walk.keys), tuple(walk.rules), form)


class _Walk:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.keys: dict[Key, int] = {}
        self.rules: list[Rule] = []
        self._queue: deque[Key] = deque()

    def number(self, key: Key) -> int:
        if key not in self.keys:
            self.keys[key] = len(self.keys)
            self._queue.append(key)
        return self.keys[key]

    def nodes(self) -> Iterator[Hashable]:
        while self._queue:
            kind, target = self._queue.popleft()
            match kind:
                case PlaceKind.USER:
                    yield self._user(self._plan.users[target])
                case PlaceKind.OPERATOR:
                    yield self._group(self._plan.operators[target])
                case PlaceKind.GROUP:
                    yield self._group(self._plan.groups[target])
                case PlaceKind.INBOUND:
                    yield ("inbound", self._rules(self._plan.inbound[target].rules))
                case PlaceKind.OUTSIDE:
                    yield ("outside", self._contacts_with(target))
                case _:
                    yield (kind, target if kind == PlaceKind.RELEASE else "")

    def _user(self, user: User) -> Hashable:
        d = user.deviations
        keys = (
            d.unconditional,
            d.busy,
            d.no_answer,
            d.unreachable,
            d.return_busy,
            d.return_no_answer,
            d.return_unreachable,
        )
        rules = tuple(self._rules(k) for k in keys)
        mailbox = user.mailbox is not None and self.number((PlaceKind.MAILBOX.value, user.extension))
        legs = tuple(self._leg(leg) for leg in user.follow_me)
        return ("user", rules, mailbox, legs, user.ring_timeout, user.dnd)

    def _group(self, group: RingGroup) -> Hashable:
        members = tuple(self._member(m) for m in group.members)
        overflow = tuple(self._place(p) for p in group.overflow)
        return ("group", members, group.strategy, group.ring_timeout, overflow)

    def _member(self, extension: str) -> Hashable:
        """Members ring without their deviations: only who they are and ``dnd`` count."""
        return ("member", extension, self._plan.users[extension].dnd)

    def _leg(self, leg: Leg) -> Hashable:
        return (leg.delay, leg.place.timeout)

    def _rules(self, rules: tuple[Rule, ...]) -> Hashable:
        self.rules += rules
        return tuple((r.condition, r.after, tuple(self._place(p) for p in r.places)) for r in rules)

    def _place(self, place: Place) -> Hashable:
        return (self.number(place.key), place.timeout)

    def _contacts_with(self, number: str) -> frozenset[str]:
        sets: list[Contacts] = list(self._plan.contacts.values())
        return frozenset(c.name for c in sets if any(p.matches(number) for p in c.patterns))
