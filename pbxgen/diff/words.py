"""Differences in words for people who answer phones, not for those who write YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pbxgen.diagnostics.extension_lists import several
from pbxgen.diff.changes import Change, Comparison, EntryChanges, Fact, spots
from pbxgen.diff.equivalence import silent
from pbxgen.flow.behaviour import Attempt, End, Node
from pbxgen.flow.graph import graph_of
from pbxgen.flow.machine import EndKind
from pbxgen.flow.outline import Words
from pbxgen.flow.plan import Leg, Origin, Outcome, PlaceKind, Plan, User

_ORIGINS = {Origin.EXTERNAL: "outside calls", Origin.INTERNAL: "inside calls", None: "calls"}
_ASPECTS = {"busy": "when busy", "no_answer": "when nobody answers", "unreachable": "when unreachable"}
_LONGEST, _LONGEST_DETAILED = 100, 300
"""Letters of a branching course; a longer one ends at whoever's deviations decide."""


_DND = " (do not disturb)"


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


def of_tenant(sign: str, name: str, text: str) -> Block:
    return Block(sign, f"tenant {name}", (Told(text, "tenant"),), (name,), "tenant")


def blocks(comparison: Comparison) -> tuple[Block, ...]:
    """Everything that changes; users for whom the same changes share a block."""
    found = _of_entries(comparison, _Teller(comparison))
    if not found:  # each change follows from another: then all are told in full
        found = _of_entries(comparison, _Teller(comparison, in_full=True))
    return (*found, *_Teller(comparison).facts())


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
    def __init__(self, comparison: Comparison, *, in_full: bool = False) -> None:
        self._old, self._new = comparison.old, comparison.new
        self._comparison = comparison
        self._told = frozenset() if in_full else frozenset(e.place.key for e in comparison.entries)
        self._shared: dict[tuple[str, str], tuple[Told, ...]] = {}
        self._words = {id(p): Words(p, "en") for p in (comparison.old, comparison.new)}

    def block(self, entries: list[EntryChanges]) -> Block:
        entry = entries[0]
        sign = {"new": "+", "gone": "-", "changed": "~"}[entry.status]
        targets = tuple(e.place.target for e in entries)
        if len(entries) == 1:
            told = tuple(self.lines(entry, generic=False))
            return Block(sign, self._name(entry), told, targets, entry.place.kind.value)
        return Block(sign, several("user", targets), self.shared(entry), targets)

    def shared(self, entry: EntryChanges) -> tuple[Told, ...]:
        """The lines of ``entry`` without its own names; told once for all that are alike."""
        first = entry.like or entry.place
        if first.key not in self._shared:
            self._shared[first.key] = tuple(self.lines(replace(entry, place=first, like=None), generic=True))
        return self._shared[first.key]

    def lines(self, entry: EntryChanges, *, generic: bool) -> Iterator[Told]:
        """``generic``: without the names that differ between users who share a policy."""
        if entry.status == "gone":
            who = entry.place.target if entry.place.kind is PlaceKind.USER else "it"
            yield Told(f"calls to {who} are refused (404)", "call", after="refused (404)")
            return
        lines = (line for change in entry.changes for line in self._lines(entry, change, generic))
        yield from dict.fromkeys(lines)

    def _lines(self, entry: EntryChanges, change: Change, generic: bool) -> Iterator[Told]:
        """Nothing of what only follows from a change of somebody else: it is told there."""
        when = "" if not change.when else f" {self._words[id(self._new)].when(change.when)}"
        if change.excepted:
            when = f" at all times except{when}"
        caller = "" if change.caller is None else f" from {self._caller(change.caller)}"
        subject = f"{_ORIGINS[change.origin]}{caller}{when}"
        me = entry.place.target
        if change.aspect == "phones":
            was, now = (self._phones(plan, entry, generic) for plan in (self._old, self._new))
            yield Told(f"who rings: was {was}, now {now}", change.aspect, was, now, change)
            return
        if entry.status == "new":
            now = self._course(change.after, me)
            yield Told(f"{subject}: {now}", change.aspect, "", now, change)
            return
        if change.aspect == "rings":
            was = self._time(self._old, change.before, me, generic)
            now = self._time(self._new, change.after, me, generic)
            if was != now:  # or there is another leg, which is told as who rings
                yield Told(f"{subject}: rings {was}, now {now}", change.aspect, was, now, change)
            return
        outcomes = " or ".join(_ASPECTS[o] for o in change.aspect.split("+") if o in _ASPECTS)
        if outcomes:
            subject += f" {outcomes}"
        elif change.aspect == "then":
            subject += " that nobody takes"
        was = self._path(self._old, change.before, me, generic, False)
        now = self._path(self._new, change.after, me, generic, False)
        if was != now:
            yield Told(f"{subject}: was {was}, now {now}", change.aspect, was, now, change)
        elif entry.itself or not self._elsewhere(change.after, entry):
            for spot in spots(change.before, change.after):
                where = ", ".join(self._behind(node, outcomes, me, generic) for node, outcomes in spot.way)
                was = self._path(self._old, spot.before, me, generic, True)
                now = self._path(self._new, spot.after, me, generic, True)
                behind = f" behind {where}" if where else ""
                yield Told(f"{subject}{behind}: was {was}, now {now}", change.aspect, was, now, change)

    def _behind(self, node: Attempt, outcomes: tuple[Outcome, ...], me: str, generic: bool) -> str:
        told = "" if node.next else f" ({self._words[id(self._new)].outcomes(outcomes)})"
        return f"{self._who(self._new, node, me, generic)}{told}"

    def _elsewhere(self, node: Node | None, entry: EntryChanges) -> bool:
        """Does the course come to somebody for whose callers changes are told by themselves?"""
        own = entry.place.key
        return node is not None and any(
            isinstance(one, Attempt)
            and (one.kind.value, one.target) != own
            and (one.kind.value, one.target) in self._told
            for one in graph_of(node).nodes
        )

    def _path(self, plan: Plan, node: Node | None, me: str, generic: bool, detailed: bool) -> str:
        if node is None:
            return "nothing"
        if isinstance(node, End):
            return self._end(plan, node, me, generic)
        who = self._who(plan, node, me, generic)
        if detailed:
            who += f" {self._time(plan, node, me, generic)}{_shown(node, me, generic)}"
            who += "" if node.trunk is None else f" over {node.trunk}"
        if node.cut:
            return f"{who}, and so on"
        if node.next is not None and (not detailed or node.kind is not PlaceKind.USER or _any_outcome(node)):
            return f"{who}, then {self._path(plan, node.next, me, generic, detailed)}"
        if not detailed and node.target != me and (node.kind.value, node.target) in self._told:
            return f"{who}, then as they divert"
        words = self._words[id(plan)]
        parts = [f"{words.outcomes(o)}: {self._path(plan, c, me, generic, detailed)}" for o, c in node.branches]
        whole = f"{who} ({'; '.join(parts)})"
        return whole if len(whole) <= (_LONGEST_DETAILED if detailed else _LONGEST) else f"{who}, then as they divert"

    def _time(self, plan: Plan, node: Node | None, me: str, generic: bool) -> str:
        """How long it rings; the legs of ``follow_me`` by themselves where they ring for other times."""
        if not isinstance(node, Attempt):
            return "not at all"
        if not node.seconds:
            return "not at all (do not disturb)"
        text = f"for {node.seconds} s{' with confirmation' if node.confirm else ''}"
        if all(seconds == node.seconds for seconds in node.legs):
            return text
        user, own = plan.users[node.target], generic and node.target == me
        legs = [
            f"{self._leg(leg, user, own)} {f'for {seconds} s' if seconds else 'not at all'}"
            for leg, seconds in zip(user.follow_me, node.legs, strict=True)
        ]
        return f"{text} ({' + '.join(legs)})"

    def _course(self, node: Node | None, me: str) -> str:
        """A new entry: its own branches are always told."""
        if not isinstance(node, Attempt) or node.next is not None:
            return self._path(self._new, node, me, False, False)
        words = self._words[id(self._new)]
        parts = [f"{words.outcomes(o)}: {self._path(self._new, c, me, False, False)}" for o, c in node.branches]
        return f"{self._who(self._new, node, me, False)} ({'; '.join(parts)})"

    def _who(self, plan: Plan, node: Attempt, me: str, generic: bool) -> str:
        match node.kind:
            case PlaceKind.USER:
                if generic and node.target == me:
                    return "own phone"
                return self._caller(node.target)
            case PlaceKind.OUTSIDE:
                own = self._own_mobile(me, node.target)
                return node.target if own is None else own if generic else f"mobile {node.target}"
            case PlaceKind.GROUP:
                return f"group {node.target}"
            case _:
                return node.target

    def _end(self, plan: Plan, end: End, me: str, generic: bool) -> str:
        match end.kind:
            case EndKind.VOICEMAIL:
                return "own mailbox" if generic and end.value == me else f"mailbox {end.value}"
            case EndKind.ANNOUNCED:
                return f"announcement {end.value}"
            case _:
                return "released (lost)" if end.lost else f"released with {end.value}"

    def _caller(self, number: str) -> str:
        user = self._new.users.get(number) or self._old.users.get(number)
        return number if user is None else f"{user.name} ({number})"

    def _leg(self, leg: Leg, owner: User, generic: bool) -> str:
        name = leg.place.target
        if generic:
            own = "own phone" if name == owner.extension else self._own_mobile(owner.extension, name)
            name = own or name
        return name + (f" after {leg.delay} s" if leg.delay else "")

    def _own_mobile(self, extension: str, number: str) -> str | None:
        """Which mobile of a user a number is, if any."""
        was, now = ((u.mobile if u else None) for u in (p.users.get(extension) for p in (self._old, self._new)))
        if number == was == now:
            return "own mobile"
        return {was: "own former mobile", now: "own new mobile"}.get(number)

    def _phones(self, plan: Plan, entry: EntryChanges, generic: bool) -> str:
        place = entry.place
        if place.kind is PlaceKind.USER:
            user = plan.users[place.target]
            legs = [
                f"{self._leg(leg, user, generic)}{_limit(leg)}{_DND if silent(plan, leg, user) else ''}"
                for leg in user.follow_me
            ]
            waiting = "" if user.call_waiting else ", busy while in a call"
            return f"{' + '.join(legs) or 'the phone'}{waiting}"
        group = plan.group_at(place.key)
        return (", then " if group.strategy.value == "linear" else " + ").join(
            f"{m}{_DND if plan.users[m].dnd else ''}" for m in group.members
        )

    def _name(self, entry: EntryChanges) -> str:
        place = entry.place
        match place.kind:
            case PlaceKind.USER:
                plan = self._old if entry.status == "gone" else self._new
                return f"{plan.users[place.target].name} ({place.target})"
            case PlaceKind.INBOUND:
                return place.target
            case PlaceKind.OPERATOR:
                return f"operator position {place.target}"
            case _:
                return f"group {place.target}"

    def facts(self) -> Iterator[Block]:
        shared: dict[tuple[str, str, str], list[Fact]] = {}
        for fact in self._comparison.facts:
            alone = fact.key not in ("rights", "login")
            key = (fact.key, fact.before, fact.after + (f"\n{fact.subject}" if alone else ""))
            shared.setdefault(key, []).append(fact)
        for facts in shared.values():
            subjects = tuple(f.subject for f in facts)
            who = several("user", subjects) if len(subjects) > 1 else subjects[0]
            if len(subjects) == 1 and facts[0].key in _OF_USERS:
                who = self._caller(who)
            title, line = _fact(facts[0], who)
            sign = "+" if not facts[0].before and facts[0].key in _WHOLE else "~"
            sign = "-" if not facts[0].after and facts[0].key in _WHOLE else sign
            told = Told(line, facts[0].key, facts[0].before, facts[0].after)
            yield _of_fact(sign, title, told, subjects)


