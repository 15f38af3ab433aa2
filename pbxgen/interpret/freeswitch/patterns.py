"""PCRE2 as switch_regex.c uses it, with Python's ``re``: what the two read differently is not understood."""

from __future__ import annotations

import re
from functools import lru_cache

from pbxgen.interpret.base import NotUnderstoodError

_ESCAPES = frozenset("dDwWsSbBnxz123456789")
_GROUPS = re.compile(r"\(\?(?::|=|!|<=|<!|>)")
_HEX = re.compile(r"x[0-9a-f]{2}")
_NUMBER, _BRACED = re.compile(r"\$([0-9]+)"), re.compile(r"\$\{[0-9]")
_END = re.compile(r"((?<!\\)(?:\\\\)*)\\z")
"""``\\z``, the very end of the text, which ``re`` writes otherwise."""
_QUANTIFIER = re.compile(r"\{\d+(?:,\d*)?\}")


class Match:
    """What an expression found: FreeSWITCH's match count, and what stands for ``$1``."""

    __slots__ = ("_found", "count")

    def __init__(self, found: re.Match[str]) -> None:
        self._found = found
        groups = found.groups()
        highest = max((number for number, text in enumerate(groups, 1) if text is not None), default=0)
        self.count = highest + 1
        """1, and one for each group up to the last that took part."""

    def group(self, number: int) -> str:
        """A group's text; nothing where it took no part or is none."""
        if number > (self._found.re.groups or 0):
            return ""
        return self._found.group(number) or ""


@lru_cache(maxsize=65536)
def perform(field: str, expression: str) -> Match | None:
    """``switch_regex_perform``. Raises NotUnderstoodError for what PCRE2 and ``re`` may read differently."""
    found = _compiled(expression).search(field)
    return None if found is None else Match(found)


@lru_cache(maxsize=8192)
def _compiled(expression: str) -> re.Pattern[str]:
    if expression[:1] in ("_", "/"):
        raise NotUnderstoodError(
            f"expression {expression!r}: {expression[0]} at the beginning has a meaning of its own"
        )
    _check(expression)
    try:
        return re.compile(_END.sub(r"\1\\Z", expression), re.ASCII)
    except re.error as error:
        raise NotUnderstoodError(f"expression {expression!r}: {error}") from error


def _check(expression: str) -> None:
    """Only syntax that means the same to both. Raises NotUnderstoodError."""
    at, in_class = 0, False
    while at < len(expression):
        letter = expression[at]
        wrong = ""
        if letter == "\\":
            at += 1
            following = expression[at : at + 1]
            if following.isalnum() and (following not in _ESCAPES or (in_class and following in "bBz123456789")):
                wrong = f"\\{following}"
            elif following == "x" and not _HEX.match(expression, at):
                wrong = "\\x that is no letter's number"
        elif in_class:
            if letter == "]":
                in_class = False
            elif letter == "[" or expression[at : at + 2] in ("&&", "||", "~~", "--"):
                wrong = f"{expression[at : at + 2]} in a class"
        elif letter == "[":
            in_class = True
            first = at + 2 if expression[at + 1 : at + 2] == "^" else at + 1
            if expression[first : first + 1] == "]":
                wrong = "[]"
        elif letter == "(" and expression[at + 1 : at + 2] == "?":
            if not _GROUPS.match(expression, at):
                wrong = expression[at : at + 4]
        elif letter == "{" and not _QUANTIFIER.match(expression, at):
            wrong = "{ that is no quantifier"
        if wrong:
            raise NotUnderstoodError(f"expression {expression!r}: {wrong} may mean different things")
        at += 1


def substituted(match: Match, data: str, field: str) -> str:
    """``switch_perform_substitution``: ``$1`` ... put in. FreeSWITCH's buffer, which may be too short, included."""
    if _BRACED.search(data):
        raise NotUnderstoodError(f"{data!r}: ${{number}} in a substitution")
    text = _NUMBER.sub(lambda number: match.group(int(number.group(1))), data)
    if len(text.encode()) > (len(data.encode()) + len(field.encode()) + 10) * match.count - 1:
        raise NotUnderstoodError(f"{data!r}: what is put in for its numbers is too long for FreeSWITCH")
    return text
