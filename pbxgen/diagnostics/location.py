"""A place in the text of a source."""

from __future__ import annotations

from typing import NamedTuple


class Location(NamedTuple):
    """A range of a source file. Lines and columns count from 1; the end is exclusive.

    A named tuple, like the leaves of the tree: made in less than half the time of a frozen dataclass, which on a source
    of 100,000 users saves seconds.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """``file:line``, as it is written above a generated block."""
        return f"{self.file}:{self.line}"
