"""Asterisk during one call: channels and their threads, phones, trunks, and what is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pbxgen.calls.attempts import number_sent
from pbxgen.calls.case import Case
from pbxgen.interpret.asterisk.applications import APPLICATIONS
from pbxgen.interpret.asterisk.channel import AsteriskChannel, Place, Ringing
from pbxgen.interpret.asterisk.dialplan import Dialplan
from pbxgen.interpret.asterisk.endpoints import Endpoints
from pbxgen.interpret.asterisk.functions import READ
from pbxgen.interpret.asterisk.legs import UNALLOCATED, AsteriskLeg, Caller, LocalFirst
from pbxgen.interpret.asterisk.mailboxes import Mailboxes
from pbxgen.interpret.asterisk.text import expression_value
from pbxgen.interpret.base import NotUnderstoodError, Trace, TraceLine
from pbxgen.interpret.clock import Clock, Steps, Thread
from pbxgen.interpret.far_ends import FarEnd, contacts, outside

STEP_LIMIT = 50_000
"""Maximum of dialplan lines in one call; a call that runs more never ends."""
_CONTACT = re.compile(r"sip:([^.]+)\.([0-9]+)@")
_HOST = "203.0.113.1:5060;ob"
"""Host part of a phone's contact, as behind NAT: Dial is given whole URIs."""


