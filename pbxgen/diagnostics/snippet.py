"""One line of a source with a mark below a part of it."""

from __future__ import annotations

from dataclasses import dataclass

from pbxgen.diagnostics.display import shown, width
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import HIDDEN
from pbxgen.diagnostics.text import SourceFile

_CUT = "…"
_BEFORE = 40
"""Columns of a long line that are shown before what is marked."""


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
