"""The kinds of channels: a caller, a leg that is rung, and the halves of a Local channel."""

from __future__ import annotations

from pbxgen.flow.world import quickness
from pbxgen.interpret.asterisk.channel import AsteriskChannel, ChannelHost, Ringing
from pbxgen.interpret.clock import Thread
from pbxgen.interpret.far_ends import FarEnd

UNALLOCATED, NO_ROUTE, NORMAL, BUSY, UNAVAILABLE, NO_ANSWER, CONGESTION = 1, 3, 16, 17, 18, 19, 34
_CAUSE_OF = {
    486: BUSY, 600: BUSY, 603: 21, 403: 21, 401: 21, 480: NO_ANSWER, 404: UNALLOCATED, 604: UNALLOCATED,
    408: UNAVAILABLE, 410: 22, 484: 28, 488: 58, 606: 58, 500: 38, 504: 102, 503: CONGESTION,
}  # fmt: skip
"""Q.850 causes that res_pjsip makes of SIP statuses, measured on Asterisk 22; 127 for all others."""
_STATUS_OF = {UNALLOCATED: 404, NORMAL: 603, BUSY: 486, NO_ANSWER: 480, 21: 403}
"""SIP status of a call that Hangup(cause) ends before it was answered."""
_REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}

_PROVISIONAL_MS, _REFUSAL_MS, _ANSWER_MS, _TURN_MS = 1, 2, 10, 10
"""Far ends are quick; who would answer waits for those that come first (as in the model and the laboratory)."""
_TIMER_B_MS = 32_000
"""A phone that says nothing at all (RFC 3261, 17.1.1.2)."""


class Caller(AsteriskChannel):
    """A call that came in from a phone or a trunk."""

    answered_at: int | None = None
    """Milliseconds after the INVITE."""
    status: int | None = None
    """Final reply of 300 or more."""
    ended_at: int | None = None

    def answer(self) -> None:
        if not self.up:
            self.answered_at = self.switch.clock.now
        super().answer()

    def hang_up(self, cause: int) -> None:
        if self.gone:
            return
        self.ended_at = self.switch.clock.now
        if not self.up:
            self.status = 487 if cause == 0 else _STATUS_OF.get(cause, 603)
        super().hang_up(cause)


class AsteriskLeg(Ringing):
    """An INVITE to a contact of a phone, or to a trunk."""

    def __init__(
        self,
        switch: ChannelHost,
        name: str,
        far_end: FarEnd,
        sent_to: str,
        dialler: AsteriskChannel,
        sent: list[AsteriskLeg],
    ) -> None:
        """``sent``: the INVITEs of the call, which this one is added to."""
        super().__init__(switch, name)
        self._sent = sent
        self.far_end = far_end
        self.sent_to = sent_to
        """User part of the request URI."""
        self.dialler = dialler
        self.began_at: int | None = None
        self.ended_at: int | None = None
        """When it was answered, refused or cancelled."""
        self.status: int | None = None
        """Its final reply; None: none, or cancelled."""

    def begin(self) -> None:
        clock = self.switch.clock
        self.began_at = clock.now
        self._sent.append(self)
        if self.far_end.deaf:
            clock.after(_TIMER_B_MS, self._given_up)
            return
        clock.after(_PROVISIONAL_MS, self._progress)
        final = self.far_end.final
        if final is not None:
            clock.after(_ANSWER_MS if final < 300 else _REFUSAL_MS, self._answer if final < 300 else self._refuse)

    @property
    def waiting(self) -> bool:
        return not (self.answered or self.ended or self.gone)

    def _progress(self) -> None:
        if self.waiting:
            self._tell(self.far_end.provisional or 100)

    def _answer(self) -> None:
        if not self.waiting:
            return
        before = [leg for leg in self._sent if leg.waiting and leg.answers and leg.turn < self.turn]
        together = [leg for leg in before if leg.began_at == self.began_at]
        if together:
            self.switch.clock.after(_TURN_MS * len(together), self._answer)
            return
        self.answered = self.up = True
        self.ended_at, self.status = self.switch.clock.now, 200
        self._tell(200)

    @property
    def answers(self) -> bool:
        return self.far_end.final is not None and self.far_end.final < 300 and not self.far_end.deaf

    @property
    def turn(self) -> tuple[tuple[bool, str], str]:
        return quickness(self.far_end.target), self.name

    def _refuse(self) -> None:
        if not self.waiting:
            return
        final = self.far_end.final
        assert final is not None
        self.ended = True
        self.ended_at, self.status = self.switch.clock.now, final
        self.cause = _CAUSE_OF.get(final, 127)
        # Who redirects is still there until whoever rings it has looked at that.
        self.redirects = 300 <= final < 400
        if not self.redirects:
            self._tell(final)
            self.hang_up(self.cause)
        self.dialler.wake()

    def _given_up(self) -> None:
        if self.waiting:
            self.ended, self.ended_at, self.cause = True, self.switch.clock.now, UNAVAILABLE
            self.hang_up(self.cause)
            self.dialler.wake()

    def _tell(self, status: int) -> None:
        self.dialler.note_reply(self.name, f"SIP {status} {_REASONS.get(status, 'Refused')}")
        self.dialler.wake()

    def hang_up(self, cause: int) -> None:
        if not self.gone and self.waiting:
            self.ended, self.ended_at = True, self.switch.clock.now
        super().hang_up(cause)


