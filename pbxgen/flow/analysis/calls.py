"""Lost calls, and calls that go on for too long: every entry explored, each form of flow once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.bounds import NEVER, Bounds
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.choices import Choices
from pbxgen.flow.analysis.entries import Entry, entries, to
from pbxgen.flow.analysis.examples import ExampleTeller
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.search import BestWay, ToBeLost, ToExceedMaximum, ToRing, best, best_of_all, may_be_lost
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import Origin
from pbxgen.phrases import Phrases

LONGEST_RINGING = 180
"""Seconds of ringing above which few callers still wait: a longer call is PBX212."""

_LONG, _LONG_TOLD = 50, 3
"""Of examples with more than ``_LONG`` ringings only ``_LONG_TOLD`` are told: the end of a chain needs none of its
own."""


def find_in_calls(reach: Reach, situations: Situations, say: Phrases) -> tuple[Diagnostic, ...]:
    """PBX210, PBX212 and PBX213 of every entry."""
    calls = _Calls(reach, situations, say)
    return tuple(finding for entry in entries(reach.plan) for finding in calls.judge(entry))


_HELP = {
    "PBX210": "give the last place a mailbox, an overflow or a further destination, write `busy` or `hangup` where "
    "calls shall end, or accept it with a reason",
    "PBX212": f"shorten the chain or its ring times: few callers wait {LONGEST_RINGING} s",
    "PBX213": "shorten the chain, or raise `max_diversions`",
}


class _Calls:
    def __init__(self, reach: Reach, situations: Situations, say: Phrases) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._ways: dict[tuple[int, bool, bool], dict[str, BestWay | None]] = {}
        """By the form of a flow, and whether calls from outside come to its entry: by code, the call that shows it."""
        self._told: dict[tuple[str, int, bool], str] = {}
        self._ahead = PlacesAhead(reach.plan)
        self._bounds = Bounds(reach.plan, Choices(reach.plan, situations.start, None))
        self._long_told = 0
        self._examples = ExampleTeller(reach.plan, say)

    def judge(self, entry: Entry) -> Iterator[Diagnostic]:
        """Most entries are judged by their bounds, which is quick; their flows are not explored."""
        places = (entry.place,)
        lost = entry.takes_outside_calls and may_be_lost(self._plan, places)
        too_long = self._bounds.most_seconds(places, 0) > LONGEST_RINGING
        over_maximum = self._bounds.fewest_until_over_maximum(places, 0) < NEVER
        if not (too_long or over_maximum or lost):
            return
        flow = self._reach.flow_of(entry.place)
        same = (flow.form, entry.number is not None, entry.takes_outside_calls)
        if same not in self._ways:
            self._ways[same] = self._examine(entry, flow, lost=lost, too_long=too_long, over_maximum=over_maximum)
        for code, way in self._ways[same].items():
            if way is not None:
                yield self._finding(code, entry, flow, way)

    def _examine(
        self, entry: Entry, flow: Flow, *, lost: bool, too_long: bool, over_maximum: bool
    ) -> dict[str, BestWay | None]:
        calls = CallSets.of_flow(self._situations, flow)
        explorer = Explorer(self._ahead, calls)
        root = explorer.begin(flow.entry)
        look = partial(best_of_all, explorer, entry, calls, root)
        to_be_lost = ToBeLost(self._plan, calls.calling_from(flow.outside))
        return {
            "PBX210": best(explorer, [(root, calls.of(Origin.EXTERNAL))], to_be_lost) if lost else None,
            "PBX212": look(ToRing(self._bounds), -LONGEST_RINGING) if too_long else None,
            "PBX213": look(ToExceedMaximum(self._bounds)) if over_maximum else None,
        }

    def _message(self, code: str, entry: Entry, way: BestWay) -> str:
        match code:
            case "PBX210":
                return f"a call from outside {to(entry)} can be lost"
            case "PBX212":
                return f"a call to {entry.label} can ring for {-way.value} s"
            case _:
                most = self._plan.max_diversions
                return f"a call to {entry.label} can be diverted more than {most} time{'' if most == 1 else 's'}"

    def _finding(self, code: str, entry: Entry, flow: Flow, way: BestWay) -> Diagnostic:
        """One example for all: a hundred users with one policy do not need a hundred examples."""
        key = (code, flow.form, code == "PBX210" and entry.number is None)
        help, example = _HELP[code], None
        if key in self._told:
            help = f"in the same way as one to {self._told[key]}: {help}"
        else:
            self._told[key] = entry.label
            is_long = len(way.outcomes) > _LONG
            if not is_long or self._long_told < _LONG_TOLD:
                # The example is one of this entry's own flow: the verdict may be another's, with other callers.
                situation = CallSets.of_flow(self._situations, flow).situation(way.area)
                slowly = code == "PBX212"
                lost = code == "PBX210"
                example = self._examples.example(entry, flow.atoms, situation, way.outcomes, slowly=slowly, lost=lost)
            self._long_told += is_long
        return make(
            code,
            self._message(code, entry, way),
            entry.place.location,
            help=help,
            subject=entry.place.key,
            example=example,
        )
