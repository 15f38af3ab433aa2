"""Lost calls, and calls that go on for too long: every entry explored, each form of flow once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.bounds import NEVER, Bounds
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.choices import Choices
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.examples import ExampleTeller
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.search import BestWay, ToBeLost, ToExceedMaximum, ToRing, best, best_of_all, may_be_lost
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import Origin
from pbxgen.phrases import Phrases

LONGEST_RINGING = 180
"""Seconds of ringing above which a caller has long given up (SEMANTICS, "too long")."""

_LONG, _LONG_TOLD = 50, 3
"""Of examples with more ringings than that, so many are told: the end of a chain needs none of its own."""


def find_in_calls(reach: Reach, situations: Situations, say: Phrases) -> tuple[Diagnostic, ...]:
    """PBX210, PBX212 and PBX213 of every entry."""
    calls = _Calls(reach, situations, say)
    return tuple(found for entry in entries(reach.plan) for found in calls.judge(entry))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """On one form of flow."""

    lost: BestWay | None
    longest: BestWay | None
    over_maximum: BestWay | None


class _Calls:
    def __init__(self, reach: Reach, situations: Situations, say: Phrases) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._verdicts: dict[tuple[int, bool], _Verdict] = {}
        """By form, and whether an outside number leads to the entry."""
        self._told: dict[tuple[str, int], str] = {}
        self._ahead = PlacesAhead(reach.plan)
        self._bounds = Bounds(reach.plan, Choices(reach.plan, situations.start, None))
        self._long_told = 0
        self._examples = ExampleTeller(reach.plan, say)

    def judge(self, entry: Entry) -> Iterator[Diagnostic]:
        """Most entries are judged by what is known of their bounds, which is quick; their flows are not looked at."""
        places = (entry.place,)
        lost = entry.number is not None and may_be_lost(self._plan, places)
        too_long = self._bounds.most_seconds(places, 0) > LONGEST_RINGING
        over_maximum = self._bounds.fewest_until_over_maximum(places, 0) < NEVER
        if not (too_long or over_maximum or lost):
            return
        flow = self._reach.flow_of(entry.place)
        same = (flow.form, entry.number is not None)
        if same not in self._verdicts:
            self._verdicts[same] = self._examine(entry, flow, lost=lost, too_long=too_long, over_maximum=over_maximum)
        verdict = self._verdicts[same]
        most = self._plan.max_diversions
        if verdict.lost is not None:
            yield self._finding(
                "PBX210",
                f"a call from outside to {entry.label} can be lost",
                "give the last place a mailbox, an overflow or a further destination, write `busy` or `hangup` where "
                "calls shall end, or accept it with a reason",
                entry,
                flow,
                verdict.lost,
            )
        if verdict.longest is not None:
            yield self._finding(
                "PBX212",
                f"a call to {entry.label} can ring for {-verdict.longest.value} s",
                f"shorten the chain or its ring times: few callers wait {LONGEST_RINGING} s",
                entry,
                flow,
                verdict.longest,
            )
        if verdict.over_maximum is not None:
            yield self._finding(
                "PBX213",
                f"a call to {entry.label} can be diverted more than {most} time{'' if most == 1 else 's'}",
                "shorten the chain, or raise `max_diversions`",
                entry,
                flow,
                verdict.over_maximum,
            )

    def _examine(self, entry: Entry, flow: Flow, *, lost: bool, too_long: bool, over_maximum: bool) -> _Verdict:
        """What may be found is looked for."""
        calls = CallSets.of_flow(self._situations, flow)
        explorer = Explorer(self._ahead, calls)
        root = explorer.begin(flow.entry)
        look = partial(best_of_all, explorer, entry, calls, root)
        to_be_lost = ToBeLost(self._plan, calls.calling_from(flow.outside))
        return _Verdict(
            best(explorer, [(root, calls.of(Origin.EXTERNAL))], to_be_lost) if lost else None,
            look(ToRing(self._bounds), -LONGEST_RINGING) if too_long else None,
            look(ToExceedMaximum(self._bounds)) if over_maximum else None,
        )

    def _finding(self, code: str, message: str, help: str, entry: Entry, flow: Flow, way: BestWay) -> Diagnostic:
        """The example is told once: a hundred people with one policy do not need it a hundred times."""
        key = (code, flow.form)
        example = None
        if key in self._told:
            help = f"in the same way as one to {self._told[key]}: {help}"
        else:
            self._told[key] = entry.label
            is_long = len(way.outcomes) > _LONG
            if not is_long or self._long_told < _LONG_TOLD:
                # In this entry's own flow: the verdict may be of another's, with other callers.
                situation = CallSets.of_flow(self._situations, flow).situation(way.area)
                slowly = code == "PBX212"
                example = self._examples.example(entry, flow.atoms, situation, way.outcomes, slowly=slowly)
            self._long_told += is_long
        return make(code, message, entry.location, help=help, subject=entry.subject, example=example)
