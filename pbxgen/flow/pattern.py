"""Number patterns of routes and contacts: Asterisk's letters without the underscore.

``X`` 0-9, ``Z`` 1-9, ``N`` 2-9, ``[03]`` or ``[2-5]`` a set, a closing ``.`` one or more of anything,
``!`` none or more; a closing ``*`` (contacts) means any ending, as ``!`` does.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

Shape = tuple[tuple[frozenset[str], ...], bool]
"""The letters at each position, and whether anything may follow."""

_MOST_PARTS = 2000
"""Maximum of parts that a pattern is divided into, to find out whether others cover it."""
_TOO_MANY = object()
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


@lru_cache(maxsize=4096)
def letters(pattern: Pattern) -> tuple[tuple[frozenset[str], ...], str]:
    """The letters allowed at each position, and the ending: "", "." (one or more follow) or "!" (none or more)."""
    tokens = _tokens(pattern.text)
    ending = tokens.pop() if tokens and tokens[-1] in (".", "!") else ""
    fixed = tuple(frozenset(c for c in "0123456789+#*" if re.fullmatch(_regex(t), c)) for t in tokens)
    return fixed, ending


def wildcards(pattern: Pattern) -> tuple[int, ...]:
    """The positions of X."""
    return tuple(at for at, token in enumerate(_tokens(pattern.text)) if token == "X")


def is_within(one: Pattern, other: Pattern) -> bool:
    """Does ``other`` match every number that ``one`` matches?"""
    (fixed, is_open), (around, around_open) = shape_of(one), shape_of(other)
    if len(fixed) < len(around) or (not around_open and (is_open or len(fixed) > len(around))):
        return False
    return all(a <= b for a, b in zip(fixed, around, strict=False))


def overlap(one: Pattern, other: Pattern) -> bool:
    """Is there a number that both match?"""
    (short, short_open), (long, _) = sorted((shape_of(one), shape_of(other)), key=lambda shape: len(shape[0]))
    if len(short) < len(long) and not short_open:
        return False
    return all(a & b for a, b in zip(short, long, strict=False))


def is_covered(one: Pattern, others: Iterable[Pattern]) -> bool:
    """Is every number that ``one`` matches matched by some of ``others``? In doubt, where an open pattern is covered by
    others that are longer, it is not; nor where it would take long to tell."""
    return _is_covered(shape_of(one), [shape_of(other) for other in others], itertools.repeat(None, _MOST_PARTS))


def _is_covered(one: Shape, others: Sequence[Shape], steps: Iterator[None]) -> bool:
    if next(steps, _TOO_MANY) is _TOO_MANY:
        return False
    fixed, is_open = one
    meeting = []
    for around, around_open in others:
        fits = len(fixed) >= len(around) and (around_open or (not is_open and len(fixed) == len(around)))
        if fits and all(a & b for a, b in zip(fixed, around, strict=False)):
            meeting.append((around, around_open))
    if not meeting:
        return False
    around = meeting[0][0]
    at = next((at for at, allowed in enumerate(around) if not fixed[at] <= allowed), None)
    if at is None:
        return True
    # What of the first that meets it is left over others must match.
    left = (*fixed[:at], fixed[at] - around[at], *fixed[at + 1 :])
    inside = (*fixed[:at], fixed[at] & around[at], *fixed[at + 1 :])
    return _is_covered((left, is_open), meeting, steps) and _is_covered((inside, is_open), meeting, steps)


def narrowness(pattern: Pattern) -> tuple[bool, int, int]:
    """Orders patterns so that one that is within another comes before it."""
    fixed, is_open = shape_of(pattern)
    return is_open, -len(fixed) if is_open else 0, math.prod(map(len, fixed))


@lru_cache(maxsize=4096)
def beginning(pattern: Pattern) -> str:
    """What all numbers that a pattern matches begin with."""
    fixed, _ = letters(pattern)
    return "".join(next(iter(allowed)) for allowed in itertools.takewhile(lambda allowed: len(allowed) == 1, fixed))


@lru_cache(maxsize=4096)
def shape_of(pattern: Pattern) -> Shape:
    fixed, ending = letters(pattern)
    return ((*fixed, frozenset("0123456789")) if ending == "." else fixed), bool(ending)


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
