"""Entries whose callers meet the same before and after but for names: they are compared once, and told by each's names.

Two users of one policy have flows that are the same but for their own phone, mailbox and mobile. What changes for
the callers of one changes for those of the other, in the same words ("own mailbox"). Two users of whom each diverts to
a colleague of their own have flows of one shape: what changes for one, with other names, changes for the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

from pbxgen.diff.changes import Change
from pbxgen.diff.shared_situations import Pair, SharedSituations
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.behaviour import Attempt, Node
from pbxgen.flow.machine import EndKind
from pbxgen.flow.plan import Leg, Place, PlaceKind, Plan, User

_MAILBOX, _OUTSIDE = PlaceKind.MAILBOX.value, PlaceKind.OUTSIDE.value


@dataclass(frozen=True, slots=True)
class Equivalence:
    shape: Hashable
    """Equal for pairs of flows that differ in names only."""
    names: Hashable
    """With an equal shape equal where the only names that differ are the entry's own, and the entry is a user."""
    keys: tuple[Key, ...]
    """Every place of both flows; those of one shape correspond one by one."""


def equivalence(shared: SharedSituations, pair: Pair) -> Equivalence:
    entry = pair.after.entry
    other_phones = pair.before is not None and (ringers(shared.old, pair.before.entry) != ringers(shared.new, entry))
    numbers: dict[Key, int] = {}
    shape: list[Hashable] = [entry.kind, other_phones, pair.conditions]
    names: list[Hashable] = [None if entry.kind is PlaceKind.USER else entry.key]
    for plan, flow in ((shared.old, pair.before), (shared.new, pair.after)):
        if flow is None:
            continue
        # A place of both plans has one number: forms that are equal by themselves are so together as well.
        shape.append((flow.form, tuple(numbers.setdefault(key, len(numbers)) for key in flow.keys)))
        names.append(tuple(_names(plan, flow.keys, entry)))
        if other_phones:
            names.append(_phones(plan, entry))
    return Equivalence(tuple(shape), tuple(names), tuple(numbers))


def ringers(plan: Plan, place: Place) -> Hashable:
    """Who rings at ``place``, and how: members of a position, legs of follow_me, ``call_waiting``."""
    match place.kind:
        case PlaceKind.USER:
            user = plan.users[place.target]
            keys = tuple((leg.place.key, silent(plan, leg, user)) for leg in user.follow_me)
            return (_options(user), keys, user.call_waiting)
        case PlaceKind.INBOUND:
            return None
        case _:
            group = plan.group_at(place.key)
            return (tuple((m, plan.users[m].dnd) for m in group.members), group.strategy)


def silent(plan: Plan, leg: Leg, owner: User) -> bool:
    """Is the leg somebody else's phone that has ``dnd``?"""
    return leg.place.kind is PlaceKind.USER and leg.place.target != owner.extension and plan.users[leg.place.target].dnd


def _options(user: User) -> Hashable:
    return tuple((leg.delay, leg.place.timeout, leg.place.confirm) for leg in user.follow_me)


def _phones(plan: Plan, entry: Place) -> Hashable:
    if entry.kind is not PlaceKind.USER:
        return None
    user = plan.users[entry.target]
    keys = _names(plan, tuple(leg.place.key for leg in user.follow_me), entry)
    return (_options(user), tuple(keys), tuple(silent(plan, leg, user) for leg in user.follow_me), user.call_waiting)


def _names(plan: Plan, keys: tuple[Key, ...], entry: Place) -> Iterator[Hashable]:
    """``keys``, of those that are the entry's own only what they are."""
    own: set[tuple[str, str | None]] = {entry.key}
    if entry.kind is PlaceKind.USER:
        own |= {(_MAILBOX, entry.target), (_OUTSIDE, plan.users[entry.target].mobile)}
    for key in keys:
        yield key[0] if key in own else key


_USER = PlaceKind.USER.value
_ENDS = {EndKind.VOICEMAIL: PlaceKind.MAILBOX.value, EndKind.ANNOUNCED: PlaceKind.ANNOUNCE.value}


class Renaming:
    """Says the changes of one entry in the names of another that is alike.

    With it `diff` of 2,000 users who each divert to the next takes 10 s of CPU instead of 45 s. ``names``: every place
    of the one flow, and which it is in the other.
    """

    def __init__(self, names: Mapping[Key, Key]) -> None:
        self._names = names
        self._known: dict[int, Node] = {}

    def change(self, change: Change) -> Change:
        before = None if change.before is None else self._node(change.before)
        after = None if change.after is None else self._node(change.after)
        kind = PlaceKind.OUTSIDE.value if (change.caller or "").startswith("+") else _USER
        caller = None if change.caller is None else self._name(kind, change.caller)
        return replace(change, before=before, after=after, caller=caller)

    def _node(self, node: Node) -> Node:
        if id(node) not in self._known:
            self._known[id(node)] = self._renamed(node)
        return self._known[id(node)]

    def _renamed(self, node: Node) -> Node:
        if not isinstance(node, Attempt):
            return replace(node, value=self._name(_ENDS[node.kind], node.value)) if node.kind in _ENDS else node
        return replace(
            node,
            target=self._name(node.kind.value, node.target),
            shows=None if node.shows is None else self._name(_USER, node.shows),
            branches=tuple((outcomes, self._node(child)) for outcomes, child in node.branches),
        )

    def _name(self, kind: str, target: str) -> str:
        """Words that stand for no place, as "trunk" does, keep."""
        return self._names.get((kind, target), (kind, target))[1]
