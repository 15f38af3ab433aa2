"""``pbxgen test --on``: the scenarios as real calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pbxgen.cli import console

if TYPE_CHECKING:
    from rich.console import Console

    from pbxgen.lab.result import LabReport, Result
    from pbxgen.scenario.run import FileRun


def place_calls(prepared: Sequence[FileRun], pbxs: Sequence[str], keep: Path | None, language: str) -> LabReport:
    """Place every scenario on each PBX; a laboratory that cannot start ends the command with 2."""
    from rich.console import Console

    from pbxgen.calls.case import case_of
    from pbxgen.lab.errors import LabError
    from pbxgen.lab.run import run
    from pbxgen.targets import load_target

    cases = [case_of(scenario, plan) for file in prepared for scenario, plan in file.scenarios]
    targets = {name: load_target(name) for name in pbxs}
    stderr = Console(stderr=True)
    try:
        if not stderr.is_terminal:
            return run(cases, targets, keep=keep, language=language)
        with _call_progress(stderr, len(cases) * len(targets)) as done:
            return run(cases, targets, done=done, keep=keep, language=language)
    except LabError as error:
        console.fail(str(error))
        raise typer.Exit(2) from None


@contextmanager
def _call_progress(terminal: Console, calls: int) -> Iterator[Callable[[Result], None]]:
    """A bar that counts calls, and a line for each that fails as soon as it does. Yields what is given each result."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=terminal) as progress:
        task = progress.add_task("calls", total=calls)
        failed = 0

        def done(result: Result) -> None:
            nonlocal failed
            if not result.passed:
                failed += 1
                progress.console.print(f"failed on {result.pbx}: {result.case.name}", markup=False, highlight=False)
            progress.update(task, advance=1, description=f"calls, {failed} failed" if failed else "calls")

        yield done


def write_report(report: LabReport, path: Path, language: str) -> None:
    from pbxgen.lab.report import page

    path.write_text(page(report, language), encoding="utf-8")


def print_report(report: LabReport, verbose: bool, language: str) -> None:
    """Each call with its PBX, failures with the ladder of SIP messages beside the model's steps."""
    from pbxgen.lab.report import not_judged
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
    for told in not_judged(report, language):
        console.out(f"  {console.printable(told)}")
    calls = f"{len(report.results)} real calls on {', '.join(report.pbxs)} in {report.seconds:.0f} s"
    sys.stderr.write(f"{calls}\n")
