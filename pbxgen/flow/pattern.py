"""Number patterns of routes and contacts: Asterisk's letters without the underscore.

``X`` 0-9, ``Z`` 1-9, ``N`` 2-9, ``[03]`` or ``[2-5]`` a set, a closing ``.`` one or more of anything,
``!`` none or more; a closing ``*`` (contacts) means any ending, as ``!`` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
_RANGE = re.compile(r"[0-9]-[0-9]", re.ASCII)
_TOKEN = re.compile(r"\[(?:[0-9](?:-[0-9])?)+\]|[XZN]|[0-9+#*]|[.!]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as written, already checked. Raises ValueError (in :func:`parse`) on anything else."""

    text: str

    def matches(self, number: str) -> bool:
        return _compiled(self.text).fullmatch(number) is not None

    @property
    def regex(self) -> str:
        """An equivalent regular expression without anchors (POSIX, PCRE and Python read it alike)."""
        return "".join(_regex(token) for token in _tokens(self.text))

    @property
    def literal(self) -> bool:
        """Does it match one number only?"""
        return all(len(t) == 1 and t in "0123456789+#*" for t in _tokens(self.text))

    def __str__(self) -> str:
        return self.text


def parse(text: str, *, star_is_any_ending: bool = False) -> Pattern:
    """The pattern of ``text``; a contact's closing ``*`` becomes ``!``. Raises ValueError, a sentence for the user."""
    if star_is_any_ending and text.endswith("*"):
        text = text[:-1] + "!"
    if not text:
        raise ValueError("a pattern cannot be empty")
    tokens = _tokens(text)
    if "".join(tokens) != text:
        bad = next(i for i in range(len(text)) if not "".join(tokens).startswith(text[: i + 1]))
        raise ValueError(f"{text[bad]!r} has no meaning in a pattern (X, Z, N, [03], digits, a closing . or !)")
    backwards = next((r for t in tokens for r in _RANGE.findall(t) if r[0] > r[2]), None)
    if backwards is not None:
        raise ValueError(f"the range {backwards} runs backwards")
    if any(t in ".!" for t in tokens[:-1]):
        raise ValueError("'.' and '!' may only close a pattern")
    return Pattern(text)


def expand(pattern: Pattern, limit: int = 1000) -> tuple[str, ...] | None:
    """Every number the pattern matches, ascending; None if they are more than ``limit`` or without end."""
    fixed, ending = letters(pattern)
    if ending:
        return None
    numbers = [""]
    for allowed in fixed:
        numbers = [n + c for n in numbers for c in sorted(allowed)]
        if len(numbers) > limit:
            return None
    return tuple(sorted(numbers))


def letters(pattern: Pattern) -> tuple[tuple[frozenset[str], ...], str]:
    """The letters allowed at each position, and the ending: "", "." (one or more follow) or "!" (none or more)."""
    tokens = _tokens(pattern.text)
    ending = tokens.pop() if tokens and tokens[-1] in (".", "!") else ""
    fixed = tuple(frozenset(c for c in "0123456789+#*" if re.fullmatch(_regex(t), c)) for t in tokens)
    return fixed, ending


def _tokens(text: str) -> list[str]:
    tokens = []
    at = 0
    while match := _TOKEN.match(text, at):
        tokens.append(match.group())
        at = match.end()
    return tokens


def _regex(token: str) -> str:
    if token == ".":
        return ".+"
    if token == "!":
        return ".*"
    return _CLASSES.get(token, token if token[0] == "[" else f"[{token}]")


@lru_cache(maxsize=4096)
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(Pattern(text).regex)
