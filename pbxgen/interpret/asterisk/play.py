"""Plays the people of one call: it comes in, they talk, transfer and hang up; then it is recorded."""

from __future__ import annotations

from pbxgen.calls.attempts import Attempt, entries
from pbxgen.calls.headers import user_of
from pbxgen.calls.observed import CallRecord, Observed, cannot_transfer, observed
from pbxgen.interpret.asterisk.channel import AsteriskChannel
from pbxgen.interpret.asterisk.endpoints import Endpoints
from pbxgen.interpret.asterisk.legs import NORMAL, AsteriskLeg, Caller, LocalFirst, LocalSecond, partner
from pbxgen.interpret.asterisk.switch import AsteriskSwitch
from pbxgen.interpret.clock import Thread

_TALK_MS = 1_000
_MESSAGE = (5.0, 5_000)
"""Seconds and loudness of a message that somebody leaves."""
_MINUTE_MS = 60_000


class AsteriskPlayer:
    """Plays one call of a switch."""

    def __init__(self, switch: AsteriskSwitch, endpoints: Endpoints) -> None:
        self._switch = switch
        self._endpoints = endpoints
        self._case = switch.case
        self._faults: list[str] = []
        self._since = 0
        """Number of legs that belong to the call before its transfer."""
        self._left_in: tuple[str, ...] = ()
        """Who was in the call with the party that was served last, when it was hung up."""
        self._over = False

    def play(self) -> Observed:
        caller = self._comes_in()
        if caller is None:
            return Observed(rings=(), ending=None, faults=tuple(self._faults))
        handling = self._case.handling
        if handling.give_up_at is not None:
            self._watch_for_giving_up(caller)
        party: AsteriskChannel = caller
        if self._settle(party) and not party.gone and self._case.call.transfer is not None:
            party = self._transferred(caller, self._case.call.transfer.by)
        self._hang_up(party)
        return self._observed(caller)

    # -- the way in ---------------------------------------------------------------------------------------------------

    def _comes_in(self) -> Caller | None:
        call, plan, trunk_name = self._case.call, self._case.plan, self._case.trunk
        dialled = self._case.handling.dialled or call.called
        if call.caller in plan.users:
            return self._phone(call.caller, dialled)
        trunk = plan.trunks.get(trunk_name) if trunk_name is not None else None
        endpoint = self._endpoints.trunk_at(trunk) if trunk is not None else None
        if endpoint is None or endpoint not in self._endpoints:
            self._faults.append(f"no endpoint takes calls of the trunk {'' if trunk is None else trunk.name}")
            return None
        return self._switch.caller(endpoint, dialled, self._from_trunk)

    def _phone(self, extension: str, dialled: str) -> Caller | None:
        endpoint = self._endpoints.phone(extension, self._case.plan.domain)
        if endpoint is None:
            self._faults.append(f"no endpoint takes calls of the phone {extension}")
            return None
        return self._switch.caller(endpoint, dialled, lambda channel: setattr(channel, "number", extension))

    def _from_trunk(self, channel: Caller) -> None:
        """What the INVITE of a trunk says: who calls, and how often it was diverted."""
        call, handling = self._case.call, self._case.handling
        channel.number = handling.caller_shows or call.caller
        for line in self._case.sent_headers("192.0.2.1"):
            name, _, value = line.partition(":")
            channel.headers.append((name.strip().lower(), value.strip()))
        headers = dict(channel.headers)
        if "p-asserted-identity" in headers:  # trust_id_inbound
            channel.number = user_of(headers["p-asserted-identity"])
            channel.withheld = "id" in headers.get("privacy", "").split(";")

    # -- what people do -----------------------------------------------------------------------------------------------

    def _settle(self, party: AsteriskChannel) -> bool:
        """Go on until the party talks with somebody, leaves a message, opens a mailbox, or is hung up."""
        switch = self._switch

        def settled() -> bool:
            return party.gone or partner(party) is not None or party in switch.recording or party in switch.opened

        if not switch.clock.run(settled):
            self._faults.append("nothing more happens, and the call is not over")
            return False
        return True

    def _watch_for_giving_up(self, caller: Caller) -> None:
        """The caller hangs up a moment after the n-th entry began to ring."""
        handling, clock = self._case.handling, self._switch.clock

        def look() -> None:
            if caller.gone or caller.up:
                return
            if len(entries(self._rang())) > (handling.give_up_at or 0):
                clock.after(int(1000 * handling.give_up_after), lambda: None if caller.up else caller.hang_up(0))
            else:
                clock.after(100, look)

        clock.after(1, look)

    def _transferred(self, caller: Caller, by: str) -> AsteriskChannel:
        """``by`` transfers the other party. Returns that party once its new call has settled."""
        other = partner(caller)
        answerer = other.far_end.target if isinstance(other, AsteriskLeg) else None
        transferor, party = (other, caller) if answerer == by else (caller, other)
        if transferor is None or party is None or (transferor is caller and by != self._case.call.caller):
            self._faults.append(cannot_transfer(by))
            return caller
        self._talk()
        self._since = len(self._switch.legs)
        transfer = self._case.call.transfer
        assert transfer is not None
        if transfer.attended:
            self._announced(by, transfer.to)
            return party
        self._blind(transferor, party, transfer.to)
        self._settle(party)
        return party

    def _talk(self) -> None:
        done: list[bool] = []
        self._switch.clock.after(_TALK_MS, lambda: done.append(True))
        self._switch.clock.run(lambda: bool(done))

    def _blind(self, transferor: AsteriskChannel, party: AsteriskChannel, to: str) -> None:
        """A REFER of the transferor: the other party goes on in its TRANSFER_CONTEXT (res_pjsip_refer)."""
        endpoint = transferor.endpoint
        context = transferor.get("TRANSFER_CONTEXT") or self._endpoints.context(endpoint or "")
        allowed = endpoint is not None and self._endpoints.flag(endpoint, "allow_transfer", "yes")
        if not allowed or self._switch.dialplan.line(context, to, 1) is None:
            self._faults.append(f"the transfer to {to} was refused")
            return
        party.set("BLINDTRANSFER", transferor.name)
        place = (context, to, 1)
        if party.thread is not None:
            party.jump = place
            party.wake()
        else:
            # Who was rung has had no dialplan of its own so far.
            behind = party.peer
            party.peer = None
            party.place = place
            party.thread = Thread(self._switch.clock, self._switch.run(party))
            if isinstance(behind, LocalFirst | LocalSecond):
                behind.hang_up(NORMAL)
        transferor.hang_up(NORMAL)

    def _announced(self, by: str, to: str) -> None:
        """``by`` calls ``to`` first, and then connects the two."""
        announcing = self._phone(by, to)
        if announcing is not None and self._settle(announcing):
            self._talk()
            self._hang_up(announcing)

    def _hang_up(self, party: AsteriskChannel) -> None:
        """Note who is in the call, and let one side hang up; then nobody may be rung any more."""
        other = partner(party)
        if isinstance(other, AsteriskLeg) and other in self._switch.legs[self._since :]:
            self._left_in = (other.far_end.target,)
        elif isinstance(other, Caller):
            self._faults.append("the caller is left in the call with somebody who was transferred")
        if other is not None:
            self._talk()
        ends = other if self._case.handling.callee_ends and other is not None else party
        ends.hang_up(0 if not ends.up else NORMAL)
        end = self._switch.clock.now + _MINUTE_MS
        self._switch.clock.after(_MINUTE_MS, lambda: None)
        self._switch.clock.run(lambda: self._switch.clock.now >= end)
        for channel in (party, *self._switch.legs):
            if channel.up and not channel.gone and self._case.call.transfer is None:
                self._faults.append(f"{channel.name} is left in the call")

    # -- what was to be seen ------------------------------------------------------------------------------------------

    def _observed(self, caller: Caller) -> Observed:
        switch, case = self._switch, self._case
        opened = next((self._mailbox(*whose) for whose in switch.opened.values()), None)
        played = next((recording for _, recording in switch.played), None)
        return observed(
            case,
            CallRecord(
                rang=self._rang(),
                status=None if caller.up else caller.status,
                answered_at=None if caller.answered_at is None else caller.answered_at / 1000,
                over_at=None if caller.ended_at is None else caller.ended_at / 1000,
                in_call=self._left_in,
                stored={self._mailbox(*whose): _MESSAGE for whose in switch.recording.values()},
                announced=None if played is None else played.removeprefix(f"{case.plan.name}/"),
                mailbox=opened,
                faults=(*dict.fromkeys(self._faults), *dict.fromkeys(switch.complaints)),
            ),
        )

    def _mailbox(self, number: str, context: str) -> str:
        return number if context == self._case.plan.name else f"{number}@{context}"

    def _rang(self) -> tuple[Attempt, ...]:
        """Every INVITE that was sent, in order."""
        return tuple(self._attempt(leg) for leg in self._switch.legs)

    def _attempt(self, leg: AsteriskLeg) -> Attempt:
        began = leg.began_at or 0
        shown = leg.number if leg.number and not leg.withheld else "anonymous"
        headers = (("from", f"<sip:{shown}@{self._case.plan.domain}>"), *leg.headers)
        ended = None if leg.ended_at is None else leg.ended_at / 1000
        return Attempt(leg.far_end.target, began / 1000, ended, leg.status, headers, leg.sent_to)
