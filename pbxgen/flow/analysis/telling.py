"""One call that shows a finding, in words."""

from __future__ import annotations

from pbxgen.diagnostics.diagnostic import Example, Step
from pbxgen.flow.analysis.entries import Entry
from pbxgen.flow.analysis.replay import Outcomes, replay
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, SOMEBODY_OUTSIDE, Atoms, Situation
from pbxgen.flow.explain import Teller
from pbxgen.flow.machine import Caller
from pbxgen.flow.phrases import ENGLISH
from pbxgen.flow.plan import Origin, Plan
from pbxgen.flow.simulate import Call


class Witness:
    """Tells the calls of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._teller = Teller(plan, ENGLISH)

    def example(
        self, entry: Entry, atoms: Atoms, situation: Situation, way: Outcomes, *, slowly: bool = False
    ) -> Example:
        """The call to ``entry`` whose ringings end as ``way`` says; the moment only where it matters."""
        caller = situation.caller
        called = entry.number if caller.origin is Origin.EXTERNAL and entry.number else entry.dialled
        events = replay(self._plan, situation, entry.place, way, slowly=slowly)
        sentences = self._teller.tell_events(events, Call(caller.number or "anonymous", called))
        timed = atoms.schedules or atoms.untils
        when = situation.moment.strftime(", %A %Y-%m-%d %H:%M") if timed else ""
        name = "" if called == entry.label else f" ({called})"
        if f"({called})" in entry.label:
            name = ""
        # Whom no outside number reaches is called from outside by way of somebody who transfers the call.
        transferred = caller.origin is Origin.EXTERNAL and entry.number is None
        headline = f"{_who(caller)} {'is transferred to' if transferred else 'calls'} {entry.label}{name}{when}"
        return Example(headline, tuple(Step(s.text, s.location) for s in sentences))


def _who(caller: Caller) -> str:
    match caller.number:
        case n if n == SOMEBODY_INSIDE:
            return "somebody inside"
        case n if n == SOMEBODY_OUTSIDE:
            return "somebody outside"
        case None:
            return "somebody outside who shows no number"
        case number:
            return number
