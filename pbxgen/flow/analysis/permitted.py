"""Calls from outside that settings can lose which users may make, before anybody has made them.

Each setting that is permitted is one more rule that may be there or not: a rule in front of the source's, with a
condition that holds as the user likes. A call asks each user's rules at most once, so that what is chosen at one step
never has to be remembered at another.

"An extension" is many places. Calls to those that behave alike are lost alike, and a call can come to no more of them
than it can be diverted: so many of each kind stand for all.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Example
from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.entries import Entry, entries, to
from pbxgen.flow.analysis.examples import ExampleTeller
from pbxgen.flow.analysis.explore import Explorer, Point
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.analysis.search import may_be_lost
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import (
    Condition,
    Origin,
    Outcome,
    Place,
    PlaceKind,
    Plan,
    Profile,
    Rule,
    Rules,
    User,
)
from pbxgen.flow.settings import STATES, Setting, Settings, State, applied, named, place_of
from pbxgen.phrases import Phrases

_MOST_OF_A_KIND = 3
"""Places that behave alike and stand for all others of their kind."""
_MOST_KINDS = 12
"""Ways to behave that are looked at, first those in which a call is lost at once."""
_MOST_POINTS = 20_000
"""Points that are looked at for one entry: some two seconds."""

_ANY_SECONDS = 20

Choice = tuple[str, str]
"""Extension, and ``key:to``."""


@dataclass(frozen=True, slots=True)
class Loss:
    """How a call from outside can be lost."""

    area: Area
    outcomes: tuple[Outcome, ...]
    chosen: tuple[Choice, ...]
    """What has been set; with nothing in it the source itself loses the call."""


def losses_by_settings(plan: Plan, situations: Situations, say: Phrases) -> Iterator[Diagnostic]:
    """PBX220: for each setting (or several together) that can lose a call, one finding."""
    search = Search(plan, situations)
    told: set[frozenset[tuple[str, str]]] = set()
    shown: dict[int, str] = {}
    """By form of flow, the first entry of it: the example is told once."""
    for entry in entries(plan):
        loss = search.of(entry)
        if loss is None and search.is_cut_short(entry):
            form = search.form(entry)
            if form not in shown:
                shown[form] = entry.label
                yield _not_proven(plan, entry, search.setters(entry))
            continue
        if loss is None or not loss.chosen:
            continue
        chosen = search.own_names(entry, loss)
        who = frozenset((extension, setting.partition(":")[0]) for extension, setting in chosen)
        if who in told:
            continue
        told.add(who)
        example, help = None, "give them mailboxes, or a profile that may not do this, or accept it with a reason"
        before = shown.setdefault(search.form(entry), entry.label)
        if before == entry.label:
            example = search.example(entry, replace(loss, chosen=chosen), say)
        else:
            help = f"in the same way as one to {before}: {help}"
        yield make(
            "PBX220",
            f"{_told(plan, chosen)}: a call from outside {to(entry)} can then be lost",
            plan.users[chosen[0][0]].location,
            help=help,
            subject=("user", chosen[0][0]),
            example=example,
        )


def _not_proven(plan: Plan, entry: Entry, setters: tuple[str, ...]) -> Diagnostic:
    first = plan.users[setters[0]]
    others = f" and {len(setters) - 1} more" if len(setters) > 1 else ""
    return make(
        "PBX220",
        f"{first.name} ({first.extension}){others} may set more than can be looked at: whether a call from outside "
        f"{to(entry)} can then be lost is not known",
        first.location,
        help="give them mailboxes, or a profile that may divert to fewer kinds of places, or accept it with a reason",
        subject=("user", first.extension),
    )


def _told(plan: Plan, chosen: tuple[Choice, ...]) -> str:
    by_user: dict[str, list[str]] = {}
    for extension, setting in chosen:
        key, _, to = setting.partition(":")
        name = key.replace("return_", "operator_return: ")
        by_user.setdefault(extension, []).append(
            f"switch `{name}` off" if to == "off" else f"set `{name}` to {_dialled(plan, extension, to)}"
        )
    return ", and ".join(
        f"{plan.users[extension].name} ({extension}) may {' and '.join(what)}" for extension, what in by_user.items()
    )


def _dialled(plan: Plan, extension: str, to: str) -> str:
    if to in ("v", "m"):
        return "the mailbox" if to == "v" else "the mobile"
    return to[1:]


class Search:
    """Looks for calls that can be lost, each form of flow once."""

    def __init__(self, plan: Plan, situations: Situations) -> None:
        self._source = plan
        self._places = _Places(plan)
        self.plan = _with_choices(plan, self._places)
        self._situations = situations
        self._reach = Reach(self.plan)
        self._ahead = PlacesAhead(self.plan)
        self._known: dict[int, tuple[Flow, Loss | None]] = {}
        self._given_up: set[int] = set()
        self._last: Flow | None = None

    @property
    def forms(self) -> frozenset[int]:
        """Of flow, that have been looked at."""
        return frozenset(self._known)

    def of(self, entry: Entry) -> Loss | None:
        """The shortest way on which a call to ``entry`` is lost; None: there is none, or nobody may set anything."""
        if not entry.takes_outside_calls or self.plan is self._source or not may_be_lost(self.plan, (entry.place,)):
            return None
        flow = self._flow(entry.place)
        if not self.setters(entry):
            return None
        if flow.form not in self._known:
            self._known[flow.form] = (flow, self._search(flow))
        return self._known[flow.form][1]

    def is_cut_short(self, entry: Entry) -> bool:
        """Has no loss been found, and not everything been looked at?"""
        flow = self._flow(entry.place)
        if flow.form not in self._known:
            return False
        leads = any(c.choice is not None and not c.choice[1].endswith((":off", ":v", ":m")) for c in flow.conditions)
        return flow.form in self._given_up or (self._places.cut and leads)

    def setters(self, entry: Entry) -> tuple[str, ...]:
        """Those whose settings calls to the entry can meet."""
        users = (target for kind, target in self._flow(entry.place).keys if kind == PlaceKind.USER.value)
        return tuple(extension for extension in users if self._source.users[extension].self_service is not None)

    def form(self, entry: Entry) -> int:
        return self._flow(entry.place).form

    def _flow(self, place: Place) -> Flow:
        """That of the place that was asked for last is kept."""
        if self._last is None or self._last.entry != place:
            self._last = self._reach.flow_of(place)
        return self._last

    def own_names(self, entry: Entry, loss: Loss) -> tuple[Choice, ...]:
        """What is chosen, in the names of this entry's own flow: the loss may have been found in another's."""
        flow = self._flow(entry.place)
        first = self._known[flow.form][0]
        names = dict(zip((t for _, t in first.keys), (t for _, t in flow.keys), strict=False))
        return tuple((names.get(extension, extension), _renamed(what, names)) for extension, what in loss.chosen)

    def example(self, entry: Entry, loss: Loss, say: Phrases) -> Example | None:
        """The call, with what has been set."""
        flow = self._flow(entry.place)
        situation = CallSets.of_flow(self._situations, flow).situation(loss.area)
        settings: dict[str, dict[str, Setting]] = {}
        for extension, what in loss.chosen:
            key, _, to = what.partition(":")
            settings.setdefault(extension, {})[key] = Setting(to)
        for attempt in (settings, self._with_phones_free(flow, settings)):
            plan = applied(self._source, State(dict(attempt)), situation.moment)
            try:
                found = ExampleTeller(plan, say).example(entry, flow.atoms, situation, loss.outcomes, lost=True)
            except KeyError:  # an outcome that only somebody has who has set do not disturb or follow me
                continue
            return found
        return None

    def _with_phones_free(self, flow: Flow, settings: dict[str, dict[str, Setting]]) -> dict[str, Settings]:
        """The same, and whoever may do so lets their phones ring."""
        free: dict[str, Settings] = dict(settings)
        for kind, extension in flow.keys:
            profile = self._source.users[extension].self_service if kind == PlaceKind.USER.value else None
            if profile is not None:
                rings: dict[str, Setting] = {key: Setting("off") for key in STATES if key in profile.may}
                free[extension] = {**settings.get(extension, {}), **rings}
        return free

    def _search(self, flow: Flow) -> Loss | None:
        """By ringings, then by how much has been set (Dijkstra)."""
        calls = CallSets.of_flow(self._situations, flow)
        explorer = Explorer(self._ahead, calls)
        area = calls.of(Origin.EXTERNAL)
        heap: list[tuple[int, int, int, Area, Point, tuple[Outcome, ...], tuple[Choice, ...]]] = []
        heapq.heappush(heap, (0, 0, 0, area, explorer.begin(flow.entry), (), ()))
        met: set[tuple[Point, Area]] = set()
        pushed = 0
        while heap and len(met) < _MOST_POINTS:
            rung, _, _, area, point, way, chosen = heapq.heappop(heap)
            if (point, area) in met:
                continue
            met.add((point, area))
            for arrival in explorer.of(point, area):
                now = (*chosen, *arrival.chosen)
                if arrival.lost:
                    return Loss(arrival.area, way, now)
                if arrival.step.ringing is None:
                    continue
                for branch in explorer.branches(arrival):
                    if may_be_lost(self.plan, branch.point.places):
                        pushed += 1
                        set_by = (*now, *branch.chosen)
                        heapq.heappush(
                            heap,
                            (rung + 1, len(set_by), pushed, branch.area, branch.point, (*way, branch.outcome), set_by),
                        )
        if heap:
            self._given_up.add(flow.form)
        return None


def _renamed(what: str, names: dict[str, str]) -> str:
    key, _, to = what.partition(":")
    return f"{key}:{to[0]}{names.get(to[1:], to[1:])}" if to[:1] == "x" else what


def _with_choices(plan: Plan, places: _Places) -> Plan:
    """The plan in which every setting that is permitted may be there; the plan itself where none is."""
    if not any(user.self_service for user in plan.users.values()):
        return plan
    users = {
        extension: user if user.self_service is None else _chosen_by(plan, user, user.self_service, places)
        for extension, user in plan.users.items()
    }
    return replace(plan, users=users)


def _chosen_by(plan: Plan, user: User, profile: Profile, places: _Places) -> User:
    rules: dict[str, Rules] = {}
    if user.mailbox is None:  # who has one never loses a call
        options = [("off", None), *places.of(user, profile)]
        for key, source in user.deviations.lists():
            if key in profile.may:
                rules[key] = (*(_rule(user, key, to, place) for to, place in options if to != "off" or source), *source)
    return replace(
        user,
        deviations=replace(user.deviations, **rules),
        dnd=user.dnd and "dnd" not in profile.may,
        follow_me=() if "follow_me" in profile.may else user.follow_me,
    )


def _rule(user: User, key: str, to: str, place: Place | None) -> Rule:
    condition = Condition(choice=(user.extension, f"{key}:{to}"))
    return Rule(() if place is None else (place,), user.location, condition)


def _without_times(plan: Plan) -> Plan:
    """How long phones ring decides nothing about a loss, unless phones of others join in after a delay."""

    def even(user: User) -> User:
        if user.follow_me:
            return user
        lists = {key: tuple(replace(r, after=None) for r in rules) for key, rules in user.deviations.lists() if rules}
        return replace(user, ring_timeout=_ANY_SECONDS, deviations=replace(user.deviations, **lists))

    return replace(plan, users={extension: even(user) for extension, user in plan.users.items()})


def _loses_by_itself(plan: Plan, place: Place) -> bool:
    """Is there nothing behind a group, or an outcome of a user's phone for which no rule is there?"""
    if place.kind is PlaceKind.USER:
        user = plan.users[place.target]
        rules = user.deviations
        return user.mailbox is None and not (rules.busy and rules.no_answer and rules.unreachable)
    return place.kind is not PlaceKind.INBOUND and not plan.group_at(place.key).overflow


