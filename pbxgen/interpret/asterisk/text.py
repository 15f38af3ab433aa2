"""Text of the dialplan with ``${ }`` and ``$[ ]`` in it, and separate arguments (main/pbx_variables.c, main/app.c)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from pbxgen.interpret import brackets
from pbxgen.interpret.base import NotUnderstoodError

_OPENING = re.compile(r"\$[{\[]")
_PART = re.compile(r"\s*([+-]?[0-9]+)(?::\s*([+-]?[0-9]+))?")
"""Offset and length, as scanf reads them: text behind a number is ignored."""
_SPECIAL = re.compile(r'["\\()\[\]]')
WHOLE = 2**31 - 1
"""Length of ``${NAME:offset}``."""


class AsteriskValues(Protocol):
    def variable(self, name: str) -> str: ...

    def function(self, name: str, arguments: str) -> str: ...

    def expression(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class AsteriskVariable:
    """``${...}``; its inside is a text that is evaluated when the value is needed."""

    inner: AsteriskText
    plain: str | None
    """The name, if the inside is nothing but a name."""


@dataclass(frozen=True, slots=True)
class AsteriskExpression:
    """``$[...]``."""

    inner: AsteriskText


@dataclass(frozen=True, slots=True)
class AsteriskText:
    """A parsed text of the dialplan."""

    parts: tuple[str | AsteriskVariable | AsteriskExpression, ...]

    def put_in(self, values: AsteriskValues) -> str:
        """The text with all values substituted."""
        parts = self.parts
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        return "".join([p if isinstance(p, str) else _value(p, values) for p in parts])

    def functions(self) -> Sequence[str]:
        names: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                continue
            first = part.inner.parts[0] if part.inner.parts else ""
            if isinstance(part, AsteriskVariable) and isinstance(first, str) and "(" in first:
                names.append(first.partition("(")[0])
            names += part.inner.functions()
        return names


def _value(part: AsteriskVariable | AsteriskExpression, values: AsteriskValues) -> str:
    if isinstance(part, AsteriskExpression):
        return values.expression(part.inner.put_in(values))
    if part.plain is not None:
        return values.variable(part.plain)
    inner = part.inner.put_in(values)
    name, offset, length = _named(inner)
    function, bracket, rest = name.partition("(")
    value = values.function(function, rest[: rest.rfind(")")]) if bracket else values.variable(name)
    return value if offset is None else _cut(value, offset, length)


@lru_cache(maxsize=4096)
def parse(text: str) -> AsteriskText:
    """Parse a text. Raises NotUnderstoodError where a bracket is never closed."""
    parts: list[str | AsteriskVariable | AsteriskExpression] = []
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        start, kind = opening.start(), opening[0][1]
        end = brackets.closing(text, start + 1, "{}" if kind == "{" else "[]")
        if end is None:
            raise NotUnderstoodError(f"a bracket is never closed: {text}")
        if start > at:
            parts.append(text[at:start])
        inner = parse(text[start + 2 : end])
        parts.append(_variable(inner) if kind == "{" else AsteriskExpression(inner))
        at = end + 1
    if at < len(text) or not parts:
        parts.append(text[at:])
    return AsteriskText(tuple(parts))


def _variable(inner: AsteriskText) -> AsteriskVariable:
    first = inner.parts[0]
    plain = len(inner.parts) == 1 and isinstance(first, str) and not set(first) & set("(:")
    return AsteriskVariable(inner, first if plain and isinstance(first, str) else None)


def _named(inner: str) -> tuple[str, int | None, int]:
    """``NAME:offset:length`` or ``FUNCTION(…):offset:length``."""
    colons = (at for at, letter in enumerate(inner) if letter == ":")
    at = next((at for at in colons if inner.count("(", 0, at) == inner.count(")", 0, at)), None)
    if at is None:
        return inner, None, WHOLE
    given = _PART.match(inner[at + 1 :])
    offset, length = given.groups() if given else ("0", None)
    return inner[:at], int(offset), WHOLE if length is None else int(length)


def _cut(value: str, offset: int, length: int) -> str:
    """A substring: a negative offset counts from the end, a negative length leaves out characters at the end."""
    if offset < 0:
        offset = max(0, len(value) + offset)
    rest = value[offset:]
    return rest[:length] if length >= 0 else rest[: max(0, len(rest) + length)]


@lru_cache(maxsize=8192)
def arguments(text: str, delimiter: str = ",", most: int = 100, *, raw: bool = False) -> tuple[str, ...]:
    """Separate arguments (``ast_app_separate_args``).

    A delimiter in brackets or quotes separates nothing. Unless ``raw``, quotes and backslashes are taken away. The
    ``most``-th argument is all that is left, as it stands there. Nothing at all is no argument.
    """
    given: list[str] = []
    at = 0
    more = False
    while at < len(text) and len(given) < most - 1:
        argument, at, more = _argument(text, at, delimiter, raw)
        given.append(argument)
    if at < len(text) or more:
        given.append(text[at:])
    return tuple(given)


def _argument(text: str, at: int, delimiter: str, raw: bool) -> tuple[str, int, bool]:
    """One argument from ``at`` on, where the next one begins, and whether there is one."""
    if _SPECIAL.search(text) is None:
        end = text.find(delimiter, at)
        return (text[at:], len(text), False) if end < 0 else (text[at:end], end + 1, True)
    kept: list[str] = []
    opened = {"(": 0, "[": 0}
    quoted = False
    while at < len(text):
        character = text[at]
        if character in "([":
            opened[character] += 1
        elif character in ")]":
            opening = "(" if character == ")" else "["
            opened[opening] = max(0, opened[opening] - 1)
        elif character == '"' and delimiter != '"':
            quoted = not quoted
            if not raw:
                at += 1
                continue
        elif character == "\\":
            if raw:
                kept.append(character)
            at += 1
            kept.append(text[at : at + 1])
            at += 1
            continue
        elif character == delimiter and not quoted and not any(opened.values()):
            return "".join(kept), at + 1, True
        kept.append(character)
        at += 1
    return "".join(kept), at, False


def holds(condition: str) -> bool:
    """Does a condition hold? Digits by their value, other text if it is not empty (``pbx_checkcondition``)."""
    text = condition.strip()
    digits = text[1:] if text[:1] in "+-" else text
    number = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return int(number) != 0 if number else bool(condition)
