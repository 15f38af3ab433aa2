"""A syntax error of the parser -> a diagnostic that says what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.source.events import SyntaxFaultError


@dataclass(frozen=True, slots=True)
class _Wording:
    """What is said instead of the complaints that ``problem`` (and, if given, ``context``) match."""

    problem: str
    """A regular expression, as ``re`` searches for it."""
    message: str
    help: str
    context: str = ""
    opened: str = ""
    """What to say of the place where the construct began; empty: that place is not worth showing."""
    at_context: bool = False
    """The beginning of the construct is where the mistake is, not where the parser gave up."""


_TAB = "a tab where YAML wants spaces"
_TAB_HELP = "indent with spaces"
_INDENT_HELP = "keys of one mapping stand in the same column; a value that goes on after a quote must be quoted whole"

_WORDINGS = (
    _Wording(
        r"mapping values are not allowed",
        "a second ': ' on the line, or a line indented too far",
        "quote a value that contains ': '; give a key with keys of its own no value on its line",
    ),
    _Wording(r"sequence entries are not allowed", "a list cannot begin here", "begin the list on a line of its own"),
    _Wording(
        r"expected ',' or '\]'",
        "expected ',' or ']' in the list",
        "close the list with ']'; quote an element that contains any of [ ] { } , :",
        opened="the list begins here",
    ),
    _Wording(
        r"expected ',' or '\}'",
        "expected ',' or '}' in the mapping",
        "close the mapping with '}'; quote a value that contains any of [ ] { } , :",
        opened="the mapping begins here",
    ),
    _Wording(
        r"unexpected end of stream",
        "a quote that is never closed",
        "close it; in single quotes write ' as '', in double quotes write \" as \\\"",
        context="quoted scalar",
        at_context=True,
    ),
    _Wording(
        r"unexpected document (indicator|separator)",
        "a quote that is not closed before the document ends",
        "close it",
        context="quoted scalar",
        at_context=True,
    ),
    _Wording(
        r"unknown escape character|expected hexdecimal number|hexadecimal|Unicode character escape",
        "an unknown escape after '\\' in double quotes",
        "write \\\\ for a backslash, or use single quotes",
    ),
    _Wording(
        r"expected alphabetic or numeric",
        "'*' and '&' begin an alias and an anchor in YAML",
        "quote a value that begins with '*' or '&'",
        context="scanning an a",
    ),
    _Wording(
        r"could not find expected ':'",
        "expected 'key: value'",
        "put ': ' after a key; quote or indent a text that goes on from the line before",
        context="simple key",
        at_context=True,
    ),
    _Wording(r"undefined tag handle", "an unknown tag", "quote a value that begins with '!'"),
    _Wording(r"", "a tag that is not complete", "quote a value that begins with '!'", context="tag"),
    _Wording(
        r"expected '-' indicator|expected <block end>",
        "expected '- ', the next element of the list",
        "elements of one list begin with '- ' in the same column",
        context="block collection",
        opened="the list begins here",
    ),
    _Wording(
        r"expected key|expected <block end>",
        "expected a key of the mapping",
        _INDENT_HELP,
        context="block mapping",
        opened="the mapping begins here",
    ),
    _Wording(r"expected (the )?node content", "expected a value", "quote a value that begins with any of [ ] { } , ?"),
    _Wording(
        r"expected '?<document start>",
        "expected the end of the file",
        "a source is one mapping; the text before this belongs to no key",
    ),
    _Wording(
        r"", "expected a line break after '|' or '>'", "quote a value that begins with '|' or '>'", "block scalar"
    ),
    _Wording(r"incompatible YAML document|version minor part", "an unknown YAML version", "remove the line %YAML"),
)

_Place = tuple[int, int] | None


def describe(fault: SyntaxFaultError, name: str, text: tuple[str, ...]) -> Diagnostic:
    """The diagnostic for ``fault`` in the file called ``name`` with the lines ``text``."""
    if "tab character" in fault.problem:
        return make("PBX011", _TAB, _location(fault.place, name, text), help=_TAB_HELP)
    if "cannot start any token" in fault.problem:
        return _strange_start(fault, name, text)
    for wording in _WORDINGS:
        if re.search(wording.problem, fault.problem) and wording.context in fault.context:
            place = fault.context_place if wording.at_context else fault.place
            related: tuple[Related, ...] = ()
            if wording.opened and fault.context_place is not None and fault.context_place != place:
                related = (Related(wording.opened, _location(fault.context_place, name, text)),)
            return make("PBX010", wording.message, _location(place, name, text), help=wording.help, related=related)
    return make("PBX010", f"not YAML: {fault.problem}", _location(fault.place, name, text))


def _strange_start(fault: SyntaxFaultError, name: str, lines: tuple[str, ...]) -> Diagnostic:
    where = _location(fault.place, name, lines)
    line = lines[where.line - 1] if where.line <= len(lines) else ""
    char = line[where.column - 1 : where.column]
    if char == "\t" or not char:
        return make("PBX011", _TAB, where, help=_TAB_HELP)
    return make("PBX010", f"no value can begin with '{char}'", where, help=f"quote a value that begins with '{char}'")


def _location(place: _Place, name: str, lines: tuple[str, ...]) -> Location:
    """One character at ``place``; the end of the text is shown after its last line that is not empty."""
    line, column = place if place is not None else (0, 0)
    if line >= len(lines) or (line == len(lines) - 1 and line > 0 and not lines[line]):
        line = max((i for i, text in enumerate(lines) if text.strip()), default=0)
        column = len(lines[line].rstrip()) if lines else 0
    return Location(name, line + 1, column + 1, line + 1, column + 2)
