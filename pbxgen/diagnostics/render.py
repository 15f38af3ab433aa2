"""Diagnostics for people: each with its line of the source and a caret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Severity
from pbxgen.diagnostics.display import printable, shown, width
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import HIDDEN, prepare
from pbxgen.diagnostics.text import SourceFile

COLUMNS = 100
"""Columns of a source line that are shown at most."""

STEP_COLUMNS = 72
"""Where the places of an example's steps begin at most; a longer step pushes its own further."""

MANY = 10
"""So many of one kind are still shown in full."""
MOST_ERRORS = 200
"""Errors that are shown. Who has mended these sees the next."""
_FIRST = 3
_PLACES = 8
_CUT = "…"
_BEFORE = 40
"""Columns of a long line that are shown before what is marked."""

_BOLD, _RED, _YELLOW, _BLUE, _CYAN = "1", "1;31", "1;33", "1;34", "36"
_COLOURS = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTE: _CYAN}


def render_text(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile], *, colour: bool = False) -> str:
    """The diagnostics with their lines of source, notes of :func:`abridge`, and the summary; "" if there are none."""
    texts = tuple(files)
    prepared = prepare(diagnostics, texts)
    if not prepared:
        return ""
    painter = _Painter({file.name: file for file in texts}, colour)
    abridged = abridge(prepared)
    blocks = ["\n".join(painter.block(diagnostic)) for diagnostic in abridged.shown]
    notes = ["\n".join(map(printable, abridged.notes))] if abridged.notes else []
    return "\n\n".join([*blocks, *notes, summary(prepared)]) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``."""
    severities = [one.severity for one in diagnostics]
    parts = [_counted(severities.count(severity), severity) for severity in Severity]
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


@dataclass(frozen=True, slots=True)
class Abridged:
    shown: tuple[Diagnostic, ...]
    notes: tuple[str, ...]
    """A line for each kind of which some are not shown."""


def abridge(diagnostics: Iterable[Diagnostic]) -> Abridged:
    """Show the first of many that are equal (one code, one cure) and of a flood of errors; count the others."""
    every = tuple(diagnostics)
    kinds: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in every:
        if one.severity is not Severity.ERROR:
            kinds.setdefault((one.code, one.help), []).append(one)
    many = [of_kind for of_kind in kinds.values() if len(of_kind) > MANY]
    hidden = {id(one) for of_kind in many for one in of_kind[_FIRST:]}
    errors = [one for one in every if one.severity is Severity.ERROR]
    hidden |= {id(one) for one in errors[MOST_ERRORS:]}
    notes = list(map(_note, many))
    if len(errors) > MOST_ERRORS:
        rest = errors[MOST_ERRORS:]
        notes.append(f"{len(rest):,} more errors: {_places(rest)}(mend the first, then run again)")
    return Abridged(tuple(one for one in every if id(one) not in hidden), tuple(notes))


def _note(of_kind: list[Diagnostic]) -> str:
    first, rest = of_kind[0], of_kind[_FIRST:]
    like = f" like the one at {first.location.short}" if first.location is not None else ""
    more = f"{len(rest):,} more {first.severity}s {first.code}{like}"
    return f"{more}: {_places(rest)}(`pbxgen check --format json` lists each)"


def _places(diagnostics: list[Diagnostic]) -> str:
    """``acme.yaml:12, 17, 22, … 4997 ``: a file is named once in a row."""
    places = [one.location for one in diagnostics if one.location is not None]
    if not places:
        return ""
    chosen = places if len(places) <= _PLACES else places[: _PLACES - 1]
    words: list[str] = []
    file = ""
    for place in chosen:
        words.append(_word(place, file))
        file = place.file
    if len(chosen) < len(places):
        words.append(f"… {_word(places[-1], file)}")
    return f"{', '.join(words)} "


def _word(place: Location, file: str) -> str:
    return str(place.line) if place.file == file else place.short


@dataclass(frozen=True, slots=True)
class Snippet:
    """``text`` is printable; ``mark`` columns from ``offset`` on are what the location means, at least one."""

    number: int
    text: str
    offset: int
    mark: int


def snippet(file: SourceFile, place: Location, columns: int) -> Snippet | None:
    """The first line of ``place``, cut to ``columns``, secrets hidden; None where the file has no such line."""
    line = file.line(place.line)
    if line is None:
        return None
    start = min(place.column - 1, len(line))
    end = min(place.end_column - 1, len(line)) if place.end_line == place.line else len(line.rstrip())
    end = max(end, start)
    # No more of a line of a million characters is looked at than can be shown.
    first = max(0, start - columns)
    last = min(len(line), end + columns, start + 2 * columns)
    cells = _cells(file, place.line, first, last)
    sizes = [size for _, size in cells]
    before, mark = sum(sizes[: start - first]), sum(sizes[start - first : end - first])
    left, right = first > 0, last < len(line)
    if not left and not right and sum(sizes) <= columns:
        return Snippet(place.line, "".join(text for text, _ in cells).rstrip(), before, max(1, mark))
    return _cut(place.line, cells, start - first, mark, columns, left=left, right=right)


def _cells(file: SourceFile, number: int, first: int, last: int) -> list[tuple[str, int]]:
    """For each character from ``first`` to ``last`` what is printed and how wide that is."""
    line = file.line(number) or ""
    cells = [(shown(char), width(char)) for char in line[first:last]]
    for start, end in file.hidden(number, first, last):
        for index in range(max(start, first), min(end, last)):
            cells[index - first] = (HIDDEN, len(HIDDEN)) if index == max(start, first) else ("", 0)
    return cells


def _cut(
    number: int, cells: list[tuple[str, int]], at: int, mark: int, columns: int, *, left: bool, right: bool
) -> Snippet:
    begin, room = at, 0
    while begin > 0 and room + cells[begin - 1][1] <= _BEFORE:
        begin -= 1
        room += cells[begin][1]
    end, total = begin, 0
    while end < len(cells) and total + cells[end][1] <= columns:
        total += cells[end][1]
        end += 1
    head = _CUT if left or begin > 0 else ""
    tail = _CUT if right or end < len(cells) else ""
    text = head + "".join(text for text, _ in cells[begin:end]) + tail
    offset = len(head) + room
    return Snippet(number, text.rstrip(), offset, max(1, min(mark, len(head) + total - offset)))
