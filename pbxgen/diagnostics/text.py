"""The text of a source file, kept so that problems can be shown in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.secrets import continues_secret, secret_spans

Span = tuple[int, int]
"""Characters of a line: from (0 is the first) to (not included)."""

_TO_THE_END = 1 << 30
_FEW = 20
_SHORTEST = 4
"""Characters: something shorter stands anywhere by chance."""


@dataclass(frozen=True)
class SourceFile:
    """One file as it was read.

    ``name`` is how it is shown and what ``Location.file`` holds: relative where the user's path was relative.
    ``secrets`` are the places of values that must never be shown; None where the text could not be understood, so
    that only its looks tell.
    """

    name: str
    text: str
    secrets: tuple[Location, ...] | None = None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line 1 first."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def line(self, number: int) -> str | None:
        """Line ``number`` (from 1), or None beyond the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    def hidden(self, number: int, first: int = 0, last: int = _TO_THE_END) -> list[Span]:
        """Whole spans of line ``number``, in order, that must not be shown and reach into ``first`` to ``last``."""
        spans = self._hidden.get(number)
        if spans is None:
            spans = self._hidden[number] = self._find_hidden(number)
        start = bisect_right(spans, first, key=lambda span: span[1])
        end = bisect_left(spans, last, key=lambda span: span[0])
        return spans[start:end]

    def masked(self) -> str:
        """The whole text with ``***`` for everything that must not be shown."""
        lines = []
        for number, line in enumerate(self.lines, 1):
            for start, end in reversed(self.hidden(number)):
                line = f"{line[:start]}***{line[end:]}"
            lines.append(line)
        return "\n".join(lines)

    def _find_hidden(self, number: int) -> list[Span]:
        line = self.line(number)
        if line is None:
            return []
        spans = list(secret_spans(line))
        if self.secrets is not None:
            spans += ((start, min(end, len(line))) for start, end in self._known_secrets.get(number, ()))
        elif continues_secret(self.lines, number):
            spans.append((len(line) - len(line.lstrip()), len(line)))
        return _joined([*spans, *_repeated(line, spans)])

    @cached_property
    def _hidden(self) -> dict[int, list[Span]]:
        """What was found before, by line: many problems can be on one line of a million characters."""
        return {}

    @cached_property
    def _known_secrets(self) -> Mapping[int, list[Span]]:
        by_line: dict[int, list[Span]] = {}
        for place in self.secrets or ():
            for number in range(place.line, place.end_line + 1):
                start = place.column - 1 if number == place.line else 0
                end = place.end_column - 1 if number == place.end_line else _TO_THE_END
                if end > start:
                    by_line.setdefault(number, []).append((start, end))
        return by_line


def _repeated(line: str, spans: list[Span]) -> Iterator[Span]:
    """Where what is hidden stands once more on its line, in a comment for example."""
    for start, end in spans[:_FEW]:
        text = line[start:end].strip().strip("\"'")
        at = line.find(text) if len(text) >= _SHORTEST else -1
        while at >= 0:
            yield at, at + len(text)
            at = line.find(text, at + len(text))


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined
