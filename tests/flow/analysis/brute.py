"""Every call to a plan, by ringing real bells: nothing here knows how the analysis works.

A phone may be in one state while a place rings and in another when the next one does, so states are chosen place by
place. With ``Bell`` the rules of dnd, follow_me and groups are those of the scenarios.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pbxgen.flow import machine
from pbxgen.flow.analysis.rules import lists_of
from pbxgen.flow.machine import Caller, Ending, EndKind, Event, EventKind
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan
from pbxgen.flow.world import Bell, CallConditions, World
from tests.support.sources import CALLERS, EXTENSIONS, OUTSIDE_NUMBERS

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
STRANGERS = [Caller(Origin.EXTERNAL, n) for n in (*CALLERS, None)]
COLLEAGUES = [Caller(Origin.INTERNAL, n) for n in ("199", *EXTENSIONS)]
"""199 is nobody's extension: an inside caller who is nowhere in the plan."""


@dataclass(frozen=True)
class Told:
    """One call that nobody answered."""

    caller: Caller
    moment: dt.datetime
    ending: Ending
    events: tuple[Event, ...]

    @property
    def lost(self) -> bool:
        return self.ending.kind is EndKind.RELEASED and not self.ending.by_rule

    @property
    def seconds(self) -> int:
        return sum(e.seconds or 0 for e in self.events if e.kind is EventKind.RANG)

    @property
    def held_back(self) -> bool:
        """Did max_diversions keep the call from somewhere it had not been?"""
        been = set() if self.caller.key is None else {self.caller.key}
        for event in self.events:
            if event.kind is EventKind.REACHED and event.place is not None:
                been.add(event.place.key)
            if event.kind is EventKind.NOT_DIVERTED_MAX and any(p.key not in been for p in event.places):
                return True
        return False


def calls(plan: Plan, entry: Place, callers: list[Caller]) -> Iterator[Told]:
    """Every call to ``entry`` that nobody answers."""
    users = [(PlaceKind.USER.value, e) for e in EXTENSIONS]
    different = _different(plan, callers)
    for states in itertools.product(("busy", "ring", "dead"), repeat=len(users)):
        chosen = dict(zip(users, states, strict=True))
        for caller, moment in different:
            yield _call(plan, entry, caller, moment, chosen)


def _different(plan: Plan, callers: list[Caller]) -> list[tuple[Caller, dt.datetime]]:
    """Callers and moments without those in which the same rules hold for the same caller."""
    lists = [i.rules for i in plan.inbound.values()]
    lists += [rules for user in plan.users.values() for rules in lists_of(user.deviations)]
    rules = [r for one in lists for r in one]
    found = {}
    for caller, moment in itertools.product(callers, MOMENTS):
        conditions = CallConditions(plan, caller, moment)
        found.setdefault((caller, tuple(conditions.holds(r.condition) for r in rules)), (caller, moment))
    return list(found.values())


def _call(plan: Plan, entry: Place, caller: Caller, moment: dt.datetime, states: Mapping[tuple[str, str], str]) -> Told:
    conditions = CallConditions(plan, caller, moment)
    state = machine.begin(caller, [entry])
    events: list[Event] = []
    while True:
        step = machine.advance(plan, caller, conditions, state)
        events += step.events
        if step.ringing is None:
            assert step.ending is not None
            return Told(caller, moment, step.ending, tuple(events))
        place = step.ringing.pending.place
        phone = states.get(place.key, "ring")
        numbers = dict.fromkeys((*OUTSIDE_NUMBERS, *CALLERS), phone if phone == "busy" else "ring")
        if phone == "dead":
            numbers = dict.fromkeys(numbers, "fail")
        world = World(moment, dict.fromkeys(EXTENSIONS, (phone,)), numbers)
        rung = Bell(plan, caller, world).ring(step.ringing)
        assert rung.outcome is not None
        events.append(Event(EventKind.RANG, place.target, outcome=rung.outcome, seconds=rung.seconds))
        state, told = machine.after(plan, caller, conditions, step.state, step.ringing, rung.outcome)
        events += told
