"""Plays the people of one call: they dial, talk, transfer and hang up."""

from __future__ import annotations

import asyncio
import time

from pbxgen.calls import phone_states
from pbxgen.calls.observed import cannot_transfer
from pbxgen.flow.simulate import simulate
from pbxgen.lab.dialog import Dialog
from pbxgen.lab.observe import ENOUGH_PACKETS
from pbxgen.lab.scene import Scene

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


class ScenePlayer:
    """Plays one scene from the first INVITE until the call is over."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._case = scene.case
        self._caller = scene.caller
        self._since = 0.0
        """Legs that were invited before this time belong to the call before its transfer."""

    async def play(self) -> None:
        scene = self._scene
        await scene.occupy()
        scene.dial()
        story = simulate(self._case.plan, self._case.call, self._case.world)
        patience = sum(event.seconds or 0 for event in story.events) + _SLACK_SECONDS
        if self._case.handling.give_up_at is not None:
            scene.spawn(self._give_up(self._case.handling.give_up_at))
        if not await scene.until(lambda: not self._caller.waiting, patience):
            scene.faults.append(f"nothing had become of the call after {patience:.0f} s")
            scene.rig.wire.nudge(self._caller.call_id, "GIVEUP")
        elif self._caller.answered is not None:
            await self._answered(patience)
        await asyncio.sleep(_AFTERMATH_SECONDS)

    async def _give_up(self, entry: int) -> None:
        scene = self._scene
        await scene.until(lambda: len(scene.entries()) > entry, 600)
        await asyncio.sleep(self._case.handling.give_up_after)
        if self._caller.waiting:
            scene.rig.wire.nudge(self._caller.call_id, "GIVEUP")

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
        callee = next((leg for leg in self._scene.legs.values() if leg.target == by), None)
        transferor = self._caller if by == self._case.call.caller else callee
        if transferor is None or not transferor.up:
            self._scene.faults.append(f"{by}, who was to ask for a transfer, is not in the call")
            return
        self._scene.rig.wire.nudge(transferor.call_id, "TRANSFER")
        await asyncio.sleep(_AFTERMATH_SECONDS)

    async def _press(self, keys: str) -> None:
        for part in keys.split(","):
            if self._caller.stream is not None:
                self._caller.stream.press(part)
            await asyncio.sleep(1 + 0.35 * len(part))

    async def _transfer(self, by: str, patience: float) -> Dialog:
        """``by`` transfers the other party. Returns that party once its new call has settled."""
        scene = self._scene
        answerer = next((leg for leg in scene.legs.values() if leg.up), None)
        if answerer is not None and answerer.target == by:
            transferor, party = answerer, self._caller
        elif answerer is not None and by == self._case.call.caller:
            transferor, party = self._caller, answerer
        else:
            scene.faults.append(cannot_transfer(by))
            return self._caller
        self._since = time.monotonic()
        transfer = self._case.call.transfer
        if transfer is not None and transfer.attended:
            announcing = scene.consult(by, transfer.to)
            await scene.until(lambda: announcing.up or announcing.closed is not None, patience)
            if not announcing.up:
                return party
            await asyncio.sleep(_ANNOUNCE_SECONDS)
        scene.rig.wire.nudge(transferor.call_id, "TRANSFER")
        if transfer is not None and transfer.attended:
            await scene.until(lambda: not transferor.up, _SETTLE_SECONDS)
        await self._settle(party, patience)
        return party

    async def _settle(self, party: Dialog, seconds: float) -> None:
        """Wait until ``party`` talks with somebody, leaves a message, has heard an announcement, or is hung up."""
        scene, opens = self._scene, bool(self._case.handling.keys)

        def settled() -> bool:
            self._listen(party)
            done = scene.announced is not None if opens else scene.rig.pbx.is_recording(scene.plan)
            return done or not party.up or bool(self._partners(party))

        if not await scene.until(settled, seconds):
            if not opens:
                scene.faults.append(f"answered, and in the call with nobody for {seconds:.0f} s")
        elif party.up and self._partners(party):
            await self._talk(party)
        elif party.up:
            await scene.until(lambda: not party.up, _RECORD_SECONDS)

    async def _talk(self, party: Dialog) -> None:
        """Talk for a moment, and until sound has been heard on both sides (or will not be)."""
        await asyncio.sleep(self._case.handling.talk_for)
        await self._scene.until(lambda: self._heard(party) or not party.up, _PATIENT_SECONDS)

    def _partners(self, party: Dialog) -> list[Dialog]:
        """Who is in the call with ``party``."""
        legs = self._scene.legs.values()
        up = [leg for leg in legs if leg.up and leg is not party and leg.start >= self._since]
        # Where one has pressed 1, a mailbox that is still being asked to is not in the call.
        persons = [leg for leg in up if leg.state in phone_states.PRESSING] if self._scene.asks else []
        return persons or up

    def _heard(self, party: Dialog) -> bool:
        """Does every party of the call hear sound, or is the call over?"""
        streams = [dialog.stream for dialog in (party, *self._partners(party))]
        return not party.up or all(stream is None or stream.loud >= ENOUGH_PACKETS for stream in streams)

    def _listen(self, party: Dialog) -> None:
        """Recognise the recording that ``party`` hears, if any."""
        stream = party.stream
        if stream is None or self._scene.announced is not None or len(stream.frames) < 30 or stream.loudness() < 300:
            return
        for name, hertz in self._scene.tenant.recordings.items():
            if stream.strength(hertz) > 0.5:
                self._scene.announced = name

    async def _hang_up(self, party: Dialog) -> None:
        scene = self._scene
        partners = self._partners(party)
        scene.at_hangup = tuple(leg.target for leg in partners)
        first = partners if self._case.handling.callee_ends and partners else [party]
        for dialog in first:
            if dialog.up:
                scene.rig.wire.nudge(dialog.call_id, "HANGUP")
        everybody = (self._caller, *scene.legs.values())
        if not await scene.until(lambda: not any(dialog.up for dialog in everybody), _GONE_SECONDS):
            left = ", ".join(dialog.target for dialog in everybody if dialog.up)
            scene.faults.append(f"one side has hung up, and the PBX keeps the other in the call ({left})")
