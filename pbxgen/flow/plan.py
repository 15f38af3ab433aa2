"""The call flow of one PBX, with every name resolved and every policy merged.

A :class:`Plan` is all that the call machine (:mod:`pbxgen.flow.machine`), the analysis and the targets know of a
source. It holds nothing that belongs to one target. All values are frozen and compare by content.
Times are in seconds unless a name says otherwise; outside numbers are E.164 with ``+``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import PhoneSettings, RawSetting, Secret
from pbxgen.flow.numbering import Cost, NumberingPlan
from pbxgen.flow.pattern import Pattern
from pbxgen.flow.pattern_index import PatternIndex
from pbxgen.flow.schedule import Schedule
from pbxgen.flow.self_service import Features, Profile, SelfService, Switch
from pbxgen.flow.trunk import CallerId, Route, Trunk


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


class PlaceKind(StrEnum):
    USER = "user"  # target: extension
    OUTSIDE = "outside"  # target: E.164 number
    MAILBOX = "mailbox"  # target: extension of its owner
    OPERATOR = "operator"  # target: name of the operator position
    GROUP = "group"  # target: name of the ring group
    INBOUND = "inbound"  # target: E.164 number or pattern of `inbound` (its places take this one's place)
    SERVICE = "service"  # target: name of the service
    ANNOUNCE = "announce"  # target: name of the recording
    RELEASE = "release"  # target: "busy" (486) or "hangup" (480)


ENDS_CALL = frozenset({PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE})
"""Kinds of places that end every call; a call comes to them as often as it is sent there."""


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
    """Name of the first trunk of the first matching route; outside places only."""
    backups: tuple[str, ...] = ()
    """Names of the trunks that are tried, in order, where the ones before did not carry the call."""
    returns: bool = False
    """Of a service: may the call come back from it?"""
    key: tuple[str, str] = field(init=False, repr=False, compare=False)
    """Kind and target. Stored, like ``ends_call``: exploring calls reads both hundreds of thousands of times."""
    ends_call: bool = field(init=False, repr=False, compare=False)
    """Is no place behind this one ever tried?"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.kind.value, self.target))
        ends = self.kind in ENDS_CALL or (self.kind is PlaceKind.SERVICE and not self.returns)
        object.__setattr__(self, "ends_call", ends)

    def __hash__(self) -> int:
        return hash((self.key, self.location, self.timeout))

    @property
    def trunks(self) -> tuple[str, ...]:
        return () if self.trunk is None else (self.trunk, *self.backups)


class Hours(NamedTuple):
    """A schedule is open (``when: NAME``), or it is closed (``when: not NAME``)."""

    schedule: str
    closed: bool = False


class Callers(NamedTuple):
    """Some callers, or (``but``) all the others: :data:`ANONYMOUS`, an :class:`Origin`, or the name of a contacts set.

    ``but`` is never used with an origin: the other origin stands there instead.
    """

    name: str
    but: bool = False


ANONYMOUS = "anonymous"
"""Callers from outside whose number is not known."""
FROM_INSIDE = Callers(Origin.INTERNAL.value)
FROM_OUTSIDE = Callers(Origin.EXTERNAL.value)


