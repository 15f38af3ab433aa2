"""How phones and outside numbers reply to an INVITE in virtual time: the laboratory's phones, without SIP."""

from __future__ import annotations

from dataclasses import dataclass

from pbxgen.calls.case import Case
from pbxgen.calls.people import PRESSING, UNREGISTERED, reply_of


@dataclass(frozen=True, slots=True)
class FarEnd:
    """One contact of a phone, or an outside number."""

    target: str
    """Extension or E.164 number (an emergency number as it is)."""
    provisional: int | None
    """100-199 at once, before the final reply: 180, or 183 with SDP; None: no provisional reply but 100."""
    final: int | None
    """Final status (200-699), sent at once; None: it rings until it is cancelled."""
    deaf: bool
    """No reply at all to an INVITE, not even 100."""
    presses: bool
    """Somebody is there to press 1 when asked."""


def contacts(case: Case, extension: str) -> tuple[FarEnd, ...]:
    """The registered contacts of a phone; none: it is not registered."""
    states = case.world.phone(extension)
    return tuple(_far_end(extension, state) for state in states if state != UNREGISTERED)


def outside(case: Case, number: str) -> FarEnd:
    """The outside number ``number``: E.164, or an emergency number."""
    return _far_end(number, case.world.outside.get(number, "answer"))


def _far_end(target: str, state: str) -> FarEnd:
    reply = reply_of(state)
    return FarEnd(target, reply.provisional, reply.final, reply.deaf, state in PRESSING)
