"""Every call to a plan, by ringing real bells: nothing here knows how the analysis works.

The only tools are the machine, which says where a call goes next, and ``Ringer``, which says how a place in a given
state ends; both are the scenarios' own. All else is tried: every caller, every half hour until the end of 2040 in
which other rules apply, and every state of every phone each time a place rings (a phone may be in one state while a
place rings and in another when the next one does).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pbxgen.diagnostics.location import Location
from pbxgen.flow import machine
from pbxgen.flow.environment import SERVICE_STATES, CallConditions, Environment
from pbxgen.flow.machine import Caller, CallState, EndKind, Event, EventKind, Ringing
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan, Rule
from pbxgen.flow.ringer import Ringer
from pbxgen.flow.schedule import DatedWindow, DateRange, WeeklyWindow
from tests.support.office import TODAY
from tests.support.sources import CALLERS, EXTENSIONS

MOMENTS = tuple(
    dt.datetime.fromisoformat(text)
    for text in (
        "2026-11-23 10:00",  # Monday, open
        "2026-11-23 13:30",  # lunch
        "2026-11-23 23:00",  # night
        "2026-12-25 10:00",  # holiday
        "2026-12-26 10:00",  # a holiday on which the night schedule is open
        "2027-01-11 10:00",  # open, once the first `until` is past
        "2027-01-11 20:00",
        "2027-01-11 23:00",
        "2027-07-05 10:00",  # both are past
        "2027-07-05 20:00",
        "2027-07-05 23:00",
    )
)
"""Some moments that differ, for tests that try calls at random."""

STRANGERS = tuple(Caller(Origin.EXTERNAL, n) for n in (*CALLERS, None))
COLLEAGUES = tuple(Caller(Origin.INTERNAL, n) for n in ("199", *EXTENSIONS))
"""199 is nobody's extension: an inside caller who is nowhere in the plan."""

_PHONE = (("ring",), ("busy",), ("dead",), ("unregistered",), ("in_call",), ("busy", "dead"))
_OUTSIDE = ("ring", "busy", "fail", "dead")
"""A carrier, too, may be silent."""
_LAST_DAY = dt.date(2040, 12, 31)
_SLOTS = 48
"""Half hours of a day: no window of the random sources begins or ends between them."""

_Truths = tuple[bool, ...]
Key = tuple[str, str]


@dataclass(frozen=True)
class Fate:
    """What can become of a call that nobody answers."""

    lost: bool
    seconds: int
    """How long everything rings at most, one after the other."""
    kept_by_maximum: bool
    """May max_diversions keep the call from somewhere it has not been?"""
    outside: frozenset[tuple[Key, str]] = frozenset()
    """Outside numbers that may ring, each with who sends the call there."""
    before_a_mailbox: frozenset[Location] = frozenset()
    """Where outside numbers are written that ring, without `confirm`, while a mailbox stands behind."""

    def __or__(self, other: Fate) -> Fate:
        return Fate(
            self.lost or other.lost,
            max(self.seconds, other.seconds),
            self.kept_by_maximum or other.kept_by_maximum,
            self.outside | other.outside,
            self.before_a_mailbox | other.before_a_mailbox,
        )


NOTHING = Fate(False, 0, False)


