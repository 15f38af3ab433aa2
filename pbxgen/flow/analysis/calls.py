"""Lost calls, and calls that go on for too long: every entry explored, each form of flow once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.bounds import NEVER, Bounds
from pbxgen.flow.analysis.choices import Choices
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.lossless import Losses
from pbxgen.flow.analysis.once import Once
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.search import Found, ToBeHeldBack, ToBeLost, ToRing, best, best_of_all
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.analysis.space import Space
from pbxgen.flow.analysis.steps import Steps
from pbxgen.flow.analysis.telling import Witness

LONGEST_RINGING = 180
"""Seconds of ringing above which a caller has long given up (SEMANTICS, "too long")."""

_LONG, _LONG_TOLD = 50, 3
"""Of examples with more ringings than that, so many are told: the end of a chain needs none of its own."""


def find_in_calls(reach: Reach, situations: Situations) -> tuple[Diagnostic, ...]:
    """PBX210, PBX212 and PBX213 of every entry."""
    calls = _Calls(reach, situations)
    return tuple(found for entry in entries(reach.plan) for found in calls.judge(entry))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """On one form of flow."""

    lost: Found | None
    longest: Found | None
    held_back: Found | None


class _Calls:
    def __init__(self, reach: Reach, situations: Situations) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._verdicts: dict[tuple[int, bool], _Verdict] = {}
        """By form, and whether an outside number leads to the entry."""
        self._told: dict[tuple[str, int], str] = {}
        self._ahead = Ahead(reach.plan)
        choices = Choices(reach.plan, situations.start, None)
        self._bounds = Bounds(reach.plan, choices)
        self._once = Once(reach.plan, choices)
        self._losses = Losses(reach.plan, situations.start)
        self._long_told = 0
        self._witness = Witness(reach.plan)

    def judge(self, entry: Entry) -> Iterator[Diagnostic]:
        """Most entries are judged by what is known of their bounds, which is quick; their flows are not looked at."""
        places = (entry.place,)
        lost = self._losses.possible(places, 0)
        too_long = self._bounds.most_seconds(places, 0) > LONGEST_RINGING
        held_back = self._bounds.fewest_until_held_back(places, 0) < NEVER
        if not (too_long or held_back or (lost and entry.number is not None)):
            return
        flow = self._reach.flow_of(entry.place)
        same = (flow.form, entry.number is not None)
        if same not in self._verdicts:
            too_long = too_long and self._once.most_seconds(flow) > LONGEST_RINGING
            held_back = held_back and self._once.may_be_held_back(flow)
            lost = lost and entry.number is not None
            self._verdicts[same] = self._examine(entry, flow, lost=lost, too_long=too_long, held_back=held_back)
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
        if verdict.held_back is not None:
            yield self._finding(
                "PBX213",
                f"a call to {entry.label} can be diverted more than {most} time{'' if most == 1 else 's'}",
                "shorten the chain, or raise `max_diversions`",
                entry,
                flow,
                verdict.held_back,
            )

    def _examine(self, entry: Entry, flow: Flow, *, lost: bool, too_long: bool, held_back: bool) -> _Verdict:
        """What may be found is looked for."""
        space = Space(self._plan, self._situations, flow)
        steps = Steps(self._plan, self._ahead, space)
        root = steps.begin(flow.entry)
        look = partial(best_of_all, steps, entry, space, root)
        to_be_lost = ToBeLost(self._losses, space.calling_from(flow.outside))
        return _Verdict(
            best(steps, [(root, space.outside)], to_be_lost) if lost else None,
            look(ToRing(self._bounds), -LONGEST_RINGING) if too_long else None,
            look(ToBeHeldBack(self._bounds)) if held_back else None,
        )

    def _finding(self, code: str, message: str, help: str, entry: Entry, flow: Flow, way: Found) -> Diagnostic:
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
                situation = Space(self._plan, self._situations, flow).situation(way.area)
                slowly = code == "PBX212"
                example = self._witness.example(entry, flow.atoms, situation, way.outcomes, slowly=slowly)
            self._long_told += is_long
        return make(code, message, entry.location, help=help, subject=entry.subject, example=example)
