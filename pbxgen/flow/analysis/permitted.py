"""Calls from outside that can be lost by settings that users may make, found before anybody has made them.

Each permitted setting is explored as one more rule in front of the source's rules, with a condition that may hold or
not. A call asks each user's rules at most once, so that a choice made at one step never has to be remembered at
another. ``dnd`` and ``follow_me`` decide how ringing a phone can end: phones are explored with both off, which allows
every outcome that is possible with them on, too; for each outcome it is then computed which of them must have been set.

A setting may lead to any extension. Extensions that behave in the same way lose the same calls, and a call can come to
no more of them than it can be diverted: so many extensions of each kind stand for all.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Example
from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.entries import Entry, entries, to
from pbxgen.flow.analysis.examples import ExampleTeller
from pbxgen.flow.analysis.explore import Arrival, Explorer, Point, TooManyStepsError
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.analysis.search import may_be_lost
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import Condition, Origin, Outcome, Place, PlaceKind, Plan, Rule, Rules, User
from pbxgen.flow.self_service import Profile
from pbxgen.flow.settings import STATES, Setting, Settings, State, applied, named, place_of
from pbxgen.phrases import Phrases

_MOST_OF_A_KIND = 3
"""Places of one kind that are examined; they stand for all others of that kind."""
_MOST_KINDS = 12
"""Kinds of places that are examined, first those at which a call is lost at once."""
_MOST_STEPS = 60_000
"""Steps that are explored for all forms of flow of a plan together; one takes no more than a quarter of what is left,
some four seconds."""
_MOST_STEPS_OF_POSITIONS = 180_000
"""For all positions of a plan's switches together: some seventeen seconds."""
_USER = PlaceKind.USER.value

_ANY_SECONDS = 20

Choice = tuple[str, str]
"""Extension, and ``key:to``."""
Form = tuple[int, Hashable]
"""The form of a flow by :class:`Reach`, and the source's values of what users may switch on and off."""


