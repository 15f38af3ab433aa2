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

_LAYERS = (("PBX0", source.CODES), ("PBX1", language.CODES), ("PBX2", flow.CODES), ("PBX3", targets.CODES),
           ("PBX4", output.CODES), ("PBX5", scenario.CODES), ("PBX6", deploy.CODES))  # fmt: skip


def _assemble() -> Mapping[str, Code]:
    table: dict[str, Code] = {}
    for prefix, codes in _LAYERS:
        for code in sorted(codes, key=lambda c: c.code):
            if code.code in table:
                raise ValueError(f"the code {code.code} is in the tables twice")
            if not code.code.startswith(prefix) or len(code.code) != 6 or not code.code[3:].isdigit():
                raise ValueError(f"the code {code.code} stands in the table of {prefix}xx")
            table[code.code] = code
    return MappingProxyType(table)


TABLE: Mapping[str, Code] = _assemble()
"""Every code, in ascending order."""


def lookup(code: str) -> Code:
    """The entry of ``code``. Raises KeyError for a code that is in no table."""
    return TABLE[code]


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
    """A diagnostic whose severity is the table's, about ``subject``, or about several ``subjects``.

    Raises KeyError for a code that is in no table.
    """
    about = tuple(subjects) if subject is None else (subject,)
    return Diagnostic(code, TABLE[code].severity, message, location, help, tuple(related), about, example)
