"""List many extensions in few words, as ranges."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 6
"""How many extensions, or ranges of them, are named."""


def several(
    noun: str, extensions: Sequence[str], last: str = " and ", many: str = "{number:,} {noun}s ({named})"
) -> str:
    """``101, 102 and 107``; of more than six ``1,250 users (101-340, 400, 412, … 999)``."""
    if len(extensions) <= _NAMED:
        return f"{', '.join(extensions[:-1])}{last}{extensions[-1]}" if len(extensions) > 1 else extensions[0]
    ranges = _ranges(extensions)
    named = ranges if len(ranges) <= _NAMED else [*ranges[: _NAMED - 1], f"… {ranges[-1]}"]
    return many.format(number=len(extensions), noun=noun, named=", ".join(named))


def _ranges(extensions: Sequence[str]) -> list[str]:
    """Runs of three and more in a row as ``101-103``; extensions of different lengths are no run."""
    runs: list[list[str]] = []
    for extension in sorted(extensions, key=lambda e: (len(e), e)):
        last = runs[-1][-1] if runs else ""
        if len(last) == len(extension) and _follows(last, extension):
            runs[-1].append(extension)
        else:
            runs.append([extension])
    return [part for run in runs for part in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else run)]


def _follows(one: str, other: str) -> bool:
    return one.isdecimal() and other.isdecimal() and int(other) == int(one) + 1