class Switched(NamedTuple):
    """While a switch is on, or off (``when: not NAME``)."""

    switch: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies: all parts that are given must hold."""

    hours: tuple[Hours, ...] = ()
    """``when``: all of them."""
    callers: tuple[Callers, ...] = ()
    """``from``: the caller is one of some of them."""
    until: dt.date | None = None
    """Last day (in the PBX's time zone) on which the rule applies."""
    switches: tuple[Switched, ...] = ()
    """``when``, too: all of them."""
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
        rules: Rules = getattr(self, outcome)
        return rules

    def operator_return(self, outcome: Outcome) -> Rules:
        rules: Rules = getattr(self, f"return_{outcome}")
        return rules


@dataclass(frozen=True, slots=True)
class Mailbox:
    pin: Secret | None
    """Without a PIN it can be opened from its owner's phone only."""
    email: str | None
    location: Location


@dataclass(frozen=True, slots=True)
class Leg:
    """A USER (phones only, no deviations) or OUTSIDE place of ``follow_me``, with own ``timeout`` and ``confirm``."""

    place: Place
    delay: int
    """Seconds after the start of ringing, 0-180."""


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
    """What a call of this user shows outside: ``caller_id``, else the first DID, else None (the trunk's number)."""
    withheld: bool = False
    """Is no number shown outside, except on emergency calls?"""
    pickup: tuple[str, ...] = ()
    """Pickup groups: users with one of the same name take each other's calls."""
    self_service: Profile | None = None
    trunks: tuple[str, ...] = ()
    """Trunks by which the user's calls and diversions leave, in the order tried; empty: those of the route."""
    options: tuple[RawSetting, ...] = ()
    """Of the phone: those of all phones, and the user's own."""
    phone: PhoneSettings = field(default_factory=PhoneSettings)
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
class Service:
    """A part of the plan that the administrator writes by hand, for each PBX."""

    name: str
    number: str | None
    """Dialable from inside; None: only destinations lead there."""
    returns: bool
    """May a call come back, so that the next place is tried? Else it always ends there."""
    location: Location


@dataclass(frozen=True, slots=True)
class Inbound:
    """An outside number that reaches something other than a user's DID. `else` is a last rule without condition."""

    number: str
    """E.164; of a range the pattern."""
    rules: Rules
    location: Location
    pattern: Pattern | None = None
    """Of a range of numbers."""
    part_of: str | None = None
    """The pattern of the range whose number it is, with its rules."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """A named set of callers."""

    name: str
    patterns: tuple[Pattern, ...]
    """Of outside callers' numbers in E.164."""
    location: Location
    extensions: frozenset[str] = frozenset()
    anonymous: bool = False
    """Does the set include outside callers whose number is not known?"""

    def has(self, origin: Origin, number: str | None) -> bool:
        """Is the caller in it?"""
        if origin is Origin.INTERNAL:
            return number in self.extensions
        return self.anonymous if number is None else any(p.matches(number) for p in self.patterns)


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
    """By E.164 number or, a range, by its pattern, the narrower before the wider; users' DIDs are in ``dids``."""
    dids: Mapping[str, str]
    """E.164 number to extension."""
    emergency: Mapping[str, tuple[str, ...]]
    """Emergency number as dialled to the names of its trunks, in the order in which they are tried."""
    costs: Mapping[str, Cost]
    """Outside numbers that calls may be sent on to and that may cost far more than a call at home."""
    digest: str
    """12 hex digits that change with any byte of the source."""
    self_service: SelfService | None = None
    switches: Mapping[str, Switch] = field(default_factory=dict)
    recall: bool = True
    """Does a caller who was transferred blindly ring once at who transferred, before the call is released?"""
    features: Features = field(default_factory=Features)
    services: Mapping[str, Service] = field(default_factory=dict)
    default_operator: str | None = None
    """What a bare ``operator`` means."""
    ranges: tuple[Inbound, ...] = field(init=False, compare=False, repr=False)
    """Inbound ranges, the narrower before the wider."""
    _range_index: PatternIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        ranges = tuple(inbound for inbound in self.inbound.values() if inbound.pattern is not None)
        object.__setattr__(self, "ranges", ranges)
        object.__setattr__(self, "_range_index", PatternIndex(one.pattern for one in ranges if one.pattern is not None))

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

    def service_at(self, name: str) -> Place:
        service = self.services[name]
        return Place(PlaceKind.SERVICE, name, service.location, returns=service.returns)

    def service_of(self, number: str) -> Place | None:
        """The service that phones reach by a number."""
        return next((self.service_at(s.name) for s in self.services.values() if s.number == number), None)

    def written_at(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """Numbers of ranges that are places of their own, with the range at which their rules are written."""
        kind = PlaceKind.INBOUND.value
        return {(kind, n): (kind, one.part_of) for n, one in self.inbound.items() if one.part_of is not None}

    def reached_by(self, number: str) -> Place | None:
        """What calls to an outside number of this PBX reach: a user by a DID, or an inbound number."""
        if number in self.dids:
            return self.user_at(self.dids[number])
        inbound = self.inbound.get(number)
        return None if inbound is None else Place(PlaceKind.INBOUND, number, inbound.location)

    def rules(self) -> Iterator[tuple[tuple[str, str], str, Rules]]:
        """Every list of rules, with the key of the user or inbound number that has it, and the name of its field."""
        for user in self.users.values():
            yield from (((PlaceKind.USER.value, user.extension), name, one) for name, one in user.deviations.lists())
        for inbound in self.inbound.values():
            yield (PlaceKind.INBOUND.value, inbound.number), "inbound", inbound.rules

    def is_one_of(self, callers: Callers, origin: Origin, number: str | None) -> bool:
        """Is the caller one of ``callers``?"""
        if callers.name == ANONYMOUS:
            known = origin is Origin.EXTERNAL and number is None
        elif callers in (FROM_INSIDE, FROM_OUTSIDE):
            known = callers.name == origin
        else:
            known = self.contacts[callers.name].has(origin, number)
        return known is not callers.but

    def may_hold(self, condition: Condition, origin: Origin) -> bool:
        """May a condition hold for some call of an origin?"""
        return not condition.callers or any(self._may_call(callers, origin) for callers in condition.callers)

    def _may_call(self, callers: Callers, origin: Origin) -> bool:
        if callers in (FROM_INSIDE, FROM_OUTSIDE):
            return callers.name == origin
        if callers.but or origin is Origin.EXTERNAL:
            return True
        return callers.name != ANONYMOUS and bool(self.contacts[callers.name].extensions)

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

    def in_range(self, number: str) -> Place | None:
        """The narrowest inbound range that an outside number is in."""
        pattern = self._range_index.of(number)
        return None if pattern is None else Place(PlaceKind.INBOUND, pattern.text, self.inbound[pattern.text].location)

    def caller_id_of(self, place: Place) -> CallerId:
        """Which number a diverted call shows at an outside place."""
        trunk = self.trunks.get(place.trunk or "")
        return place.caller_id or (trunk.caller_id if trunk is not None else CallerId.ORIGINAL)

    def route_of(self, number: str) -> Route | None:
        """The route that carries an E.164 number, emergency routes aside."""
        for route in self.routes.values():
            if not (route.emergency or route.as_dialled) and route.carries(number):
                return route
        return None

    def trunks_of(self, place: Place) -> tuple[str, ...]:
        """The trunks of an outside place, in the order in which they are tried."""
        if place.trunk is not None:
            return place.trunks
        route = self.route_of(place.target)
        return () if route is None else route.trunks

    def tries(self, trunks: tuple[str, ...]) -> int:
        """How many addresses a call tries that leaves by these trunks and that none carries."""
        return sum(len(self.trunks[name].hosts) if name in self.trunks else 1 for name in trunks)

    def is_short(self, digits: str) -> bool:
        """Is it dialled and sent as it is: an emergency number, or one of a route that is `as_dialled`?"""
        return digits in self.emergency or any(r.as_dialled and r.carries(digits) for r in self.routes.values())
