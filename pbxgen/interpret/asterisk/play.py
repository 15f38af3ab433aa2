"""The course of one call: it comes in, people talk, transfer and hang up, and what was to be seen of it."""

from __future__ import annotations

from pbxgen.calls.case import Observed, Rang
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.interpret.asterisk.channel import Channel
from pbxgen.interpret.asterisk.endpoints import Endpoints
from pbxgen.interpret.asterisk.legs import NORMAL, Caller, Leg, LocalFirst, LocalSecond, partner
from pbxgen.interpret.asterisk.switch import Switch
from pbxgen.interpret.clock import Thread
from pbxgen.lab.sip import user_of

_TALK_MS = 1_000
_MESSAGE = (5.0, 5_000)
"""Seconds and loudness of a message that somebody leaves."""
_MINUTE_MS = 60_000


class Course:
    """Plays one call of a switch."""

    def __init__(self, switch: Switch, endpoints: Endpoints) -> None:
        self._switch = switch
        self._endpoints = endpoints
        self._case = switch.case
        self._faults: list[str] = []
        self._since = 0
        """Legs before this one were in the call before its transfer."""
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
        party: Channel = caller
        if self._settle(party) and not party.gone and self._case.call.transfer is not None:
            party = self._transferred(caller, self._case.call.transfer.by)
        self._hang_up(party)
        return self._observed(caller)

    # -- the way in ---------------------------------------------------------------------------------------------------

    def _comes_in(self) -> Caller | None:
        call, handling, plan = self._case.call, self._case.handling, self._case.plan
        dialled = handling.dialled or call.called
        if call.caller in plan.users:
            return self._phone(call.caller, dialled)
        trunk = plan.trunks.get(handling.trunk) if handling.trunk else next(iter(plan.trunks.values()), None)
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
        told = dict(channel.headers)
        if "p-asserted-identity" in told:  # trust_id_inbound
            channel.number = user_of(told["p-asserted-identity"])
            channel.withheld = "id" in told.get("privacy", "").split(";")

    # -- what people do -----------------------------------------------------------------------------------------------

    def _settle(self, party: Channel) -> bool:
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
            if len(self._entries()) > (handling.give_up_at or 0):
                clock.after(int(1000 * handling.give_up_after), lambda: None if caller.up else caller.hang_up(0))
            else:
                clock.after(100, look)

        clock.after(1, look)

    def _transferred(self, caller: Caller, by: str) -> Channel:
        """``by`` sends the other party on; that party, once it has ended somewhere."""
        other = partner(caller)
        answerer = other.far_end.target if isinstance(other, Leg) else None
        transferor, party = (other, caller) if answerer == by else (caller, other)
        if transferor is None or party is None or (transferor is caller and by != self._case.call.caller):
            self._faults.append(f"{by}, who was to transfer the call, is not in it")
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

    def _blind(self, transferor: Channel, party: Channel, to: str) -> None:
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

    def _hang_up(self, party: Channel) -> None:
        """Note who is in the call, and let one side hang up; then nobody may be rung any more."""
        other = partner(party)
        if isinstance(other, Leg) and other in self._switch.legs[self._since :]:
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

    def _entries(self) -> list[list[Leg]]:
        """Attempts in order; those that rang together are one entry."""
        found: list[list[Leg]] = []
        for leg in self._switch.legs:
            if found and leg.began_at == found[-1][0].began_at:
                found[-1].append(leg)
            else:
                found.append([leg])
        return found

    def _observed(self, caller: Caller) -> Observed:
        switch = self._switch
        gone = caller.ended_at if self._case.call.transfer is None else None
        late = [leg for leg in switch.legs if gone is not None and (leg.began_at or 0) > gone]
        in_time = [[leg for leg in entry if leg not in late] for entry in self._entries()]
        stored = {
            number if context == self._case.plan.name else f"{number}@{context}": _MESSAGE
            for number, context in switch.recording.values()
        }
        self._faults += self._early(caller)
        if caller.status is not None and caller.status >= 600:
            self._faults.append(f"the caller got {caller.status}: a 6xx ends the call at every other place too")
        return Observed(
            rings=tuple("+".join(sorted({leg.far_end.target for leg in entry})) for entry in in_time if entry),
            ending=self._ending(caller, stored),
            rang=tuple(self._rang(leg) for leg in switch.legs),
            status=200 if caller.up else caller.status,
            answered_at=None if caller.answered_at is None else caller.answered_at / 1000,
            stored=stored,
            late=tuple(leg.far_end.target for leg in late),
            faults=(*dict.fromkeys(self._faults), *dict.fromkeys(switch.complaints)),
        )

    def _early(self, caller: Caller) -> list[str]:
        answers = [leg.ended_at for leg in self._switch.legs if leg.status == 200 and leg.ended_at is not None]
        if caller.answered_at is not None and self._left_in and answers and caller.answered_at < min(answers):
            return ["the caller got a 200 before a person answered"]
        return []

    def _ending(self, caller: Caller, stored: dict[str, tuple[float, int]]) -> Ending | None:
        if not caller.up:
            if caller.status is None or self._case.handling.give_up_at is not None:
                return None
            return Ending(EndKind.RELEASED, str(caller.status))
        if self._left_in:
            return Ending(EndKind.ANSWERED, "+".join(self._left_in))
        if stored:
            return Ending(EndKind.VOICEMAIL, "+".join(sorted(stored)))
        if self._switch.played:
            return Ending(EndKind.ANNOUNCED, self._switch.played[0][1].removeprefix(f"{self._case.plan.name}/"))
        if self._switch.opened:
            number, context = next(iter(self._switch.opened.values()))
            return Ending(EndKind.MAILBOX, number if context == self._case.plan.name else f"{number}@{context}")
        if self._case.call.transfer is not None:
            # A party that was in a call already gets no status; that it is hung up is all there is to see.
            return Ending(EndKind.RELEASED, "480")
        return None

    def _rang(self, leg: Leg) -> Rang:
        began = leg.began_at or 0
        shown = leg.number if leg.number and not leg.withheld else "anonymous"
        headers = (("from", f"<sip:{shown}@{self._case.plan.domain}>"), *leg.headers)
        ended = None if leg.ended_at is None else leg.ended_at / 1000
        return Rang(leg.far_end.target, began / 1000, ended, leg.status, headers, leg.sent_to)
