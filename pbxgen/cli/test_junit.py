"""The verdicts of ``pbxgen test`` as JUnit XML, which code hosts show beside a merge request."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

if TYPE_CHECKING:
    from pbxgen.interpret.generated_calls import ExaminedCall
    from pbxgen.lab.result import LabReport
    from pbxgen.scenario.run import FileRun


def write_junit(
    path: Path, runs: Sequence[FileRun], examined: Sequence[ExaminedCall], report: LabReport | None
) -> None:
    """One suite for each place that the calls were placed on."""
    from pbxgen.cli.test_generated import shown_name

    suites: dict[str, TestSuite] = {}

    def add(place: str, name: str, differences: Sequence[str], seconds: float = 0.0) -> None:
        case = TestCase(_printable(name), classname=place, time=seconds)
        if differences:
            failure = Failure(_printable(differences[0]))
            failure.text = _printable("\n".join(differences))
            case.result = [failure]
        suites.setdefault(place, TestSuite(place)).add_testcase(case)

    for run in runs:
        for diagnostic in run.diagnostics:
            case = TestCase(_printable(str(run.path)), classname="model")
            case.result = [Error(_printable(f"{diagnostic.code}: {diagnostic.message}"))]
            suites.setdefault("model", TestSuite("model")).add_testcase(case)
        for verdict in run.verdicts:
            add("model", verdict.scenario.name, [*_told(verdict.differences)])
    for call in examined:
        add(shown_name(call.pbx), call.case.name, call.differences)
    if report is not None:
        from pbxgen.lab.report import not_judged

        for pbx, told in itertools.product(report.pbxs, not_judged(report)):
            suites.setdefault(pbx, TestSuite(pbx)).add_property("not_judged", told)
    for result in report.results if report is not None else ():
        add(result.pbx, result.case.name, result.differences, result.seconds)
    for pbx, lines in report.problems.items() if report is not None else ():
        if lines:
            add(pbx, "its log", lines)
    document = JUnitXml("pbxgen test")
    for suite in suites.values():
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    document.write(str(path), pretty=True)


def _told(differences: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for aspect, (expected, seen) in differences.items():
        yield f"{aspect}: expected {expected}, the model says {seen}"


def _printable(text: str) -> str:
    """XML 1.0 carries no control characters."""
    return "".join(c if c in "\n\t" or c >= " " else "\ufffd" for c in text)
