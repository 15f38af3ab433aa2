"""The call flow of one PBX, with every name resolved and every policy merged.

A :class:`Plan` is all that the call machine (:mod:`pbxgen.flow.machine`), the analysis and the targets know of a
source. It holds nothing that belongs to one target. All values are frozen and compare by content.
Times are in seconds unless a name says otherwise; numbers of the outside world are E.164 with ``+``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pbxgen.diagnostics.location import Location
from pbxgen.flow.numbering import Cost, NumberFormat, NumberingPlan
from pbxgen.flow.pattern import Pattern
from pbxgen.flow.schedule import Schedule


class Outcome(StrEnum):
    """How ringing a place ended, other than by an answer."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class Reason(StrEnum):
    """Why a call was diverted (RFC 5806 knows them as unconditional, user-busy, no-answer, unavailable)."""

    UNCONDITIONAL = "unconditional"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class Origin(StrEnum):
    """Where a call came in: an authenticated phone or a trunk. Kept through every diversion."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class CallerId(StrEnum):
    """Which number a call sent to a trunk shows when it was diverted."""

    ORIGINAL = "original"
    OWN = "own"


class PlaceKind(StrEnum):
    USER = "user"  # target: extension
    OUTSIDE = "outside"  # target: E.164 number
    MAILBOX = "mailbox"  # target: extension of its owner
    OPERATOR = "operator"  # target: name of the operator position
    GROUP = "group"  # target: name of the ring group
    INBOUND = "inbound"  # target: E.164 number of `inbound` (its places take this one's place)
    ANNOUNCE = "announce"  # target: name of the recording
    RELEASE = "release"  # target: "busy" (486) or "hangup" (480)


ENDS_CALL = frozenset({PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE})
"""Kinds of places behind which nothing is ever tried; a call comes to them as often as it is sent there."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password or PIN is found. ``source`` is env, file or inline; ``value`` the name, path or text."""

    source: str
    value: str
    location: Location

    def __repr__(self) -> str:
        shown = "***" if self.source == "inline" else self.value
        return f"Secret({self.source}: {shown})"


@dataclass(frozen=True, slots=True)
class Place:
    """One destination with its options."""

    kind: PlaceKind
    target: str
    location: Location
    timeout: int | None = None
    """How long it rings at most, 5-180 s."""
    confirm: bool = False
    """Must the person press 1?"""
    caller_id: CallerId | None = None
    """Overrides the trunk's ``caller_id``; outside places only."""
    trunk: str | None = None
    """Name of the trunk of the first matching route; outside places only."""

    @property
    def key(self) -> tuple[str, str]:
        return (self.kind.value, self.target)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: all parts that are given must hold."""

    schedule: str | None = None
    not_in_schedule: bool = False
    """True: the rule holds *outside* the windows of ``schedule`` (``when: not NAME``)."""
    origin: Origin | None = None
    """``from: internal`` or ``from: external``."""
    contacts: str | None = None
    """``from: NAME``: the caller's number matches a pattern of this contacts set (outside callers only)."""
    until: dt.date | None = None
    """Last day (in the PBX's time zone) on which the rule applies."""
    switch: str | None = None
    switched_off: bool = False
    """True: the rule holds while ``switch`` is off (``when: not NAME``)."""
    choice: tuple[str, str] | None = None
    """Of the analysis only: one of the settings of a key that the user may choose between."""

    @property
    def always(self) -> bool:
        return self == ALWAYS


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Rule:
    """The places tried when the condition holds. The first rule of a list whose condition holds applies."""

    places: tuple[Place, ...]
    location: Location
    condition: Condition = ALWAYS
    after: int | None = None
    """Under a ``no_answer``: how long the phone rings first, 5-180 s; None: ``ring_timeout``."""


Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Deviations:
    """A user's enabled rules, own keys over policies; an empty tuple is `off` or not written."""

    unconditional: Rules = ()
    busy: Rules = ()
    no_answer: Rules = ()
    unreachable: Rules = ()
    return_busy: Rules = ()
    """``operator_return.busy``: calls from outside only; likewise the next two."""
    return_no_answer: Rules = ()
    return_unreachable: Rules = ()

    def lists(self) -> tuple[tuple[str, Rules], ...]:
        """Every list of rules with the name of its field, in the order above."""
        return tuple((name, getattr(self, name)) for name in self.__slots__)

    def of(self, outcome: Outcome) -> Rules:
        rules: Rules = getattr(self, outcome.value)
        return rules

    def operator_return(self, outcome: Outcome) -> Rules:
        rules: Rules = getattr(self, f"return_{outcome.value}")
        return rules


