"""A problem of a source: what is wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pbxgen.source.location import Location


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


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
    ``subject`` names what an ``accept:`` must stand on to cover it, e.g. ``("user", "101")``; None: only the top.
    """

    code: str
    severity: Severity
    message: str
    location: Location | None
    help: str = ""
    related: tuple[Related, ...] = ()
    subject: tuple[str, str] | None = None
    example: Example | None = None