_OF_USERS = frozenset({"rights", "login", "shown"})
_WHOLE = frozenset({"number", "route", "trunk"})


_PBX = frozenset({"outside_line", "sip_480", "routes"})


def _of_fact(sign: str, title: str, told: Told, subjects: tuple[str, ...]) -> Block:
    if told.aspect in _PBX:
        return Block(sign, title, (told,), (), "pbx")
    if told.aspect == "dialled":
        about, _, name = subjects[0].partition(" ")
        return Block(sign, title, (told,), (name,), about)
    return Block(sign, title, (told,), subjects, told.aspect if told.aspect in _WHOLE else "user")


def _fact(fact: Fact, who: str) -> tuple[str, str]:
    was, now = fact.before or "nothing", fact.after or "nothing"
    change = f"was {was}, now {now}"
    match fact.key:
        case "number":
            return f"number {who}", f"reaches: {change}"
        case "dialled":
            return who, f"dialled as: {change}"
        case "outside_line":
            return "outside line", change
        case "country":
            return "country", f"numbers that are dialled, and those from trunks, are read as in: {change}"
        case "timezone":
            return "time zone", f"schedules and dates are read in: {change}"
        case "language":
            return "language", f"prompts are spoken in: {change}"
        case "sip_480":
            return "a phone's reply 480", f"means: {change}"
        case "rights":
            return who, f"may dial: {change}"
        case "shown":
            return (
                who,
                f"number shown outside: was {fact.before or 'the main number'}, now {fact.after or 'the main number'}",
            )
        case "login":
            return who, f"phone's login configured: {change}"
        case "schedule" | "contacts":
            return f"{fact.key} {who}", _moved(fact)
        case "routes":
            return "order of routes", change
        case _:
            return f"{fact.key} {who}", change


def _moved(fact: Fact) -> str:
    if fact.before and fact.after:
        return f"was {fact.before}, now {fact.after}"
    return f"{fact.before} removed" if fact.before else f"{fact.after} added"


def _limit(leg: Leg) -> str:
    """How a leg rings by itself."""
    seconds = "" if leg.place.timeout is None else f" for {leg.place.timeout} s"
    return f"{seconds}{' with confirmation' if leg.place.confirm else ''}"


def _shown(node: Attempt, me: str, generic: bool) -> str:
    match node.shows:
        case None | "original":
            return ""
        case "trunk":
            return ", showing the trunk's number"
        case extension:
            whose = "own" if generic and extension == me else f"{extension}'s"
            return f", showing {whose} number"


def _any_outcome(node: Attempt) -> bool:
    return sum(len(outcomes) for outcomes, _ in node.branches) == len(Outcome)


__all__ = ["Block", "Told", "blocks", "of_tenant"]