@dataclass(frozen=True, slots=True)
class Mailbox:
    pin: Secret | None
    """Without a PIN it can be opened from its owner's phone only (``*97``)."""
    email: str | None
    location: Location


@dataclass(frozen=True, slots=True)
class Leg:
    """A USER (phones only, no deviations) or OUTSIDE place of ``follow_me``, with own ``timeout`` and ``confirm``."""

    place: Place
    delay: int
    """Seconds after the start of ringing, 0-180."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What users may change from their phones."""

    name: str
    may: frozenset[str]
    """Keys: the names of :class:`Deviations`' fields, ``dnd`` and ``follow_me``."""
    to: frozenset[str]
    """Kinds of places: extensions, operators, groups, voicemail, mobile, outside."""
    expires: str | None
    """``12h``, or ``18:00`` (of the day on which it is set, else of the next); None: until it is changed."""
    location: Location


@dataclass(frozen=True, slots=True)
class Switch:
    """Set by hand, from a phone of one of its operators."""

    name: str
    number: str
    """``*28``: dialled so it toggles; with a closing # it is on, with # in place of the * it is off."""
    operators: tuple[str, ...]
    on: bool
    """While nobody has set it."""
    location: Location


@dataclass(frozen=True, slots=True)
class SelfService:
    """What is the same for all users who may change something from their phones."""

    codes: tuple[Code, ...]
    costly: tuple[tuple[str, str], ...]
    """Calling codes, each with an expression (POSIX and PCRE read it alike): no setting leads to such numbers."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a phone dials to change or hear a setting."""

    head: str
    """What stands before the number, or all of it; without the closing #."""
    action: str
    """set, on, off, clear, ask."""
    key: str
    """The setting's key; "" for all of them."""
    number: bool = False
    """Does a number follow?"""
    seconds: bool = False
    """May seconds follow the number?"""


@dataclass(frozen=True, slots=True)
class User:
    extension: str
    name: str
    location: Location
    dids: tuple[str, ...] = ()
    mobile: str | None = None
    mailbox: Mailbox | None = None
    routes: tuple[str, ...] | None = None
    """Names of the routes the user's class of service opens; None: no class, no outside calls."""
    ring_timeout: int = 20
    call_waiting: bool = True
    dnd: bool = False
    deviations: Deviations = field(default_factory=Deviations)
    follow_me: tuple[Leg, ...] = ()
    password: Secret | None = None
    """Without one the user gets no endpoint (the phone's login is configured elsewhere)."""
    own_number: str | None = None
    """What a call of this user shows outside: the first DID, else None (the trunk's main number)."""
    self_service: Profile | None = None
    own_mobile: Place | None = None
    """The ``mobile`` as a place that a setting may lead to; None where there is none, or the class forbids it."""


