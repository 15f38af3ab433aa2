"""One call, told event by event, by the outcome of each ringing."""

from __future__ import annotations

from pbxgen.flow import machine
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.analysis.situations import Situation
from pbxgen.flow.machine import Event, Ringing
from pbxgen.flow.plan import Outcome, Place, Plan, Strategy
from pbxgen.flow.simulate import play
from pbxgen.flow.world import Rung

Outcomes = tuple[Outcome, ...]


def replay(plan: Plan, situation: Situation, entry: Place, way: Outcomes, *, slowly: bool = False) -> tuple[Event, ...]:
    """The events of one way, until it is told to its end or something rings whose outcome is not in it.

    ``slowly``: who is busy takes as long as that can take, which is when another contact of theirs is silent.
    """
    caller, conditions = situation.caller, situation.conditions(plan)
    left = iter(way)

    def ring(ringing: Ringing) -> Rung | None:
        outcome = next(left, None)
        if outcome is None:
            return None
        at_once = outcome is Outcome.BUSY and not slowly
        seconds = 0 if at_once else outcomes(plan, ringing, caller, conditions)[outcome]
        return Rung(_dialled(plan, caller, ringing), None, outcome, seconds)

    events, _ = play(plan, caller, conditions, machine.begin(caller, [entry]), ring)
    return tuple(events)


def _dialled(plan: Plan, caller: machine.Caller, ringing: Ringing) -> tuple[tuple[str, ...], ...]:
    """Who rings, as the story of a call tells it."""
    place = ringing.pending.place
    if ringing.group is not None:
        who = [m for m in ringing.group.members if ("user", m) != caller.key and not plan.users[m].dnd]
        together = ringing.group.strategy is Strategy.ALL
        return ((tuple(sorted(who)),) if together else tuple((m,) for m in who)) if who else ()
    if ringing.user is None:
        return ((place.target,),)
    if ringing.user.dnd:
        return ()
    legs = sorted((leg.delay, leg.place.target) for leg in ringing.user.follow_me)
    return tuple((target,) for _, target in legs) or ((place.target,),)
