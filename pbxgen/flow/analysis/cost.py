"""PBX215 and PBX216: calls that end at a costly number by way of somebody else's deviation.

A user who writes a costly destination needs permission (`allow_premium`, the class of service). Calls that come there
along a chain may be those of others without it: an outside caller, or a phone whose class allows no such number. No
user may set a premium-rate number, but a setting may lead to somebody who diverts to one. A user may set a number
abroad, and calls to others, whose class does not allow it, may come there.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Step
from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.examples import ExampleTeller, replay
from pbxgen.flow.analysis.explore import Arrival, Explorer, Point
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow, Key, Reach
from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.analysis.search import Aim, best_of_all
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.numbering import Cost
from pbxgen.flow.plan import Place, PlaceKind, Plan
from pbxgen.flow.self_service import Profile
from pbxgen.flow.settings import DEVIATIONS, STATES, Setting, State, applied, named, place_of
from pbxgen.flow.trunk import Route
from pbxgen.phrases import Phrases

_SHOWN = 5
_OF_A_FORM = 3
"""Places of one form that are examined; they stand for all others of that form."""
_USER = PlaceKind.USER.value
_PRICES: Mapping[Cost | None, tuple[str, str]] = {
    Cost.PREMIUM: ("a premium-rate number", "PBX215"),
    Cost.SATELLITE: ("a satellite or global-network number", "PBX215"),
    Cost.ABROAD: ("a number abroad", "PBX216"),
}
"""What makes a number costly, and the code for it."""


@dataclass(slots=True)
class _Costly:
    """One costly number, and the owner of a rule that leads there."""

    place: Place
    """The owner's first place with this number."""
    owner: Key
    """Who diverts to it: a user, or the operator position, group or inbound number it is written on."""
    price: str
    code: str
    locations: set[Location]
    """Where it is written."""
    alone: bool = True
    """Is it written for this owner only, and not for several at once by a YAML alias?"""
    reached_by: list[Entry] = field(default_factory=list)
    example: Example | None = None
    like: _Costly | None = None
    """The costly number with the same calls, for which the example has been told."""


def costly_chains(reach: Reach, situations: Situations, say: Phrases) -> Iterator[Diagnostic]:
    """One finding for each number and diverting user, with those whose calls come there."""
    costly = _costly_places(reach.plan)
    if costly:
        yield from _written(costly, reach, situations, say)
    for route, who in _who_may_set_abroad(reach.plan).items():
        yield from _ByNumbersSet(reach, situations, say, route, who).findings()


def _written(
    costly: Mapping[Key, list[_Costly]], reach: Reach, situations: Situations, say: Phrases
) -> Iterator[Diagnostic]:
    """Findings about numbers that are written in the source."""
    chains = _Chains(reach, situations, say)
    for entry in entries(reach.plan):
        flow = reach.flow_of(entry.place)
        for owner in flow.keys[1:]:  # who is called directly has the permission
            for costly_place in costly.get(owner, ()):
                if not _may(reach.plan, entry, costly_place):
                    chains.follow(entry, flow, costly_place)
    by_settings = _BySettings(reach, situations, say)
    for of_owner in costly.values():
        for costly_place in of_owner:
            if costly_place.reached_by:
                yield _finding(costly_place)
            yield from by_settings.of(costly_place)


