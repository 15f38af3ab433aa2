"""The analysis against trying everything: every caller, phone state and hour of some weeks, on random sources."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings

from pbxgen.flow.analysis.findings import LONGEST_RINGING, analyse
from pbxgen.flow.machine import EndKind, EventKind
from pbxgen.flow.plan import Outcome, Plan
from pbxgen.flow.simulate import Call, Story, simulate
from pbxgen.flow.world import World
from tests.support.office import TODAY, compiled
from tests.support.sources import CALLERS, EXTENSIONS, MAIN, OUTSIDE_NUMBERS, sources

MOMENTS = [
    dt.datetime.fromisoformat(text)
    for text in (
        "2026-11-23 10:00",  # Monday, open
        "2026-11-23 13:30",  # lunch
        "2026-11-23 23:00",  # night
        "2026-12-25 10:00",  # holiday
        "2026-12-26 10:00",  # a holiday on which the night schedule is open
        "2027-01-11 10:00",  # open, once the first `until` is past
        "2027-01-11 20:00",
        "2027-01-11 23:00",
        "2027-07-05 10:00",  # both are past
        "2027-07-05 20:00",
        "2027-07-05 23:00",
    )
]


def stories(plan: Plan, called: str, callers: tuple[str, ...]) -> Iterator[tuple[str, Story]]:
    """Every call to ``called`` that nobody answers."""
    phones = [[(e, s) for s in ("busy", "ring", "dead")] for e in EXTENSIONS]
    for states in itertools.product(*phones):
        world_phones = {e: (s,) for e, s in states}
        outside = {n: "ring" for n in (*OUTSIDE_NUMBERS, *CALLERS)}
        for caller, moment in itertools.product(callers, MOMENTS):
            yield caller, simulate(plan, Call(caller, called), World(moment, world_phones, outside))


def is_lost(story: Story) -> bool:
    return story.ending.kind is EndKind.RELEASED and not story.ending.by_rule


def ringing(story: Story) -> int:
    return sum(e.seconds or 0 for e in story.events if e.kind is EventKind.RANG and e.outcome is not Outcome.BUSY)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_finds_exactly_the_calls_that_can_be_lost_or_ring_too_long(text: str) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    found = {(d.code, d.subject) for d in analyse(plan, TODAY)}
    entries = [(d, ("user", e)) for d, e in plan.dids.items()] + [(MAIN, ("inbound", MAIN))]
    for number, subject in entries:
        lost = any(is_lost(story) for _, story in stories(plan, number, CALLERS))
        assert (("PBX210", subject) in found) is lost, (number, text)
    for extension in EXTENSIONS:
        number = {v: k for k, v in plan.dids.items()}.get(extension)
        if number is None:
            continue
        told = [s for _, s in stories(plan, number, CALLERS)]
        too_long = max(map(ringing, told)) > LONGEST_RINGING
        if too_long:
            assert ("PBX212", ("user", extension)) in found, text
        over_max = any(e.kind is EventKind.NOT_DIVERTED_MAX for s in told for e in s.events)
        if over_max:
            assert ("PBX213", ("user", extension)) in found, text
