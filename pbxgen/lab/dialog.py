"""One SIP dialog of a call as seen on the wire: the caller's, or that of a called phone or number."""

from __future__ import annotations

from dataclasses import dataclass

from pbxgen.calls.attempts import Attempt
from pbxgen.lab import sip
from pbxgen.lab.media import Stream
from pbxgen.lab.scripts import PLAIN, Way
from pbxgen.lab.wire import SeenMessage


@dataclass(slots=True)
class Dialog:
    """One INVITE and its outcome. Times are seconds of the monotonic clock."""

    call_id: str
    target: str
    """Extension or E.164 number that was invited."""
    state: str
    """State of the phone or outside number in the scenario."""
    start: float
    invite: sip.Message | None = None
    answered: float | None = None
    final: int | None = None
    """The final reply of 300 or more."""
    closed: float | None = None
    """When the attempt was over without an answer: refused or cancelled."""
    gone: float | None = None
    """When an answered call was hung up."""
    audio: sip.Audio | None = None
    """Where the PBX receives RTP."""
    stream: Stream | None = None
    trunk: str | None = None
    """The trunk that an outside number was invited over."""
    address: int = 1
    """Which of the trunk's addresses."""
    way: Way = PLAIN

    @property
    def up(self) -> bool:
        return self.answered is not None and self.gone is None

    @property
    def waiting(self) -> bool:
        """Invited, and neither answered nor over."""
        return self.answered is None and self.closed is None and self.gone is None

    def rang(self, since: float) -> Attempt:
        """The dialog as an attempt; its times count from ``since``."""
        ended = self.closed if self.answered is None else self.answered
        cancelled = self.closed is not None and self.final == 487
        return Attempt(
            target=self.target,
            at=self.start - since,
            ended=None if ended is None else ended - since,
            status=200 if self.answered is not None else None if cancelled else self.final,
            headers=self.invite.headers if self.invite is not None else (),
            request_user=self.invite.uri_user if self.invite is not None else "",
            trunk=self.trunk,
            address=self.address,
        )

    def see(self, seen: SeenMessage, *, ours_is_caller: bool) -> None:
        """Update the dialog from a message. ``ours_is_caller``: SIPp placed the call, and the PBX replies."""
        message = seen.message
        if seen.from_pbx and message.body:
            self.audio = sip.audio_of(message.body) or self.audio
        if message.status is None:
            if message.method == "CANCEL" and self.waiting:
                self.closed = seen.at
            elif message.method == "BYE" and self.gone is None:
                self.gone = seen.at
        elif message.method == "INVITE" and seen.from_pbx is ours_is_caller and self.answered is None:
            if 200 <= message.status < 300:
                self.answered = seen.at
            elif message.status >= 300 and self.final is None:
                self.final = message.status
                self.closed = self.closed or seen.at