class _BySettings:
    """Users who may make a setting with which calls to them come to a costly number; each setting is examined alone.

    Settings of several users together need no finding of their own: the last of them leads there by itself, and is
    reported.
    """

    def __init__(self, reach: Reach, situations: Situations, say: Phrases) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._say = say
        every = [entry for entry in entries(reach.plan) if entry.place.kind is PlaceKind.USER]
        self._setters = [entry for entry in every if self._profile(entry) is not None]
        self._known: dict[Hashable, _Costly | None] = {}
        self._touched: dict[str, frozenset[Key]] = {}
        """By a place as settings name it: all that calls to it can come to."""

    def of(self, costly: _Costly) -> Iterator[Diagnostic]:
        told = self.leading(costly)
        if told:
            yield _by_setting(costly, *told[0], more=len(told) - 1)

    def leading(self, costly: _Costly) -> list[tuple[Entry, str, str, _Costly]]:
        """Entries from which one setting of the user leads to the number, each with key, destination and finding."""
        leading = self._leading_to(costly)
        told: list[tuple[Entry, str, str, _Costly]] = []
        self._known.clear()
        for entry in self._setters:
            if entry in costly.reached_by or entry.place.key == costly.owner or _may(self._plan, entry, costly):
                continue
            for key, to in self._settings(entry, leading):
                reached = self._reached(entry, key, to, costly)
                if reached is not None:
                    told.append((entry, key, to, reached))
                    break
        return told

    def _leading_to(self, costly: _Costly) -> list[str]:
        """Places, as settings name them, from which calls might come to the number; its owner first."""
        leading: list[str] = []
        forms: dict[int, int] = {}
        for place in sorted(self._plan.places(), key=lambda place: place.key != costly.owner):
            if place.kind is PlaceKind.INBOUND:
                continue
            flow = self._reach.flow_of(place)
            if {costly.owner, costly.place.key} <= set(flow.keys):
                forms[flow.form] = forms.get(flow.form, 0) + 1
                if forms[flow.form] <= _OF_A_FORM:
                    self._touched[named(self._plan, place)] = frozenset(flow.keys)
                    leading.append(named(self._plan, place))
        return leading

    def _settings(self, entry: Entry, leading: list[str]) -> Iterator[tuple[str, str]]:
        user, profile = self._plan.users[entry.place.target], self._profile(entry)
        assert profile is not None
        keys = [key for key in DEVIATIONS if key in profile.may]
        for to in leading:
            if place_of(self._plan, user, to) is not None:
                yield from ((key, to) for key in keys)
        yield from ((key, "off") for key, rules in user.deviations.lists() if rules and key in keys)
        yield from ((key, "off") for key in STATES if key in profile.may and getattr(user, key))

    def _reached(self, entry: Entry, key: str, to: str, costly: _Costly) -> _Costly | None:
        """The finding if the number is reached. Users who divert alike are examined once."""
        extension = entry.place.target
        flow = self._reach.flow_of(entry.place)
        where = {one: n for n, one in enumerate(flow.keys)}
        if to == "off":
            if not {costly.owner, costly.place.key} <= where.keys():
                return None
            who: Hashable = (where[costly.owner], where[costly.place.key])
        else:  # a call can come back to this user: no other user is examined in the same way
            who = extension if entry.place.key in self._touched[to] else None
        same = (self._profile(entry), key, to, flow.form, who)
        if same not in self._known:
            state = State({extension: {key: Setting(to)}})
            reach = Reach(applied(self._plan, state, dt.datetime.combine(self._situations.start, dt.time())))
            one = replace(costly, reached_by=[], example=None, like=None)
            _Chains(reach, self._situations, self._say).follow(entry, reach.flow_of(entry.place), one)
            self._known[same] = one if one.reached_by else None
        return self._known[same]

    def _profile(self, entry: Entry) -> Profile | None:
        return self._plan.users[entry.place.target].self_service


def _by_setting(costly: _Costly, entry: Entry, key: str, to: str, reached: _Costly, *, more: int) -> Diagnostic:
    return make(
        costly.code,
        f"{entry.label}{_more(more)} may {_what(key, to)}: calls to them can then end at "
        f"{costly.place.target}, {costly.price}, by way of {costly.owner[0]} {costly.owner[1]}",
        costly.place.location,
        help="give them a profile that may not do this, or accept it with a reason",
        subject=costly.owner,
        example=reached.example,
    )


