"""One call that shows a finding, in words."""

from __future__ import annotations

from pbxgen.diagnostics.diagnostic import Example, Step
from pbxgen.flow.analysis.entries import Entry
from pbxgen.flow.analysis.replay import Outcomes, replay
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, SOMEBODY_OUTSIDE, Atoms, Situation
from pbxgen.flow.explain import Teller, weekday
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Origin, PlaceKind, Plan
from pbxgen.flow.simulate import Call
from pbxgen.phrases import Phrases


class Witness:
    """Tells the calls of one plan."""

    def __init__(self, plan: Plan, say: Phrases) -> None:
        self._plan = plan
        self._say = say
        self._teller = Teller(plan, say)

    def example(
        self, entry: Entry, atoms: Atoms, situation: Situation, way: Outcomes, *, slowly: bool = False
    ) -> Example:
        """The call to ``entry`` whose ringings end as ``way`` says; the moment only where it matters."""
        caller = situation.caller
        called = entry.number if caller.origin is Origin.EXTERNAL and entry.number else entry.dialled
        events = replay(self._plan, situation, entry.place, way, slowly=slowly)
        sentences = self._teller.tell_events(events, Call(caller.number or "anonymous", called))
        label = entry.label if entry.place.kind is PlaceKind.INBOUND else self._teller.called(entry.place)
        name = "" if called == label or f"({called})" in label else f" ({called})"
        # Whom no outside number reaches is called from outside by way of somebody who transfers the call.
        transferred = caller.origin is Origin.EXTERNAL and entry.number is None
        verb = "example.transferred" if transferred else "example.calls"
        headline = self._say(verb, caller=self._who(caller), called=label + name)
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
