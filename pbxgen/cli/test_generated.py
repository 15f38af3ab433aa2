"""``pbxgen test --on generated``: the scenarios on the text that PBXs would be given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pbxgen.cli import console

if TYPE_CHECKING:
    from pbxgen.interpret.generated_calls import ExaminedCall
    from pbxgen.lab.result import Result
    from pbxgen.scenario.run import FileRun


def examine_calls(prepared: Sequence[FileRun], language: str) -> list[ExaminedCall]:
    """Every scenario on the generated text of each PBX; the tenants of a fleet share one PBX."""
    from pbxgen.calls.case import case_of
    from pbxgen.interpret.generated_calls import examine
    from pbxgen.pbxs import PBXS

    examined: list[ExaminedCall] = []
    for file in prepared:
        cases = [case_of(scenario, plan) for scenario, plan in file.scenarios]
        for pbx in PBXS if cases else ():
            examined += examine(file.plans, cases, pbx, language)
    return examined


def shown_name(pbx: str) -> str:
    """What stands where other calls have the name of their PBX."""
    return f"generated ({pbx})"


def print_examined(examined: Sequence[ExaminedCall], verbose: bool, language: str) -> None:
    """Each call; of failing ones what differs and what the model says, and with ``verbose`` the lines that ran."""
    width = max((len(shown_name(e.pbx)) for e in examined), default=0)
    for call in examined:
        console.verdict(call.passed, f"{shown_name(call.pbx):<{width}}", call.case.name)
        if verbose or not call.passed:
            for line in _told(call, verbose, language):
                console.out(f"      {console.printable(line)}")


def _told(call: ExaminedCall, verbose: bool, language: str) -> list[str]:
    from pbxgen.calls.model_steps import model_steps
    from pbxgen.phrases import phrases

    say = phrases(language)
    lines = [f"✗ {difference}" for difference in call.differences]
    if not call.passed:
        lines += [say("test.model_says"), *(f"  {step}" for step in model_steps(call.case, language))]
        if not verbose:
            lines.append(say("test.verbose"))
    if verbose:
        width = min(48, max((len(ran.where) for ran in call.trace), default=0))
        lines.append(say("test.ran", pbx=call.pbx))
        lines += [f"  {ran.at:7.2f}  {ran.where:<{width}}  {ran.text}" for ran in call.trace]
    return lines


def call_as_json(call: ExaminedCall | Result) -> dict[str, Any]:
    """One call that was placed, for machines."""
    observed = call.observed
    ending = None if observed is None else observed.ending
    return {
        "name": call.case.name,
        "pbx": call.pbx,
        "passed": call.passed,
        "differences": list(call.differences),
        "rings": [] if observed is None else list(observed.rings),
        "ends": None if ending is None else {ending.kind.value: ending.value},
        "status": None if observed is None else observed.status,
    }


def lines_as_json(call: ExaminedCall) -> dict[str, Any]:
    return {"ran": [{"at": ran.at, "where": ran.where, "text": ran.text} for ran in call.trace]}