class _ByNumbersSet:
    """Numbers abroad on one route that users may set, and others whose calls come there though their class does not
    allow it: by the source, or by one setting of the others.

    Some users who may set such a number stand for all who may set the same and are reached in the same way.
    """

    def __init__(
        self, reach: Reach, situations: Situations, say: Phrases, route: str, setters: Mapping[str, Place]
    ) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._say = say
        self._route = route
        self._setters = setters
        """By extension of a user who may set the number: the number as a place of that user."""

    def findings(self) -> Iterator[Diagnostic]:
        users = self._plan.users
        senders = [
            entry
            for entry in entries(self._plan)
            if entry.place.kind is PlaceKind.USER and self._route not in (users[entry.place.target].routes or ())
        ]
        if not senders:
            return
        reached: list[Entry] = []
        shown: tuple[str, str, _Costly] | None = None
        known: dict[Hashable, tuple[str, _Costly] | None] = {}
        for entry in senders:
            flow = self._reach.flow_of(entry.place)
            for at, (kind, extension) in enumerate(flow.keys):
                if not at or kind != _USER or extension not in self._setters:
                    continue
                same = (flow.form, at, users[extension].self_service)
                if same not in known:
                    known[same] = self._come_to(entry, extension)
                key_and_place = known[same]
                if key_and_place is not None:
                    shown = shown or (extension, *key_and_place)
                    reached.append(entry)
                    break
        if shown is not None:
            extension, key, told = shown
            yield self._finding(extension, key, _several(reached), told)
        yield from self._by_settings_of_both(reached)

    def _by_settings_of_both(self, reached: list[Entry]) -> Iterator[Diagnostic]:
        looked_at: set[Profile | None] = set()
        for extension in self._setters:
            profile = self._plan.users[extension].self_service
            if profile in looked_at:
                continue
            looked_at.add(profile)
            for key, reach, costly in self._set(extension):
                costly.reached_by.extend(reached)
                told = _BySettings(reach, self._situations, self._say).leading(costly)
                if told:
                    entry, own, to, example = told[0]
                    first = f"{entry.label}{_more(len(told) - 1)} may {_what(own, to)}, and "
                    yield self._finding(extension, key, "them", example, first)
                    return

    def _set(self, extension: str) -> Iterator[tuple[str, Reach, _Costly]]:
        """For each key that the user may set to the number: what the plan with this setting reaches."""
        user, place = self._plan.users[extension], self._setters[extension]
        profile = user.self_service
        assert profile is not None
        moment = dt.datetime.combine(self._situations.start, dt.time())
        for key in DEVIATIONS:
            if key in profile.may:
                plan = applied(self._plan, State({extension: {key: Setting(f"n{place.target}")}}), moment)
                costly = _Costly(place, (_USER, extension), *_PRICES[Cost.ABROAD], {place.location})
                yield key, Reach(plan), costly

    def _come_to(self, entry: Entry, extension: str) -> tuple[str, _Costly] | None:
        for key, reach, costly in self._set(extension):
            _Chains(reach, self._situations, self._say).follow(entry, reach.flow_of(entry.place), costly)
            if costly.reached_by:
                return key, costly
        return None

    def _finding(self, extension: str, key: str, called: str, told: _Costly, first: str = "") -> Diagnostic:
        user, number = self._plan.users[extension], self._setters[extension].target
        return make(
            "PBX216",
            f"{first}{user.name} ({extension}){_more(len(self._setters) - 1)} may {_what(key, f'n{number}')}: calls to "
            f"{called} can then end there, at a number abroad beyond their class",
            user.location,
            help="give them a profile that may not do this, or accept it with a reason",
            subject=(_USER, extension),
            example=told.example,
        )


def _who_may_set_abroad(plan: Plan) -> dict[str, dict[str, Place]]:
    """By route: those who may set a number abroad that it carries, by extension."""
    places_by_route: dict[str, dict[str, Place]] = {}
    home = f"+{plan.numbering.country_code}"
    numbers: dict[str, list[str]] = {}
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for user in plan.users.values():
        profile = user.self_service
        if profile is None or not user.routes or "outside" not in profile.to or profile.may.isdisjoint(DEVIATIONS):
            continue
        if user.routes not in known:
            of_class = known[user.routes] = {}
            for route in (plan.routes[name] for name in user.routes if not plan.routes[name].emergency):
                if route.name not in numbers:
                    every = sample_numbers([route.patterns])
                    numbers[route.name] = [n for n in every if not n.startswith(home) and _is_carried(plan, n, route)]
                one = next((n for n in numbers[route.name] if place_of(plan, user, f"n{n}") is not None), None)
                if one is not None:
                    of_class[route.name] = one
        for name, number in known[user.routes].items():
            place = place_of(plan, user, f"n{number}")
            if place is not None:
                places_by_route.setdefault(name, {})[user.extension] = place
    return places_by_route


def _is_carried(plan: Plan, number: str, route: Route) -> bool:
    carrying = plan.route_of(number)
    return carrying is not None and carrying.name == route.name


class _Chains:
    """Whether a call can come to a costly number: for each form of flow once."""

    def __init__(self, reach: Reach, situations: Situations, say: Phrases) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._say = say
        self._examples = ExampleTeller(reach.plan, say)
        self._ahead = PlacesAhead(reach.plan)
        self._known: dict[tuple[int, int, int], _Costly | None] = {}
        """By the form of a flow, and where in it the owner and the number are: what has been told of it."""
        self._last: tuple[Entry, CallSets, Explorer] | None = None

    def follow(self, entry: Entry, flow: Flow, costly: _Costly) -> None:
        """Note ``entry`` if calls to it can come to the costly number."""
        places = {key: n for n, key in enumerate(flow.keys)}
        if costly.place.key not in places:
            return  # no diversion is left to its owner
        same = (flow.form, places[costly.owner], places[costly.place.key])
        if costly.alone and same in self._known:
            told = self._known[same]
        else:
            told = costly if self._comes_to(entry, flow, costly) else None
            if costly.alone:
                self._known[same] = told
        if told is not None:
            costly.reached_by.append(entry)
            costly.like = costly.like or told

    def _comes_to(self, entry: Entry, flow: Flow, costly: _Costly) -> bool:
        calls, explorer = self._steps(entry, flow)
        root = explorer.begin(entry.place)
        aim = _ToCost(self._plan, self._ahead, costly)
        way = best_of_all(explorer, entry, calls, root, aim)
        if way is not None and costly.example is None:
            situation = calls.situation(way.area)
            example = self._examples.example(entry, flow.atoms, situation, way.outcomes)
            last = replay(self._plan, situation, entry.place, way.outcomes)[-1]
            if last.place is not None and last.place.key != costly.place.key:
                step = Step(self._say("example.follow_me", number=costly.place.target), costly.place.location)
                example = replace(example, steps=(*example.steps, step))
            costly.example = example
        return way is not None

    def _steps(self, entry: Entry, flow: Flow) -> tuple[CallSets, Explorer]:
        """The calls to one entry and their explorer, which all costly numbers of the entry share."""
        if self._last is None or self._last[0] is not entry:
            calls = CallSets.of_flow(self._situations, flow)
            self._last = (entry, calls, Explorer(self._ahead, calls, written=True))
        return self._last[1:]


