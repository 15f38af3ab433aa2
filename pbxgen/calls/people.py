"""How phones and the outside world behave in each state of a scenario."""

from __future__ import annotations

from dataclasses import dataclass

PIN = "4711"
"""The PIN that laboratory and interpreters give to every mailbox with a PIN in its source."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a phone or an outside number deals with an INVITE."""

    provisional: int | None = 180
    """180; 183 (with SDP: early media); None: no 18x at all."""
    final: int | None = None
    """The final status, 200 once somebody takes the call; None: none, it rings until it is cancelled."""
    deaf: bool = False
    """Says nothing at all, not even to CANCEL."""


_PHONES = {
    "answer": Reply(180, 200),
    "in_call": Reply(180, 200),
    "ring": Reply(180, None),
    "early": Reply(183, None),
    "busy": Reply(None, 486),
    "reject": Reply(180, 603),
    "dnd": Reply(None, 480),
    "dead": Reply(None, None, deaf=True),
    "error": Reply(None, 500),
    "mailbox": Reply(180, 200),
    "fail": Reply(None, 503),
}

ANSWERING = frozenset({"answer", "in_call", "mailbox"})
"""States that end with a 200."""
PRESSING = frozenset({"answer", "in_call"})
"""States in which a person is there to press 1."""
UNREGISTERED = "unregistered"


def reply_of(state: str) -> Reply:
    """What is replied in a state: one of the names of a scenario, or a SIP status."""
    return _PHONES[state] if state in _PHONES else Reply(None, int(state))
