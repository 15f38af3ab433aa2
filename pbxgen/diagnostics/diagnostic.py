"""A problem of a source: what is wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pbxgen.diagnostics.location import Location


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    """Told by `pbxgen check` only, and never an error, also with ``--strict``: nothing needs to be done."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to the problem, such as the first definition of a duplicate."""

    message: str
    location: Location


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an example; not every step is caused by a line of the source."""

    text: str
    location: Location | None


@dataclass(frozen=True, slots=True)
class Example:
    """A call that shows the problem, told step by step."""

    headline: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    ``code`` is stable (``PBX012``) and explained in :mod:`pbxgen.diagnostics.codes`; ``help`` says what to do.
    ``subjects`` are those that it is about, e.g. ``("user", "101")``: to cover it an ``accept:`` must stand on each of
    them, or at the top; where there are none, at the top.
    """

    code: str
    severity: Severity
    message: str
    location: Location | None
    help: str = ""
    related: tuple[Related, ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()
    example: Example | None = None

    @property
    def subject(self) -> tuple[str, str] | None:
        """The only one; None where there are several or none."""
        return self.subjects[0] if len(self.subjects) == 1 else None
