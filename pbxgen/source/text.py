"""The text of a source file, kept so that problems can be shown in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pbxgen.source.location import Location


@dataclass(frozen=True)
class SourceFile:
    """One file as it was read.

    ``name`` is how it is shown and what ``Location.file`` holds: relative where the user's path was relative.
    ``secrets`` are the places of values that must never be shown.
    """

    name: str
    text: str
    secrets: tuple[Location, ...] = ()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line 1 first."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def line(self, number: int) -> str | None:
        """Line ``number`` (from 1), or None beyond the end."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None
