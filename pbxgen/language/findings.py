"""Where the stages of this layer put what they find."""

from __future__ import annotations

from collections.abc import Iterable

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related, Severity
from pbxgen.source.location import Location

Subject = tuple[str, str]
"""What an ``accept:`` stands on: ("user", "101"), ("operator", name), ("group", name) or ("inbound", E.164)."""


def clipped(text: str, length: int = 40) -> str:
    """``text`` as it can stand in a message: its beginning, where it is long."""
    return text if len(text) <= length else text[: length - 1] + "…"


class Findings:
    """Diagnostics in the order they were found; the same finding at the same place is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Location | None, str], Diagnostic] = {}

    def add(
        self,
        code: str,
        message: str,
        location: Location | None,
        *,
        help: str = "",
        related: Iterable[Related] = (),
        subject: Subject | None = None,
    ) -> None:
        key = (code, location, message)
        if key not in self._found:
            self._found[key] = make(code, message, location, help=help, related=related, subject=subject)

    @property
    def failed(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._found.values())

    def sorted(self) -> tuple[Diagnostic, ...]:
        """By place in the source; those without one first."""
        return tuple(sorted(self._found.values(), key=_place))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    at = diagnostic.location
    return ("", 0, 0, diagnostic.code) if at is None else (at.file, at.line, at.column, diagnostic.code)
