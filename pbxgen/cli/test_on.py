"""``pbxgen test --on``: the scenarios as real calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pbxgen.cli import console

if TYPE_CHECKING:
    from pbxgen.lab.result import LabReport
    from pbxgen.scenario.run import FileRun


def place_calls(prepared: Sequence[FileRun], pbxs: Sequence[str], keep: Path | None) -> LabReport:
    """Place every scenario on each PBX; a laboratory that cannot start ends the command with 2."""
    from rich.console import Console

    from pbxgen.calls.case import case_of
    from pbxgen.lab.errors import LabError
    from pbxgen.lab.progress import call_progress
    from pbxgen.lab.run import run
    from pbxgen.targets import load_target

    cases = [case_of(scenario, plan) for file in prepared for scenario, plan in file.scenarios]
    targets = {name: load_target(name) for name in pbxs}
    stderr = Console(stderr=True)
    try:
        if not stderr.is_terminal:
            return run(cases, targets, keep=keep)
        with call_progress(stderr, len(cases) * len(targets)) as done:
            return run(cases, targets, done=done, keep=keep)
    except LabError as error:
        console.fail(str(error))
        raise typer.Exit(2) from None


def write_report(report: LabReport, path: Path, language: str) -> None:
    """One page of HTML about every call."""
    from pbxgen.lab.report import page

    path.write_text(page(report, language), encoding="utf-8")


def print_report(report: LabReport, verbose: bool, language: str) -> None:
    """Each call with its PBX, failures with the ladder of SIP messages beside the model's steps."""
    from pbxgen.lab.sequence import failure
    from pbxgen.phrases import phrases

    say = phrases(language)
    for result in report.results:
        console.verdict(result.passed, f"{result.pbx:<10}", result.case.name)
        if verbose or not result.passed:
            for line in failure(result, language).splitlines():
                console.out(f"      {console.printable(line)}")
    for result in report.results:
        if result.passed and result.before is not None:
            first = "; ".join(result.before.differences)
            told = say("test.twice", pbx=result.pbx, call=result.case.name, differences=first)
            console.out(console.printable(f"  {told}"))
    for pbx, lines in report.problems.items():
        for line in lines:
            console.out(f"  {console.printable(say('test.logged', pbx=pbx, line=line))}")
    calls = f"{len(report.results)} real calls on {', '.join(report.pbxs)} in {report.seconds:.0f} s"
    sys.stderr.write(f"{calls}\n")
