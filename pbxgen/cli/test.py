"""``pbxgen test``"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.options import examples

if TYPE_CHECKING:
    from pbxgen.scenario.judge import Verdict
    from pbxgen.scenario.run import FileRun

_HELP = """Run scenario files: calls, and what is expected of them.

Each scenario says who calls whom and in what state the phones are; the call-flow model says what happens, and a call
that goes another way than expected is told step by step. Exit code 0: every call went as expected.
"""
_EPILOG = examples(
    "pbxgen test acme.test.yaml",
    "pbxgen test tests/*.test.yaml --name reception",
    "pbxgen test acme.test.yaml --format json",
)


def register(app: typer.Typer) -> None:
    app.command("test", help=_HELP, epilog=_EPILOG)(run_tests)


def run_tests(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.", show_default=False)],
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="Only scenarios whose name holds TEXT.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell every call, not only failing ones.")] = False,
    format: Annotated[str, typer.Option("--format", help="text or json.", metavar="[text|json]")] = "text",
) -> None:
    if format not in ("text", "json"):
        raise typer.BadParameter(f"{format!r} is neither text nor json", param_hint="--format")
    missing = [str(f) for f in files if not f.exists()]
    if missing:
        raise typer.BadParameter(f"there is no {', '.join(missing)}")
    from pbxgen.scenario.run import run_file

    runs = [run_file(path, name) for path in files]
    chosen = sum(len(r.verdicts) for r in runs)
    if not chosen and all(r.sound for r in runs):
        raise typer.BadParameter("no scenario has such a name" if name else "there are no scenarios")
    if format == "json":
        _print_json(runs)
    else:
        _print_text(runs, verbose)
    raise typer.Exit(0 if all(r.passed for r in runs) else 1)


def _print_json(runs: list[FileRun]) -> None:
    import json

    from pbxgen.diagnostics.json import diagnostic_to_dict
    from pbxgen.scenario.show import as_json

    document = {
        "version": 1,
        "files": [
            {
                "file": str(r.path),
                "diagnostics": [diagnostic_to_dict(d) for d in r.diagnostics],
                "scenarios": [as_json(v) for v in r.verdicts],
            }
            for r in runs
        ],
        "summary": {"passed": _count(runs, passed=True), "failed": _count(runs, passed=False)},
    }
    console.out(json.dumps(document, indent=2, ensure_ascii=False))


def _print_text(runs: list[FileRun], verbose: bool) -> None:
    from pbxgen.diagnostics.render import render_text

    for run in runs:
        if run.diagnostics:
            console.out(render_text(run.diagnostics, run.texts.values(), colour=console.colours(sys.stdout)))
        if run.verdicts:
            console.out(str(run.path))
        for verdict in run.verdicts:
            _print_verdict(verdict, verbose)
    console.out(f"{_count(runs, passed=True)} passed, {_count(runs, passed=False)} failed")


def _print_verdict(verdict: Verdict, verbose: bool) -> None:
    from pbxgen.scenario.show import failure_lines

    mark = "ok  " if verdict.passed else "FAIL"
    console.out(f"  {mark} {console.printable(verdict.scenario.name)}")
    if verbose or not verdict.passed:
        if not verdict.passed:
            console.out(f"      {verdict.scenario.location}")
        for line in failure_lines(verdict):
            console.out(f"      {console.printable(line)}")


def _count(runs: list[FileRun], *, passed: bool) -> int:
    return sum(v.passed is passed for r in runs for v in r.verdicts)
