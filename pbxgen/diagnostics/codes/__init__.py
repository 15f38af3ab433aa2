"""The table of all diagnostic codes, one file per layer, and the only way to make a diagnostic.

PBX0xx source, PBX1xx language, PBX2xx flow, PBX3xx targets, PBX4xx output,
PBX5xx scenarios, PBX6xx deployment. A code, once released, keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pbxgen.diagnostics.codes import deploy, flow, language, output, scenario, source, targets
from pbxgen.diagnostics.codes.code import Code
from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Related
from pbxgen.diagnostics.location import Location

TABLE: Mapping[str, Code] = MappingProxyType(
    {
        code.code: code
        for layer in (source, language, flow, targets, output, scenario, deploy)
        for code in sorted(layer.CODES, key=lambda c: c.code)
    }
)
"""Every code, in ascending order."""


def make(
    code: str,
    message: str,
    location: Location | None,
    *,
    help: str = "",
    related: Iterable[Related] = (),
    subject: tuple[str, str] | None = None,
    subjects: Iterable[tuple[str, str]] = (),
    example: Example | None = None,
) -> Diagnostic:
    """A diagnostic with its code's severity, about ``subject`` or ``subjects``. Raises KeyError for unknown codes."""
    about = tuple(subjects) if subject is None else (subject,)
    return Diagnostic(code, TABLE[code].severity, message, location, help, tuple(related), about, example)