class Strategy(StrEnum):
    ALL = "all"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class RingGroup:
    """An operator position or a ring group."""

    name: str
    number: str
    """Dialable from inside."""
    members: tuple[str, ...]
    """Extensions, in the order of the source."""
    strategy: Strategy
    ring_timeout: int
    """`all`: for all together; `linear`: for each member."""
    overflow: tuple[Place, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Inbound:
    """An outside number that reaches something other than a user's DID. `else` is a last rule without condition."""

    number: str
    rules: Rules
    location: Location


class DiversionHeader(StrEnum):
    DIVERSION = "diversion"  # RFC 5806
    HISTORY_INFO = "history_info"  # RFC 7044
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Trunk:
    name: str
    host: str
    """A host name or an IP address (IPv6 without brackets)."""
    port: int | None
    transport: str
    """udp, tcp or tls."""
    username: str | None
    password: Secret | None
    register: bool
    accept_from: tuple[str, ...]
    """Further addresses or networks (CIDR) that calls of this trunk come from."""
    number: str | None
    """Main number, E.164."""
    number_format: NumberFormat
    caller_id: CallerId
    diversion: DiversionHeader
    location: Location


@dataclass(frozen=True, slots=True)
class Route:
    """An outgoing route; the first of the plan whose pattern matches the E.164 number carries the call."""

    name: str
    patterns: tuple[Pattern, ...]
    trunk: str
    emergency: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Contacts:
    """A named set of outside callers."""

    name: str
    patterns: tuple[Pattern, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one PBX (one tenant) does with a call. Mappings keep the order of the source."""

    name: str
    """Slug; prefixes every generated context."""
    domain: str
    country: str
    timezone: str
    language: str
    numbering: NumberingPlan
    max_diversions: int
    outside_timeout: int
    """How long an outside number rings without a ``timeout`` of its own."""
    sip_480: Outcome
    trunks: Mapping[str, Trunk]
    routes: Mapping[str, Route]
    schedules: Mapping[str, Schedule]
    contacts: Mapping[str, Contacts]
    operators: Mapping[str, RingGroup]
    groups: Mapping[str, RingGroup]
    users: Mapping[str, User]
    inbound: Mapping[str, Inbound]
    """By E.164 number; users' DIDs are not in here but in ``dids``."""
    dids: Mapping[str, str]
    """E.164 number to extension."""
    emergency: Mapping[str, str]
    """Emergency number as dialled to the name of its trunk."""
    costs: Mapping[str, Cost]
    """Outside numbers that calls may be sent on to and that may cost far more than a call at home."""
    digest: str
    """12 hex digits that change with any byte of the source."""
    self_service: SelfService | None = None
    switches: Mapping[str, Switch] = field(default_factory=dict)

    @property
    def numbers(self) -> Mapping[str, RingGroup]:
        """Operator positions and groups by their dialable number."""
        return {g.number: g for _, g in self.positions()}

    def positions(self) -> Iterator[tuple[Place, RingGroup]]:
        """Operator positions, then groups, each with its place."""
        for kind, groups in ((PlaceKind.OPERATOR, self.operators), (PlaceKind.GROUP, self.groups)):
            for group in groups.values():
                yield Place(kind, group.name, group.location), group

    def places(self) -> Iterator[Place]:
        """Every place that can be called: users, inbound numbers, operator positions and groups."""
        yield from map(self.user_at, self.users)
        yield from (Place(PlaceKind.INBOUND, inbound.number, inbound.location) for inbound in self.inbound.values())
        yield from (place for place, _ in self.positions())

    def user_at(self, extension: str) -> Place:
        return Place(PlaceKind.USER, extension, self.users[extension].location)

    def reached_by(self, number: str) -> Place | None:
        """What calls to an outside number of this PBX reach: a user by a DID, or an inbound number."""
        if number in self.dids:
            return self.user_at(self.dids[number])
        inbound = self.inbound.get(number)
        return None if inbound is None else Place(PlaceKind.INBOUND, number, inbound.location)

    def rules(self) -> Iterator[tuple[tuple[str, str], str, Rules]]:
        """Every list of rules with the key of the user or inbound number whose it is, and the name of its field."""
        for user in self.users.values():
            yield from (((PlaceKind.USER.value, user.extension), name, one) for name, one in user.deviations.lists())
        for inbound in self.inbound.values():
            yield (PlaceKind.INBOUND.value, inbound.number), "inbound", inbound.rules

    def group_at(self, key: tuple[str, str]) -> RingGroup:
        kind, name = key
        return self.operators[name] if kind == PlaceKind.OPERATOR else self.groups[name]

    def leads_to(self, key: tuple[str, str]) -> Iterator[Place]:
        """Places in the rules or overflow of a user, position, group or inbound number, as often as written."""
        kind, target = key
        match kind:
            case PlaceKind.USER:
                for _, rules in self.users[target].deviations.lists():
                    for rule in rules:
                        yield from rule.places
            case PlaceKind.INBOUND:
                for rule in self.inbound[target].rules:
                    yield from rule.places
            case PlaceKind.OPERATOR | PlaceKind.GROUP:
                yield from self.group_at(key).overflow

    def rings_along(self, key: tuple[str, str]) -> Iterator[Place]:
        """What rings where a user, operator position or group is called: legs of ``follow_me``, or members."""
        match key[0]:
            case PlaceKind.USER:
                yield from (leg.place for leg in self.users[key[1]].follow_me)
            case PlaceKind.OPERATOR | PlaceKind.GROUP:
                yield from map(self.user_at, self.group_at(key).members)

    def outside_numbers(self) -> Iterator[str]:
        """E.164 numbers that calls may be sent on to; one that is written twice comes twice."""
        for key in (place.key for place in self.places()):
            places = (*self.leads_to(key), *self.rings_along(key))
            yield from (place.target for place in places if place.kind is PlaceKind.OUTSIDE)

    def caller_id_of(self, place: Place) -> CallerId:
        """Which number a diverted call shows at an outside place."""
        trunk = self.trunks.get(place.trunk or "")
        return place.caller_id or (trunk.caller_id if trunk is not None else CallerId.ORIGINAL)

    def route_of(self, number: str) -> Route | None:
        """The route that carries an E.164 number, emergency routes aside."""
        for route in self.routes.values():
            if not route.emergency and any(p.matches(number) for p in route.patterns):
                return route
        return None
