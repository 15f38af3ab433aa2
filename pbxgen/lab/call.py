"""One call on a real PBX: its phones and far ends, what they do, and what the wire reports of them."""

from __future__ import annotations

import asyncio
import itertools
import re
import subprocess
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from pbxgen.calls import phone_states
from pbxgen.calls.attempts import TOGETHER_SECONDS, Attempt, number_sent
from pbxgen.calls.case import PROMPT_SECONDS
from pbxgen.flow.plan import Plan
from pbxgen.flow.ringer import quickness
from pbxgen.lab import scripts, sip
from pbxgen.lab.dialog import Dialog
from pbxgen.lab.media import Media
from pbxgen.lab.pbx import CalledPbx
from pbxgen.lab.ports import Address
from pbxgen.lab.sipp import Login, Sipp
from pbxgen.lab.tenants import Tenant, contact_user
from pbxgen.lab.wire import SeenMessage, Wire

_POLL = 0.05
_PARKED_SECONDS = 20.0
_START_SECONDS = 10.0
_NUMBERS = itertools.count(1)  # a tenant may have several calls, one after the other


@dataclass(frozen=True, slots=True)
class Testbed:
    """The PBX of a session and all that calls are placed with."""

    pbx: CalledPbx
    wire: Wire
    media: Media
    sipp: Sipp
    phones: Mapping[str, Address]
    """By transport, where the PBX sends to phones."""
    calls_by_id: dict[str, LabCall]
    """By Call-ID, the call that its messages belong to."""


