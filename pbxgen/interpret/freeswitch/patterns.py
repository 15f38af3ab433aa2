"""PCRE2 as switch_regex.c uses it, by Python's ``re``; syntax that differs between the two is not understood."""

from __future__ import annotations

import re
from functools import lru_cache

from pbxgen.interpret.base import NotUnderstoodError

_ESCAPE = r"x[0-9a-f]{2}|[dDwWsSn]|(?![^\W_])(?:.|\Z)"
"""Behind a backslash, wherever it stands."""
_UNDERSTOOD = re.compile(
    rf"(?:\\(?:[bBz1-9]|{_ESCAPE})"
    rf"|\[(?!\^?\])(?:\\(?:{_ESCAPE})|(?!\[|&&|\|\||~~|--)[^\]\\])*(?:\]|$)"
    r"|\((?!\?)|\(\?(?::|=|!|<=|<!|>)|\{\d+(?:,\d*)?\}|[^\\\[({])*",
    re.DOTALL,
)
"""Syntax that means the same to PCRE2 and to ``re``: escapes, classes, groups, quantifiers, anything plain."""
_NUMBER, _BRACED = re.compile(r"\$([0-9]+)"), re.compile(r"\$\{[0-9]")
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\)(?:[*+?]\+)?|.", re.DOTALL)
_END = re.compile(r"((?<!\\)(?:\\\\)*)\\z")
"""``\\z``, the very end of the text, which ``re`` writes otherwise."""


@lru_cache(maxsize=65536)
def perform(field: str, expression: str) -> re.Match[str] | None:
    """``switch_regex_perform``. Raises NotUnderstoodError for what PCRE2 and ``re`` may read differently."""
    return _compiled(expression).search(field)


def match_count(match: re.Match[str]) -> int:
    """FreeSWITCH's match count: 1, and one for each group up to the last that took part."""
    return 1 + max((number for number, text in enumerate(match.groups(), 1) if text is not None), default=0)


@lru_cache(maxsize=8192)
def _compiled(expression: str) -> re.Pattern[str]:
    if expression[:1] in ("_", "/"):
        raise NotUnderstoodError(
            f"expression {expression!r}: {expression[0]} at the beginning has a meaning of its own"
        )
    understood = _UNDERSTOOD.match(expression)
    if understood is not None and understood.end() < len(expression):
        strange = expression[understood.end() :][:4]
        raise NotUnderstoodError(f"expression {expression!r}: {strange} may mean different things")
    try:
        return re.compile(_atomic(_END.sub(r"\1\\Z", expression)), re.ASCII)
    except re.error as error:
        raise NotUnderstoodError(f"expression {expression!r}: {error}") from error


def _atomic(expression: str) -> str:
    """Possessive groups as atomic ones: Python before 3.11.5 matches the former wrongly (gh-106052)."""
    parts: list[str] = []
    opened: list[int] = []
    for token in _TOKEN.findall(expression):
        parts.append(token)
        if token == "(":
            opened.append(len(parts) - 1)
        elif token[0] == ")" and opened:
            start = opened.pop()
            if len(token) > 1:
                parts[start] = "(?>("
                parts[-1] = f"{token[:-1]})"
    return "".join(parts)


def substituted(match: re.Match[str], data: str, field: str) -> str:
    """``switch_perform_substitution``: ``$1`` ... put in. FreeSWITCH's buffer, which may be too short, included.

    Groups that took no part, or that there are not, put nothing in.
    """
    if _BRACED.search(data):
        raise NotUnderstoodError(f"{data!r}: ${{number}} in a substitution")
    groups = dict(enumerate((match.group(), *match.groups(""))))
    text = _NUMBER.sub(lambda number: groups.get(int(number[1]), ""), data)
    if len(text.encode()) > (len(data.encode()) + len(field.encode()) + 10) * match_count(match) - 1:
        raise NotUnderstoodError(f"{data!r}: what is put in for its numbers is too long for FreeSWITCH")
    return text
