"""Bytes of a file -> text that YAML may hold, or the places of what it may not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location

# Not allowed by YAML (NUL, controls, non-characters), or ends a line in YAML 1.1 but not in 1.2 and in no editor
# alike (NEL, LS, PS), or a byte-order mark within the text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_MOST_SHOWN = 5
_NAMES = {"\x00": "NUL", "\x1b": "ESCAPE", "\x7f": "DELETE", "\x85": "NEXT LINE", "\ufeff": "BYTE ORDER MARK"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` is without a byte-order mark; it may only be parsed where there are no ``diagnostics``."""

    text: str
    diagnostics: tuple[Diagnostic, ...]


def decode(data: bytes, name: str) -> Decoded:
    """The text of a file called ``name``; invalid bytes become U+FFFD so that the line can still be shown."""
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as exc:
        return _not_utf8(data, exc.start, name)
    return Decoded(text, check(text, name))


def check(text: str, name: str) -> tuple[Diagnostic, ...]:
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
                place(text, match.start(), name),
                help=f'remove it, or write it as "\\u{ord(char):04X}" in double quotes',
            )
        )
    return tuple(problems)


def place(text: str, index: int, name: str) -> Location:
    """The character at ``index`` as a location."""
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, index):
        if match.end() > index:
            break
        line, start = line + 1, match.end()
    column = index - start + 1
    return Location(name, line, column, line, column + 1)


def _not_utf8(data: bytes, start: int, name: str) -> Decoded:
    if data.startswith(_UTF16):
        where = Location(name, 1, 1, 1, 1)
        return Decoded("", (make("PBX007", "the file is UTF-16, not UTF-8", where, help="save it as UTF-8"),))
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    before = data[:start].decode("utf-8").removeprefix("\ufeff")
    return Decoded(
        text,
        (
            make(
                "PBX007",
                f"the byte 0x{data[start]:02X} is not UTF-8",
                place(before + "?", len(before), name),
                help="save the file as UTF-8",
            ),
        ),
    )