class LabCall:
    """A tenant's phones and far ends, and the call that is placed."""

    def __init__(self, testbed: Testbed, tenant: Tenant) -> None:
        self.tenant = tenant
        self.testbed = testbed
        self.plan: Plan = tenant.plan
        self.case = tenant.case
        self.trace: list[SeenMessage] = []
        self.legs: dict[str, Dialog] = {}
        self._name = f"{self.plan.name}-{next(_NUMBERS)}"
        self.inside = self.case.call.caller in self.case.plan.users
        self.caller = Dialog(f"{self._name}-caller", tenant.case.call.called, "caller", 0.0, way=self._callers_way())
        self.faults: list[str] = []
        self.announced: str | None = None
        """The recording that the caller was played."""
        self.at_hangup: tuple[str, ...] = ()
        """Targets in the call when it was hung up, other than the party that was served last."""
        self._parked: dict[str, Dialog] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.consultation: Dialog | None = None
        """The call that announces an attended transfer."""

    # -- phones and far ends ------------------------------------------------------------------------------------------

    def logins(self) -> list[Login]:
        """Contacts of the tenant's phones that register."""
        logins = []
        for extension in self.tenant.phones:
            for index, state in enumerate(self.case.environment.phone(extension)):
                if state != phone_states.UNREGISTERED:
                    user = contact_user(self.plan, extension, index)
                    password, seconds = self.tenant.password(extension), self.tenant.registered_seconds
                    over = self.tenant.way(extension).over
                    logins.append(Login(extension, self.plan.domain, password, user, seconds, over))
        return logins

    def replies(self) -> set[scripts.SippReply]:
        """Every behaviour that the call needs a SIPp process for."""
        environment = self.case.environment
        phones = {
            (state, self.tenant.way(extension))
            for extension in self.tenant.phones
            for state in environment.phone(extension)
            if state != phone_states.UNREGISTERED
        }
        trunks = {phone_states.reply_over(state, "answer") for state in environment.trunks.values()}
        far = {
            (state, way) for state in {"answer", *environment.outside.values(), *trunks} for way in self._ways_outside
        }
        replies = {scripts.reply_of(state, way=way) for state, way in phones | far}
        for by, to in self._refers.items():
            ways = {self.tenant.way(by)} if by in self.plan.users else self._ways_outside
            replies |= {scripts.reply_of("answer", to, way) for way in ways}
        return replies

    @property
    def _ways_outside(self) -> set[scripts.Way]:
        """The ways in which an outside number may be reached."""
        return {self.tenant.way_over(trunk) for trunk in self.plan.trunks}

    @property
    def _refers(self) -> dict[str, str]:
        """Numbers that send a REFER, and the target of each."""
        transfer, refer = self.case.call.transfer, self.case.handling.refer
        if transfer is not None:
            return {
                transfer.by: scripts.ANNOUNCED_CALL if transfer.attended else f"sip:{transfer.to}@{self.plan.domain}"
            }
        return {} if refer is None else {refer[0]: f"sip:{refer[1]}@{self.plan.domain}"}

    # -- what the wire reports ----------------------------------------------------------------------------------------

    def invited(self, seen: SeenMessage) -> None:
        """The PBX sends a new INVITE to one of our phones or trunks."""
        message = seen.message
        user = message.uri_user
        trunk, address = None, 1
        if seen.ours in self.testbed.phones.values():
            _, target, index = user.rsplit(".", 2)
            state, way = self.case.environment.phone(target)[int(index)], self.tenant.way(target)
        else:
            trunk = self.tenant.trunk_at[seen.ours]
            _, address = self.tenant.further.get(seen.ours, (trunk, 1))
            target = number_sent(self.plan, trunk, user)
            environment = self.case.environment
            state = phone_states.reply_over(environment.trunks.get(trunk), environment.outside.get(target, "answer"))
            way = self.tenant.way_over(trunk)
        leg = Dialog(message.call_id, target, state, seen.at, message, trunk=trunk, address=address, way=way)
        if target == self.tenant.parking or message.call_id in self._parked:
            self._parked[message.call_id] = leg
        else:
            self.legs[message.call_id] = leg
        if state in phone_states.ANSWERING:
            self.spawn(self._pick_up(leg))

    def is_down(self, ours: Address) -> bool:
        """Is the trunk with this far end dead, so that it answers nothing?"""
        return self.case.environment.trunks.get(self.tenant.trunk_at[ours]) == "down"

    def port_of(self, call_id: str) -> int:
        """Port of the SIPp process that plays the phone or number that was invited."""
        leg = self.legs.get(call_id) or self._parked[call_id]
        refer_to = self._refers.get(leg.target) if leg.state in phone_states.ANSWERING else None
        return self.testbed.sipp.callee(scripts.reply_of(leg.state, refer_to, leg.way))

    def crypto(self, call_id: str) -> sip.Crypto:
        """What a party of ours encrypts its sound with: an answer has the tag of the PBX's offer (RFC 4568)."""
        dialog = self._dialog(call_id)
        offered = None if dialog is None or dialog.audio is None else dialog.audio.crypto
        return sip.Crypto(1 if offered is None else offered.tag, self.testbed.media.stream(call_id).secret)

    def _dialog(self, call_id: str) -> Dialog | None:
        callee = self.legs.get(call_id) or self._parked.get(call_id)
        placed_by_us = (self.caller, self.consultation)
        return callee or next((d for d in placed_by_us if d is not None and d.call_id == call_id), None)

    def see(self, seen: SeenMessage) -> None:
        self.trace.append(seen)
        message = seen.message
        dialog = self._dialog(message.call_id)
        if dialog is None:
            return
        placed = dialog.invite is None
        if placed and not dialog.start:
            dialog.start = seen.at
        inside = self.inside or dialog is not self.caller
        if placed and inside and message.status in (401, 407) and int(message.cseq.split()[0]) < scripts.ATTEMPTS:
            return  # a challenge, which SIPp answers
        dialog.see(seen, ours_is_caller=placed)
        if seen.from_pbx and message.method == "NOTIFY" and re.match(r"SIP/2.0 [2-6]", message.body):
            # A phone that has transferred its party leaves the call (RFC 5589); the PBX may be quicker.
            asyncio.get_running_loop().call_later(0.3, self.hang_up, dialog)
        if dialog.answered is not None and dialog.stream is None and dialog.audio is not None:
            dialog.stream = self.testbed.media.stream(dialog.call_id)
            dialog.stream.connect(dialog.audio, speaks=placed, encrypted=dialog.way.encrypted)

    def hang_up(self, dialog: Dialog) -> None:
        """Let a party hang up, if its call is still up."""
        if dialog.up:
            self.testbed.wire.nudge(dialog.call_id, "HANGUP")

    # -- what phones do -----------------------------------------------------------------------------------------------

    async def _pick_up(self, leg: Dialog) -> None:
        """Answer in the model's order: phones before outside numbers, then by number."""
        first = self.case.call.transfer is not None and len(self.legs) == 1
        await asyncio.sleep(PROMPT_SECONDS if first else self.case.handling.answer_after)
        before = [
            other
            for other in self.legs.values()
            if other is not leg
            and other.state in phone_states.ANSWERING
            and abs(other.start - leg.start) < TOGETHER_SECONDS
            and (quickness(other.target), other.call_id) < (quickness(leg.target), leg.call_id)
        ]
        await asyncio.sleep(0.9 * len(before))
        if leg.waiting:
            self.testbed.wire.nudge(leg.call_id, "ANSWER")
        if leg.state in phone_states.PRESSING and leg.target != self.tenant.parking:
            await self._press_one(leg)

    async def _press_one(self, leg: Dialog) -> None:
        """Press 1 for a person who hears the question of ``confirm`` instead of the caller."""
        for _ in range(3):
            await asyncio.sleep(self.case.handling.press_after)
            connected = self.caller.answered is not None and self.case.call.transfer is None
            if not leg.up or connected or leg.stream is None:
                return
            if self.asks:
                leg.stream.press("1")

    @property
    def asks(self) -> bool:
        """Does any place of the plan ask to press 1?"""
        return "confirm=True" in repr(self.case.plan)

    def dial(self) -> None:
        call, handling = self.case.call, self.case.handling
        dialled, call_id, refer_to = self.case.requested, self.caller.call_id, self._refers.get(call.caller)
        if self.inside:
            dial = self._of_phone(call_id, call.caller, dialled, handling.domain or self.plan.domain)
            headers = tuple(self.case.sent_headers(self.testbed.phones[dial.way.over][0]))
            self._place_phone(replace(dial, headers=headers, refer_to=refer_to))
            return
        assert self.case.trunk is not None
        ours = self.tenant.trunks[self.case.trunk]
        trunk = self.plan.trunks[self.case.trunk]
        host, port = self.testbed.pbx.trunk_address(trunk)
        uri, origin = f"sip:{dialled}@{host}:{port}", f"<sip:{handling.caller_shows or call.caller}@{ours[0]}>"
        headers = tuple(self.case.sent_headers(ours[0]))
        to = f"<sip:{self.case.to_user}@{host}:{port}>"
        dial = scripts.Dial(uri, origin, call_id, headers=headers, refer_to=refer_to, to=to, way=self.caller.way)
        self._place(dial, ours)

    def _callers_way(self) -> scripts.Way:
        if self.inside:
            return self.tenant.way(self.case.call.caller)
        return scripts.PLAIN if self.case.trunk is None else self.tenant.way_over(self.case.trunk)

    def _of_phone(self, call_id: str, extension: str, to: str, domain: str) -> scripts.Dial:
        origin = f"<sip:{extension}@{self.plan.domain}>"
        password, way = self.tenant.password(extension), self.tenant.way(extension)
        return scripts.Dial(f"sip:{to}@{domain}", origin, call_id, extension, password, way=way)

    def _place_phone(self, dial: scripts.Dial) -> None:
        self._place(dial, self.testbed.phones[dial.way.over])

    def _place(self, dial: scripts.Dial, ours: Address) -> None:
        self.testbed.calls_by_id[dial.call_id] = self
        self._processes.append(self.testbed.sipp.call(dial, ours))
        self.spawn(self._see_placed(dial, ours))

    async def _see_placed(self, dial: scripts.Dial, ours: Address) -> None:
        """Start SIPp again if it ended because another program had taken its port."""
        for _ in range(2):
            if not await self.until(lambda: self.testbed.wire.knows(dial.call_id), _START_SECONDS):
                self.testbed.sipp.forget(self._processes.pop())
                self._processes.append(self.testbed.sipp.call(dial, ours))

    def place_consultation(self, by: str, to: str) -> Dialog:
        """``by`` calls ``to``, to announce a transfer."""
        self.consultation = Dialog(f"{self._name}-consultation", to, "caller", 0.0, way=self.tenant.way(by))
        self._place_phone(self._of_phone(self.consultation.call_id, by, to, self.plan.domain))
        return self.consultation

    def announced_call(self) -> str:
        """URI that a REFER sends to: the call that announced the transfer is to be taken over (RFC 3891)."""
        call_id = f"{self._name}-consultation"
        answers = (s.message for s in self.trace if s.message.call_id == call_id and s.message.status == 200)
        to = next((m.header("to") for m in answers if m.method == "INVITE"), "")
        tag = to.partition(";tag=")[2].split(";")[0]
        target = self.case.call.transfer.to if self.case.call.transfer is not None else ""
        replaces = quote(f"{call_id};to-tag={tag};from-tag={scripts.CALLER_TAG}", safe="")
        return f"sip:{target}@{self.plan.domain}?Replaces={replaces}"

    async def occupy(self) -> None:
        """Phones `in_call` begin their call: with an extension of the laboratory's own."""
        parking = self.tenant.parking
        if parking is None:
            return
        for extension, states in self.case.environment.phones.items():
            if "in_call" in states:
                call_id = f"{self._name}-busy-{extension}"
                self._parked[call_id] = Dialog(call_id, parking, "caller", 0.0, way=self.tenant.way(extension))
                self._place_phone(self._of_phone(call_id, extension, parking, self.plan.domain))
        callers = [d for d in self._parked.values() if d.state == "caller"]
        if not await self.until(lambda: all(d.up for d in callers), _PARKED_SECONDS):
            self.faults.append("a phone that was to be in a call could not place one")

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def rang(self) -> list[Attempt]:
        """Attempts in order; times count from the caller's INVITE."""
        in_order = sorted(self.legs.values(), key=lambda leg: leg.start)
        return [leg.rang(since=self.caller.start) for leg in in_order]

    async def close(self) -> None:
        """Hang up all dialogs that are still up and release SIPp's processes."""
        for task in list(self._tasks):
            task.cancel()
        consultation = () if self.consultation is None else (self.consultation,)
        for dialog in (self.caller, *consultation, *self.legs.values(), *self._parked.values()):
            self.hang_up(dialog)
            self.testbed.media.close(dialog.call_id)
        await asyncio.sleep(0.2)
        for started in self._processes:
            await asyncio.to_thread(self.testbed.sipp.forget, started)

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for a condition; False if it does not come about in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_POLL)
        return True

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run a coroutine beside the call; it is cancelled when the call is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
