"""The kinds of channels: a caller, a leg that is rung, and the halves of a Local channel."""

from __future__ import annotations

import re

from pbxgen.calls.attempts import Attempt, number_sent
from pbxgen.flow.ringer import quickness
from pbxgen.interpret.asterisk.channel import AsteriskChannel, AsteriskPlace, AsteriskSwitch, RungChannel
from pbxgen.interpret.far_ends import (
    ANSWER_MS,
    REFUSAL_MS,
    TIMER_B_MS,
    TURN_MS,
    FarEnd,
    contacts,
    outside,
    trunk_and_address,
)

UNALLOCATED, NO_ROUTE, NORMAL, BUSY, UNAVAILABLE, NO_ANSWER, REJECTED, CONGESTION = 1, 3, 16, 17, 18, 19, 21, 34
_CAUSE_OF = {
    486: BUSY, 600: BUSY, 603: 21, 403: 21, 401: 21, 480: NO_ANSWER, 404: UNALLOCATED, 604: UNALLOCATED,
    408: UNAVAILABLE, 410: 22, 484: 28, 488: 58, 606: 58, 500: 38, 504: 102, 503: CONGESTION,
}  # fmt: skip
"""Q.850 causes that res_pjsip makes of SIP statuses, measured on Asterisk 22; 127 for all others."""
_STATUS_OF = {
    UNALLOCATED: 404, NORMAL: 603, BUSY: 486, NO_ANSWER: 480, 21: 403, 22: 410, 27: 502, 28: 484, 29: 501,
    CONGESTION: 503, 38: 500, 58: 488,
}  # fmt: skip
"""SIP status of a call that Hangup(cause) ends before it was answered."""
_REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}

_PROVISIONAL_MS = 1
_CONTACT = re.compile(r"sip:([^.]+)\.([0-9]+)@")
_HOST = "203.0.113.1:5060;ob"
"""Host part of a phone's contact, as behind NAT: Dial is given whole URIs."""


class AsteriskCaller(AsteriskChannel):
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

    def refuse(self, status: int) -> None:
        """End the call before an answer, with a status of the dialplan's own."""
        self.hang_up(NORMAL)
        self.status = status


class AsteriskLeg(RungChannel):
    """An INVITE to a contact of a phone, or to a trunk."""

    def __init__(self, switch: AsteriskSwitch, endpoint: str, far_end: FarEnd, user: str, dialler: AsteriskChannel):
        """``user``: user part of the request URI."""
        super().__init__(switch, switch.new_name(f"PJSIP/{endpoint}"))
        self.endpoint = endpoint
        self.far_end = far_end
        self.dialler = dialler
        self._user = user
        self.inherit(dialler)
        if far_end.final == 200:
            self.turn = quickness(far_end.target), self.name

    def begin(self) -> None:
        clock, far_end = self.switch.clock, self.far_end
        user, domain = self.switch.endpoints.sender(self.endpoint or "")
        shown = user or (self.number if self.number and not self.withheld else "anonymous")
        headers = (("from", f"<sip:{shown}@{domain or self.switch.case.plan.domain}>"), *self.headers)
        self.attempt = Attempt(
            far_end.target, clock.now / 1000, None, None, headers, self._user, far_end.trunk, far_end.address
        )
        self.switch.legs.append(self)
        if far_end.deaf:
            clock.after(TIMER_B_MS, self._give_up)
            return
        clock.after(_PROVISIONAL_MS, self._progress)
        if far_end.final is not None:
            clock.after(ANSWER_MS if self.turn else REFUSAL_MS, self._answer if self.turn else self._refuse)

    def _progress(self) -> None:
        if self.waiting:
            self._note(self.far_end.provisional or 100)
            self.dialler.note_ringing(self.far_end.provisional)

    def _answer(self) -> None:
        if not self.waiting:
            return
        assert self.attempt is not None
        assert self.turn is not None
        earlier = [leg for leg in self.switch.legs if leg.waiting and leg.turn is not None and leg.turn < self.turn]
        together = [leg for leg in earlier if leg.attempt is not None and leg.attempt.at == self.attempt.at]
        if together:
            self.switch.clock.after(TURN_MS * len(together), self._answer)
            return
        self._end_attempt(200)
        self.answered = self.up = True
        self._note(200)

    def _refuse(self) -> None:
        if not self.waiting:
            return
        final = self.far_end.final
        assert final is not None
        self._end_attempt(final)
        self.ended = True
        self.cause = _CAUSE_OF.get(final, 127)
        # A leg that redirects is still there until its dialler has looked at that.
        self.redirects = 300 <= final < 400
        if not self.redirects:
            self._note(final)
            self.hang_up(self.cause)
        self.dialler.wake()

    def _give_up(self) -> None:
        if self.waiting:
            self.cause = UNAVAILABLE
            self.hang_up(self.cause)
            self.dialler.wake()

    def _end_attempt(self, status: int | None) -> None:
        if self.attempt is not None:
            self.attempt.ended, self.attempt.status = self.switch.clock.now / 1000, status

    def _note(self, status: int) -> None:
        self.dialler.note_reply(self.name, f"SIP {status} {_REASONS.get(status, 'Refused')}")
        self.dialler.wake()

    def hang_up(self, cause: int) -> None:
        if self.waiting:
            self._end_attempt(None)
            self.ended = True
        super().hang_up(cause)


