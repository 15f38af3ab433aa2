"""``$[ ]``: the expressions of the dialplan, as main/ast_expr2.y reads them.

Operators by how strongly they bind, weakest first: ``|``, ``&``, ``= != < > <= >=``, ``+ -``, ``*``, unary minus.
A value in quotes, or one that is not all digits, is text; two values are compared as numbers only if neither is text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from pbxgen.interpret.base import NotUnderstoodError

_TOKEN = re.compile(
    r'\s*(?:("[^"]*")|(!=|<=|>=|[|&=<>+*()-])|([0-9]+(?![A-Za-z0-9_.]))|([A-Za-z0-9_,.\'\\^$#@\x80-\U0010ffff]+))'
)
_LEVELS = (("|",), ("&",), ("=", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*",))
_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_UNKNOWN = re.compile(r"[/%?:~!]")

AsteriskValue = int | str


class SyntaxMistakeError(Exception):
    """A syntax error, which Asterisk logs; the value is then empty."""


@lru_cache(maxsize=4096)
def evaluate(text: str) -> str:
    """The value of what stands between ``$[`` and ``]``, variables already put in.

    Raises SyntaxMistakeError for what Asterisk complains of, NotUnderstoodError for operators that no template uses.
    """
    reader = _Reader(_tokens(text))
    value = reader.level(0)
    if reader.ahead is not None:
        raise SyntaxMistakeError(text)
    return str(value)


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) with kinds: text (in quotes or not), number, operator."""
    tokens: list[tuple[str, str]] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            if _UNKNOWN.match(text[at:].lstrip()):
                raise NotUnderstoodError(f"$[{text}]: no template uses {text[at:].lstrip()[0]!r}")
            raise SyntaxMistakeError(text)
        quoted, sign, number, word = match.groups()
        kind = "operator" if sign is not None else "number" if number is not None else "text"
        tokens.append((kind, quoted or sign or number or word))
        at = match.end()
    return tokens


class _Reader:
    """Reads tokens by precedence; all operators are left-associative."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def ahead(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def level(self, depth: int) -> AsteriskValue:
        if depth == len(_LEVELS):
            return self._operand()
        value = self.level(depth + 1)
        while (ahead := self.ahead) is not None and ahead[0] == "operator" and ahead[1] in _LEVELS[depth]:
            self._at += 1
            value = _apply(ahead[1], value, self.level(depth + 1))
        return value

    def _operand(self) -> AsteriskValue:
        ahead = self.ahead
        if ahead is None:
            raise SyntaxMistakeError
        self._at += 1
        kind, text = ahead
        if kind == "number":
            return _Digits(text)
        if kind == "text":
            return text
        if text == "-":
            return -_number(self._operand())
        if text == "(":
            value = self.level(0)
            if self.ahead != ("operator", ")"):
                raise SyntaxMistakeError
            self._at += 1
            return value
        raise SyntaxMistakeError


class _Digits(str):
    """Digits as written: usable as a number, printed unchanged."""


def _apply(sign: str, left: AsteriskValue, right: AsteriskValue) -> AsteriskValue:
    match sign:
        case "|":
            return right if _nothing(left) else left
        case "&":
            return 0 if _nothing(left) or _nothing(right) else left
    if sign in _ARITHMETIC:
        return _ARITHMETIC[sign](_number(left), _number(right))
    return int(_compare(sign, left, right))


def _compare(sign: str, left: AsteriskValue, right: AsteriskValue) -> bool:
    if _is_text(left) or _is_text(right):
        # Quotes belong to a text: "a" and a are two.
        if sign not in ("=", "!="):
            raise NotUnderstoodError(f"no template compares texts so: {left} {sign} {right}")
        return (str(left) == str(right)) is (sign == "=")
    return _COMPARISONS[sign](int(left), int(right))


def _is_text(value: AsteriskValue) -> bool:
    return isinstance(value, str) and not isinstance(value, _Digits)


def _number(value: AsteriskValue) -> int:
    if not _is_text(value):
        return int(value)
    raise NotUnderstoodError(f"no template reckons with text ({value})")


def _nothing(value: AsteriskValue) -> bool:
    """0 and the empty text."""
    return int(value) == 0 if not _is_text(value) else value == ""
