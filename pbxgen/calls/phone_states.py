"""How phones and outside numbers behave in each state of a scenario."""

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
    """No reply at all, neither 100 nor a reply to CANCEL."""
    presses: bool = False
    """A person is there to press 1 when asked."""


_REPLIES = {
    "answer": Reply(180, 200, presses=True),
    "in_call": Reply(180, 200, presses=True),
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


def reply_over(trunk: str | None, state: str) -> str:
    """The state that an outside number shows over a trunk in a state of its own (None: it carries calls)."""
    if trunk in ("down", "silent"):
        return "dead"
    return "fail" if trunk == "full" else trunk or state


ANSWERING = frozenset(state for state, reply in _REPLIES.items() if reply.final == 200)
PRESSING = frozenset(state for state, reply in _REPLIES.items() if reply.presses)
UNREGISTERED = "unregistered"


def reply_of(state: str) -> Reply:
    """What is replied in a state of a scenario: one with a name, or a SIP status."""
    return _REPLIES[state] if state in _REPLIES else Reply(None, int(state))
