"""Diagnostics for code hosts and editors: SARIF 2.1.0 (OASIS standard, 27 March 2020)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pbxgen import __version__
from pbxgen.diagnostics.codes import TABLE
from pbxgen.diagnostics.codes.code import Code
from pbxgen.diagnostics.diagnostic import Diagnostic, Example
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.prepare import MOST_LISTED, prepare
from pbxgen.diagnostics.text import SourceFile

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_INDEX = {code: index for index, code in enumerate(TABLE)}


def render_sarif(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> str:
    """The log, with a newline at its end. ``files`` are needed to keep secrets out of messages."""
    return json.dumps(log(diagnostics, files), indent=2) + "\n"


def log(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> dict[str, Any]:
    """The log as plain values: one run, whose rules are the whole table of codes."""
    driver = {"name": "pbxgen", "version": __version__, "rules": [_rule(code) for code in TABLE.values()]}
    prepared = prepare(diagnostics, files)
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": _results(prepared[:MOST_LISTED]),
    }
    if len(prepared) > MOST_LISTED:
        run["properties"] = {"leftOut": len(prepared) - MOST_LISTED}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.code,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explanation},
        "help": {"text": code.cure},
        "defaultConfiguration": {"level": str(code.severity)},
    }


def _results(prepared: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """With what a finding is known by when lines above it change (section 3.27.17), named as GitHub reads it."""
    return [
        {**_result(one), "partialFingerprints": {"primaryLocationLineHash": known}}
        for one, known in zip(prepared, fingerprints(prepared), strict=True)
    ]


def fingerprints(prepared: Sequence[Diagnostic]) -> Iterator[str]:
    """What each finding is known by: no line is in it."""
    seen: Counter[str] = Counter()
    for diagnostic in prepared:
        file = "" if diagnostic.location is None else uri(diagnostic.location.file)
        about = diagnostic.subjects or diagnostic.message
        known = hashlib.sha256(f"{diagnostic.code}\0{file}\0{about}".encode()).hexdigest()[:16]
        seen[known] += 1
        yield f"{known}:{seen[known]}"


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": _INDEX[diagnostic.code],
        "level": str(diagnostic.severity),
        "message": {"text": text},
    }
    if diagnostic.location is not None:
        result["locations"] = [{"physicalLocation": _physical(diagnostic.location)}]
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(related.location), "message": {"text": related.message}}
            for number, related in enumerate(diagnostic.related, 1)
        ]
    if diagnostic.example is not None and diagnostic.example.steps:
        result["codeFlows"] = [_flow(diagnostic.example)]
    return result


def _flow(example: Example) -> dict[str, Any]:
    """The example as a code flow; a step without a place is a location with a message only (section 3.28.1)."""
    locations = []
    for step in example.steps:
        location: dict[str, Any] = {"message": {"text": step.text}}
        if step.location is not None:
            location["physicalLocation"] = _physical(step.location)
        locations.append({"location": location})
    return {"message": {"text": example.headline}, "threadFlows": [{"locations": locations}]}


def _physical(location: Location) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": uri(location.file)},
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }


def uri(file: str) -> str:
    """A relative reference where the file is below the current folder, so that a code host finds it."""
    path = Path(file)
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return "file://" + quote(path.as_posix())
        path = path.relative_to(Path.cwd())
    # A colon in the first part would make a scheme of it (RFC 3986, section 4.2).
    return quote(path.as_posix())
