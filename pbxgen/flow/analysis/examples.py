"""The call that shows a finding: what happens in it, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable

from pbxgen.diagnostics.diagnostic import Example, Step
from pbxgen.flow import machine
from pbxgen.flow.analysis.entries import Entry
from pbxgen.flow.analysis.ringing import outcomes
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, SOMEBODY_OUTSIDE, Atoms, Situation
from pbxgen.flow.explain import Teller, weekday
from pbxgen.flow.machine import Caller, Ending, Event, Ringing
from pbxgen.flow.plan import Origin, Outcome, Place, PlaceKind, Plan, Strategy
from pbxgen.flow.ringer import RingResult
from pbxgen.flow.simulate import Call, play
from pbxgen.phrases import Phrases

Outcomes = tuple[Outcome, ...]

_SILENCE = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.UNREACHABLE)
"""Outcomes of an unanswered ringing, the likeliest first."""


class ExampleTeller:
    """Tells calls into one plan as the examples of findings."""

    def __init__(self, plan: Plan, say: Phrases) -> None:
        self._plan = plan
        self._say = say
        self._teller = Teller(plan, say)

    def example(
        self,
        entry: Entry,
        atoms: Atoms,
        situation: Situation,
        way: Outcomes,
        *,
        slowly: bool = False,
        lost: bool = False,
    ) -> Example:
        """The call to ``entry`` whose ringings end as ``way`` says; the moment is named only if it matters.

        ``lost``: the call ends when nothing is left to try.
        """
        caller = situation.caller
        called = entry.number if caller.origin is Origin.EXTERNAL and entry.number else entry.dialled
        # Who transferred does not answer either.
        recall = entry.by if lost and self._plan.recall and caller.origin is Origin.EXTERNAL else None
        events = replay(self._plan, situation, entry.place, way, slowly=slowly, recall=recall)
        sentences = self._teller.tell(events, Call(caller.number or "anonymous", called))
        label = entry.label if entry.place.kind is PlaceKind.INBOUND else self._teller.called(entry.place)
        name = "" if called == label or f"({called})" in label else f" ({called})"
        # A place without an outside number is called from outside by a transfer.
        transferred = caller.origin is Origin.EXTERNAL and entry.number is None
        by = entry.by if transferred else None
        verb = "example.transferred_by" if by else "example.transferred" if transferred else "example.calls"
        who = self._teller.party(by) if by else ""
        headline = self._say(verb, caller=self._who(caller), called=label + name, by=who)
        if atoms.schedules or atoms.untils:
            day, moment = weekday(situation.moment, self._say), situation.moment.strftime("%Y-%m-%d %H:%M")
            headline = self._say("example.moment", call=headline, weekday=day, moment=moment)
        return Example(headline, tuple(Step(s.text, s.location) for s in sentences))

    def _who(self, caller: Caller) -> str:
        match caller.number:
            case n if n == SOMEBODY_INSIDE:
                return self._say("example.inside")
            case n if n == SOMEBODY_OUTSIDE:
                return self._say("example.outside")
            case None:
                return self._say("example.anonymous")
            case number:
                return number


def replay(
    plan: Plan, situation: Situation, entry: Place, way: Outcomes, *, slowly: bool = False, recall: str | None = None
) -> tuple[Event, ...]:
    """The events of one way, as far as it has outcomes; ``slowly``: busy after the longest possible time.

    ``recall``: who transferred the caller, and does not answer either.
    """
    caller, conditions = situation.caller, situation.conditions(plan)
    left = iter(way)

    def ring(ringing: Ringing) -> RingResult | None:
        outcome = next(left, None)
        if ringing.recalled:
            outcome = _likeliest(outcomes(plan, ringing, caller, conditions))
        if outcome is None:
            return None
        at_once = outcome is Outcome.BUSY and not slowly
        seconds = 0 if at_once else outcomes(plan, ringing, caller, conditions)[outcome]
        return RingResult(_dialled(plan, caller, ringing), None, outcome, seconds)

    events, _ = play(plan, caller, conditions, machine.begin(caller, [entry], recall), ring)
    return tuple(events)


def untaken(plan: Plan, situation: Situation, place: Place) -> tuple[Outcomes, Ending]:
    """The likeliest outcome of each ringing of a call that nobody takes, and how the call ends."""
    caller, conditions = situation.caller, situation.conditions(plan)
    way: list[Outcome] = []

    def ring(ringing: Ringing) -> RingResult | None:
        called = ringing.pending.place
        if called.kind is PlaceKind.SERVICE and not called.returns:
            return RingResult((), called.target, None, 0)
        possible = outcomes(plan, ringing, caller, conditions)
        outcome = _likeliest(possible)
        way.append(outcome)
        return RingResult((), None, outcome, possible[outcome])

    _, ending = play(plan, caller, conditions, machine.begin(caller, [place]), ring)
    assert ending is not None
    return tuple(way), ending


def _likeliest(possible: Iterable[Outcome]) -> Outcome:
    return min(possible, key=_SILENCE.index)


def _dialled(plan: Plan, caller: Caller, ringing: Ringing) -> tuple[tuple[str, ...], ...]:
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
