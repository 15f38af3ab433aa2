"""Diagnostics for machines: a stable JSON document.

``{"version": 1, "diagnostics": [...], "summary": {"errors": 0, "warnings": 0}}``; each diagnostic has ``code``,
``severity`` (``error``, ``warning`` or ``note``; notes are not counted), ``message``, ``file``, ``line``, ``column``,
``end_line``, ``end_column``, ``help`` and ``related``, a list of objects with ``message`` and the five keys of a place;
where a call shows the problem, ``example`` has ``headline`` and ``steps``, a list like ``related`` whose members may
have no place. Lines and columns count from 1, columns in code points, the end is exclusive; the five are null together
where there is no place.
Of more than 10,000 diagnostics the first are listed, and ``summary`` has ``left_out``, the number of the others.
``version`` changes when a key changes its meaning or goes; keys may be added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pbxgen.diagnostics.diagnostic import Diagnostic, Example
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import MOST_LISTED, counts, prepare
from pbxgen.diagnostics.text import SourceFile

VERSION = 1


def render_json(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> str:
    """The document, with a newline at its end. ``files`` are needed to keep secrets out of messages."""
    return json.dumps(document(diagnostics, files), indent=2) + "\n"


def document(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> dict[str, Any]:
    """The document as plain values."""
    prepared = prepare(diagnostics, files)
    errors, warnings = counts(prepared)
    left_out = len(prepared) - MOST_LISTED
    return {
        "version": VERSION,
        "diagnostics": [diagnostic_to_dict(diagnostic) for diagnostic in prepared[:MOST_LISTED]],
        "summary": {"errors": errors, "warnings": warnings, **({"left_out": left_out} if left_out > 0 else {})},
    }


def diagnostic_to_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain values, as it is."""
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        **_place(diagnostic.location),
        "help": diagnostic.help,
        "related": [{"message": related.message, **_place(related.location)} for related in diagnostic.related],
        **({} if diagnostic.example is None else {"example": _example(diagnostic.example)}),
    }


def _example(example: Example) -> dict[str, Any]:
    steps = [{"message": step.text, **_place(step.location)} for step in example.steps]
    return {"headline": example.headline, "steps": steps}


def _place(location: Location | None) -> dict[str, str | int | None]:
    return dict.fromkeys(Location._fields) if location is None else location._asdict()
