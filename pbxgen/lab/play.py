"""Plays the parties of one call, which dial, talk, transfer and hang up; then records what was observed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from pbxgen.calls import phone_states
from pbxgen.calls.attempts import entries
from pbxgen.calls.observed import CallRecord, Observed, cannot_transfer, observed
from pbxgen.flow.codes import dialled_code
from pbxgen.flow.simulate import simulate
from pbxgen.lab.call import LabCall
from pbxgen.lab.dialog import Dialog

_ENOUGH_PACKETS = 15
"""RTP packets that prove sound; about 65 arrive while people talk."""
_ANNOUNCE_SECONDS = 1.3
"""Length of the call that announces an attended transfer."""
_PATIENT_SECONDS = 5.0
"""How much longer people talk while no sound has arrived: a machine under load sends packets late."""
_RECORD_SECONDS = 5.0
"""Length of a message; PBXs discard messages shorter than about three seconds."""
_AFTERMATH_SECONDS = 1.2
"""How long the wire is watched after the end of a call for INVITEs that come too late."""
_GONE_SECONDS = 20.0
_SLACK_SECONDS = 45.0
_SETTLE_SECONDS = 30.0


class CallPlayer:
    """Plays one call from the first INVITE until it is over."""

    def __init__(self, call: LabCall) -> None:
        self._call = call
        self._case = call.case
        self._caller = call.caller
        self._since = 0.0
        """Legs that were invited before this time belong to the call before its transfer."""

    async def play(self) -> None:
        call = self._call
        await call.occupy()
        call.dial()
        story = simulate(self._case.plan, self._case.call, self._case.environment)
        patience = sum(event.seconds or 0 for event in story.events) + _SLACK_SECONDS
        if self._case.handling.give_up_at is not None:
            call.spawn(self._give_up(self._case.handling.give_up_at))
        if not await call.until(lambda: not self._caller.waiting, patience):
            call.faults.append(f"nothing had become of the call after {patience:.0f} s")
            call.testbed.wire.nudge(self._caller.call_id, "GIVEUP")
        elif self._caller.answered is not None:
            await self._answered(patience)
        await asyncio.sleep(_AFTERMATH_SECONDS)

    async def _give_up(self, entry: int) -> None:
        call = self._call
        await call.until(lambda: len(entries(call.rang())) > entry, 600)
        await asyncio.sleep(self._case.handling.give_up_after)
        if self._caller.waiting:
            call.testbed.wire.nudge(self._caller.call_id, "GIVEUP")

    async def _answered(self, patience: float) -> None:
        if self._case.handling.keys:
            await asyncio.sleep(2.5)
            await self._press(self._case.handling.keys)
        party = self._caller
        if self._case.call.transfer is None:
            await self._settle(party, _SETTLE_SECONDS)
            if self._case.handling.refer is not None:
                await self._ask_in_vain(self._case.handling.refer[0])
        else:
            await self._talk(party)
            party = await self._transfer(self._case.call.transfer.by, patience)
        await self._hang_up(party)

    async def _ask_in_vain(self, by: str) -> None:
        """An outside number sends a REFER, which the PBX must ignore."""
        callee = next((leg for leg in self._call.legs.values() if leg.target == by), None)
        transferor = self._caller if by == self._case.call.caller else callee
        if transferor is None or not transferor.up:
            self._call.faults.append(f"{by}, who was to ask for a transfer, is not in the call")
            return
        self._call.testbed.wire.nudge(transferor.call_id, "TRANSFER")
        await asyncio.sleep(_AFTERMATH_SECONDS)

    async def _press(self, keys: str) -> None:
        for part in keys.split(","):
            if self._caller.stream is not None:
                self._caller.stream.press(part)
            await asyncio.sleep(1 + 0.35 * len(part))

    async def _transfer(self, by: str, patience: float) -> Dialog:
        """``by`` transfers the other party. Returns that party once its new call has settled."""
        call = self._call
        answerer = next((leg for leg in call.legs.values() if leg.up), None)
        if answerer is not None and answerer.target == by:
            transferor, party = answerer, self._caller
        elif answerer is not None and by == self._case.call.caller:
            transferor, party = self._caller, answerer
        else:
            call.faults.append(cannot_transfer(by))
            return self._caller
        self._since = time.monotonic()
        transfer = self._case.call.transfer
        if transfer is not None and transfer.attended:
            announcing = call.place_consultation(by, transfer.to)
            await call.until(lambda: announcing.up or announcing.closed is not None, patience)
            if not announcing.up:
                return party
            await asyncio.sleep(_ANNOUNCE_SECONDS)
        call.testbed.wire.nudge(transferor.call_id, "TRANSFER")
        if transfer is not None and transfer.attended:
            await call.until(lambda: not transferor.up, _SETTLE_SECONDS)
        await self._settle(party, patience)
        return party

    async def _settle(self, party: Dialog, seconds: float) -> None:
        """Wait until ``party`` talks with somebody, leaves a message, has heard an announcement, or is hung up."""
        call, opens = self._call, bool(self._case.handling.keys)

        def settled() -> bool:
            self._listen(party)
            done = call.announced is not None if opens else call.testbed.pbx.is_recording(call.plan)
            return done or not party.up or bool(self._partners(party))

        if not await call.until(settled, seconds):
            if not opens:
                call.faults.append(f"answered, and in the call with nobody for {seconds:.0f} s")
        elif party.up and self._partners(party):
            await self._talk(party)
        elif party.up:
            await call.until(lambda: not party.up, _RECORD_SECONDS)

    async def _talk(self, party: Dialog) -> None:
        """Talk for a moment, and until sound has been heard on both sides (or will not be)."""
        await asyncio.sleep(self._case.handling.talk_for)
        await self._call.until(lambda: self._heard(party) or not party.up, _PATIENT_SECONDS)

    def _partners(self, party: Dialog) -> list[Dialog]:
        legs = self._call.legs.values()
        up = [leg for leg in legs if leg.up and leg is not party and leg.start >= self._since]
        # Where one has pressed 1, a mailbox that is still being asked to is not in the call.
        persons = [leg for leg in up if leg.state in phone_states.PRESSING] if self._call.asks else []
        return persons or up

    def _heard(self, party: Dialog) -> bool:
        """Does every party of the call hear sound, or is the call over?"""
        streams = [dialog.stream for dialog in (party, *self._partners(party))]
        return not party.up or all(stream is None or stream.loud >= _ENOUGH_PACKETS for stream in streams)

    def _listen(self, party: Dialog) -> None:
        """Recognise the recording that ``party`` hears, if any."""
        stream = party.stream
        if stream is None or self._call.announced is not None or len(stream.frames) < 30 or stream.loudness() < 300:
            return
        for name, hertz in self._call.tenant.recordings.items():
            if stream.strength(hertz) > 0.5:
                self._call.announced = name

    async def _hang_up(self, party: Dialog) -> None:
        call = self._call
        partners = self._partners(party)
        call.at_hangup = tuple(leg.target for leg in partners)
        first = partners if self._case.handling.callee_ends and partners else [party]
        for dialog in first:
            call.hang_up(dialog)
        dialogs = (self._caller, *call.legs.values())
        if not await call.until(lambda: not any(dialog.up for dialog in dialogs), _GONE_SECONDS):
            left = ", ".join(dialog.target for dialog in dialogs if dialog.up)
            call.faults.append(f"one side has hung up, and the PBX keeps the other in the call ({left})")


def observe(call: LabCall, stored: Mapping[str, tuple[float, int]]) -> Observed:
    """What was observed of a call that is over. ``stored``: messages by mailbox."""
    caller, start = call.caller, call.caller.start
    over = caller.gone if caller.answered is not None else caller.closed
    record = CallRecord(
        rang=tuple(call.rang()),
        status=caller.final,
        answered_at=None if caller.answered is None else caller.answered - start,
        over_at=None if over is None else over - start,
        in_call=call.at_hangup,
        stored=stored,
        announced=call.announced,
        mailbox="*" if _opens_mailbox(call) else None,
        taken=caller.answered is not None and not call.legs and dialled_code(call.case.plan, caller.target) is not None,
        faults=(*call.faults, *_silence(call)),
    )
    return observed(call.case, record)


def _opens_mailbox(call: LabCall) -> bool:
    """Has the caller entered a PIN, and hears the mailbox?"""
    stream = call.caller.stream
    return bool(call.case.handling.keys) and stream is not None and stream.loud > _ENOUGH_PACKETS


def _silence(call: LabCall) -> list[str]:
    """Parties of an answered call that heard no sound."""
    caller = call.caller
    if caller.answered is None or not call.at_hangup or call.case.call.transfer is not None:
        return []
    answered = [leg for leg in call.legs.values() if leg.answered is not None and leg.target in call.at_hangup]
    faults = [
        f"{leg.target} heard nothing of the caller"
        for leg in answered
        if leg.stream is None or leg.stream.loud < _ENOUGH_PACKETS
    ]
    if caller.stream is None or caller.stream.loud < _ENOUGH_PACKETS:
        faults.append("the caller heard nothing")
    return faults
