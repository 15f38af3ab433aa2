"""Which attempts to reach somebody belong together: the entries of ``rings``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

TOGETHER_SECONDS = 0.9
"""Attempts that begin within this time of each other ring together (delays are whole seconds)."""


class _Attempt(Protocol):
    @property
    def at(self) -> float: ...

    @property
    def ended(self) -> float | None: ...


A = TypeVar("A", bound=_Attempt)


def entries(attempts: Iterable[A]) -> list[list[A]]:
    """Attempts in the order in which they began; those that rang together are one entry."""
    found: list[list[A]] = []
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if found and ring_together(found[-1][0], attempt):
            found[-1].append(attempt)
        else:
            found.append([attempt])
    return found


def ring_together(first: _Attempt, later: _Attempt) -> bool:
    """Did an attempt begin beside an earlier one, while that one went on?"""
    return later.at - first.at < TOGETHER_SECONDS and (first.ended is None or first.ended > later.at)
