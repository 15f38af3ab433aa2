"""What was seen of a call, in one form for real calls and for calls on generated text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pbxgen.calls.attempt import Attempt
from pbxgen.calls.case import Case
from pbxgen.calls.endings import ending
from pbxgen.calls.entries import entries
from pbxgen.calls.faults import faults_of_caller
from pbxgen.flow.machine import Ending


@dataclass(frozen=True, slots=True)
class Observed:
    """What a PBX, or its generated text, did with a call."""

    rings: tuple[str, ...]
    ending: Ending | None
    """None: the call was cancelled, or still rang when time was up."""
    rang: tuple[Attempt, ...] = ()
    status: int | None = None
    """Final reply to the caller."""
    answered_at: float | None = None
    """When the caller got a 200, seconds after the INVITE."""
    stored: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    """Messages by mailbox: seconds and loudness (0-32767)."""
    caller_heard: int = 0
    caller_sent: int = 0
    late: tuple[str, ...] = ()
    """Who was rung although the caller had hung up."""
    faults: tuple[str, ...] = ()
    """What went wrong in a way that no scenario expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """What was recorded of a call as it went on, before anything is concluded from it."""

    rang: tuple[Attempt, ...]
    """In the order in which they were sent."""
    status: int | None
    """Final reply to the caller of 300 or more; None: none."""
    answered_at: float | None
    """When the caller got a 200, seconds after the INVITE."""
    over_at: float | None = None
    """When the call was over for the caller, where that was seen."""
    in_call: tuple[str, ...] = ()
    """Who was in the call with the party that was served last, when it was hung up."""
    stored: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    announced: str | None = None
    """The recording that was played."""
    mailbox: str | None = None
    """Mailbox that was opened; ``*``: its number is not known."""
    rings_on: bool = False
    """It rings without end: nothing will become of the call."""
    caller_heard: int = 0
    caller_sent: int = 0
    faults: tuple[str, ...] = ()
    """Faults that were noticed while the call went on."""


def observed(case: Case, record: CallRecord) -> Observed:
    """What is judged of a call: who was rung, how it ended, and what no scenario expects."""
    transferred = case.call.transfer is not None
    over = None if transferred else record.over_at
    late = [attempt for attempt in record.rang if over is not None and attempt.at > over]
    in_time = [[attempt for attempt in entry if attempt not in late] for entry in entries(record.rang)]
    caller_faults = faults_of_caller(
        record.status, record.answered_at, record.in_call, [a.ended for a in record.rang if a.status == 200]
    )
    return Observed(
        rings=tuple("+".join(sorted({attempt.target for attempt in entry})) for entry in in_time if entry),
        ending=None
        if record.rings_on
        else ending(
            status=record.status if case.handling.give_up_at is None else None,
            answered=record.answered_at is not None,
            in_call=record.in_call,
            stored=record.stored,
            announced=record.announced,
            mailbox=record.mailbox,
            transferred=transferred,
        ),
        rang=record.rang,
        status=200 if record.answered_at is not None else record.status,
        answered_at=record.answered_at,
        stored=record.stored,
        caller_heard=record.caller_heard,
        caller_sent=record.caller_sent,
        late=tuple(attempt.target for attempt in late),
        faults=(*record.faults, *caller_faults),
    )
