"""Diagnostics for people: each with its line of the source and a caret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Severity
from pbxgen.diagnostics.display import printable, width
from pbxgen.diagnostics.fold import fold
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import counts, prepare
from pbxgen.diagnostics.snippet import snippet
from pbxgen.diagnostics.text import SourceFile

COLUMNS = 100
"""Columns of a source line that are shown at most."""

STEP_COLUMNS = 72
"""Where the places of an example's steps begin at most; a longer step pushes its own further."""

_BOLD, _RED, _YELLOW, _BLUE, _CYAN = "1", "1;31", "1;33", "1;34", "36"
_COLOURS = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW}


def render_text(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile], *, colour: bool = False) -> str:
    """The diagnostics in order, and the summary; an empty text where there are none. Ends with a newline.

    Of many of one kind the first are shown, and a line says where the others are (:mod:`pbxgen.diagnostics.fold`).
    The first line of each is ``file:line:column: severity[code]: message``.
    """
    texts = tuple(files)
    prepared = prepare(diagnostics, texts)
    if not prepared:
        return ""
    painter = _Painter({file.name: file for file in texts}, colour)
    folded = fold(prepared)
    blocks = ["\n".join(painter.block(diagnostic)) for diagnostic in folded.shown]
    notes = ["\n".join(map(printable, folded.notes))] if folded.notes else []
    return "\n\n".join([*blocks, *notes, summary(prepared)]) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``."""
    errors, warnings = counts(diagnostics)
    parts = [_counted(errors, "error"), _counted(warnings, "warning")]
    return ", ".join(part for part in parts if part) or "no problems"


class _Painter:
    def __init__(self, files: dict[str, SourceFile], colour: bool) -> None:
        self._files = files
        self._colour = colour

    def block(self, diagnostic: Diagnostic) -> Iterator[str]:
        colour = _COLOURS[diagnostic.severity]
        where = f"{printable(str(diagnostic.location))}: " if diagnostic.location is not None else ""
        kind = self._paint(f"{diagnostic.severity}[{diagnostic.code}]", colour)
        yield f"{self._paint(where, _BOLD)}{kind}: {self._paint(printable(diagnostic.message), _BOLD)}"
        places = [place for place in (diagnostic.location, *(r.location for r in diagnostic.related)) if place]
        gutter = max((len(str(place.line)) for place in places), default=0)
        if diagnostic.location is not None:
            yield from self._excerpt(diagnostic.location, "^", colour, gutter)
        for related in diagnostic.related:
            arrow = self._paint("-->", _BLUE)
            yield f"{' ' * gutter} {arrow} {printable(str(related.location))}: {printable(related.message)}"
            yield from self._excerpt(related.location, "-", _BLUE, gutter)
        if diagnostic.example is not None:
            yield from self._example(diagnostic.example, gutter)
        for index, line in enumerate(diagnostic.help.splitlines()):
            label = self._paint("help:", _CYAN) if index == 0 else "     "
            yield f"{' ' * gutter} {self._paint('=', _BLUE)} {label} {printable(line)}"

    def _example(self, example: Example, gutter: int) -> Iterator[str]:
        margin = f"{' ' * gutter} {self._paint('=', _BLUE)} "
        yield f"{margin}{self._paint('example:', _CYAN)} {printable(example.headline)}"
        texts = [printable(step.text) for step in example.steps]
        sizes = [sum(map(width, text)) for text in texts]
        column = min(max(sizes, default=0), STEP_COLUMNS)
        for number, (text, size, step) in enumerate(zip(texts, sizes, example.steps, strict=True), 1):
            place = "" if step.location is None else printable(step.location.short)
            gap = " " * max(2, column - size + 2)
            yield f"{margin}{number:>4}. {text}{gap}{self._paint(place, _BLUE)}".rstrip()

    def _excerpt(self, place: Location, mark: str, colour: str, gutter: int) -> Iterator[str]:
        file = self._files.get(place.file)
        shown = snippet(file, place, COLUMNS) if file is not None else None
        if shown is None:
            return
        bar = self._paint("|", _BLUE)
        yield f"{self._paint(str(shown.number).rjust(gutter), _BLUE)} {bar} {shown.text}".rstrip()
        yield f"{' ' * gutter} {bar} {' ' * shown.offset}{self._paint(mark * shown.mark, colour)}"

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text


def _counted(number: int, word: str) -> str:
    return "" if number == 0 else f"{number} {word}" if number == 1 else f"{number} {word}s"
