"""Which attempts to reach somebody belong together: the entries of ``rings``."""

from __future__ import annotations

from collections.abc import Iterable

from pbxgen.calls.attempt import Attempt

TOGETHER_SECONDS = 0.9
"""Attempts that begin within this time of each other ring together (delays are whole seconds)."""


def entries(attempts: Iterable[Attempt]) -> list[list[Attempt]]:
    """Attempts in the order in which they began; those that rang together are one entry."""
    together: list[list[Attempt]] = []
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if together and ring_together(together[-1][0], attempt):
            together[-1].append(attempt)
        else:
            together.append([attempt])
    return together


def ring_together(first: Attempt, later: Attempt) -> bool:
    """Did an attempt begin beside an earlier one, while that one went on?"""
    return later.at - first.at < TOGETHER_SECONDS and (first.ended is None or first.ended > later.at)
