"""A run of the laboratory as one self-contained page of HTML: each call's messages, the model beside the PBXs."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pbxgen.calls.model_steps import model_steps
from pbxgen.lab.result import LabReport, Result
from pbxgen.lab.sequence import message_sequence
from pbxgen.phrases import phrases
from pbxgen.targets.templates import templates_folder

_COLUMN = 150
_ROW = 22
_HEAD = 30
_MARGIN = 60
_NAMED = 6


def _drawing(result: Result) -> dict[str, Any]:
    """A ladder diagram to be drawn as SVG, in pixels: the caller, the PBX, then the invited parties, in order."""
    steps = message_sequence(result.trace)
    parties = ["caller", "PBX", *dict.fromkeys(step.party for step in steps if step.party != "caller")]
    place = {party: _MARGIN + _COLUMN // 2 + number * _COLUMN for number, party in enumerate(parties)}
    arrows = []
    for number, step in enumerate(steps, 1):
        start, end = (step.party, "PBX") if step.to_pbx else ("PBX", step.party)
        arrow = {"y": _HEAD + _ROW * number, "start": place[start], "end": place[end]}
        arrows.append(arrow | {"text": step.text, "at": f"{step.at:.2f}"})
    width, height = _MARGIN + _COLUMN * len(parties), _HEAD + _ROW * (len(steps) + 2)
    return {"columns": place.items(), "arrows": arrows, "width": width, "height": height}


def not_judged(report: LabReport, language: str = "en") -> tuple[str, ...]:
    """What the calls say nothing about, in sentences."""
    if not report.browsers:
        return ()
    users = ", ".join((*report.browsers[:_NAMED], *(("…",) if len(report.browsers) > _NAMED else ())))
    return (phrases(language)("test.browsers", users=users),)


def page(report: LabReport, language: str = "en") -> str:
    """The whole page; it needs no network and no other file."""
    say = phrases(language)
    environment = Environment(
        loader=FileSystemLoader(templates_folder() / "lab", encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    by_case: dict[int, list[Result]] = {}
    for result in sorted(report.results, key=lambda result: report.pbxs.index(result.pbx)):
        by_case.setdefault(id(result.case), []).append(result)
    on = {name: [result for result in report.results if result.pbx == name] for name in report.pbxs}
    return environment.get_template("report.html.j2").render(
        report=report,
        # What went wrong is what the page is opened for.
        calls=sorted(by_case.values(), key=lambda results: all(result.passed for result in results)),
        counts=[(name, sum(r.passed for r in results), len(results)) for name, results in on.items()],
        model_steps=model_steps,
        say=say,
        drawing=_drawing,
        not_judged=not_judged(report, language),
        head=_HEAD,
    )