class LocalFirst(Ringing):
    """``Local/x@y;1``: what the ringing channel sees of a Local channel."""

    def __init__(self, switch: ChannelHost, name: str, place: tuple[str, str], dialler: AsteriskChannel) -> None:
        super().__init__(switch, f"{name};1")
        self.dialler = dialler
        self.number, self.withheld = dialler.number, dialler.withheld
        self.inherit(dialler)
        self.other = LocalSecond(switch, f"{name};2", self)
        self._target = place

    def begin(self) -> None:
        context, extension = self._target
        self.other.copy_variables(self)
        self.other.number, self.other.withheld = self.number, self.withheld
        self.other.place = (context, extension, 1)
        if self.switch.dialplan.line(context, extension, 1) is None:
            self.switch.complain(f"Local/{extension}@{context}: there is no such extension")
            self.finished(NO_ROUTE)
            return
        self.other.thread = Thread(self.switch.clock, self.switch.run(self.other))

    def taken(self) -> None:
        """The other half was answered."""
        self.answered = self.up = True
        self.dialler.wake()

    def finished(self, cause: int) -> None:
        """The other half has hung up."""
        if not self.ended:
            self.ended, self.cause = True, cause
            super().hang_up(cause)
            self.dialler.wake()

    def hang_up(self, cause: int) -> None:
        self.ended = True
        super().hang_up(cause)
        self.other.hang_up(cause)


class LocalSecond(AsteriskChannel):
    """``Local/x@y;2``: what runs in the dialplan."""

    def __init__(self, switch: ChannelHost, name: str, first: LocalFirst) -> None:
        super().__init__(switch, name)
        self.first = first

    def answer(self) -> None:
        super().answer()
        self.first.taken()

    def hang_up(self, cause: int) -> None:
        super().hang_up(cause)
        self.first.finished(cause)

    def note_reply(self, leg: str, reply: str) -> None:
        """Pass a reply on to the channel that rings the first half."""
        super().note_reply(leg, reply)
        self.first.dialler.note_reply(leg, reply)


def partner(channel: AsteriskChannel) -> AsteriskChannel | None:
    """The channel bridged with this one, through Local channels; None if there is none."""
    found = channel.peer
    while isinstance(found, LocalFirst | LocalSecond):
        found = (found.other if isinstance(found, LocalFirst) else found.first).peer
    return None if found is None or found.gone else found
