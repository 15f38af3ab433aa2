"""One call, told event by event, by the outcome of each ringing."""

from __future__ import annotations

from pbxgen.flow import machine
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Event, EventKind, Ringing
from pbxgen.flow.plan import Outcome, Place, Plan

Outcomes = tuple[Outcome, ...]


def replay(plan: Plan, situation: Situation, entry: Place, way: Outcomes, *, slowly: bool = False) -> tuple[Event, ...]:
    """The events of one way, until it is told to its end or something rings whose outcome is not in it.

    ``slowly``: who is busy takes as long as that can take, which is when another contact of theirs is silent.
    """
    caller, conditions = situation.caller, situation.conditions(plan)
    state = machine.begin(caller, [entry])
    events: list[Event] = []
    left = list(way)
    while True:
        step = machine.advance(plan, caller, conditions, state)
        events += step.events
        if step.ringing is None or not left:
            return tuple(events)
        outcome = left.pop(0)
        seconds = outcomes(plan, step.ringing, caller, conditions)[outcome]
        if outcome is Outcome.BUSY and not slowly:
            seconds = 0
        events.append(_rang(plan, caller, step.ringing, outcome, seconds))
        state, told = machine.after(plan, caller, conditions, step.state, step.ringing, outcome)
        events += told


def _rang(plan: Plan, caller: machine.Caller, ringing: Ringing, outcome: Outcome, seconds: int) -> Event:
    place = ringing.pending.place
    return Event(
        EventKind.RANG,
        place.target,
        place=place,
        outcome=outcome,
        seconds=seconds,
        dialled=_dialled(plan, caller, ringing),
        location=place.location,
    )


def _dialled(plan: Plan, caller: machine.Caller, ringing: Ringing) -> tuple[tuple[str, ...], ...]:
    """Who rings, as the story of a call tells it."""
    place = ringing.pending.place
    if ringing.group is not None:
        who = [m for m in ringing.group.members if ("user", m) != caller.key and not plan.users[m].dnd]
        together = ringing.group.strategy.value == "all"
        return ((tuple(sorted(who)),) if together else tuple((m,) for m in who)) if who else ()
    if ringing.user is None:
        return ((place.target,),)
    if ringing.user.dnd:
        return ()
    legs = sorted((leg.delay, leg.place.target) for leg in ringing.user.follow_me)
    return tuple((target,) for _, target in legs) or ((place.target,),)
