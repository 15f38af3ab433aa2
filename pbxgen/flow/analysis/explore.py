"""Every way a call can go from one entry in one situation, by trying every outcome of every ringing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pbxgen.flow import machine
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Ending, EndKind, Event, EventKind, Ringing, State
from pbxgen.flow.plan import Outcome, Place, Plan, RingGroup, Strategy, User

Outcomes = tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """What can become of a call from some state on. Each way is the outcomes that lead there."""

    lost: Outcomes | None
    """The shortest way to a release that nobody wrote; None: there is none."""
    seconds: int
    """How long everything rings at most, one after the other."""
    longest: Outcomes
    over_max: Outcomes | None
    """The shortest way to a rule that ``max_diversions`` keeps from applying."""


class Explorer:
    """Explores one plan in one situation; states met before are not explored again."""

    def __init__(self, plan: Plan, situation: Situation) -> None:
        self._plan = plan
        self._caller = situation.caller
        self._conditions = situation.conditions(plan)
        self._known: dict[State, Ways] = {}

    def ways(self, entry: Place) -> Ways:
        return self._from(machine.begin(self._caller, [entry]))

    def replay(self, entry: Place, outcomes: Outcomes) -> tuple[Event, ...]:
        """The events of one way, and how it ended if it ended."""
        state = machine.begin(self._caller, [entry])
        events: list[Event] = []
        left = list(outcomes)
        while True:
            step = machine.advance(self._plan, self._caller, self._conditions, state)
            events += step.events
            if step.ringing is None or not left:
                return tuple(events)
            outcome = left.pop(0)
            events.append(_rang(self._plan, step.ringing, outcome))
            state, told = machine.after(self._plan, self._caller, self._conditions, step.state, step.ringing, outcome)
            events += told

    def _from(self, state: State) -> Ways:
        """``first_outcome`` only decides a status code: states that differ in nothing else are one."""
        state = replace(state, first_outcome=Outcome.BUSY)
        if state not in self._known:
            self._known[state] = self._explore(state)
        return self._known[state]

    def _explore(self, state: State) -> Ways:
        step = machine.advance(self._plan, self._caller, self._conditions, state)
        maxed = any(e.kind is EventKind.NOT_DIVERTED_MAX for e in step.events)
        if step.ringing is None:
            assert step.ending is not None
            return Ways(() if is_lost(step.ending) else None, 0, (), () if maxed else None)
        lost: Outcomes | None = None
        over_max: Outcomes | None = None
        longest: Outcomes = ()
        seconds = -1
        for outcome in possible_outcomes(self._plan, step.ringing, self._caller):
            following, told = machine.after(
                self._plan, self._caller, self._conditions, step.state, step.ringing, outcome
            )
            ways = self._from(following)
            lost = _shorter(lost, ways.lost, outcome)
            if any(e.kind is EventKind.NOT_DIVERTED_MAX for e in told):
                over_max = _shorter(over_max, (), outcome)
            over_max = _shorter(over_max, ways.over_max, outcome)
            total = ways.seconds + (0 if outcome is Outcome.BUSY else ringing_seconds(self._plan, step.ringing))
            if total > seconds:
                seconds, longest = total, (outcome, *ways.longest)
        return Ways(lost, seconds, longest, () if maxed else over_max)


def is_lost(ending: Ending) -> bool:
    return ending.kind is EndKind.RELEASED and not ending.by_rule


def possible_outcomes(plan: Plan, ringing: Ringing, caller: machine.Caller) -> tuple[Outcome, ...]:
    """How a ringing can end that nobody answers, whatever state the phones are in."""
    if ringing.user is not None:
        return (Outcome.BUSY,) if ringing.user.dnd else tuple(Outcome)
    if ringing.group is not None:
        members = [plan.users[m] for m in ringing.group.members if ("user", m) != caller.key]
        if not members:
            return (Outcome.UNREACHABLE,)
        return (Outcome.BUSY,) if all(m.dnd for m in members) else tuple(Outcome)
    return tuple(Outcome)


def ringing_seconds(plan: Plan, ringing: Ringing) -> int:
    """How long ``ringing`` takes at most."""
    if ringing.user is not None:
        seconds = _user_seconds(ringing.user, ringing.seconds)
    elif ringing.group is not None:
        seconds = _group_seconds(ringing.group)
    else:
        seconds = ringing.seconds
    return seconds if ringing.cap is None else min(seconds, ringing.cap)


def _user_seconds(user: User, alone: int) -> int:
    if not user.follow_me:
        return alone
    return max(leg.delay + (leg.place.timeout or alone) for leg in user.follow_me)


def _group_seconds(group: RingGroup) -> int:
    return group.ring_timeout * (len(group.members) if group.strategy is Strategy.LINEAR else 1)


def _shorter(known: Outcomes | None, found: Outcomes | None, outcome: Outcome) -> Outcomes | None:
    if found is None or (known is not None and len(known) <= len(found) + 1):
        return known
    return (outcome, *found)


def _rang(plan: Plan, ringing: Ringing, outcome: Outcome) -> Event:
    seconds = 0 if outcome is Outcome.BUSY else ringing_seconds(plan, ringing)
    place = ringing.pending.place
    dialled: tuple[tuple[str, ...], ...] = ()
    if outcome is not Outcome.UNREACHABLE and not (ringing.user is not None and ringing.user.dnd):
        dialled = (ringing.group.members,) if ringing.group is not None else ((place.target,),)
    if outcome is Outcome.UNREACHABLE:
        seconds = 0
    return Event(
        EventKind.RANG,
        place.target,
        outcome=outcome,
        seconds=seconds,
        dialled=dialled,
        location=place.location,
    )
