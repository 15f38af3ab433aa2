"""Matching brackets."""

from __future__ import annotations


def closing(text: str, at: int, pair: str) -> int | None:
    """Where the bracket that opens at ``at`` closes; None if none of its kind opens there, or it never closes.

    ``pair``: the opening and the closing bracket; only these two are counted.
    """
    if text[at : at + 1] != pair[0]:
        return None
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == pair[0]) - (text[place] == pair[1])
        if not depth:
            return place
    return None
