"""One start of one PBX with many scenarios side by side, each a tenant of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from pbxgen.calls.case import Case
from pbxgen.calls.verdict import judge
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.settings import written
from pbxgen.flow.simulate import simulate
from pbxgen.lab import scripts, sip, srtp
from pbxgen.lab.call import LabCall, Testbed
from pbxgen.lab.certificates import issue
from pbxgen.lab.errors import LabError
from pbxgen.lab.media import Media
from pbxgen.lab.pbx import CalledPbx, Pbx, PbxSetup
from pbxgen.lab.play import CallPlayer, observe
from pbxgen.lab.ports import LOOPBACK, Address, free_port
from pbxgen.lab.registrar import Registrar
from pbxgen.lab.result import Result
from pbxgen.lab.sipp import Sipp
from pbxgen.lab.sound import tone
from pbxgen.lab.tenants import Tenant, prepare
from pbxgen.lab.wire import SeenMessage, Wire
from pbxgen.targets.base import GeneratedFile, Options, Target

_ANNOUNCEMENT_SECONDS = 2.0
_STORED_SECONDS = 10.0
_REGISTERED_SECONDS = 10.0
_ANSWERED_METHODS = ("OPTIONS", "NOTIFY", "REGISTER")
"""Methods that SIPp answers with 200, outside of calls too."""


def _longest_first(tenant: Tenant) -> int:
    case = tenant.case
    return -sum(event.seconds or 0 for event in simulate(case.plan, case.call, case.environment).events)


class CallSession:
    """Calls on one PBX, with their phones, which are at the address ``host``. Use as an asynchronous context."""

    def __init__(
        self, pbx: CalledPbx, tenants: Sequence[Tenant], folder: Path, *, host: str = LOOPBACK, language: str = "en",
        certificate: Path | None = None,
    ) -> None:  # fmt: skip
        self.pbx = pbx
        self.tenants = tenants
        self._folder = folder
        self._host = host
        self._language = language
        self._certificate = certificate
        """Of phones and of the far ends of trunks over TLS."""
        (folder / "sipp").mkdir()
        self.wire = Wire(self._route, self._on_message)
        self.media = Media(host)
        self._calls_by_id: dict[str, LabCall] = {}
        """By Call-ID, the call that its messages belong to."""
        self.calls: dict[str, LabCall] = {}
        """The latest call of each tenant."""
        self._registered: set[Address] = set()
        """Far ends of trunks that a REGISTER has reached."""
        self._by_trunk: dict[Address, LabCall] = {}
        self.testbed: Testbed
        self.registrar: Registrar

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def _open(self) -> None:
        if any(way.encrypted for tenant in self.tenants for way in tenant.ways):
            srtp.require()  # before anything is started, not in the midst of a call
        await self.wire.start()
        self.wire.rewrite = self._filled_in
        self.media.start()
        phones = {scripts.UDP: await self.wire.listen((self._host, 0), self.pbx.phones_at)}
        for over in sorted({way.over for tenant in self.tenants for way in tenant.ways_of_phones} - {scripts.UDP}):
            phones[over] = (self._host, free_port())
            self.wire.connect(phones[over], self.pbx.phone_address(over), self._certificate_over(over))
        sipp = Sipp(self.wire, self._folder / "sipp", phones[scripts.UDP], self._host)
        self.testbed = Testbed(self.pbx, self.wire, self.media, sipp, phones, self._calls_by_id)
        self.registrar = Registrar(sipp, phones)
        for tenant in self.tenants:
            await self.furnish(tenant)
        for method in _ANSWERED_METHODS:
            sipp.answering(method)
        for call in self.calls.values():
            for reply in call.replies():
                sipp.callee(reply)
        await self.pbx.start()
        await self.registrar.register(login for call in self.calls.values() for login in call.logins())

    async def furnish(self, tenant: Tenant) -> None:
        """Set up the phones and far ends of a tenant for its call."""
        call = self.calls[tenant.plan.name] = LabCall(self.testbed, tenant)
        for address, name in tenant.trunk_at.items():
            trunk = tenant.plan.trunks[name]
            pbx = self.pbx.trunk_address(trunk)
            if address not in self._by_trunk and trunk.transport == scripts.UDP:
                await self.wire.listen(address, pbx)
            elif address not in self._by_trunk:
                certificate = self._certificate_over(trunk.transport)
                await self.wire.accept(address, pbx, certificate, refuses=call.is_down(address))
            self._by_trunk[address] = call

    def _certificate_over(self, transport: str) -> Path | None:
        return self._certificate if transport == "tls" else None

    async def close(self) -> None:
        if hasattr(self, "testbed"):
            await asyncio.to_thread(self.testbed.sipp.stop)
        await asyncio.to_thread(self.pbx.stop)
        self.wire.close()
        await self.media.stop()

    async def play(self, done: Callable[[Result], None], room: asyncio.Semaphore) -> list[Result]:
        """Place every call, as many at once as ``room`` lets in; ``done`` is given each result as it comes."""

        async def one(tenant: Tenant) -> Result:
            async with room:
                result = await self.place(tenant)
            done(result)
            return result

        # The longest first: they set how long a run takes.
        return list(await asyncio.gather(*(one(tenant) for tenant in sorted(self.tenants, key=_longest_first))))

    def complaints(self) -> list[tuple[Case | None, str]]:
        """Complaints in the PBX's log, each with the call that it is about (None: none, or not known)."""
        cases = {tenant.plan.name: tenant.case for tenant in self.tenants}
        return [(cases.get(c.tenant or ""), c.line) for c in self.pbx.log.complaints(frozenset(cases))]

    async def place(self, tenant: Tenant) -> Result:
        await self._set(tenant)
        await self._signed_in(tenant)
        wrong = [text for code in tenant.case.codes for text in await self._dialled_before(tenant, code)]
        call = self.calls[tenant.plan.name]
        start = time.monotonic()
        self._calls_by_id[call.caller.call_id] = call
        await CallPlayer(call).play()
        stored = await self._stored(tenant)
        await call.close()
        observed = observe(call, stored)
        seconds = time.monotonic() - start
        differences = (*wrong, *judge(tenant.case, observed, self._language))
        trace = tuple(call.trace)
        return Result(tenant.case, self.pbx.name, observed, differences, seconds, trace=trace)

    async def _set(self, tenant: Tenant) -> None:
        """What is set before anything is dialled."""
        first = next(iter(tenant.case.codes), tenant.case)
        since = int(first.moment.timestamp())
        state = first.environment.state
        for extension, settings in state.users.items():
            await self.pbx.store(tenant.plan, extension, written(settings))
        for name, on in state.switches.items():
            await self.pbx.store(tenant.plan, f"switch.{name}", f"{'on' if on else 'off'}:{since}")
        for name, does in first.environment.services.items():
            await self.pbx.store(tenant.plan, f"service.{name}", does)

    async def _signed_in(self, tenant: Tenant) -> None:
        """Wait until the tenant's trunks have registered; a trunk that has not is a fault of the call."""
        awaited = {
            address: name
            for address, name in tenant.trunk_at.items()
            if tenant.plan.trunks[name].register and tenant.case.environment.trunks.get(name) != "down"
        }
        call = self.calls[tenant.plan.name]
        if not await call.until(lambda: self._registered >= awaited.keys(), _REGISTERED_SECONDS):
            missing = next(name for address, name in awaited.items() if address not in self._registered)
            call.faults.append(f"trunk {missing} has not registered over {tenant.way_over(missing).over}")

    async def _dialled_before(self, tenant: Tenant, code: Case) -> list[str]:
        """Dial a code; what was wrong with it."""
        call = LabCall(self.testbed, replace(tenant, case=code))
        self._calls_by_id[call.caller.call_id] = call
        await CallPlayer(call).play()
        await call.close()
        return [f"{code.call.called}, dialled before: {text}" for text in judge(code, observe(call, {}))]

    async def _stored(self, tenant: Tenant) -> dict[str, tuple[float, int]]:
        """Messages of the tenant's mailboxes; one that is still being written is waited for."""
        messages_of: dict[str, tuple[float, int]] = {}
        deadline = time.monotonic() + _STORED_SECONDS
        if tenant.case.handling.keys:
            return messages_of  # a caller who opens a mailbox leaves no message
        while self.pbx.is_recording(tenant.plan):
            for user in tenant.plan.users.values():
                messages = self.pbx.messages(tenant.plan, user.extension) if user.mailbox is not None else ()
                if messages and messages[-1].seconds > 0:
                    messages_of[user.extension] = messages[-1]
            if messages_of or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        return messages_of

    # -- the wire's questions -----------------------------------------------------------------------------------------

    def _on_message(self, seen: SeenMessage) -> None:
        message = seen.message
        if message.method == "REGISTER" and not seen.from_pbx and message.status == 200:
            self._registered.add(seen.ours)
        if message.method in ("OPTIONS", "REGISTER"):
            self.registrar.see(seen)
            return
        call = self._calls_by_id.get(message.call_id)
        if call is None and seen.from_pbx and message.status is None and message.method == "INVITE":
            call = self._invited_call(message, seen.ours)
            if call is not None:
                self._calls_by_id[message.call_id] = call
                call.invited(seen)
        if call is not None:
            call.see(seen)

    def _filled_in(self, data: bytes, call_id: str) -> bytes:
        """A message of SIPp with port and key of its call's sound, or the call that a transfer was announced in."""
        sound, announced, key = scripts.SOUND.encode(), scripts.ANNOUNCED_CALL.encode(), scripts.KEY.encode()
        if key in data:
            data = data.replace(key, self._calls_by_id[call_id].crypto(call_id).line.encode())
        if sound in data:
            port = str(self.media.stream(call_id).port)
            return data.replace(sound, scripts.SOUND.replace(scripts.RTP_PORT, port).encode())
        if announced in data:
            return data.replace(announced, self._calls_by_id[call_id].announced_call().encode())
        return data

    def _invited_call(self, message: sip.Message, ours: Address) -> LabCall | None:
        if ours in self.testbed.phones.values():
            return self.calls.get(message.uri_user.rsplit(".", 2)[0])
        return self._by_trunk.get(ours)

    def _route(self, message: sip.Message, ours: Address) -> int | None:
        if message.method in _ANSWERED_METHODS:
            far = self._by_trunk.get(ours)
            if far is not None and far.is_down(ours):
                return None
            return self.testbed.sipp.answering(message.method)
        call = self._calls_by_id.get(message.call_id)
        return call.port_of(message.call_id) if call is not None and message.method == "INVITE" else None


