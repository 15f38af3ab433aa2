"""The seed scenarios as real calls: each PBX does what the model and the expectations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.lab.case import Case
from pbxgen.lab.ladder import failure
from pbxgen.lab.run import case_of, run
from pbxgen.pipeline import compile_path
from pbxgen.scenario.read import read_scenarios
from pbxgen.targets import load_target

_SEED = Path(__file__).parents[2] / "examples" / "seed" / "seed.test.yaml"

pytestmark = [pytest.mark.real, pytest.mark.slow]


def _cases(path: Path) -> list[Case]:
    reading = read_scenarios(path)
    assert reading.file is not None, reading.diagnostics
    compiled = compile_path(reading.file.source, targets=(), analysis=False)
    return [case_of(scenario, compiled.plans[0]) for scenario in reading.file.scenarios]


def test_every_seed_scenario_goes_as_a_real_call_as_it_does_in_the_model(pbx_name: str) -> None:
    report = run(_cases(_SEED), {pbx_name: load_target(pbx_name)})
    failures = [failure(result) for result in report.results if not result.passed]
    assert not failures, "\n\n".join(failures)
    assert not report.problems[pbx_name], "\n".join(report.problems[pbx_name])
