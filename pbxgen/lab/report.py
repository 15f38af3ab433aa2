"""A run of the laboratory as one self-contained page of HTML: each call's ladder, the model beside the PBXs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pbxgen.calls.case import Case
from pbxgen.calls.model_steps import model_steps
from pbxgen.lab.ladder import Rung, ladder
from pbxgen.lab.result import LabReport, Result
from pbxgen.phrases import Phrases, phrases
from pbxgen.targets.templates import templates_folder

_COLUMN = 150
_ROW = 22
_HEAD = 30
_MARGIN = 60


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message in the drawing; all measures in pixels."""

    y: int
    start: int
    end: int
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A ladder to be drawn as SVG."""

    columns: tuple[tuple[str, int], ...]
    """Parties from left to right, with where they stand."""
    arrows: tuple[Arrow, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OnPbx:
    result: Result
    drawing: Drawing
    rings: str
    ending: str


@dataclass(frozen=True, slots=True)
class Section:
    """One call, on every PBX."""

    case: Case
    steps: tuple[str, ...]
    on: tuple[OnPbx, ...]

    @property
    def passed(self) -> bool:
        return all(shown.result.passed for shown in self.on)


def drawing(rungs: Iterable[Rung]) -> Drawing:
    """Where everything of a ladder stands: the caller, the PBX, then whoever was invited, in order."""
    rungs = tuple(rungs)
    parties = ["caller", "PBX", *dict.fromkeys(rung.party for rung in rungs if rung.party != "caller")]
    place = {party: _MARGIN + _COLUMN // 2 + number * _COLUMN for number, party in enumerate(parties)}
    arrows = tuple(
        Arrow(
            y=_HEAD + _ROW * (number + 1),
            start=place[rung.party] if rung.to_pbx else place["PBX"],
            end=place["PBX"] if rung.to_pbx else place[rung.party],
            text=rung.text,
            at=f"{rung.at:.2f}",
        )
        for number, rung in enumerate(rungs)
    )
    width = _MARGIN + _COLUMN * len(parties)
    return Drawing(tuple(place.items()), arrows, width, _HEAD + _ROW * (len(rungs) + 2))


def _sections(report: LabReport, say: Phrases) -> list[Section]:
    by_case: dict[int, list[Result]] = {}
    for result in report.results:
        by_case.setdefault(id(result.case), []).append(result)
    order = {name: number for number, name in enumerate(report.pbxs)}
    sections = []
    for results in by_case.values():
        results.sort(key=lambda result: order[result.pbx])
        shown = tuple(_on_pbx(result, say) for result in results)
        sections.append(Section(results[0].case, tuple(model_steps(results[0].case, say.language)), shown))
    # What went wrong is what the page is opened for.
    return sorted(sections, key=lambda section: section.passed)


def _on_pbx(result: Result, say: Phrases) -> OnPbx:
    observed = result.observed
    status = say("real_calls.status", status=observed.status) if observed.status else say("real_calls.no_status")
    ending = str(observed.ending) if observed.ending is not None else status
    return OnPbx(result, drawing(ladder(result.trace)), ", ".join(observed.rings) or say("real_calls.nobody"), ending)


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
    counts = [
        (name, sum(r.passed for r in report.results if r.pbx == name), sum(r.pbx == name for r in report.results))
        for name in report.pbxs
    ]
    return environment.get_template("report.html.j2").render(
        report=report, sections=_sections(report, say), counts=counts, head=_HEAD, say=say
    )