class PbxSession(CallSession):
    """A PBX that the laboratory starts for its scenarios, each a tenant of its own."""

    def __init__(
        self, make_pbx: Callable[[PbxSetup], Pbx], target: Target, cases: Sequence[Case], folder: Path, *,
        moment: dt.datetime | None = None, language: str = "en",
    ) -> None:  # fmt: skip
        self._target = target
        tenants, secrets = prepare(cases)
        files = self.rendered(tenants, secrets)
        sounds = {
            f"{tenant.plan.name}/{name}": tone(hertz, _ANNOUNCEMENT_SECONDS)
            for tenant in tenants
            for name, hertz in tenant.recordings.items()
        }
        home = folder / "pbx"
        home.mkdir(parents=True)
        over_tls = [
            host
            for tenant in tenants
            for (host, _), name in tenant.trunk_at.items()
            if tenant.way_over(name).over == "tls"
        ]
        if any(way.over == "tls" for tenant in tenants for way in tenant.ways_of_phones):
            over_tls.append(LOOPBACK)
        made = issue(folder, over_tls, moment) if over_tls else None
        pbx = make_pbx(PbxSetup(home, files, sounds, moment, certificates=made))
        super().__init__(pbx, tenants, folder, language=language, certificate=None if made is None else made.shown)

    def rendered(self, tenants: Sequence[Tenant], secrets: Mapping[Secret, str]) -> tuple[GeneratedFile, ...]:
        options, plans = Options(secrets=secrets), tuple(tenant.plan for tenant in tenants)
        limits = [problem for plan in plans for problem in self._target.limits(plan, options)]
        if limits:
            raise LabError(f"{self._target.name} cannot express this: {limits[0].message}")
        return (*self._target.render(plans, options), *self._target.stubs(plans))
