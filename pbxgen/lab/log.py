"""A PBX's log: its warnings and errors, and the call that each is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Harmless:
    """A warning or error that is not caused by generated configuration."""

    message: str
    """Regular expression for the whole message, behind time, level and source file."""
    why: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """A WARNING or ERROR line."""

    line: str
    tenant: str | None
    """Tenant of the call that it is about; None: no call, or not known."""


class Log:
    """The log of a PBX.

    ``line`` reads a line; its groups are `level`, `message`, and `call`, which the lines of one call have in common.
    ``levels`` count always, ``call_levels`` in lines about a call: one that goes as it should leaves none.
    """

    def __init__(
        self,
        path: Path,
        line: re.Pattern[str],
        levels: Collection[str],
        harmless: Sequence[Harmless],
        call_levels: Collection[str] = (),
    ) -> None:
        self._path = path
        self._line = line
        self._levels = levels
        self._call_levels = call_levels
        self._harmless = re.compile("|".join(f"(?:{known.message})" for known in harmless))

    def lines(self) -> list[str]:
        return self._path.read_text("utf-8", "replace").splitlines() if self._path.exists() else []

    def complaints(self, tenants: Collection[str] = ()) -> tuple[Complaint, ...]:
        """Lines of a level that counts, without harmless ones. ``tenants``: names to be recognised."""
        counted: list[tuple[str, str, re.Match[str]]] = []
        owner: dict[str, str] = {}
        for line in self.lines():
            matched = self._line.match(line)
            if matched is None:
                continue
            call, message = matched["call"] or "", matched["message"]
            named = next((word for word in _WORD.findall(message) if word in tenants), None)
            if named is not None and call:
                owner.setdefault(call, named)
            counts = matched["level"] in self._levels or (call and matched["level"] in self._call_levels)
            if counts and not self._harmless.fullmatch(message.strip()):
                counted.append((line, named or "", matched))
        return tuple(Complaint(line, named or owner.get(matched["call"] or "")) for line, named, matched in counted)

    def last_words(self, otherwise: Path) -> str:
        """The end of the log, or of another file where there is none yet."""
        lines = self.lines() or (otherwise.read_text("utf-8", "replace").splitlines() if otherwise.exists() else [])
        return " / ".join(lines[-5:]) or "it said nothing"
