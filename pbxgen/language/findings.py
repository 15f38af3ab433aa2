"""Collect the diagnostics of this layer."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import nearest
from pbxgen.diagnostics.prepare import by_place

Subject = tuple[str, str]
"""What an ``accept:`` stands on: ("user", "101"), ("operator", name), ("group", name) or ("inbound", E.164)."""


_MOST_COMPARISONS = 30_000
"""Names compared in one run: a second or two of work."""
_SCANNED = 5000
"""Among more candidates than these :func:`nearest` compares only a few."""


def clipped(text: str, length: int = 40) -> str:
    """``text`` as it can stand in a message: its beginning, where it is long."""
    return text if len(text) <= length else text[: length - 1] + "…"


class Findings:
    """Diagnostics in the order they were found; the same finding at the same place is kept once."""

    def __init__(self) -> None:
        self.subject: Subject | None = None
        """What the findings are about that are added here."""
        self._comparisons_left = [_MOST_COMPARISONS]
        self._found: dict[tuple[str, Location | None, str], Diagnostic] = {}

    def about(self, subject: Subject | None) -> Findings:
        """These findings, to which those about ``subject`` can be added."""
        made = copy.copy(self)
        made.subject = subject
        return made

    def add(
        self, code: str, message: str, location: Location | None, *, help: str = "", related: Iterable[Related] = ()
    ) -> None:
        key = (code, location, message)
        if key not in self._found:
            self._found[key] = make(code, message, location, help=help, related=related, subject=self.subject)

    def listed_twice(self, message: str, location: Location, first: Location) -> None:
        """PBX123, about what stands in one list at ``first`` already."""
        self.add("PBX123", message, location, help="remove one of the two", related=[Related("first here", first)])

    def near(self, name: str, candidates: Collection[str]) -> str | None:
        """The known name nearest to an unknown one; None also where so many were asked for that time would run out."""
        self._comparisons_left[0] -= len(candidates) if len(candidates) <= _SCANNED else 50
        return nearest(name, candidates) if self._comparisons_left[0] > 0 else None

    def sorted(self) -> tuple[Diagnostic, ...]:
        """By place in the source; those without one first."""
        return tuple(sorted(self._found.values(), key=by_place))
