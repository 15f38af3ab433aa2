"""The scenario suites: every call on the model, and as a real call on each PBX."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.lab.result import LabReport
from pbxgen.lab.run import run
from pbxgen.lab.sequence import failure
from pbxgen.scenario.run import prepare
from pbxgen.targets import load_target
from tests.support.calls import cases_of, counted

_FOLDER = Path(__file__).parent / "suites"
SUITES = sorted(path.relative_to(_FOLDER).as_posix() for path in _FOLDER.glob("*/*.test.yaml"))


@pytest.mark.parametrize("suite", SUITES)
def test_the_model_does_what_the_suite_expects(suite: str) -> None:
    run = prepare(_FOLDER / suite)
    assert not run.diagnostics
    assert not [(v.scenario.name, v.differences) for v in run.verdicts if not v.passed]


class RealCalls:
    """The calls of all chosen suites, placed together so that they share the starts of a PBX."""

    def __init__(self, suites: list[str]) -> None:
        self._cases: dict[str, list[Case]] = {suite: cases_of(_FOLDER / suite) for suite in suites}
        self._reports: dict[str, LabReport] = {}

    def failures(self, pbx: str, suite: str) -> list[str]:
        mine = {id(case) for case in self._cases[suite]}
        results = [r for r in self.report(pbx).results if id(r.case) in mine]
        complaints = [f"{r.case.name}: {pbx} logged: {line}" for r in results for line in r.complaints]
        return [failure(r) for r in results if not r.passed] + complaints

    def report(self, pbx: str) -> LabReport:
        if pbx not in self._reports:
            cases = [case for suite in self._cases.values() for case in suite]
            self._reports[pbx] = counted(run(cases, {pbx: load_target(pbx)}))
        return self._reports[pbx]


@pytest.fixture(scope="session")
def real_calls(request: pytest.FixtureRequest) -> RealCalls:
    """Some 440 calls on each PBX take long: they are placed where PBXGEN_REQUIRE names ``suites``."""
    if "suites" not in os.environ.get("PBXGEN_REQUIRE", "").split(","):
        pytest.skip("NOT RUN: the suites as real calls; PBXGEN_REQUIRE=suites places them")
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = {
        str(item.callspec.params["suite"])
        for item in items
        if item.originalname == test_a_real_pbx_does_what_the_suite_expects.__name__
    }
    return RealCalls([suite for suite in SUITES if suite in chosen or not chosen])


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("suite", SUITES)
def test_a_real_pbx_does_what_the_suite_expects(pbx_name: str, suite: str, real_calls: RealCalls) -> None:
    failures = real_calls.failures(pbx_name, suite)
    assert not failures, f"{len(failures)} calls went wrong\n\n" + "\n\n".join(failures)


@pytest.mark.real
@pytest.mark.slow
def test_a_real_pbx_complains_of_nothing_that_is_about_no_call(pbx_name: str, real_calls: RealCalls) -> None:
    assert not real_calls.report(pbx_name).strays[pbx_name]
