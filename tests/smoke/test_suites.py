"""The scenario suites: every call on the model, and as a real call on each PBX."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.scenario.run import judge_file, prepare
from tests.support.calls import cases_of, place

_FOLDER = Path(__file__).parent / "suites"
SUITES = sorted(path.relative_to(_FOLDER).as_posix() for path in _FOLDER.glob("*/*.test.yaml"))


@pytest.mark.parametrize("suite", SUITES)
def test_the_model_does_what_the_suite_expects(suite: str) -> None:
    run = judge_file(prepare(_FOLDER / suite))
    assert not run.diagnostics
    assert not [(v.scenario.name, v.differences) for v in run.verdicts if not v.passed]


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("suite", SUITES)
def test_a_real_pbx_does_what_the_suite_expects(pbx_name: str, suite: str) -> None:
    place(cases_of(_FOLDER / suite), pbx_name)
