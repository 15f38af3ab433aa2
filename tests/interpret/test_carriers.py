"""What a carrier is sent by the generated text: the same expectations as of real calls."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pbxgen.flow.plan import DiversionHeader, NumberFormat
from pbxgen.interpret.examine import examine
from pbxgen.interpret.registry import INTERPRETED
from pbxgen.lab.case import LabReport, Result
from tests.smoke import test_trunk_calls as carrier

on_both = pytest.mark.parametrize("pbx", INTERPRETED)


def _report(sent: list[carrier._Sent], pbx: str) -> LabReport:
    """Each call on the generated text, as if it had been a real one."""
    results = []
    for one in sent:
        (found,) = examine([one.case.plan], [one.case], pbx)
        assert found.observed is not None, found.differences
        results.append(Result(one.case, pbx, found.observed, found.differences, 0.0))
    return LabReport(tuple(results), (pbx,), {}, 0.0)


@on_both
@pytest.mark.parametrize("form", NumberFormat)
def test_numbers_in_the_trunks_format(pbx: str, form: NumberFormat, tmp_path: Path) -> None:
    plan = carrier._plan(tmp_path, f"number_format: {form.value}")
    sent = carrier._straight(plan) + carrier._diverted(plan, own=False)
    carrier._check(sent, _report(sent, pbx), DiversionHeader.DIVERSION)


@on_both
@pytest.mark.parametrize(("style", "caller_id"), product(DiversionHeader, ("original", "own")))
def test_diversions_and_who_is_shown(pbx: str, style: DiversionHeader, caller_id: str, tmp_path: Path) -> None:
    plan = carrier._plan(tmp_path, f"caller_id: {caller_id}, diversion: {style.value}")
    sent = carrier._diverted(plan, own=caller_id == "own")
    carrier._check(sent, _report(sent, pbx), style)