class LocalFirst(RungChannel):
    """``Local/x@y;1``: what the ringing channel sees of a Local channel."""

    def __init__(self, switch: AsteriskSwitch, resource: str, dialler: AsteriskChannel) -> None:
        name = switch.new_name(f"Local/{resource}")
        super().__init__(switch, f"{name};1")
        self.dialler = dialler
        self.number, self.withheld = dialler.number, dialler.withheld
        self.inherit(dialler)
        self.other = LocalSecond(switch, f"{name};2", self)
        extension, _, context = resource.partition("@")
        self._target: AsteriskPlace = (context, extension, 1)

    def begin(self) -> None:
        self.other.copy_variables(self)
        self.other.number, self.other.withheld = self.number, self.withheld
        self.other.place = self._target
        if self.switch.dialplan.line(*self._target) is None:
            self.switch.complain(f"Local/{self._target[1]}@{self._target[0]}: there is no such extension")
            self.finished(NO_ROUTE)
            return
        self.switch.start(self.other)

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

    def __init__(self, switch: AsteriskSwitch, name: str, first: LocalFirst) -> None:
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

    def note_ringing(self, provisional: int | None) -> None:
        super().note_ringing(provisional)
        self.first.dialler.note_ringing(provisional)


def partner(channel: AsteriskChannel) -> AsteriskChannel | None:
    """The channel bridged with this one, through Local channels; None if there is none."""
    other = channel.peer
    while isinstance(other, LocalFirst | LocalSecond):
        other = (other.other if isinstance(other, LocalFirst) else other.first).peer
    return None if other is None or other.gone else other


def ring(dialler: AsteriskChannel, destination: str) -> RungChannel | None:
    """A channel to ``technology/resource``; None where Asterisk cannot make one."""
    switch = dialler.switch
    technology, _, resource = destination.partition("/")
    if technology == "Local":
        return LocalFirst(switch, resource, dialler)
    if technology != "PJSIP":
        raise ValueError(f"the technology {technology}")
    dialled = switch.endpoints.dialled(resource)
    if dialled is None:
        switch.complain(f"Dial: there is no endpoint for {destination}")
        return None
    endpoint, user, uri = dialled
    if uri and switch.endpoints.is_trunk(endpoint):
        user = switch.endpoints.user_at_trunk(endpoint, uri)
        far_end = _outside(switch, endpoint, user)
    elif not uri and is_thought_dead(switch, endpoint):
        return None
    else:
        far_end = _phone(switch, endpoint, uri) if uri else _outside(switch, endpoint, user)
    if far_end is None:
        switch.complain(f"Dial: nobody is at {destination}")
        return None
    return AsteriskLeg(switch, endpoint, far_end, user, dialler)


def _phone(switch: AsteriskSwitch, endpoint: str, uri: str) -> FarEnd | None:
    match = _CONTACT.match(uri)
    extension = switch.endpoints.extension(endpoint, switch.case.plan)
    if match is None or extension is None or match[1] != extension:
        return None
    return contacts(switch.case, extension)[int(match[2])]


def _outside(switch: AsteriskSwitch, endpoint: str, user: str) -> FarEnd | None:
    if not user or not switch.endpoints.is_trunk(endpoint):
        return None
    plan = switch.case.plan
    tenant, _, written = endpoint.partition(".trunk.")
    name, address = trunk_and_address(written)
    if tenant != plan.name or name not in plan.trunks:
        switch.complain(f"{user} is called over {endpoint}, which is no trunk of {plan.name}")
        return outside(switch.case, user)
    return outside(switch.case, number_sent(plan, name, user), name, address)


def is_thought_dead(switch: AsteriskSwitch, endpoint: str) -> bool:
    """Has a trunk left OPTIONS unanswered? Asterisk then calls it by its address only."""
    if not switch.endpoints.is_trunk(endpoint) or not switch.endpoints.is_watched(endpoint):
        return False
    return switch.case.environment.trunks.get(trunk_and_address(endpoint.partition(".trunk.")[2])[0]) == "down"


def contact_uris(switch: AsteriskSwitch, endpoint: str) -> tuple[str, ...]:
    """URIs of the phones that are registered for an endpoint (and answer OPTIONS)."""
    plan = switch.case.plan
    extension = switch.endpoints.extension(endpoint, plan) if endpoint in switch.endpoints else None
    if extension is None or extension not in plan.users:
        return ()
    registered = range(len(contacts(switch.case, extension)))
    return tuple(f"sip:{extension}.{index}@{_HOST}" for index in registered)
