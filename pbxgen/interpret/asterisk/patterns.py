"""Extensions with patterns: what they match, and which one comes first (main/pbx.c, ``ext_cmp``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pbxgen.interpret.base import NotUnderstoodError

_SETS = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_WILDCARDS = {".": ".+", "!": ".*"}
_ANY_MORE, _ANY_OR_NONE, _END = 0x18000, 0x28000, 0x30000


@lru_cache(maxsize=4096)
def regex(pattern: str) -> re.Pattern[str]:
    """What a pattern (with its underscore) matches.

    Raises NotUnderstoodError for what no template writes: hyphens and blanks outside brackets, which match nothing.
    """
    written = (_WILDCARDS.get(element) or f"[{re.escape(element)}]" for element in _elements(pattern))
    return re.compile("".join(written), re.DOTALL)


@lru_cache(maxsize=4096)
def rank(pattern: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Patterns of a context are tried in the order of their ranks: at each place fewer characters first, then the
    lower ones; ``.`` after everything that is one character, ``!`` after that, the end of the pattern last."""
    return (*map(_place, _elements(pattern)), (_END, ()))


def _place(element: str) -> tuple[int, tuple[int, ...]]:
    if element == ".":
        return _ANY_MORE, ()
    if element == "!":
        return _ANY_OR_NONE, ()
    codes = sorted(map(ord, element))
    # Of sets that are as large and begin alike, the one that has the lower characters comes first.
    return (len(codes) << 8) | codes[0], tuple(codes)


def _elements(pattern: str) -> Iterator[str]:
    """The characters matched at each position; ``.`` and ``!`` end a pattern."""
    text = pattern[1:]
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "[":
            end = text.find("]", at)
            if end < 0:
                raise NotUnderstoodError(f"{pattern}: a bracket is never closed")
            yield character_set(text[at:end])
            at = end + 1
        elif character in ".!":
            if at != len(text):
                raise NotUnderstoodError(f"{pattern}: something follows {character}")
            yield character
        elif character in "- /":
            raise NotUnderstoodError(f"{pattern}: no template writes {character!r} in a pattern")
        else:
            yield _SETS.get(character.upper(), character)


def character_set(text: str) -> str:
    """The characters that ``0-9+`` stands for, in order: ranges and single ones."""
    characters: set[str] = set()
    for first, last in re.findall(r"(.)(?:-(.))?", text, re.DOTALL):
        characters.update(map(chr, range(ord(first), ord(last or first) + 1)))
    return "".join(sorted(characters))
