"""Characters as a terminal shows them: their width, and none that could move the cursor or hide others."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from typing import IO

_TAB = "    "
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZERO_WIDTH = frozenset({"Mn", "Me"})


@lru_cache(maxsize=4096)
def shown(char: str) -> str:
    """One character as it may be printed: controls, bidirectional marks and the invisible as ``<U+202E>``."""
    if char == "\t":
        return _TAB
    if "\ufe00" <= char <= "\ufe0f":
        # A variation selector makes an emoji of a sign: one column or two, as the terminal likes. Without it: one.
        return ""
    if unicodedata.category(char) in _ESCAPED:
        return f"<U+{ord(char):04X}>"
    return char


@lru_cache(maxsize=4096)
def width(char: str) -> int:
    """Columns that the printable form of one character takes."""
    text = shown(char)
    if text != char:
        return len(text)
    if unicodedata.category(char) in _ZERO_WIDTH or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wants_colour(stream: IO[str]) -> bool:
    """A terminal that can show colours, whose user has not asked for none (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """``text`` on one line, safe for a terminal."""
    return text if text.isascii() and text.isprintable() else "".join(map(shown, text.replace("\n", " ")))
