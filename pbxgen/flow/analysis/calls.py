"""Lost calls, and calls that go on for too long: every entry explored, each form of flow once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.explore import Explorer, Outcomes
from pbxgen.flow.analysis.reach import Flow, Reach
from pbxgen.flow.analysis.situations import Situation, Situations
from pbxgen.flow.analysis.telling import Witness
from pbxgen.flow.plan import Origin

LONGEST_RINGING = 180
"""Seconds of ringing above which a caller has long given up (SEMANTICS, "too long")."""

_MOST_KEPT, _MOST_STATES = 50, 20_000
"""Situations whose states are remembered, and how many each: more are met in large plans, and memory is not endless."""
_LONG, _LONG_TOLD = 50, 3
"""Of examples with more ringings than that, so many are told: the end of a chain needs none of its own."""


@dataclass(frozen=True, slots=True)
class _Way:
    situation: int
    """Index among the situations of the form (equal forms have equal lists of situations)."""
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class _Verdict:
    lost: _Way | None
    seconds: int
    longest: _Way
    over_max: _Way | None


def find_in_calls(reach: Reach, situations: Situations) -> Iterator[Diagnostic]:
    """PBX210, PBX212 and PBX213 of every entry."""
    calls = _Calls(reach, situations)
    for entry in entries(reach.plan):
        yield from calls.judge(entry)


class _Calls:
    def __init__(self, reach: Reach, situations: Situations) -> None:
        self._reach = reach
        self._plan = reach.plan
        self._situations = situations
        self._verdicts: dict[Hashable, _Verdict] = {}
        self._told: dict[tuple[str, Hashable], str] = {}
        self._ahead = Ahead(reach.plan)
        self._explorers: dict[Situation, Explorer] = {}
        self._long_told = 0
        self._witness = Witness(reach.plan)

    def judge(self, entry: Entry) -> Iterator[Diagnostic]:
        flow = self._reach.flow_of(entry.place)
        if flow.form not in self._verdicts:
            self._verdicts[flow.form] = self._explore(flow)
        verdict = self._verdicts[flow.form]
        most = self._plan.max_diversions
        if verdict.lost is not None and entry.number is not None:
            yield self._finding(
                "PBX210",
                f"a call from outside to {entry.label} can be lost",
                "give the last place a mailbox, an overflow or a further destination, write `busy` or `hangup` where "
                "calls shall end, or accept it with a reason",
                entry,
                flow,
                verdict.lost,
            )
        if verdict.seconds > LONGEST_RINGING:
            yield self._finding(
                "PBX212",
                f"a call to {entry.label} can ring for {verdict.seconds} s",
                f"shorten the chain or its ring times: few callers wait {LONGEST_RINGING} s",
                entry,
                flow,
                verdict.longest,
            )
        if verdict.over_max is not None:
            yield self._finding(
                "PBX213",
                f"a call to {entry.label} can be diverted more than {most} time{'' if most == 1 else 's'}",
                "shorten the chain, or raise `max_diversions`",
                entry,
                flow,
                verdict.over_max,
            )

    def _explore(self, flow: Flow) -> _Verdict:
        lost: _Way | None = None
        over_max: _Way | None = None
        longest, seconds = _Way(0, ()), -1
        for index, situation in enumerate(self._of(flow)):
            ways = self._explorer(situation).ways(flow.entry)
            external = situation.caller.origin is Origin.EXTERNAL
            if ways.lost is not None and external and (lost is None or len(ways.lost) < len(lost.outcomes)):
                lost = _Way(index, ways.lost)
            if ways.over_max is not None and (over_max is None or len(ways.over_max) < len(over_max.outcomes)):
                over_max = _Way(index, ways.over_max)
            if ways.seconds > seconds:
                longest, seconds = _Way(index, ways.longest), ways.seconds
        return _Verdict(lost, seconds, longest, over_max)

    def _explorer(self, situation: Situation) -> Explorer:
        """What one flow has in common with another is explored once, such as the end of a long chain of groups."""
        known = self._explorers.get(situation)
        if known is None or known.size > _MOST_STATES:
            stranger = self._situations.of_a_stranger(situation)
            if stranger is not None:  # not kept: what callers have in common is
                return Explorer(self._plan, situation, self._ahead, stranger=self._explorer(stranger))
            if len(self._explorers) >= _MOST_KEPT:
                self._explorers.clear()
            known = self._explorers[situation] = Explorer(self._plan, situation, self._ahead)
        return known

    def _of(self, flow: Flow) -> tuple[Situation, ...]:
        return self._situations.of_flow(flow.conditions, flow.outside, flow.inside)

    def _finding(self, code: str, message: str, help: str, entry: Entry, flow: Flow, way: _Way) -> Diagnostic:
        """The example is told once: a hundred people with one policy do not need it a hundred times."""
        key = (code, flow.form)
        example = None
        if key in self._told:
            help = f"in the same way as one to {self._told[key]}: {help}"
        else:
            self._told[key] = entry.label
            is_long = len(way.outcomes) > _LONG
            if not is_long or self._long_told < _LONG_TOLD:
                situation = self._of(flow)[way.situation]
                slowly = code == "PBX212"
                example = self._witness.example(entry, flow.atoms, situation, way.outcomes, slowly=slowly)
            self._long_told += is_long
        return make(code, message, entry.location, help=help, subject=entry.subject, example=example)
