"""Calls on which the model and a PBX disagree are made small."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pbxgen.flow.simulate import simulate
from pbxgen.scenario.run import prepare
from tests.support.random_calls import RandomCall, random_calls
from tests.support.shrink import shrink, write


def _diverts(calls: Sequence[RandomCall]) -> list[bool]:
    """A PBX that goes wrong wherever a busy phone diverts."""
    diverted = []
    for call in calls:
        case = call.case()
        assert case is not None
        diverted.append(any(d.reason == "busy" for d in simulate(case.plan, case.call, case.environment).diverted))
    return diverted


def test_what_has_no_part_in_a_disagreement_is_left_out(tmp_path: Path) -> None:
    call = next(call for call in random_calls(20, 1) if _diverts([call])[0])
    small = shrink(call, _diverts)
    assert _diverts([small]) == [True]
    assert len(str(small.source)) < len(str(call.source)) / 2
    run = prepare(write(small, tmp_path))
    assert [verdict.passed for verdict in run.verdicts] == [True]


def test_a_seed_gives_the_same_calls() -> None:
    assert random_calls(5, 7) == random_calls(5, 7)