class Calls:
    """The calls of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.moments = distinct_moments(plan)
        self._rules = tuple(rules_of(plan))
        self._fates: dict[tuple[Caller, _Truths, Place], Fate] = {}

    def fate(self, entry: Place, caller: Caller, recall: str | None = None) -> Fate:
        """Of all calls of ``caller`` to ``entry``, whenever they are placed; ``recall``: who transferred them there."""
        worst = NOTHING
        for moment in self.moments:
            conditions = CallConditions(self.plan, caller, moment)
            key = (caller, tuple(conditions.holds(r.condition) for r in self._rules), entry, recall)
            if key not in self._fates:
                self._fates[key] = _Trial(self.plan, caller, moment).fate(machine.begin(caller, [entry], recall))
            worst |= self._fates[key]
        return worst


class EveryOutcome:
    """How a place can end that nobody answers: all states of all phones that have to do with it."""

    def __init__(self, plan: Plan, caller: Caller, moment: dt.datetime) -> None:
        self._plan = plan
        self._caller = caller
        self._moment = moment
        self._known: dict[object, Mapping[Outcome, int]] = {}

    def __call__(self, ringing: Ringing) -> Mapping[Outcome, int]:
        """Each possible outcome with the longest time it can take."""
        place = ringing.pending.place
        key = (place.key, ringing.seconds, ringing.cap, place.confirm, ringing.recalled)
        if key not in self._known:
            self._known[key] = self._tried(ringing)
        return self._known[key]

    def _tried(self, ringing: Ringing) -> Mapping[Outcome, int]:
        longest: dict[Outcome, int] = {}
        for environment in self._environments(ringing):
            rung = Ringer(self._plan, self._caller, environment).ring(ringing)
            if rung.outcome is not None:
                longest[rung.outcome] = max(longest.get(rung.outcome, 0), rung.seconds)
        return longest

    def _environments(self, ringing: Ringing) -> Iterator[Environment]:
        place = ringing.pending.place
        phones = {place.target} if place.kind is PlaceKind.USER else set()
        numbers = {place.target} if place.kind is PlaceKind.OUTSIDE else set()
        if place.kind is PlaceKind.SERVICE:
            yield from (Environment(self._moment, services={place.target: state}) for state in SERVICE_STATES)
            return
        if ringing.group is not None:
            phones |= set(ringing.group.members)
        for leg in () if ringing.user is None else ringing.user.follow_me:
            (numbers if leg.place.kind is PlaceKind.OUTSIDE else phones).add(leg.place.target)
        for states in itertools.product(_PHONE, repeat=len(phones)):
            for others in itertools.product(_OUTSIDE, repeat=len(numbers)):
                phone_states = dict(zip(sorted(phones), states, strict=True))
                yield Environment(self._moment, phone_states, dict(zip(sorted(numbers), others, strict=True)))


class _Trial:
    """One caller at one moment."""

    def __init__(self, plan: Plan, caller: Caller, moment: dt.datetime) -> None:
        self._plan = plan
        self._caller = caller
        self._conditions = CallConditions(plan, caller, moment)
        self._outcomes = EveryOutcome(plan, caller, moment)
        self._known: dict[CallState, Fate] = {}
        self._written = _written(plan)

    def fate(self, state: CallState) -> Fate:
        if state not in self._known:
            self._known[state] = self._try(state)
        return self._known[state]

    def _try(self, state: CallState) -> Fate:
        step = machine.advance(self._plan, self._caller, self._conditions, state)
        kept_by_maximum = _kept_by_maximum(state, step.events)
        if step.ringing is None:
            assert step.ending is not None
            lost = step.ending.kind is EndKind.RELEASED and not step.ending.by_rule
            return Fate(lost, 0, kept_by_maximum)
        worst = Fate(False, 0, kept_by_maximum, frozenset(self._outside(step.ringing)))
        if step.ringing.pending.place.kind is PlaceKind.OUTSIDE:
            worst |= _before_a_mailbox(step.state, [step.ringing.pending.place])
        for outcome, seconds in self._outcomes(step.ringing).items():
            following, told = machine.after(
                self._plan, self._caller, self._conditions, step.state, step.ringing, outcome
            )
            fate = self.fate(following)
            kept_by_maximum = fate.kept_by_maximum or _kept_by_maximum(step.state, told)
            worst |= replace(fate, seconds=fate.seconds + seconds, kept_by_maximum=kept_by_maximum)
            legs = () if step.ringing.user is None or step.ringing.user.dnd else step.ringing.user.follow_me
            worst |= _before_a_mailbox(following, [leg.place for leg in legs if leg.place.kind is PlaceKind.OUTSIDE])
        return worst

    def _outside(self, ringing: Ringing) -> Iterator[tuple[Key, str]]:
        place, by = ringing.pending.place, ringing.pending.by
        if place.kind is PlaceKind.OUTSIDE:
            writers = (("user", by),) if by is not None else self._written[place.location]
            yield from ((writer, place.target) for writer in writers)
        user = ringing.user
        if user is not None and not user.dnd:
            for leg in user.follow_me:
                capped = ringing.cap is not None and leg.delay >= ringing.cap
                if leg.place.kind is PlaceKind.OUTSIDE and leg.place.key != self._caller.key and not capped:
                    yield ("user", user.extension), leg.place.target


def _before_a_mailbox(state: CallState, ringing: Iterable[Place]) -> Fate:
    end = next((p.place for p in state.to_try if p.place.ends_call), None)
    if end is None or end.kind is not PlaceKind.MAILBOX:
        return NOTHING
    return replace(NOTHING, before_a_mailbox=frozenset(p.location for p in ringing if not p.confirm))


def _kept_by_maximum(state: CallState, events: Sequence[Event]) -> bool:
    been = set(state.visited)
    for event in events:
        if event.kind is EventKind.REACHED and event.place is not None:
            been.add(event.place.key)
        if event.kind is EventKind.NOT_DIVERTED_MAX and any(p.key not in been for p in event.places):
            return True
    return False


def _written(plan: Plan) -> Mapping[Location, Sequence[Key]]:
    """On which positions, groups and inbound numbers a place is written."""
    owners: dict[Location, list[Key]] = {}
    for kind, groups in (("operator", plan.operators), ("group", plan.groups)):
        for group in groups.values():
            for place in group.overflow:
                owners.setdefault(place.location, []).append((kind, group.name))
    for inbound in plan.inbound.values():
        for rule in inbound.rules:
            for place in rule.places:
                owners.setdefault(place.location, []).append(("inbound", inbound.number))
    return owners


def rules_of(plan: Plan) -> Iterator[Rule]:
    for inbound in plan.inbound.values():
        yield from inbound.rules
    for user in plan.users.values():
        for _, rules in user.deviations.lists():
            yield from rules


Hours = tuple[tuple[WeeklyWindow, ...], tuple[DateRange, ...], tuple[DatedWindow, ...]]


def distinct_moments(*plans: Plan) -> tuple[dt.datetime, ...]:
    """A half hour for each combination of schedules that are open and rules that have ended, in some of ``plans``."""
    conditions = [(p, r.condition) for p in plans for r in rules_of(p)]
    schedules = [p.schedules[hours.schedule] for p, c in conditions for hours in c.hours]
    hours = dict.fromkeys((s.weekly, s.closed, s.opened) for s in schedules)
    return _distinct(tuple(hours), frozenset(c.until for _, c in conditions if c.until is not None))


@lru_cache(maxsize=200)
def _distinct(hours: tuple[Hours, ...], untils: frozenset[dt.date]) -> tuple[dt.datetime, ...]:
    moments: dict[tuple[object, ...], dt.datetime] = {}
    seen: set[object] = set()
    for day in _days(TODAY, _LAST_DAY):
        today = [_open_half_hours(one)[day] for one in hours]
        ended = tuple(day > until for until in untils)
        answers = (ended, *today)
        if answers in seen:
            continue
        seen.add(answers)
        for slot in range(_SLOTS):
            moment = dt.datetime.combine(day, dt.time(slot // 2, slot % 2 * 30))
            moments.setdefault((*ended, *(slot in one for one in today)), moment)
    return tuple(moments.values())


@lru_cache(maxsize=200)
def _open_half_hours(hours: Hours) -> Mapping[dt.date, frozenset[int]]:
    """By day, written down window by window: not as ``Schedule.contains`` does it, nor as the analysis does."""
    weekly, all_closed, opened = hours
    closed = {day for r in all_closed for day in _days(r.first, min(r.last, _LAST_DAY))}
    open_at: dict[dt.date, set[int]] = {}
    for day in _days(TODAY - dt.timedelta(days=1), _LAST_DAY):
        windows = [(w.start, w.end) for w in opened if w.date == day]
        if day not in closed:
            windows += [(w.start, w.end) for w in weekly if w.weekday == day.weekday()]
        open_at.setdefault(day, set())
        for start, end in windows:
            for minute in range(start, end, 30):
                on = day + dt.timedelta(days=minute // 1440)
                open_at.setdefault(on, set()).add(minute % 1440 // 30)
    return {day: frozenset(slots) for day, slots in open_at.items()}


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for n in range((last - first).days + 1):
        yield first + dt.timedelta(days=n)