class _Places:
    """The places that stand for all that settings may lead to and that a call can be lost behind."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.cut = False
        """Are there more kinds of places than are looked at?"""
        self._places: list[Place] = []
        self._outside: dict[tuple[str, ...] | None, str | None] = {}
        if not any(user.self_service for user in plan.users.values()):
            return
        reach = Reach(_without_times(plan))
        kinds: dict[Hashable, list[Place]] = {}
        for place in sorted(plan.places(), key=lambda place: not _loses_by_itself(plan, place)):
            if place.kind is PlaceKind.INBOUND or not may_be_lost(plan, (place,)):
                continue
            profile = plan.users[place.target].self_service if place.kind is PlaceKind.USER else None
            overflow = plan.group_at(place.key).overflow if place.kind is not PlaceKind.USER else ()
            if any(p.ends_call for p in overflow):
                continue
            kind = (profile, reach.flow_of(place).form)
            if kind not in kinds and len(kinds) == _MOST_KINDS:
                self.cut = True
                continue
            same = kinds.setdefault(kind, [])
            if len(same) < _MOST_OF_A_KIND:
                same.append(place)
        self._places = [place for same in kinds.values() for place in same]

    def of(self, user: User, profile: Profile) -> Iterator[tuple[str, Place | None]]:
        for place in self._places:
            to = named(self._plan, place)
            permitted = place_of(self._plan, user, to)
            if permitted is not None:
                yield to, permitted
        if "mobile" in profile.to and user.own_mobile is not None:
            yield "m", user.own_mobile
        if "outside" in profile.to:
            number = self._number(user)
            if number is not None:
                yield f"n{number}", place_of(self._plan, user, f"n{number}")

    def _number(self, user: User) -> str | None:
        """An outside number that the class allows and that nothing else names."""
        if user.routes not in self._outside:
            routes = [r for r in self._plan.routes.values() if not r.emergency and r.name in (user.routes or ())]
            numbers = sample_numbers([r.patterns for r in routes]) if routes else ()
            found = (n for n in numbers if place_of(self._plan, user, f"n{n}") is not None)
            self._outside[user.routes] = next(found, None)
        return self._outside[user.routes]