def _finding(costly: _Costly) -> Diagnostic:
    who = _several(costly.reached_by)
    owner = f"{costly.owner[0]} {costly.owner[1]}"
    help = "end those chains before it, or accept it with a reason"
    if costly.example is None and costly.like is not None:
        help = f"in the same way as by way of {costly.like.owner[0]} {costly.like.owner[1]}: {help}"
    return make(
        costly.code,
        f"calls to {who} can end at {costly.place.target}, {costly.price}, by way of {owner}",
        costly.place.location,
        help=help,
        subject=costly.owner,
        example=costly.example,
    )


def _several(reached_by: Iterable[Entry]) -> str:
    labels = [entry.label for entry in reached_by]
    return ", ".join(labels[:_SHOWN]) + _more(len(labels) - _SHOWN)


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _what(key: str, to: str) -> str:
    """What a user does, in words."""
    name = key.replace("return_", "operator_return: ")
    return f"switch `{name}` off" if to == "off" else f"set `{name}` to {to[1:]}"


class _ToCost(Aim):
    """The shortest way to the number on its owner's behalf, or to its owner's phone where it rings along."""

    def __init__(self, plan: Plan, ahead: PlacesAhead, costly: _Costly) -> None:
        self._ahead = ahead
        self._left = plan.max_diversions
        self._found = costly

    def bound(self, point: Point, area: Area) -> int | None:
        ahead = self._ahead.of((p.key for p in point.places), self._left - point.state.diversions)
        return 0 if self._found.place.key in ahead or self._found.owner in ahead else None

    def is_reached(self, arrival: Arrival) -> bool:
        ringing, costly = arrival.step.ringing, self._found
        if ringing is None:
            return False
        user, pending = ringing.user, ringing.pending
        if user is not None:
            legs = (leg for leg in user.follow_me if leg.place.key == costly.place.key)
            along = any(ringing.cap is None or leg.delay < ringing.cap for leg in legs)
            return along and not user.dnd and (_USER, user.extension) == costly.owner
        if pending.place.key != costly.place.key:
            return False
        if costly.owner[0] == _USER:
            return pending.by == costly.owner[1]
        return pending.by is None and pending.place.location in costly.locations


def _may(plan: Plan, entry: Entry, costly: _Costly) -> bool:
    """Does the called user's own class allow calls to this number abroad?"""
    if costly.code != "PBX216" or entry.place.kind is not PlaceKind.USER:
        return False
    route = plan.route_of(costly.place.target)
    return route is not None and route.name in (plan.users[entry.place.target].routes or ())


def _costly_places(plan: Plan) -> dict[Key, list[_Costly]]:
    """Costly numbers by the user, group or inbound number that diverts to them, in the order of the plan."""
    by_owner: dict[Key, list[_Costly]] = {}

    def note(owner: Key, places: Iterable[Place]) -> None:
        for place in places:
            if place.kind is not PlaceKind.OUTSIDE:
                continue
            same = [one for one in by_owner.get(owner, ()) if one.place.target == place.target]
            price = _PRICES.get(plan.costs.get(place.target))
            if same:
                same[0].locations.add(place.location)
            elif price is not None:
                by_owner.setdefault(owner, []).append(_Costly(place, owner, *price, {place.location}))

    for place in sorted(plan.places(), key=lambda place: place.kind is PlaceKind.INBOUND):
        note(place.key, (*plan.leads_to(place.key), *plan.rings_along(place.key)))
    every = [one for of_owner in by_owner.values() for one in of_owner if one.owner[0] != _USER]
    writers = Counter(location for one in every for location in one.locations)
    for one in every:
        one.alone = all(writers[location] == 1 for location in one.locations)
    return by_owner
