"""Real calls in tests: scenario files, or scenarios written in a test, as cases of the laboratory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case, case_of
from pbxgen.calls.headers import user_of
from pbxgen.flow.plan import Plan
from pbxgen.lab.result import LabReport
from pbxgen.lab.run import run, scratch
from pbxgen.lab.sequence import failure
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


@dataclass
class Tally:
    """What a test run has placed on a PBX."""

    calls: int = 0
    again: list[str] = field(default_factory=list)
    """What was placed a second time, how that went, and why."""


TALLIES: dict[str, Tally] = {}
"""By PBX; the last lines of the test run tell them."""


def counted(report: LabReport) -> LabReport:
    """Take note of a run's calls for the last lines of the test run."""
    for result in report.results:
        tally = TALLIES.setdefault(result.pbx, Tally())
        tally.calls += 1
        if result.before is not None:
            ended = "passed then" if result.passed else "failed again"
            tally.again.append(f"{result.case.name}, {ended}; first: {'; '.join(result.before.differences)}")
    return report


def place(cases: list[Case], pbx: str, *, complaint: str = "") -> LabReport:
    """Place calls on a PBX; every one must go as the model says, and the PBX must have nothing to complain of.

    ``complaint``: regular expression of what it may complain of, because the calls are not as they should be.
    """
    report = counted(run(cases, {pbx: load_target(pbx)}))
    failures = [failure(result) for result in report.results if not result.passed]
    assert not failures, f"{len(failures)} of {len(cases)} calls went wrong\n\n" + "\n\n".join(failures)
    problems = [line for line in report.problems[pbx] if not re.fullmatch(complaint, line)]
    assert not problems, "\n".join(problems)
    return report


def rang(report: LabReport, case: Case) -> tuple[Attempt, ...]:
    """What one of the calls reached, in order."""
    return next(result for result in report.results if result.case is case).observed.rang


def shown(leg: Attempt) -> str:
    """The caller's number that is shown there."""
    return user_of(dict(leg.headers)["from"])


def play_twice(what: str, calls: int, pbx: str, play: Callable[[Path], list[str]]) -> None:
    """Calls that are played together: what goes wrong is done once more, as a small machine may be late with many.

    ``play`` is given a folder, and tells what went wrong; ``what`` names it in the last lines of the test run.
    """
    tally = TALLIES.setdefault(pbx, Tally())
    wrong: list[str] = []
    for _ in (1, 2):
        tally.calls += calls
        with scratch(None) as folder:
            wrong = play(folder / "stage")
        if not wrong:
            return
        tally.again += [f"{what}: {told.splitlines()[0]}" for told in wrong]
        print("\n\n".join(wrong))
    pytest.fail(f"{len(wrong)} went wrong, twice\n\n" + "\n\n".join(wrong))
