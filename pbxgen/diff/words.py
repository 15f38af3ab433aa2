"""Differences in words for people who answer phones, not for those who write YAML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pbxgen.diagnostics.extension_lists import several
from pbxgen.diff.changes import Change, Comparison, EntryChanges, Fact, spots
from pbxgen.diff.entries import silent
from pbxgen.diff.shared_situations import BEFORE
from pbxgen.flow.behaviour import Attempt, End, Node, nodes_of
from pbxgen.flow.machine import EndKind
from pbxgen.flow.outline import TreeTeller
from pbxgen.flow.plan import Leg, Outcome, PlaceKind, Plan, Strategy, User
from pbxgen.phrases import Phrases

_LONGEST, _LONGEST_DETAILED = 100, 300
"""Letters of a course with branches; a longer one ends with "then as they divert"."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line, and what it tells; lines that read the same are the same."""

    text: str
    aspect: str = field(compare=False)
    """That of a Change, the key of a Fact, or tenant."""
    before: str = field(default="", compare=False)
    """What was, in words; "" for nothing."""
    after: str = field(default="", compare=False)
    change: Change | None = field(default=None, compare=False)
    """The change of a call's course; that of the first target where several share a block."""


@dataclass(frozen=True, slots=True)
class Block:
    """A headline, and what changes in lines."""

    sign: str
    """+ new, - gone, ~ changed."""
    title: str
    told: tuple[Told, ...]
    targets: tuple[str, ...] = ()
    about: str = "user"
    """What the targets are: a kind of place, number, route, trunk or tenant; pbx, where the whole of it is meant."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(told.text for told in self.told)


def of_tenant(sign: str, name: str, what: str, say: Phrases) -> Block:
    """``what``: new, gone or unknown."""
    told = Told(say(f"diff.tenant.{what}"), "tenant")
    return Block(sign, say("diff.tenant.title", name=name), (told,), (name,), "tenant")


def blocks(comparison: Comparison, say: Phrases) -> tuple[Block, ...]:
    """Everything that changes; users for whom the same changes share a block."""
    entries = _of_entries(comparison, _Teller(comparison, say))
    if not entries:  # each change follows from another: then all are told in full
        entries = _of_entries(comparison, _Teller(comparison, say, in_full=True))
    return (*entries, *_Teller(comparison, say).facts())


def _of_entries(comparison: Comparison, teller: _Teller) -> tuple[Block, ...]:
    shared: dict[tuple[object, ...], list[EntryChanges]] = {}
    for entry in comparison.entries:
        generic = entry.place.kind is PlaceKind.USER and entry.status == "changed"
        lines = teller.shared(entry)
        if lines or entry.status != "changed":
            key = (entry.status, lines if generic else entry.place.key)
            shared.setdefault(key, []).append(entry)
    return tuple(teller.block(entries) for entries in shared.values())


class _Teller:
    """Tells a comparison. ``me``: the number of the entry that is told of; ``generic``: without the names that differ
    between users who share a policy."""

    def __init__(self, comparison: Comparison, say: Phrases, *, in_full: bool = False) -> None:
        self._old, self._new = comparison.old, comparison.new
        self._say = say
        self._comparison = comparison
        self._told = frozenset() if in_full else frozenset(e.place.key for e in comparison.entries)
        self._shared: dict[tuple[str, str], tuple[Told, ...]] = {}
        self._trees = {id(plan): TreeTeller(plan, say) for plan in (comparison.old, comparison.new)}

    def block(self, entries: list[EntryChanges]) -> Block:
        entry = entries[0]
        sign = {"new": "+", "gone": "-", "changed": "~"}[entry.status]
        targets = tuple(e.place.target for e in entries)
        if len(entries) == 1:
            told = tuple(self.lines(entry, generic=False))
            return Block(sign, self._name(entry), told, targets, entry.place.kind.value)
        return Block(sign, self._users(targets), self.shared(entry), targets)

    def shared(self, entry: EntryChanges) -> tuple[Told, ...]:
        """The lines of ``entry`` without its own names; told once for all that are alike."""
        first = entry.like or entry.place
        if first.key not in self._shared:
            self._shared[first.key] = tuple(self.lines(replace(entry, place=first, like=None), generic=True))
        return self._shared[first.key]

    def lines(self, entry: EntryChanges, *, generic: bool) -> Iterator[Told]:
        if entry.status == "gone":
            name = "diff.gone_user" if entry.place.kind is PlaceKind.USER else "diff.gone_place"
            yield Told(self._say(name, number=entry.place.target), "call", after=self._say("diff.refused"))
            return
        lines = (line for change in entry.changes for line in self._lines(entry, change, generic))
        yield from dict.fromkeys(lines)

    def _lines(self, entry: EntryChanges, change: Change, generic: bool) -> Iterator[Told]:
        """Leave out what only follows from the change of another user: it is described there."""
        say, me = self._say, entry.place.target

        def changed(name: str, about: str, was: str, now: str) -> Told:
            return Told(say(name, about=about, before=was, after=now), change.aspect, was, now, change)

        if change.aspect == "phones":
            was, now = (self._phones(plan, entry, generic) for plan in (self._old, self._new))
            yield changed("diff.changed", say("diff.who_rings"), was, now)
            return
        about = self._calls(change)
        if entry.status == "new":
            yield changed("diff.from_new", about, "", self._course(change.after, me))
            return
        if change.aspect == "rings":
            was = self._time(self._old, change.before, me, generic)
            now = self._time(self._new, change.after, me, generic)
            if was != now:  # or there is another leg, which is told as who rings
                yield changed("diff.rings", about, was, now)
            return
        outcomes = [say(f"diff.outcome.{outcome}") for outcome in change.aspect.split("+") if outcome in set(Outcome)]
        if outcomes:
            about += f" {say('list.or').join(outcomes)}"
        elif change.aspect == "then":
            about = say("diff.untaken", calls=about)
        was = self._path(self._old, change.before, me, generic, False)
        now = self._path(self._new, change.after, me, generic, False)
        if was != now:
            yield changed("diff.changed", about, was, now)
        elif entry.itself or not self._elsewhere(change.after, entry):
            for spot in spots(change.before, change.after):
                where = ", ".join(self._behind(node, outcomes, me, generic) for node, outcomes in spot.way)
                was = self._path(self._old, spot.before, me, generic, True)
                now = self._path(self._new, spot.after, me, generic, True)
                yield changed(
                    "diff.changed", say("diff.behind", about=about, where=where) if where else about, was, now
                )

    def _calls(self, change: Change) -> str:
        """Whose calls are changed, and when."""
        calls = self._say(f"diff.calls.{change.origin or 'any'}")
        if change.caller is not None:
            calls = self._say("diff.caller", calls=calls, who=self._caller(change.caller))
        when = self._tree(self._new).when(change.when) if change.when else ""
        when = when.replace(BEFORE, self._say("diff.before"))
        if change.excepted:
            return self._say("diff.except", calls=calls, when=when)
        return f"{calls} {when}".rstrip()

    def _tree(self, plan: Plan) -> TreeTeller:
        return self._trees[id(plan)]

    def _behind(self, node: Attempt, outcomes: tuple[Outcome, ...], me: str, generic: bool) -> str:
        told = "" if node.next else f" ({self._tree(self._new).outcomes(outcomes)})"
        return f"{self._who(node, me, generic)}{told}"

    def _elsewhere(self, node: Node | None, entry: EntryChanges) -> bool:
        """Does the course reach a user whose own callers' changes are described separately?"""
        own = entry.place.key
        return node is not None and any(
            isinstance(one, Attempt)
            and (one.kind.value, one.target) != own
            and (one.kind.value, one.target) in self._told
            for one in nodes_of(node)
        )

    def _path(self, plan: Plan, node: Node | None, me: str, generic: bool, detailed: bool) -> str:
        say = self._say
        if node is None:
            return say("diff.nothing")
        if isinstance(node, End):
            return self._end(node, me, generic)
        who = self._who(node, me, generic)
        if detailed:
            who = ", ".join([f"{who} {self._time(plan, node, me, generic)}", *self._shown(node, me, generic)])
            who = who if node.trunk is None else say("diff.trunk", who=who, trunk=node.trunk)
        if node.cut:
            return say("diff.goes_on", who=who)
        any_outcome = sum(len(outcomes) for outcomes, _ in node.branches) == len(Outcome)
        if node.next is not None and (not detailed or node.kind is not PlaceKind.USER or any_outcome):
            return f"{who}{say('list.then')}{self._path(plan, node.next, me, generic, detailed)}"
        if not detailed and node.target != me and (node.kind.value, node.target) in self._told:
            return say("diff.as_they_divert", who=who)
        whole = self._branches(plan, node, who, me, generic, detailed)
        longest = _LONGEST_DETAILED if detailed else _LONGEST
        return whole if len(whole) <= longest else say("diff.as_they_divert", who=who)

    def _branches(self, plan: Plan, node: Attempt, who: str, me: str, generic: bool, detailed: bool) -> str:
        outcomes = self._tree(plan).outcomes
        parts = [f"{outcomes(o)}: {self._path(plan, child, me, generic, detailed)}" for o, child in node.branches]
        return f"{who} ({'; '.join(parts)})"

    def _time(self, plan: Plan, node: Node | None, me: str, generic: bool) -> str:
        """How long it rings; the legs of ``follow_me`` by themselves where they ring for other times."""
        say = self._say
        if not isinstance(node, Attempt):
            return say("diff.not_at_all")
        if not node.seconds:
            return f"{say('diff.not_at_all')} ({say('not_rung.dnd')})"
        text = self._ringing(node.seconds, node.confirm)
        if all(seconds == node.seconds for seconds in node.legs):
            return text
        user, own = plan.users[node.target], generic and node.target == me
        legs = [
            f"{self._leg(leg, user, own)} {self._ringing(seconds, False) if seconds else say('diff.not_at_all')}"
            for leg, seconds in zip(user.follow_me, node.legs, strict=True)
        ]
        return f"{text} ({' + '.join(legs)})"

    def _ringing(self, seconds: int | None, confirm: bool) -> str:
        """For how long, and whether it must be confirmed; "" where neither is written."""
        parts = [] if seconds is None else [self._say("diff.seconds", seconds=seconds)]
        return " ".join([*parts, self._say("ringing.confirm")] if confirm else parts)

    def _course(self, node: Node | None, me: str) -> str:
        """A new entry: its own branches are always told."""
        if not isinstance(node, Attempt) or node.next is not None:
            return self._path(self._new, node, me, False, False)
        return self._branches(self._new, node, self._who(node, me, False), me, False, False)

    def _who(self, node: Attempt, me: str, generic: bool) -> str:
        match node.kind:
            case PlaceKind.USER:
                return self._say("diff.own_phone") if generic and node.target == me else self._caller(node.target)
            case PlaceKind.OUTSIDE if own := self._own_mobile(me, node.target):
                return own if generic else self._say("diff.mobile", number=node.target)
            case PlaceKind.GROUP:
                return self._say("place.group", target=node.target)
            case PlaceKind.SERVICE:
                return self._say("place.service", target=node.target)
            case _:
                return node.target

    def _end(self, end: End, me: str, generic: bool) -> str:
        match end.kind:
            case EndKind.VOICEMAIL:
                own = generic and end.value == me
                return self._say("diff.own_mailbox") if own else self._say("diff.mailbox", number=end.value)
            case EndKind.ANNOUNCED:
                return self._say("place.announce", target=end.value)
            case EndKind.SERVICE:
                return self._say("place.service", target=end.value)
            case _:
                return self._say("diff.lost") if end.lost else self._say("diff.released", status=end.value)

    def _shown(self, node: Attempt, me: str, generic: bool) -> Iterator[str]:
        if node.shows == "trunk":
            yield self._say("diff.shows_trunk")
        elif node.shows not in (None, "original"):
            own = generic and node.shows == me
            yield self._say("diff.shows_own" if own else "diff.shows_user", extension=node.shows)

    def _caller(self, number: str) -> str:
        return self._tree(self._new if number in self._new.users else self._old).party(number)

    def _leg(self, leg: Leg, owner: User, generic: bool) -> str:
        name = leg.place.target
        if generic and name == owner.extension:
            name = self._say("diff.own_phone")
        elif generic:
            name = self._own_mobile(owner.extension, name) or name
        return self._say("ringing.delay", who=name, seconds=leg.delay) if leg.delay else name

    def _own_mobile(self, extension: str, number: str) -> str | None:
        """Which mobile of a user a number is, if any."""
        was, now = ((u.mobile if u else None) for u in (p.users.get(extension) for p in (self._old, self._new)))
        if number == was == now:
            return self._say("diff.own_mobile")
        name = {was: "diff.former_mobile", now: "diff.new_mobile"}.get(number)
        return None if name is None else self._say(name)

    def _phones(self, plan: Plan, entry: EntryChanges, generic: bool) -> str:
        place = entry.place
        do_not_disturb = f" ({self._say('not_rung.dnd')})"
        if place.kind is PlaceKind.USER:
            user = plan.users[place.target]
            legs = [
                f"{self._leg(leg, user, generic)} {self._ringing(leg.place.timeout, leg.place.confirm)}".rstrip()
                + (do_not_disturb if silent(plan, leg, user) else "")
                for leg in user.follow_me
            ]
            phones = " + ".join(legs) or self._say("diff.phone")
            return phones if user.call_waiting else self._say("diff.no_call_waiting", phones=phones)
        group = plan.group_at(place.key)
        members = [f"{m}{do_not_disturb if plan.users[m].dnd else ''}" for m in group.members]
        return (self._say("list.then") if group.strategy is Strategy.LINEAR else " + ").join(members)

    def _name(self, entry: EntryChanges) -> str:
        place = entry.place
        if place.kind is PlaceKind.INBOUND:
            return place.target
        return self._tree(self._old if entry.status == "gone" else self._new).called(place)

    def _users(self, extensions: Sequence[str]) -> str:
        return several("user", extensions, self._say("list.and"), self._say.texts["diff.users"])

    def facts(self) -> Iterator[Block]:
        shared: dict[tuple[str, str, str], list[Fact]] = {}
        for fact in self._comparison.facts:
            alone = fact.key not in ("rights", "login", "leaves")
            key = (fact.key, fact.before, fact.after + (f"\n{fact.subject}" if alone else ""))
            shared.setdefault(key, []).append(fact)
        for facts in shared.values():
            yield self._of_facts(facts[0], tuple(f.subject for f in facts))

    def _of_facts(self, fact: Fact, subjects: tuple[str, ...]) -> Block:
        """A block for one fact; of several users with the same change ``fact`` is that of the first user."""
        kind, about, targets = fact.key, fact.key if fact.key in _WHOLE else "user", subjects
        who = self._users(subjects) if len(subjects) > 1 else subjects[0]
        if kind in _PBX:
            about, targets = "pbx", ()
        elif kind == "dialled":
            about, _, name = subjects[0].partition(" ")
            who, targets = self._say(f"place.{about}", target=name), (name,)
        elif len(subjects) == 1 and kind in ("rights", "login", "shown", "leaves"):
            who = self._caller(who)
        was, now = (value or self._absent(kind) for value in (fact.before, fact.after))
        change = self._say("diff.change", before=was, after=now)
        if kind in ("schedule", "contacts"):
            change = self._moved(fact, change)
        sign = "~"
        if kind in _WHOLE and not (fact.before and fact.after):
            sign = "-" if fact.before else "+"
        told = Told(self._say_of(f"diff.fact.{kind}", "change", change), kind, fact.before, fact.after)
        return Block(sign, self._say_of(f"diff.title.{kind}", "who", who), (told,), targets, about)

    def _say_of(self, name: str, value: str, text: str) -> str:
        """The phrase; where nothing is to be said around the value, there is none."""
        return self._say(name, **{value: text}) if name in self._say.texts else text

    def _absent(self, kind: str) -> str:
        absent = {"shown": "diff.value.main_number", "leaves": "diff.value.trunk_of_route"}
        return self._say(absent.get(kind, "diff.nothing"))

    def _moved(self, fact: Fact, change: str) -> str:
        if fact.before and fact.after:
            return change
        return self._say("diff.removed" if fact.before else "diff.added", value=fact.before or fact.after)


_WHOLE = frozenset({"number", "route", "trunk"})
"""What is new or gone as a whole."""
_PBX = frozenset({"outside_line", "sip_480", "recall", "routes"})
"""What is said of the whole PBX."""
