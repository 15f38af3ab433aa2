"""``${variables}`` and ``${functions(...)}`` in texts, as switch_channel_expand_variables expands them.

A text's structure is found once and kept; only what it refers to is looked up each time. Values are expanded in their
turn, as FreeSWITCH does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.text import atoi

_DEEPEST = 100


class Scope(Protocol):
    """Where names are looked up."""

    def variable(self, name: str) -> str | None: ...

    def function(self, name: str, arguments: str) -> str: ...


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    arguments: str


_Part = str | _Variable | _Function


def expand(text: str, scope: Scope, depth: int = 0) -> str:
    """``text`` with the values of everything it refers to; what is unknown is empty."""
    if "$" not in text and "\\" not in text:
        return text
    if depth > _DEEPEST:
        raise NotUnderstoodError(f"{text!r} expands without end")
    return "".join(_value(part, scope, depth) for part in _parts(text))


def _value(part: _Part, scope: Scope, depth: int) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, _Function):
        name = expand(part.name, scope, depth + 1)
        return scope.function(name, expand(part.arguments, scope, depth + 1))
    name, _, slice_ = expand(part.name, scope, depth + 1).partition(":")
    if "[" in name:
        raise NotUnderstoodError(f"${{{name}}}: an element of an array")
    value = scope.variable(name)
    if value is None:
        return ""
    value = expand(value, scope, depth + 1)
    return _cut(value, slice_) if slice_ else value


def _cut(value: str, slice_: str) -> str:
    """``${name:offset:length}``; a negative offset counts from the end."""
    first, _, second = slice_.partition(":")
    offset, length = atoi(first), atoi(second)
    if offset >= 0 or -offset <= len(value):
        value = value[offset:]
    return value[:length] if 0 < length < len(value) else value


def refers(text: str) -> bool:
    """``switch_string_var_check_const``: does ``${`` stand in a text (backslashes between them do not part the two)?"""
    dollar = False
    for letter in text:
        if letter == "$":
            dollar = True
        elif dollar:
            if letter == "{":
                return True
            dollar = letter == "\\"
    return False


def _escaped(text: str) -> bool:
    """``switch_string_has_escaped_data``."""
    at = text.find("\\")
    while at >= 0:
        if text[at + 1 : at + 2] in ("\\", "n", "s", "t", "'"):
            return True
        at = text.find("\\", at + 1)
    return False


@lru_cache(maxsize=16384)
def _parts(text: str) -> tuple[_Part, ...]:
    """The literal parts of a text, and what it refers to."""
    if not refers(text) and not _escaped(text):
        return (text,)
    parts: list[_Part] = []
    at, size = 0, len(text)
    while at < size:
        literal = False
        if text[at] == "\\":
            following = text[at + 1 : at + 2]
            if following == "$":
                literal = True
                at += 2 if text[at + 2 : at + 3] == "$" else 1
            elif following == "'":
                at += 2
                continue
            elif following == "\\":
                parts.append("\\")
                at += 2
                continue
        if text[at] == "$" and not literal:
            if text[at + 1 : at + 2] == "$":
                at += 1
            literal = text[at + 1 : at + 2] != "{"
            if not literal:
                part, at = _reference(text, at + 2)
                parts.append(part)
                # The letter behind a reference is copied whatever it is, unless another reference begins.
                if at < size and text[at] != "$":
                    parts.append(text[at])
                    at += 1
                continue
        parts.append(text[at])
        at += 1
    return tuple(_joined(parts))


def _joined(parts: list[_Part]) -> Iterator[_Part]:
    """The same, with letters that stand side by side in one piece."""
    letters: list[str] = []
    for part in parts:
        if isinstance(part, str):
            letters.append(part)
            continue
        if letters:
            yield "".join(letters)
            letters = []
        yield part
    if letters:
        yield "".join(letters)


def _reference(text: str, begin: int) -> tuple[_Part, int]:
    """What begins behind a ``${``, and where the text goes on."""
    end, depth, closed = begin, 1, False
    while end < len(text):
        if depth == 1 and text[end] == "}":
            closed = True
            break
        if end != begin and text[end] == "{":
            depth += 1
        elif depth > 1 and text[end] == "}":
            depth -= 1
        end += 1
    if not closed:
        raise NotUnderstoodError(f"{text!r}: a ${{ that is not closed")
    inside = text[begin:end]
    at = next((place for place, letter in enumerate(inside) if letter in " ("), None)
    if at is None:
        return _Variable(inside), end + 1
    if inside[at] == " ":
        raise NotUnderstoodError(f"${{{inside}}}: a function without brackets")
    return _Function(inside[:at], _arguments(inside[at + 1 :])), end + 1


def _arguments(text: str) -> str:
    """Up to the bracket that closes; all where none does."""
    depth = 1
    for at, letter in enumerate(text):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return text[:at]
    return text