class AsteriskSwitch:
    """Asterisk while one call is placed."""

    def __init__(
        self,
        dialplan: Dialplan,
        endpoints: Endpoints,
        mailboxes: Mailboxes,
        case: Case,
        epoch: int,
        trace: Trace | None,
    ) -> None:
        self.dialplan = dialplan
        self.mailboxes = mailboxes
        self.case = case
        self.clock = Clock()
        self.channels: dict[str, AsteriskChannel] = {}
        self.legs: list[AsteriskLeg] = []
        """Every INVITE that was sent, in order."""
        self.played: list[tuple[AsteriskChannel, str]] = []
        """Recordings, and who heard them."""
        self.recording: dict[AsteriskChannel, tuple[str, str]] = {}
        """Who leaves a message in which mailbox (number, context)."""
        self.opened: dict[AsteriskChannel, tuple[str, str]] = {}
        """Who has opened which mailbox."""
        self.complaints: list[str] = []
        """What Asterisk would log as WARNING or ERROR."""
        self._endpoints = endpoints
        self._start = epoch
        self._trace = trace
        self._count = 0
        self._names = 0
        self._at = ""

    @property
    def epoch(self) -> int:
        """Seconds since 1970."""
        return self._start + self.clock.now // 1000

    # -- the dialplan -------------------------------------------------------------------------------------------------

    def run(self, channel: AsteriskChannel) -> Steps:
        """Takes a channel through the dialplan until it is hung up."""
        while not channel.gone:
            work = self._step(channel)
            if work is not None:
                yield from work

    def subroutine(self, channel: AsteriskChannel, place: Place, arguments: Sequence[str]) -> Steps:
        """Runs a subroutine on a channel that has no dialplan of its own."""
        depth = len(channel.frames)
        channel.call(place, arguments)
        while len(channel.frames) > depth and not channel.gone:
            work = self._step(channel)
            if work is not None:
                yield from work

    def _step(self, channel: AsteriskChannel) -> Steps | None:
        """Run one line. Returns the steps that take time, which are still to be run."""
        self._count += 1
        if self._count > STEP_LIMIT:
            raise NotUnderstoodError(f"the call runs through more than {STEP_LIMIT} lines: it never ends")
        context, extension, priority = channel.place
        line = self.dialplan.line(context, extension, priority)
        if line is None:
            self.complain(f"nothing is left to do in [{context}] {extension}, priority {priority}")
            channel.hang_up(0)
            return None
        self._at = line.where
        data = line.data.put_in(channel)
        if self._trace is not None:
            self._trace.append(TraceLine(self.clock.now / 1000, line.where, f"{line.application}({data})"))
        channel.place = (context, extension, priority + 1)
        return APPLICATIONS[line.application](channel, data)

    def read_function(self, channel: AsteriskChannel, name: str, arguments: str) -> str:
        return READ[name](channel, arguments)

    def expression_value(self, text: str) -> str:
        return expression_value(text, self.complain)

    def complain(self, message: str) -> None:
        self.complaints.append(f"{self._at}: {message}" if self._at else message)

    # -- phones and trunks --------------------------------------------------------------------------------------------

    def ring(self, dialler: AsteriskChannel, destination: str) -> Ringing | None:
        """A channel to ``technology/resource``; None where Asterisk cannot make one."""
        technology, _, resource = destination.partition("/")
        self._names += 1
        if technology == "Local":
            extension, _, context = resource.partition("@")
            return LocalFirst(self, f"Local/{resource}-{self._names:08x}", (context, extension), dialler)
        if technology != "PJSIP":
            raise NotUnderstoodError(f"Dial({destination})")
        found = self._endpoints.dialled(resource)
        if found is None:
            self.complain(f"Dial: there is no endpoint for {destination}")
            return None
        endpoint, user, uri = found
        far_end = self._phone(endpoint, uri) if uri else self._outside(endpoint, user)
        if far_end is None:
            self.complain(f"Dial: nobody is at {destination}")
            return None
        leg = AsteriskLeg(self, f"PJSIP/{endpoint}-{self._names:08x}", far_end, user, dialler, self.legs)
        leg.endpoint = endpoint
        leg.inherit(dialler)
        return leg

    def _phone(self, endpoint: str, uri: str) -> FarEnd | None:
        match = _CONTACT.match(uri)
        extension = self._endpoints.extension(endpoint, self.case.plan)
        if match is None or extension is None or match[1] != extension:
            return None
        return contacts(self.case, extension)[int(match[2])]

    def _outside(self, endpoint: str, user: str) -> FarEnd | None:
        if not user or not self._endpoints.reachable(endpoint):
            return None
        plan = self.case.plan
        tenant, _, name = endpoint.partition(".trunk.")
        if tenant != plan.name or name not in plan.trunks:
            self.complain(f"{user} is called over {endpoint}, which is no trunk of {plan.name}")
            return outside(self.case, user)
        return outside(self.case, number_sent(plan, name, user))

    def contacts(self, endpoint: str) -> tuple[str, ...]:
        """URIs of the phones that are registered (and answer OPTIONS)."""
        extension = self._endpoints.extension(endpoint, self.case.plan) if endpoint in self._endpoints else None
        if extension is None or extension not in self.case.plan.users:
            return ()
        there = range(len(contacts(self.case, extension)))
        return tuple(f"sip:{extension}.{index}@{_HOST}" for index in there)

    def device_state(self, endpoint: str) -> str:
        """DEVICE_STATE of an endpoint."""
        if endpoint not in self._endpoints:
            return "INVALID"
        if not self.contacts(endpoint):
            return "UNAVAILABLE"
        channels = [channel for channel in self.channels.values() if channel.endpoint == endpoint]
        in_use = sum(isinstance(c, Caller) or c.up for c in channels)
        extension = self._endpoints.extension(endpoint, self.case.plan)
        in_use += "in_call" in self.case.world.phone(extension or "")
        busy_at = self._endpoints.busy_at(endpoint)
        if busy_at and in_use >= busy_at:
            return "BUSY"
        rings = any(isinstance(c, AsteriskLeg) and c.waiting for c in channels)
        if in_use:
            return "RINGINUSE" if rings else "INUSE"
        return "RINGING" if rings else "NOT_INUSE"

    # -- who calls ----------------------------------------------------------------------------------------------------

    def caller(self, endpoint: str, extension: str, prepare: Callable[[Caller], None]) -> Caller:
        """A call that comes in at an endpoint, for an extension of its context."""
        self._names += 1
        channel = Caller(self, f"PJSIP/{endpoint}-{self._names:08x}")
        channel.endpoint = endpoint
        channel.request_uri = f"sip:{extension.replace('#', '%23')}@{self.case.plan.domain}"
        context = self._endpoints.context(endpoint)
        channel.place = (context, extension, 1)
        prepare(channel)
        if self.dialplan.line(context, extension, 1) is None:
            channel.hang_up(UNALLOCATED)
        else:
            channel.thread = Thread(self.clock, self.run(channel))
        return channel
