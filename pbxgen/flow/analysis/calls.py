"""Lost calls, and calls that go on for too long: every entry explored, each form of flow once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.bounds import NEVER, Bounds
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.lossless import Losses
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.search import Found, ToBeHeldBack, ToBeLost, ToRing, best
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.analysis.space import Space
from pbxgen.flow.analysis.steps import Steps
from pbxgen.flow.analysis.telling import Witness
from pbxgen.flow.plan import Plan

LONGEST_RINGING = 180
"""Seconds of ringing above which a caller has long given up (SEMANTICS, "too long")."""

_LONG, _LONG_TOLD = 50, 3
"""Of examples with more ringings than that, so many are told: the end of a chain needs none of its own."""


def find_in_calls(reach: Reach, situations: Situations) -> Iterator[Diagnostic]:
    """PBX210, PBX212 and PBX213 of every entry."""
    calls = _Calls(reach, situations)
    for entry in entries(reach.plan):
        yield from calls.judge(entry)


class _Suspicions:
    """What a call can come to at worst, by bounds that are quick to find: most calls need no more."""

    def __init__(self, plan: Plan, situations: Situations) -> None:
        self.bounds = Bounds(plan, situations.start)
        self.losses = Losses(plan, situations.start)

    def lost(self, entry: Entry) -> bool:
        return entry.number is not None and self.losses.possible([entry.place], 0)

    def too_long(self, entry: Entry) -> bool:
        return self.bounds.most_seconds([entry.place], 0) > LONGEST_RINGING

    def held_back(self, entry: Entry) -> bool:
        return self.bounds.fewest_until_held_back([entry.place], 0) < NEVER


class _Verdict:
    """On one form of flow, each part looked for when it is asked for."""

    def __init__(self, plan: Plan, situations: Situations, ahead: Ahead, suspicions: _Suspicions, flow: Flow) -> None:
        space = Space(plan, situations, flow)
        self._calling = space.calling_from(flow.outside)
        self._suspicions = suspicions
        self._steps = Steps(plan, ahead, space)
        root = self._steps.begin(flow.entry)
        self._outside = (root, space.outside)
        self._inside = (root, space.inside)

    @cached_property
    def lost(self) -> Found | None:
        return best(self._steps, [self._outside], ToBeLost(self._suspicions.losses, self._calling))

    @cached_property
    def longest(self) -> Found | None:
        aim = ToRing(self._suspicions.bounds)
        return best(self._steps, [self._outside, self._inside], aim, -LONGEST_RINGING)

    @cached_property
    def held_back(self) -> Found | None:
        return best(self._steps, [self._outside, self._inside], ToBeHeldBack(self._suspicions.bounds))


class _Calls:
    def __init__(self, reach: Reach, situations: Situations) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._verdicts: dict[Hashable, _Verdict] = {}
        self._told: dict[tuple[str, Hashable], str] = {}
        self._ahead = Ahead(reach.plan)
        self._suspicions = _Suspicions(reach.plan, situations)
        self._long_told = 0
        self._witness = Witness(reach.plan)

    def judge(self, entry: Entry) -> Iterator[Diagnostic]:
        suspicions = self._suspicions
        lost, too_long = suspicions.lost(entry), suspicions.too_long(entry)
        held_back = suspicions.held_back(entry)
        if not (lost or too_long or held_back):
            return
        flow = self._reach.flow_of(entry.place)
        if flow.form not in self._verdicts:
            self._verdicts[flow.form] = _Verdict(self._plan, self._situations, self._ahead, suspicions, flow)
        verdict = self._verdicts[flow.form]
        most = self._plan.max_diversions
        if lost and verdict.lost is not None:
            yield self._finding(
                "PBX210",
                f"a call from outside to {entry.label} can be lost",
                "give the last place a mailbox, an overflow or a further destination, write `busy` or `hangup` where "
                "calls shall end, or accept it with a reason",
                entry,
                flow,
                verdict.lost,
            )
        if too_long and verdict.longest is not None:
            yield self._finding(
                "PBX212",
                f"a call to {entry.label} can ring for {-verdict.longest.value} s",
                f"shorten the chain or its ring times: few callers wait {LONGEST_RINGING} s",
                entry,
                flow,
                verdict.longest,
            )
        if held_back and verdict.held_back is not None:
            yield self._finding(
                "PBX213",
                f"a call to {entry.label} can be diverted more than {most} time{'' if most == 1 else 's'}",
                "shorten the chain, or raise `max_diversions`",
                entry,
                flow,
                verdict.held_back,
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
                situation = Space(self._plan, self._situations, flow).situation(way.area)
                slowly = code == "PBX212"
                example = self._witness.example(entry, flow.atoms, situation, way.outcomes, slowly=slowly)
            self._long_told += is_long
        return make(code, message, entry.location, help=help, subject=entry.subject, example=example)