@dataclass(frozen=True, slots=True)
class Loss:
    """How a call from outside can be lost."""

    area: Area
    outcomes: tuple[Outcome, ...]
    chosen: tuple[Choice, ...]
    """What has been set; with nothing in it the source itself loses the call."""

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Extensions, each with a key that has been set."""
        return frozenset(map(_key, self.chosen))


def losses_by_settings(plan: Plan, situations: Situations, say: Phrases, budget: Budget) -> Iterator[Diagnostic]:
    """PBX220: for each setting (or several together) that can lose a call, one finding."""
    search = Search(plan, situations, budget.of_next())
    told: set[frozenset[tuple[str, str]]] = set()
    shown: dict[tuple[Form, int], str] = {}
    """By form of flow and loss, the first entry of it: the example is told once."""
    unseen: list[Entry] = []
    """Of each form that was not looked at at all, the first."""
    for entry in entries(plan):
        losses = search.all_of(entry)
        if not losses and search.is_cut_short(entry):
            same = search.form(entry), 0
            if same not in shown:
                shown[same] = entry.label
                if search.is_unseen(entry):
                    unseen.append(entry)
                else:
                    yield _not_proven(plan, entry, search.setters(entry))
        for n, each_loss in enumerate(losses):
            loss = replace(each_loss, chosen=search.own_names(entry, each_loss))
            if not loss.chosen or loss.keys in told:
                continue
            told.add(loss.keys)
            example, help = None, "give them mailboxes, or a profile that may not do this, or accept it with a reason"
            before = shown.setdefault((search.form(entry), n), entry.label)
            if before == entry.label:
                example = search.example(entry, loss, say)
            else:
                help = f"in the same way as one to {before}: {help}"
            first = loss.chosen[0][0]
            yield make(
                "PBX220",
                f"{_told(plan, loss.chosen)}: a call from outside {to(entry)} can then be lost",
                plan.users[first].location,
                help=help,
                subject=("user", first),
                example=example,
            )
    if unseen:
        yield _not_proven(plan, unseen[0], search.setters(unseen[0]), len(unseen) - 1)
    budget.take(search.steps)


def _not_proven(plan: Plan, entry: Entry, setters: tuple[str, ...], more: int = 0) -> Diagnostic:
    """``more``: of how many other ways of being called the same is said."""
    others_too = f", nor to {more} other{'s' if more > 1 else ''}" if more else ""
    first = plan.users[setters[0]]
    others = f" and {len(setters) - 1} more" if len(setters) > 1 else ""
    return make(
        "PBX220",
        f"{first.name} ({first.extension}){others} may set more combinations than can be checked: whether a call "
        f"from outside {to(entry)} can then be lost is not known{others_too}",
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
            f"switch `{name}` {to}" if to in ("on", "off") else f"set `{name}` to {_dialled(plan, extension, to)}"
        )
    return ", and ".join(
        f"{plan.users[extension].name} ({extension}) may {' and '.join(what)}" for extension, what in by_user.items()
    )


def _dialled(plan: Plan, extension: str, to: str) -> str:
    if to in ("v", "m"):
        return "the mailbox" if to == "v" else "the mobile"
    return to[1:]


class Budget:
    """Steps for all positions of a plan's switches. What one does not take is left for those after it, which have a
    quarter of an equal part at least."""

    def __init__(self, positions: int = 1) -> None:
        self._left = _MOST_STEPS_OF_POSITIONS
        self._least = _MOST_STEPS_OF_POSITIONS // positions // 4
        self._to_come = positions

    def of_next(self) -> int:
        """How many the next position may take."""
        self._to_come -= 1
        return min(_MOST_STEPS, self._left - self._least * self._to_come)

    def take(self, steps: int) -> None:
        self._left -= steps


class Search:
    """Looks for calls that can be lost, each form of flow once."""

    def __init__(self, plan: Plan, situations: Situations, most_steps: int | None = None) -> None:
        """``most_steps``: for all forms of flow together."""
        self._source = plan
        self._places = _Places(plan)
        self.plan = _with_choices(plan, self._places)
        self._situations = situations
        self._reach = Reach(self.plan)
        self._ahead = PlacesAhead(self.plan)
        self._known: dict[Form, tuple[Flow, tuple[Loss, ...]]] = {}
        self._given_up: set[Form] = set()
        self._unseen: set[Form] = set()
        self.steps = 0
        """Explored so far."""
        self._most_steps = _MOST_STEPS if most_steps is None else most_steps
        self._switched: dict[str, Hashable] = {}
        self._last: tuple[Flow, Form] | None = None
        self._needed: dict[Hashable, tuple[Choice, ...]] = {}

    @property
    def forms(self) -> frozenset[Form]:
        """Of flow, that have been looked at."""
        return frozenset(self._known)

    def of(self, entry: Entry) -> Loss | None:
        """How a call to ``entry`` is lost by the fewest settings; None: never, or nobody may set anything."""
        return next(iter(self.all_of(entry)), None)

    def all_of(self, entry: Entry) -> tuple[Loss, ...]:
        """The loss by each key that loses a call by itself; if there is none, by several keys together, or by the
        source itself."""
        if not self._is_searched(entry):
            return ()
        flow, form = self._flow(entry.place)
        if not self.setters(entry):
            return ()
        if form not in self._known:
            self._known[form] = (flow, tuple(self._search(flow, form)))
        return self._known[form][1]

    def _is_searched(self, entry: Entry) -> bool:
        """Finding an entry's flow takes time, so that it is not done for calls that end in a mailbox."""
        if not entry.takes_outside_calls or self.plan is self._source:
            return False
        return may_be_lost(self.plan, (entry.place,))

    def is_cut_short(self, entry: Entry) -> bool:
        """Was no loss found although not everything was explored?"""
        if not self._is_searched(entry):
            return False
        flow, form = self._flow(entry.place)
        if form not in self._known:
            return False
        leads = any(c.choice is not None and not c.choice[1].endswith((":off", ":v", ":m")) for c in flow.conditions)
        return form in self._given_up or (self._places.cut and leads)

    def is_unseen(self, entry: Entry) -> bool:
        """Was nothing of its form looked at, as others have taken all the steps there are?"""
        return self.form(entry) in self._unseen

    def setters(self, entry: Entry) -> tuple[str, ...]:
        """Those whose settings calls to the entry can meet."""
        flow, _ = self._flow(entry.place)
        users = [target for kind, target in flow.keys if kind == _USER]
        return tuple(e for e in dict.fromkeys((*users, *flow.along)) if self._source.users[e].self_service is not None)

    def form(self, entry: Entry) -> Form:
        return self._flow(entry.place)[1]

    def _flow(self, place: Place) -> tuple[Flow, Form]:
        """The flow of a place; the last one is kept."""
        if self._last is None or self._last[0].entry != place:
            flow = self._reach.flow_of(place)
            users = [target for kind, target in flow.keys if kind == _USER]
            self._last = flow, (flow.form, tuple(map(self._switches_of, users)))
        return self._last

    def _switches_of(self, extension: str) -> Hashable:
        """The source's values of what the user, and those who ring along, may switch on and off."""
        if extension not in self._switched:
            self._switched[extension] = self._find_switches(self._source.users[extension])
        return self._switched[extension]

    def _find_switches(self, user: User) -> Hashable:
        users = self._source.users
        along = (
            None if p.kind is PlaceKind.OUTSIDE else users[p.target] for p in (leg.place for leg in user.follow_me)
        )
        legs = tuple(
            (leg.delay, leg.place.timeout, other is user, other and (other.dnd, _may(other, "dnd")))
            for leg, other in zip(user.follow_me, along, strict=True)
        )
        return user.dnd, legs

    def own_names(self, entry: Entry, loss: Loss) -> tuple[Choice, ...]:
        """The settings of a loss, in the names of this entry's own flow: the loss may have been found in another
        entry's flow."""
        flow, form = self._flow(entry.place)
        first = self._known[form][0]
        names = dict(zip((t for _, t in first.keys), (t for _, t in flow.keys), strict=False))
        names |= zip(first.along, flow.along, strict=True)
        return tuple((names.get(extension, extension), _renamed(what, names)) for extension, what in loss.chosen)

    def example(self, entry: Entry, loss: Loss, say: Phrases) -> Example | None:
        """The call, with what has been set."""
        flow, _ = self._flow(entry.place)
        situation = CallSets.of_flow(self._situations, flow).situation(loss.area)
        settings: dict[str, dict[str, Setting]] = {}
        for extension, what in loss.chosen:
            key, _, to = what.partition(":")
            settings.setdefault(extension, {})[key] = Setting(to)
        for attempt in (settings, self._with_phones_free(flow, settings)):
            plan = applied(self._source, State(dict(attempt)), situation.moment)
            try:
                example = ExampleTeller(plan, say).example(entry, flow.atoms, situation, loss.outcomes, lost=True)
            except KeyError:  # an outcome that needs a setting of do not disturb or follow me
                continue
            return example
        return None

    def _with_phones_free(self, flow: Flow, settings: dict[str, dict[str, Setting]]) -> dict[str, Settings]:
        """The settings, and `dnd` and `follow_me` off for all users in the flow who may switch them off."""
        free: dict[str, Settings] = dict(settings)
        for kind, extension in flow.keys:
            profile = self._source.users[extension].self_service if kind == _USER else None
            if profile is not None:
                rings: dict[str, Setting] = {key: Setting("off") for key in STATES if key in profile.may}
                free[extension] = {**rings, **settings.get(extension, {})}
        return free

    def _search(self, flow: Flow, form: Form) -> Iterator[Loss]:
        """The best loss, then the best without the key that this one has set, and so on."""
        left = self._most_steps - self.steps
        if left <= 0:
            self._given_up.add(form)
            self._unseen.add(form)
            return
        calls = CallSets.of_flow(self._situations, flow)
        explorer = Explorer(self._ahead, calls, most_steps=left // 4 + 1)
        barred: set[tuple[str, str]] = set()
        try:
            while (loss := self._best(flow, explorer, barred)) is not None:
                if len(loss.keys) == 1 or not barred:
                    yield loss
                if len(loss.keys) != 1:
                    return
                barred |= loss.keys
        except TooManyStepsError:
            if not barred:
                self._given_up.add(form)
        finally:
            self.steps += explorer.steps

    def _best(self, flow: Flow, explorer: Explorer, barred: set[tuple[str, str]]) -> Loss | None:
        """The best loss without ``barred`` keys (Dijkstra). Raises TooManyStepsError.

        Best is a loss with few settings, then with settings that switch something off, then with callers who are not in
        the flow (a setting to the caller is a loss, too, but a less plain example), then with few ringings. Once a key
        is barred, losses by several keys together are not searched. If there are too many steps, any loss that was
        found is better than none.
        """
        area = explorer.calls.of(Origin.EXTERNAL)
        heap: list[_Way] = [(_rank((), area, 0), 0, area, explorer.begin(flow.entry), (), ())]
        try:
            return self._first_loss(heap, explorer, barred)
        except TooManyStepsError:
            seen = [way for way in heap if way[3] is None]
            if not seen:
                raise
            _, _, area, _, outcomes_on_the_way, chosen = min(seen, key=lambda way: way[:2])
            return Loss(area, outcomes_on_the_way, chosen)

    def _first_loss(self, heap: list[_Way], explorer: Explorer, barred: set[tuple[str, str]]) -> Loss | None:
        calls = explorer.calls
        met: set[tuple[Point, Area]] = set()
        pushed = 0
        while heap:
            _, _, area, point, way, chosen = heapq.heappop(heap)
            if point is None:
                return Loss(area, way, chosen)
            if (point, area) in met:
                continue
            met.add((point, area))
            for arrival in explorer.of(point, area):
                now = (*chosen, *arrival.chosen)
                ways: list[tuple[Area, Point | None, tuple[Outcome, ...], tuple[Choice, ...]]]
                ways = [(arrival.area, None, way, now)] if arrival.lost else []
                for branch in () if arrival.step.ringing is None else explorer.branches(arrival):
                    if may_be_lost(self.plan, branch.point.places):
                        set_by = dict.fromkeys(
                            (*now, *branch.chosen, *self._switching(calls, arrival, branch.outcome, barred))
                        )
                        ways.append((branch.area, branch.point, (*way, branch.outcome), tuple(set_by)))
                for area_now, ahead, way_now, set_now in ways:
                    keys = set(map(_key, set_now))
                    if keys & barred or (barred and len(keys) > 1):
                        continue
                    pushed += 1
                    rank = _rank(set_now, area_now, len(way_now))
                    heapq.heappush(heap, (rank, pushed, area_now, ahead, way_now, set_now))
        return None

    def _switching(
        self, calls: CallSets, arrival: Arrival, outcome: Outcome, barred: AbstractSet[tuple[str, str]]
    ) -> tuple[Choice, ...]:
        """What must have been switched on or off for a phone's ringing to end so; nothing where the source allows it.

        As little as possible is switched off; where that is not enough, `dnd` is switched on. ``barred`` keys are not
        used if other keys have the same effect.
        """
        ringing = arrival.step.ringing
        if ringing is None or ringing.user is None:
            return ()
        user = self._source.users[ringing.user.extension]
        along = [leg.place.target for leg in user.follow_me if leg.place.kind is PlaceKind.USER]
        if not user.dnd and not user.follow_me:
            return ()
        users = [self._source.users[extension] for extension in dict.fromkeys((*along, user.extension))]
        off = [(one.extension, "dnd:off") for one in users if one.dnd and _may(one, "dnd")]
        if user.follow_me and _may(user, "follow_me"):
            off.append((user.extension, "follow_me:off"))
        quiet = (user.extension, "dnd:on")
        free = [one for one in off if _key(one) not in barred]
        may_be_quiet = _may(user, "dnd") and _key(quiet) not in barred
        situation = calls.situation(arrival.area)
        same = (user.extension, ringing.cap, situation.caller.key, outcome, tuple(free), may_be_quiet)
        if same in self._needed:
            return self._needed[same]

        def possible(off: Iterable[Choice]) -> bool:
            settings: dict[str, dict[str, Setting]] = {}
            for extension, what in off:
                settings.setdefault(extension, {})[_key((extension, what))[1]] = Setting("off")
            plan = applied(self._source, State(dict(settings)), situation.moment)
            rung = replace(ringing, user=plan.users[user.extension])
            return outcome in outcomes(plan, rung, situation.caller, situation.conditions(plan))

        if possible(free):
            needed = _fewest(free, possible)
        elif len(free) < len(off) and not (may_be_quiet and outcome is Outcome.BUSY) and possible(off):
            needed = _fewest(off, possible)
        else:
            needed = (quiet,)
        self._needed[same] = needed
        return needed


def _fewest(every: list[Choice], possible: Callable[[Iterable[Choice]], bool]) -> tuple[Choice, ...]:
    """The fewest with which ``possible`` holds: none, one, or those that remain when one after the other is removed."""
    few: list[tuple[Choice, ...]] = [(), *((one,) for one in reversed(every))]  # the user's own first
    for chosen in few:
        if possible(chosen):
            return chosen
    needed = every
    for one in every:
        fewer = [other for other in needed if other != one]
        if possible(fewer):
            needed = fewer
    return tuple(needed)


_Rank = tuple[int, int, int, int]
_Way = tuple[_Rank, int, Area, Point | None, tuple[Outcome, ...], tuple[Choice, ...]]
"""How far a call has come, for a heap; without a point it is lost."""


def _rank(chosen: tuple[Choice, ...], area: Area, ringings: int) -> _Rank:
    return len(chosen), sum(not what.endswith(":off") for _, what in chosen), area.first[0], ringings


def _key(choice: Choice) -> tuple[str, str]:
    extension, what = choice
    return extension, what.partition(":")[0]


def _may(user: User, key: str) -> bool:
    return user.self_service is not None and key in user.self_service.may


def _renamed(what: str, names: dict[str, str]) -> str:
    key, _, to = what.partition(":")
    return f"{key}:{to[0]}{names.get(to[1:], to[1:])}" if to[:1] == "x" else what


def _with_choices(plan: Plan, places: _Places) -> Plan:
    """The plan with a rule for every permitted setting; the plan itself where there is none."""
    if not any(user.self_service for user in plan.users.values()):
        return plan
    users = {
        extension: user if user.self_service is None else _chosen_by(plan, user, user.self_service, places)
        for extension, user in plan.users.items()
    }
    return replace(plan, users=users)


def _chosen_by(plan: Plan, user: User, profile: Profile, places: _Places) -> User:
    rules: dict[str, Rules] = {}
    if user.mailbox is None:  # a user with a mailbox never loses a call
        options = [("off", None), *places.of(user, profile)]
        for key, source in user.deviations.lists():
            if key in profile.may:
                rules[key] = (*(_rule(user, key, to, place) for to, place in options if to != "off" or source), *source)
    return replace(
        user,
        deviations=replace(user.deviations, **rules),
        dnd=user.dnd and "dnd" not in profile.may,
        call_waiting=user.call_waiting and "dnd" not in profile.may,  # busy, too, whoever rings along
        follow_me=() if "follow_me" in profile.may else user.follow_me,
    )


def _rule(user: User, key: str, to: str, place: Place | None) -> Rule:
    condition = Condition(choice=(user.extension, f"{key}:{to}"))
    return Rule(() if place is None else (place,), user.location, condition)


def _without_times(plan: Plan) -> Plan:
    """The plan with equal ring times, which do not decide about a loss unless phones of others ring after a delay."""

    def even(user: User) -> User:
        if user.follow_me:
            return user
        lists = {key: tuple(replace(r, after=None) for r in rules) for key, rules in user.deviations.lists() if rules}
        return replace(user, ring_timeout=_ANY_SECONDS, deviations=replace(user.deviations, **lists))

    return replace(plan, users={extension: even(user) for extension, user in plan.users.items()})


def _loses_by_itself(plan: Plan, place: Place) -> bool:
    """Has a group no overflow, or a user an outcome without a rule?"""
    if place.kind is PlaceKind.USER:
        user = plan.users[place.target]
        rules = user.deviations
        return user.mailbox is None and not (rules.busy and rules.no_answer and rules.unreachable)
    return place.kind is not PlaceKind.INBOUND and not plan.group_at(place.key).overflow


class _Places:
    """The places that stand for all places that settings may lead to and after which a call can be lost."""

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
            numbers_allowed = (n for n in numbers if place_of(self._plan, user, f"n{n}") is not None)
            self._outside[user.routes] = next(numbers_allowed, None)
        return self._outside[user.routes]
