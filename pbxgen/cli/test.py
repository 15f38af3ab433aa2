"""``pbxgen test``"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import TextOrJson, examples
from pbxgen.pbxs import PBXS

if TYPE_CHECKING:
    from pbxgen.interpret.generated_calls import ExaminedCall
    from pbxgen.lab.result import LabReport
    from pbxgen.scenario.run import FileRun, Verdict

_HELP = """Run scenario files: calls, and their expected results.

Each scenario says who calls whom and in what state the phones are. The call-flow model says what happens; a call whose
result is not the expected one is described step by step.

With --on generated the same calls are placed on the text that `pbxgen generate` would write, for each PBX: the files
are rendered in memory and interpreted line by line, without a PBX and in milliseconds. -v shows every line
that a call ran through.

With --on asterisk,freeswitch they are placed on real PBXs: each is started on loopback with the generated plan, phones
register and behave as the scenario says, and what happened is compared with what is expected and with the model. The
programs are those on PATH, or those named by PBXGEN_ASTERISK and PBXGEN_FREESWITCH.

Exit code 0: every call went as expected. 1: one did not. 2: wrong usage, or a PBX that is not installed.
"""
_EPILOG = examples(
    "pbxgen test acme.test.yaml",
    "pbxgen test tests/*.test.yaml --name reception",
    "pbxgen test acme.test.yaml --on generated -v --name reception",
    "pbxgen test acme.test.yaml --on asterisk,freeswitch --report report.html",
    "pbxgen test acme.test.yaml --format json",
)
_MODEL = "model"
_GENERATED = "generated"


def register(app: typer.Typer) -> None:
    app.command("test", help=_HELP, short_help="Run scenario files.", epilog=_EPILOG)(run_tests)


def run_tests(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.", show_default=False)],
    on: Annotated[
        str, typer.Option("--on", metavar="WHERE", help=f"model, generated, {', '.join(PBXS)}; several with commas.")
    ] = _MODEL,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="TEXT", help="Only scenarios whose name holds TEXT.", show_default=False),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Keep configuration, logs and SIP traces there.", show_default=False
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="With --on: one page of HTML, each call's ladder and verdict, the model beside the PBXs.",
            show_default=False,
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Every verdict as JUnit XML, for code hosts.", show_default=False),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Describe every call, not only failing ones; with --on generated show every line that ran.",
        ),
    ] = False,
    language: Lang = None,
    format: TextOrJson = "text",
) -> None:
    missing = [str(f) for f in files if not f.exists()]
    if missing:
        raise typer.BadParameter(f"{', '.join(missing)}: no such file")
    words = spoken(language)
    places = _places(on)
    pbxs = tuple(p for p in PBXS if p in places)
    if report is not None and not pbxs:
        raise typer.BadParameter("a report needs real calls: name the PBXs with --on", param_hint="--report")
    from pbxgen.scenario.run import prepare

    runs = [prepare(path, name) for path in files]
    if all(not p.diagnostics and not p.scenarios for p in runs):
        raise typer.BadParameter("no scenario's name holds this text" if name else "the files hold no scenarios")
    sound = not any(r.diagnostics for r in runs)
    examined: Sequence[ExaminedCall] = ()
    if sound and _GENERATED in places:
        from pbxgen.cli.test_generated import examine_calls

        examined = examine_calls(runs, words)
    calls = None
    if pbxs and sound:
        from pbxgen.cli.test_on import place_calls, write_report

        calls = place_calls(runs, pbxs, keep, words)
        if report is not None:
            write_report(calls, report, words)
    if junit is not None:
        from pbxgen.cli.test_junit import write_junit

        write_junit(junit, runs, examined, calls)
    if format == "json":
        _print_json(runs, examined, calls, verbose)
    else:
        _print_text(runs, examined, calls, verbose, words)
    _, failed = _counts(runs, examined, calls)
    logged = calls is not None and any(calls.problems.values())
    raise typer.Exit(1 if failed or logged or not sound else 0)


def _places(on: str) -> set[str]:
    """Where calls are to be placed; wrong usage for a name that is no such place."""
    from pbxgen.diagnostics.nearest import did_you_mean

    known = (_MODEL, _GENERATED, *PBXS)
    names = {n.strip() for n in on.split(",")}
    for name in sorted(names.difference(known)):
        near = did_you_mean(name, known) or f"one of {', '.join(known)}"
        raise typer.BadParameter(f"{name!r} is not a place for calls; {near}", param_hint="--on")
    return names


def _print_json(
    runs: Sequence[FileRun], examined: Sequence[ExaminedCall], report: LabReport | None, verbose: bool
) -> None:
    import json

    from pbxgen.cli.test_generated import call_as_json, lines_as_json
    from pbxgen.diagnostics.json import diagnostic_to_dict
    from pbxgen.scenario.show import as_json

    passed, failed = _counts(runs, examined, report)
    document: dict[str, Any] = {
        "version": 1,
        "files": [
            {
                "file": str(r.path),
                "diagnostics": [diagnostic_to_dict(d) for d in r.diagnostics],
                "scenarios": [as_json(v) for v in r.verdicts],
            }
            for r in runs
        ],
        "summary": {"passed": passed, "failed": failed},
    }
    if examined:
        document["generated"] = [call_as_json(e) | (lines_as_json(e) if verbose else {}) for e in examined]
    if report is not None:
        from pbxgen.lab.report import not_judged

        document["calls"] = [call_as_json(r) for r in report.results]
        document["problems"] = {pbx: list(lines) for pbx, lines in report.problems.items()}
        document["not_judged"] = list(not_judged(report))
    console.out(json.dumps(document, indent=2, ensure_ascii=False))


def _print_text(
    runs: Sequence[FileRun], examined: Sequence[ExaminedCall], report: LabReport | None, verbose: bool, language: str
) -> None:
    from pbxgen.diagnostics.render import render_text
    from pbxgen.phrases import phrases

    for run in runs:
        if run.diagnostics:
            console.out(render_text(run.diagnostics, run.texts.values(), colour=console.wants_colour(sys.stdout)))
        if run.verdicts:
            console.out(console.printable(str(run.path)))
        for verdict in run.verdicts:
            _print_verdict(verdict, verbose, language)
    if examined:
        from pbxgen.cli.test_generated import print_examined

        print_examined(examined, verbose, language)
    if report is not None:
        from pbxgen.cli.test_on import print_report

        print_report(report, verbose, language)
    passed, failed = _counts(runs, examined, report)
    console.out(phrases(language)("test.summary", passed=passed, failed=failed))


def _print_verdict(verdict: Verdict, verbose: bool, language: str) -> None:
    from pbxgen.scenario.show import failure_lines

    console.verdict(verdict.passed, f"{_MODEL:<10}", verdict.scenario.name)
    if verbose or not verdict.passed:
        if not verdict.passed:
            console.out(console.printable(f"      {verdict.scenario.location}"))
        for line in failure_lines(verdict, language):
            console.out(f"      {console.printable(line)}")


def _counts(runs: Sequence[FileRun], examined: Sequence[ExaminedCall], report: LabReport | None) -> tuple[int, int]:
    """Calls that went as expected, and those that did not; a scenario counts once for each place it was run on."""
    results = [v.passed for r in runs for v in r.verdicts] + [e.passed for e in examined]
    if report is not None:
        results += [r.passed for r in report.results]
    return sum(results), len(results) - sum(results)
