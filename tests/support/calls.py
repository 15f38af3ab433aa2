"""Real calls in tests: scenario files, or scenarios written in a test, as cases of the laboratory."""

from __future__ import annotations

import warnings
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.lab.case import Case, LabReport
from pbxgen.lab.ladder import failure
from pbxgen.lab.run import case_of, run
from pbxgen.language.compile import compile_source
from pbxgen.scenario.read import read_scenarios
from pbxgen.source.load import load_source
from pbxgen.targets import load_target


def plan_of(path: Path) -> Plan:
    """The plan of a sound source."""
    compiled = compile_source(load_source(path))
    assert compiled.plan is not None, compiled.diagnostics
    return compiled.plan


def cases_of(path: Path) -> list[Case]:
    """Every scenario of a file."""
    reading = read_scenarios(path)
    assert reading.file is not None, reading.diagnostics
    plan = plan_of(reading.file.source)
    return [case_of(scenario, plan) for scenario in reading.file.scenarios]


def place(cases: list[Case], pbx: str) -> LabReport:
    """Place calls on a PBX; every one must go as the model says, and the PBX must have nothing to complain of."""
    report = run(cases, {pbx: load_target(pbx)})
    for result in report.repeats:
        assert result.before is not None
        ended = "passed then" if result.passed else "failed again"
        warnings.warn(
            f"placed twice on {pbx}, {ended}: {result.case.name}: first {'; '.join(result.before.differences)}",
            stacklevel=2,
        )
    failures = [failure(result) for result in report.results if not result.passed]
    assert not failures, f"{len(failures)} of {len(cases)} calls went wrong\n\n" + "\n\n".join(failures)
    assert not report.problems[pbx], "\n".join(report.problems[pbx])
    return report
