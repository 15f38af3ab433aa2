"""What was observed of a call, in one form for real calls and for calls on generated text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pbxgen.calls.attempts import Attempt, entries, reached
from pbxgen.calls.case import Case
from pbxgen.flow.machine import Ending, EndKind

SERVICE = "services/"
"""How the recording begins that tells that a service has taken a call."""


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
    late: tuple[str, ...] = ()
    """Targets rung although the caller had hung up."""
    faults: tuple[str, ...] = ()
    """What went wrong in a way that no scenario expects."""

    @property
    def via(self) -> tuple[str, ...]:
        """The trunk of the last attempt that reached an outside number; of several that ring together, each one's."""
        reached_by = ([attempt.trunk for attempt in entry if attempt.trunk] for entry in entries(self.rang))
        return next((tuple(sorted(set(trunks))) for trunks in reversed(list(reached_by)) if trunks), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """What was recorded of a call while it went on, before conclusions."""

    rang: tuple[Attempt, ...]
    """In the order in which they were sent."""
    status: int | None
    """Final reply to the caller of 300 or more; None: none."""
    answered_at: float | None
    """When the caller got a 200, seconds after the INVITE."""
    over_at: float | None = None
    """When the call was over for the caller, where that was seen."""
    in_call: tuple[str, ...] = ()
    """Targets in the call with the party that was served last, when it was hung up."""
    stored: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    announced: str | None = None
    """The recording that was played; that of a service begins with :data:`SERVICE`."""
    mailbox: str | None = None
    """Mailbox that was opened; ``*``: its number is not known."""
    taken: bool = False
    """Was it a code, which was taken?"""
    rings_on: bool = False
    """It rings without end, so the call has no ending."""
    faults: tuple[str, ...] = ()
    """Faults that were noticed while the call went on."""


def observed(case: Case, record: CallRecord) -> Observed:
    """Conclude from a record which targets were rung, how the call ended, and what no scenario expects."""
    over = None if case.call.transfer is not None else record.over_at
    rang = reached(record.rang, case.environment.trunks)
    late = [attempt for attempt in record.rang if over is not None and attempt.at > over]
    in_time = [[attempt for attempt in entry if attempt not in late] for entry in entries(rang)]
    return Observed(
        rings=tuple("+".join(sorted({attempt.target for attempt in entry})) for entry in in_time if entry),
        ending=None if record.rings_on else _ending(case, record),
        rang=rang,
        status=200 if record.answered_at is not None else record.status,
        answered_at=record.answered_at,
        stored=record.stored,
        late=tuple(attempt.target for attempt in late),
        faults=(*record.faults, *_faults_of_caller(record)),
    )


def _ending(case: Case, record: CallRecord) -> Ending | None:
    """How the call ended; None if it had no ending that can be recognised."""
    if record.answered_at is None:
        cancelled = record.status is None or case.handling.give_up_at is not None
        return None if cancelled else Ending(EndKind.RELEASED, str(record.status))
    if record.in_call:
        return Ending(EndKind.ANSWERED, "+".join(sorted(set(record.in_call))))
    if record.stored:
        return Ending(EndKind.VOICEMAIL, "+".join(sorted(record.stored)))
    if record.announced is not None and record.announced.startswith(SERVICE):
        return Ending(EndKind.SERVICE, record.announced.removeprefix(SERVICE))
    if record.announced is not None:
        return Ending(EndKind.ANNOUNCED, record.announced)
    if record.mailbox is not None:
        return Ending(EndKind.MAILBOX, record.mailbox)
    if record.taken:
        return Ending(EndKind.SET, "*")
    # A party that was in a call already gets no status; that it is hung up is all there is to see.
    return Ending(EndKind.RELEASED, "480") if case.call.transfer is not None else None


def _faults_of_caller(record: CallRecord) -> Iterator[str]:
    if record.status is not None and record.status >= 600:
        yield f"the caller got {record.status}: a 6xx ends the call at every other place too"
    if len(set(record.in_call)) > 1:
        yield f"{' and '.join(record.in_call)} were both left in the call"
    answers = (attempt.ended for attempt in record.rang if attempt.status == 200 and attempt.ended is not None)
    first_answer = min(answers, default=0.0)
    if record.in_call and record.answered_at is not None and record.answered_at < first_answer:
        yield "the caller got a 200 before a person answered"


def cannot_transfer(by: str) -> str:
    """The fault of a call whose transferor is not a party of it."""
    return f"{by}, who was to transfer the call, is not in it"
