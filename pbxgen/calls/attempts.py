"""Attempts to reach a phone or number: INVITEs that a PBX sent, and which of them rang together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pbxgen.flow.plan import Plan

TOGETHER_SECONDS = 0.9
"""Attempts that begin within this time of each other ring together (delays are whole seconds)."""


@dataclass(slots=True)
class Attempt:
    """One INVITE that reached a phone or the outside world. Times are seconds after the caller's INVITE."""

    target: str
    """Extension or E.164 number."""
    at: float
    ended: float | None
    """When it was answered, refused or cancelled; None: never before the call was over."""
    status: int | None
    """Its final reply; None: none (or cancelled)."""
    headers: tuple[tuple[str, str], ...]
    """Of the INVITE; names in lower case."""
    request_user: str
    """User part of the request URI as it was sent."""


def entries(attempts: Iterable[Attempt]) -> list[list[Attempt]]:
    """The entries of ``rings``: attempts in the order in which they began, those that rang together in one entry."""
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


def number_sent(plan: Plan, trunk: str, digits: str) -> str:
    """The E.164 number (or emergency number) that digits sent to a trunk stand for; other digits stay as they are."""
    if plan.is_short(digits):
        return digits
    return plan.numbering.of_sent(digits, plan.trunks[trunk].number_format) or digits
