"""Prepare diagnostics for every output format: sort them, drop repetitions, hide secrets, count them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Related, Severity, Step
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.text import SourceFile

HIDDEN = "***"

_LINES_READ = 50
_CHARACTERS_AROUND = 300
_POINTERS = ("env", "file")
_PIECES = re.compile(r"""[\s{}\[\],:"'|>]+""")


def prepare(diagnostics: Iterable[Diagnostic], files: Iterable[SourceFile] = ()) -> tuple[Diagnostic, ...]:
    """``diagnostics`` by place, each once; secrets that stand at their places become ``***``."""
    by_name = {file.name: file for file in files}
    seen = {_redacted(diagnostic, by_name): None for diagnostic in diagnostics}
    return tuple(sorted(seen, key=by_place))


MOST_LISTED = 10_000
"""Findings in a document for machines; of more it says how many were left out."""


def as_errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same with every warning an error, as ``--strict`` wants it."""
    return tuple(
        one if one.severity is Severity.NOTE else dataclasses.replace(one, severity=Severity.ERROR)
        for one in diagnostics
    )


def counts(diagnostics: Iterable[Diagnostic]) -> tuple[int, int]:
    """How many errors, how many warnings."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def by_place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    """Sorts diagnostics by file, line, column and code; those without a place come first."""
    where = diagnostic.location
    if where is None:
        return "", 0, 0, diagnostic.code, diagnostic.message
    return where.file, where.line, where.column, diagnostic.code, diagnostic.message


def _redacted(diagnostic: Diagnostic, files: Mapping[str, SourceFile]) -> Diagnostic:
    places = [diagnostic.location, *(related.location for related in diagnostic.related)]
    secrets = {secret for place in places if place is not None for secret in _secrets_at(place, files)}
    if not secrets:
        return diagnostic
    alternatives = "|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")

    def hide(text: str) -> str:
        return pattern.sub(HIDDEN, text)

    return dataclasses.replace(
        diagnostic,
        message=hide(diagnostic.message),
        help=hide(diagnostic.help),
        related=tuple(Related(hide(related.message), related.location) for related in diagnostic.related),
        example=_hidden_in(diagnostic.example, hide),
    )


def _hidden_in(example: Example | None, hide: Callable[[str], str]) -> Example | None:
    if example is None:
        return None
    return Example(hide(example.headline), tuple(Step(hide(step.text), step.location) for step in example.steps))


def _secrets_at(place: Location, files: Mapping[str, SourceFile]) -> Iterable[str]:
    file = files.get(place.file)
    if file is None:
        return
    for number in range(place.line, min(place.end_line, place.line + _LINES_READ) + 1):
        line = file.line(number) or ""
        first = place.column - 1 - _CHARACTERS_AROUND if number == place.line else 0
        for start, end in file.hidden(number, first, max(0, first) + 3 * _CHARACTERS_AROUND):
            written = line[start:end].strip().strip("\"'")
            pieces = (
                p for p in _PIECES.split(written[:_CHARACTERS_AROUND]) if len(p) > 1 and p not in _POINTERS
            )  # one letter is no secret
            yield from {written, *pieces} - {""}
