"""Output: results to standard output, everything about them to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from pbxgen.diagnostics.display import printable, wants_colour

__all__ = ["fail", "note", "out", "plural", "printable", "show_diff", "verdict", "wants_colour"]
_RED, _GREEN, _CYAN, _BOLD, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


def out(text: str = "") -> None:
    """A result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Something about a result."""
    sys.stderr.write(_harmless(text) + "\n")


def fail(text: str) -> None:
    """Why there is no result."""
    word = f"{_BOLD}{_RED}error{_RESET}" if wants_colour(sys.stderr) else "error"
    sys.stderr.write(f"{word}: {_harmless(text)}\n")


def show_diff(lines: Iterable[str]) -> None:
    """A unified diff on standard output: on a terminal coloured and harmless, into a file or pipe as it is."""
    for line in lines:
        if sys.stdout.isatty():
            line = printable(line)
        out(_coloured(line) if wants_colour(sys.stdout) else line)


def _coloured(line: str) -> str:
    if line.startswith(("+++", "---")):
        return f"{_BOLD}{line}{_RESET}"
    colour = {"+": _GREEN, "-": _RED, "@": _CYAN}.get(line[:1])
    return f"{colour}{line}{_RESET}" if colour else line


def _harmless(text: str) -> str:
    """Names of files can hold anything; lines stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def plural(number: int, word: str) -> str:
    """``1 user``, ``2 users``, ``2 switches``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}{'es' if word.endswith('ch') else 's'}"


def verdict(passed: bool, where: str, name: str) -> None:
    """The line of a call: did it go as expected?"""
    out(f"  {'ok  ' if passed else 'FAIL'} {where} {printable(name)}")
