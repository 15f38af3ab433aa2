"""``${variables}`` and ``${functions(...)}`` in texts, as switch_channel_expand_variables expands them.

The structure of a text is parsed once and kept; only what it refers to is looked up each time. Values are expanded in
their turn, as FreeSWITCH does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pbxgen.interpret import brackets
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.text import atoi

_DEEPEST = 100
_REFERS = re.compile(r"\$[\\$]*\{")
_ESCAPED = re.compile(r"\\[\\nst']")
"""``switch_string_has_escaped_data``."""
_TOKEN = re.compile(r"(?P<reference>\$\$?\{)|\\'|(?P<letter>\\\\|\\?\$\$?|.)", re.DOTALL)
"""What begins a reference, an escaped quote (which vanishes), or one letter as it is read: the last one."""


@dataclass(frozen=True, slots=True)
class ExpansionScope:
    """Where names are looked up."""

    variable: Callable[[str], str | None]
    function: Callable[[str, str], str]
    """Of its name and its arguments."""


@dataclass(frozen=True, slots=True)
class _Reference:
    name: str
    arguments: str | None
    """Of a function; None: a variable."""


_Part = str | _Reference


def expand(text: str, scope: ExpansionScope, depth: int = 0) -> str:
    """``text`` with the values of everything it refers to; what is unknown is empty."""
    if "$" not in text and "\\" not in text:
        return text
    if depth > _DEEPEST:
        raise NotUnderstoodError(f"{text!r} expands without end")
    return "".join(_value(part, scope, depth) for part in _parts(text))


def _value(part: _Part, scope: ExpansionScope, depth: int) -> str:
    if isinstance(part, str):
        return part
    name = expand(part.name, scope, depth + 1)
    if part.arguments is not None:
        return scope.function(name, expand(part.arguments, scope, depth + 1))
    name, _, slice_ = name.partition(":")
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
    return _REFERS.search(text) is not None


@lru_cache(maxsize=16384)
def _parts(text: str) -> tuple[_Part, ...]:
    """The literal parts of a text, and what it refers to."""
    if not refers(text) and not _ESCAPED.search(text):
        return (text,)
    parts: list[_Part] = []
    at = 0
    while (token := _TOKEN.match(text, at)) is not None:
        at = token.end()
        if token["reference"] is None:
            _add(parts, (token["letter"] or "")[-1:])
            continue
        part, at = _reference(text, at)
        parts.append(part)
        # The letter behind a reference is copied whatever it is, unless another reference begins.
        if text[at : at + 1] not in ("", "$"):
            _add(parts, text[at])
            at += 1
    return tuple(parts)


def _add(parts: list[_Part], letter: str) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, str):
        parts[-1] = last + letter
    else:
        parts.append(letter)


def _reference(text: str, begin: int) -> tuple[_Reference, int]:
    """What begins behind a ``${``, and where the text goes on."""
    end, depth = begin, 1
    while end < len(text) and not (depth == 1 and text[end] == "}"):
        if end != begin and text[end] == "{":
            depth += 1
        elif text[end] == "}":
            depth -= 1
        end += 1
    if end == len(text):
        raise NotUnderstoodError(f"{text!r}: a ${{ that is not closed")
    inside = text[begin:end]
    name = re.split("[ (]", inside)[0]
    if name == inside:
        return _Reference(name, None), end + 1
    if inside[len(name)] == " ":
        raise NotUnderstoodError(f"${{{inside}}}: a function without brackets")
    # Without a bracket that closes, all the rest are arguments.
    arguments = inside[len(name) + 1 : brackets.closing(inside, len(name), "()")]
    return _Reference(name, arguments), end + 1
