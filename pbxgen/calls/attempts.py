"""Attempts to reach a phone or number: INVITEs that a PBX sent, and which of them rang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbxgen.flow.plan import Plan
from pbxgen.flow.ringer import SILENT_SECONDS

TOGETHER_SECONDS = 0.9
"""Attempts that begin within this time of each other ring together (delays are whole seconds)."""
_NEXT_TRUNK_SECONDS = 2
"""After a refusal the next trunk is tried at once."""


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
    trunk: str | None = None
    """Name of the trunk that it was sent to; None: to a phone."""
    address: int = 1
    """Which of the trunk's addresses."""


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


def reached(attempts: Iterable[Attempt], states: Mapping[str, str]) -> tuple[Attempt, ...]:
    """The attempts that reached a phone or an outside number; the others' trunk did not carry the call.

    ``states``: of the trunks that carry none. A trunk that carries calls has not carried one that goes on to the next.
    """
    in_order = list(attempts)
    carried = [attempt for attempt in in_order if attempt.trunk not in states]
    in_vain = [attempt for attempt in in_order if attempt.trunk in states]

    def sent_on(one: Attempt, later: Attempt) -> bool:
        between = sum(a.target == one.target and one.at <= a.at <= later.at for a in in_vain)
        return _sent_on(one, later, _NEXT_TRUNK_SECONDS + between * (SILENT_SECONDS + _NEXT_TRUNK_SECONDS))

    return tuple(one for at, one in enumerate(carried) if not any(sent_on(one, later) for later in carried[at + 1 :]))


def _sent_on(one: Attempt, later: Attempt, within: float) -> bool:
    """Is ``later`` the same call, over a trunk (or its address) that was tried next, or behind silent ones?"""
    ended = one.ended is not None and one.status != 200 and 0 <= later.at - one.ended < within
    # Of one trunk the next address; back at an earlier one it is another call of the same number.
    over_another = later.trunk is not None and (later.trunk != one.trunk or later.address > one.address)
    return ended and one.trunk is not None and later.target == one.target and over_another


def number_sent(plan: Plan, trunk: str, digits: str) -> str:
    """The E.164 number (or emergency number) that digits sent to a trunk stand for; other digits stay as they are."""
    if plan.is_short(digits):
        return digits
    return plan.numbering.of_sent(digits, plan.trunks[trunk].number_format) or digits
