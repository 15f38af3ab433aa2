"""Calls placed on generated files for Asterisk: a call comes in, its parties talk, transfer and hang up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pbxgen.calls.attempts import Attempt, entries
from pbxgen.calls.case import Case
from pbxgen.calls.headers import number_of
from pbxgen.calls.observed import CallRecord, Observed, cannot_transfer, observed
from pbxgen.calls.verdict import wrong_code
from pbxgen.interpret.asterisk import dialplan
from pbxgen.interpret.asterisk.applications import APPLICATIONS
from pbxgen.interpret.asterisk.channel import AsteriskChannel, AsteriskInstallation, AsteriskSwitch
from pbxgen.interpret.asterisk.endpoints import AsteriskEndpoints
from pbxgen.interpret.asterisk.functions import READ
from pbxgen.interpret.asterisk.legs import (
    NORMAL,
    REJECTED,
    UNALLOCATED,
    AsteriskCaller,
    AsteriskLeg,
    LocalFirst,
    LocalSecond,
    partner,
)
from pbxgen.interpret.asterisk.mailboxes import AsteriskMailboxes
from pbxgen.interpret.base import Interpreter, Trace
from pbxgen.targets.base import GeneratedFile

_TALK_MS = 1_000
_MESSAGE = (5.0, 5_000)
"""Seconds and loudness (0-32767) of a message that a caller leaves."""
_MINUTE_MS = 60_000
_PICKUP = "*8"
"""What Asterisk itself takes for pickup (chan_pjsip), before the dialplan: of no other call here, which it refuses."""


def install(files: Sequence[GeneratedFile]) -> AsteriskInstallation:
    """Read generated files. Raises NotUnderstoodError."""
    texts = {file.path: file.text for file in files}
    plan = dialplan.read(texts, APPLICATIONS, READ)
    return AsteriskInstallation(plan, AsteriskEndpoints(texts), AsteriskMailboxes(texts), APPLICATIONS, READ)


def load(files: Sequence[GeneratedFile]) -> Interpreter:
    """An interpreter of the files that the target ``asterisk`` renders. Raises NotUnderstoodError."""
    return Interpreter("asterisk", partial(_play, install(files)))


def _play(installation: AsteriskInstallation, case: Case, trace: Trace | None) -> Observed:
    """The call, and the codes that are dialled before it: what they leave in the database is there for the next."""
    database: dict[str, str] | None = None
    for code in case.codes:
        switch = AsteriskSwitch(installation, code, trace, database)
        told = _CallPlayer(switch).play()
        database = switch.database
        if (wrong := wrong_code(code, told)) is not None:
            return wrong
    return _CallPlayer(AsteriskSwitch(installation, case, trace, database)).play()


def _fields(lines: Sequence[str]) -> list[tuple[str, str]]:
    parts = (line.partition(":") for line in lines)
    return [(name.strip().lower(), value.strip()) for name, _, value in parts]


class _CallPlayer:
    def __init__(self, switch: AsteriskSwitch) -> None:
        self._switch = switch
        self._case = switch.case
        self._faults: list[str] = []
        self._legs_before_transfer = 0
        self._in_call: tuple[str, ...] = ()
        """Targets in the call with the party that was served last, when it was hung up."""

    def play(self) -> Observed:
        call = self._case.call
        caller = self._phone(call.caller, self._dialled) if call.caller in self._case.plan.users else self._trunk()
        if caller is None:
            return Observed(rings=(), ending=None, faults=tuple(self._faults))
        if self._case.handling.give_up_at is not None:
            self._watch_for_giving_up(caller)
        party: AsteriskChannel = caller
        if self._settle(party) and not party.gone and call.transfer is not None:
            party = self._transferred(caller, call.transfer.by)
        self._hang_up(party)
        return self._observed(caller)

    @property
    def _attended(self) -> bool:
        """Whoever announces a call in vain keeps the first one."""
        transfer = self._case.call.transfer
        return transfer is not None and transfer.attended

    # -- the way in ---------------------------------------------------------------------------------------------------

    @property
    def _dialled(self) -> str:
        return self._case.requested

    def _phone(self, extension: str, dialled: str) -> AsteriskCaller | None:
        """A call of a phone. None: no endpoint takes it."""
        endpoint = self._switch.endpoints.phone(extension, self._case.plan.domain)
        if endpoint is None:
            self._faults.append(f"no endpoint takes calls of the phone {extension}")
            return None
        headers = _fields(self._case.sent_headers("192.0.2.1")) if dialled == self._dialled else []
        return self._come_in(endpoint, dialled, extension, headers)

    def _trunk(self) -> AsteriskCaller | None:
        """A call of a trunk; its headers tell the caller's number and earlier diversions."""
        plan, endpoints, handling = self._case.plan, self._switch.endpoints, self._case.handling
        trunk = None if self._case.trunk is None else plan.trunks.get(self._case.trunk)
        endpoint = None if trunk is None else endpoints.trunk_at(trunk)
        if endpoint is None or endpoint not in endpoints:
            self._faults.append(f"no endpoint takes calls of the trunk {'' if trunk is None else trunk.name}")
            return None
        headers = _fields(self._case.sent_headers("192.0.2.1"))
        told = dict(headers)  # trust_id_inbound
        asserted = number_of(told.get("p-asserted-identity", "")) or number_of(told.get("remote-party-id", ""))
        number = asserted or handling.caller_shows or self._case.call.caller
        withheld = "p-asserted-identity" in told and told.get("privacy", "none") != "none"
        return self._come_in(endpoint, self._dialled, number, headers, withheld)

    def _come_in(
        self, endpoint: str, dialled: str, number: str, headers: Sequence[tuple[str, str]] = (), withheld: bool = False
    ) -> AsteriskCaller:
        """A call that comes in at an endpoint, for an extension of its context."""
        switch = self._switch
        channel = AsteriskCaller(switch, switch.new_name(f"PJSIP/{endpoint}"))
        channel.endpoint, channel.number, channel.withheld = endpoint, number, withheld
        channel.headers += headers
        channel.local_uri = f"<sip:{self._case.to_user}@192.0.2.1>"
        channel.request_uri = f"sip:{dialled.replace('#', '%23')}@{self._case.plan.domain}"
        channel.place = (switch.endpoints.context(endpoint), dialled.replace("%23", "#"), 1)
        if dialled == _PICKUP:
            channel.hang_up(REJECTED)
        elif switch.dialplan.line(*channel.place) is None:
            channel.hang_up(UNALLOCATED)
        else:
            switch.start(channel)
        return channel

    # -- what the parties do ------------------------------------------------------------------------------------------

    def _settle(self, party: AsteriskChannel) -> bool:
        """Run until the party talks, leaves a message, opens a mailbox, or is hung up. False: none of these happens."""
        switch = self._switch

        def settled() -> bool:
            return party.gone or partner(party) is not None or party in switch.recording or party in switch.opened

        if not switch.clock.run(settled):
            self._faults.append("nothing more happens, and the call is not over")
            return False
        return True

    def _watch_for_giving_up(self, caller: AsteriskCaller) -> None:
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

    def _transferred(self, caller: AsteriskCaller, by: str) -> AsteriskChannel:
        """``by`` transfers the other party. Returns that party once its new call has settled."""
        other = partner(caller)
        answerer = other.far_end.target if isinstance(other, AsteriskLeg) else None
        transferor, party = (other, caller) if answerer == by else (caller, other)
        if transferor is None or party is None or (transferor is caller and by != self._case.call.caller):
            self._faults.append(cannot_transfer(by))
            return caller
        self._switch.clock.wait(_TALK_MS)
        self._legs_before_transfer = len(self._switch.legs)
        transfer = self._case.call.transfer
        assert transfer is not None
        if transfer.attended:
            self._announced(by, transfer.to)
            return party
        self._blind(transferor, party, transfer.to)
        self._settle(party)
        return party

    def _blind(self, transferor: AsteriskChannel, party: AsteriskChannel, to: str) -> None:
        """A REFER of the transferor: the other party goes on in its TRANSFER_CONTEXT (res_pjsip_refer)."""
        endpoint = transferor.endpoint
        context = transferor.get("TRANSFER_CONTEXT") or self._switch.endpoints.context(endpoint or "")
        allowed = endpoint is not None and self._switch.endpoints.flag(endpoint, "allow_transfer", "yes")
        if not allowed or self._switch.dialplan.line(context, to, 1) is None:
            self._faults.append(f"the transfer to {to} was refused")
            return
        party.set("BLINDTRANSFER", transferor.name)
        place = (context, to, 1)
        if party.thread is not None:
            party.jump = place
            party.wake()
        else:
            # A channel that was rung has had no dialplan of its own so far.
            behind = party.peer
            party.peer = None
            party.place = place
            self._switch.start(party)
            if isinstance(behind, LocalFirst | LocalSecond):
                behind.hang_up(NORMAL)
        transferor.hang_up(NORMAL)

    def _announced(self, by: str, to: str) -> None:
        """``by`` calls ``to`` first, and then connects the two."""
        announcing = self._phone(by, to)
        if announcing is not None and self._settle(announcing):
            self._switch.clock.wait(_TALK_MS)
            self._hang_up(announcing)

    def _hang_up(self, party: AsteriskChannel) -> None:
        """Record the parties, let one side hang up, and watch for a minute: no phone may ring any more."""
        other = partner(party)
        if isinstance(other, AsteriskLeg) and other in self._switch.legs[self._legs_before_transfer :]:
            self._in_call = (other.far_end.target,)
        elif isinstance(other, AsteriskCaller) and not self._attended:
            self._faults.append("the caller is left in the call with somebody who was transferred")
        if other is not None:
            self._switch.clock.wait(_TALK_MS)
        ends = other if self._case.handling.callee_ends and other is not None else party
        ends.hang_up(0 if not ends.up else NORMAL)
        self._switch.clock.wait(_MINUTE_MS)
        for channel in (party, *self._switch.legs):
            if channel.up and not channel.gone and self._case.call.transfer is None:
                self._faults.append(f"{channel.name} is left in the call")

    # -- the record ---------------------------------------------------------------------------------------------------

    def _observed(self, caller: AsteriskCaller) -> Observed:
        switch = self._switch
        opened = next((self._mailbox(*mailbox) for mailbox in switch.opened.values()), None)
        played = next((recording.removeprefix(f"{self._case.plan.name}/") for recording in switch.played), None)
        return observed(
            self._case,
            CallRecord(
                rang=self._rang(),
                status=None if caller.up else caller.status,
                answered_at=None if caller.answered_at is None else caller.answered_at / 1000,
                over_at=None if caller.ended_at is None else caller.ended_at / 1000,
                in_call=self._in_call,
                stored={self._mailbox(*mailbox): _MESSAGE for mailbox in switch.recording.values()},
                announced=played,
                mailbox=opened,
                taken=switch.taken,
                faults=(*dict.fromkeys(self._faults), *dict.fromkeys(switch.complaints)),
            ),
        )

    def _mailbox(self, number: str, context: str) -> str:
        return number if context == self._case.plan.name else f"{number}@{context}"

    def _rang(self) -> tuple[Attempt, ...]:
        """Every INVITE that was sent, in order."""
        return tuple(leg.attempt for leg in self._switch.legs if leg.attempt is not None)
