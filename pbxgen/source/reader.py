"""YAML text -> tree: every problem of one file, never an exception."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source import events, syntax
from pbxgen.source.compose import Composer
from pbxgen.source.garbage_collection import without_garbage_collection
from pbxgen.source.tree import Mapping, Node

# Not allowed by YAML (NUL, controls, non-characters), or ends a line in YAML 1.1 but not in 1.2 and in no editor
# alike (NEL, LS, PS), or a byte-order mark within the text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_MOST_SHOWN = 5
_NAMES = {"\x00": "NUL", "\x1b": "ESCAPE", "\x7f": "DELETE", "\x85": "NEXT LINE", "\ufeff": "BYTE ORDER MARK"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as read. ``root`` is None where no tree could be made; then at least one diagnostic says why."""

    file: SourceFile
    root: Mapping | None
    diagnostics: tuple[Diagnostic, ...]


def read_bytes(data: bytes, name: str, *, pure: bool = False) -> Reading:
    """Read the bytes of a file that is shown as ``name``. ``pure``: without libyaml, with the same results."""
    try:
        return read_text(data.decode("utf-8"), name, pure=pure)
    except UnicodeDecodeError as exc:
        return _not_utf8(data, exc.start, name)


def read_text(text: str, name: str, *, pure: bool = False) -> Reading:
    text = text.removeprefix("\ufeff")
    wrong_characters = check_characters(text, name)
    if wrong_characters:
        return Reading(SourceFile(name, text.encode("utf-8", "replace").decode("utf-8")), None, wrong_characters)
    composer = Composer(name, len(text))

    def compose(stream: Iterator[events.Event]) -> Node | None:
        nonlocal composer
        composer = Composer(name, len(text))
        return composer.compose(stream)

    try:
        with without_garbage_collection():
            root = events.parse(text, compose, pure=pure)
    except events.SyntaxFaultError as exc:
        file = SourceFile(name, text)
        return Reading(file, None, (*composer.diagnostics, syntax.describe(exc, name, file.lines)))
    problems = composer.diagnostics
    file = SourceFile(name, text, tuple(composer.secrets) if composer.finished else None)
    start = Location(name, 1, 1, 1, 1)
    if isinstance(root, Mapping):
        return Reading(file, root, tuple(problems))
    where = start if root is None else root.location
    if root is not None and getattr(root, "value", root) is not None:
        message = "a source is a mapping: 'key: value' on its outermost level"
        problems.append(make("PBX009", message, where, help="begin with 'version: 1'"))
    elif root is not None or not problems:
        problems.append(make("PBX006", "nothing is written here", where, help="begin with 'version: 1'"))
    return Reading(file, None, tuple(problems))


def check_characters(text: str, name: str) -> tuple[Diagnostic, ...]:
    """A diagnostic for each character that is not allowed in a source, the first few of them."""
    problems: list[Diagnostic] = []
    for match in _FORBIDDEN.finditer(text):
        if len(problems) == _MOST_SHOWN:
            break
        char = match.group()
        label = f"U+{ord(char):04X} {_NAMES.get(char) or unicodedata.name(char, 'a control character')}"
        problems.append(
            make(
                "PBX008",
                f"the character {label} is not allowed in a source",
                _place(text, match.start(), name),
                help=f'remove it, or write it as "\\u{ord(char):04X}" in double quotes',
            )
        )
    return tuple(problems)


def _place(text: str, index: int, name: str) -> Location:
    """The character at ``index`` as a location."""
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, index):
        if match.end() > index:
            break
        line, start = line + 1, match.end()
    column = index - start + 1
    return Location(name, line, column, line, column + 1)


def _not_utf8(data: bytes, start: int, name: str) -> Reading:
    """The first wrong byte is at ``start``; wrong bytes become U+FFFD so that the line can still be shown."""
    if data.startswith(_UTF16):
        where = Location(name, 1, 1, 1, 1)
        utf16 = make("PBX007", "the file is UTF-16, not UTF-8", where, help="save it as UTF-8")
        return Reading(SourceFile(name, ""), None, (utf16,))
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    before = data[:start].decode("utf-8").removeprefix("\ufeff")
    place = _place(before + "?", len(before), name)
    wrong = make("PBX007", f"the byte 0x{data[start]:02X} is not UTF-8", place, help="save the file as UTF-8")
    return Reading(SourceFile(name, text), None, (wrong,))
