"""One start of one PBX with many scenarios side by side, each a tenant of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbxgen.calls.case import Case
from pbxgen.calls.verdict import judge
from pbxgen.flow.plan import Plan, Secret
from pbxgen.flow.simulate import simulate
from pbxgen.lab import scripts, sip
from pbxgen.lab.errors import LabError
from pbxgen.lab.media import Media
from pbxgen.lab.observe import observe
from pbxgen.lab.pbx import Pbx, PbxSetup
from pbxgen.lab.play import ScenePlayer
from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.registrar import Registrar
from pbxgen.lab.result import Result
from pbxgen.lab.rig import Follower
from pbxgen.lab.scene import Scene
from pbxgen.lab.sipp import Sipp
from pbxgen.lab.sound import tone
from pbxgen.lab.tenants import Tenant, prepare, renew
from pbxgen.lab.wire import SeenMessage, Wire
from pbxgen.targets.base import GeneratedFile, Options, Target

_ANNOUNCEMENT_SECONDS = 2.0
_STORED_SECONDS = 10.0

Done = Callable[[Result], None]


def _longest_first(tenant: Tenant) -> int:
    case = tenant.case
    return -sum(event.seconds or 0 for event in simulate(case.plan, case.call, case.world).events)


@dataclass(frozen=True, slots=True)
class RenewedTenants:
    """Changed plans of a stage's tenants, and their files."""

    tenants: tuple[Tenant, ...]
    files: tuple[GeneratedFile, ...]


class Stage:
    """A PBX with the phones and far ends of its scenarios. Use as an asynchronous context."""

    def __init__(
        self, make_pbx: Callable[[PbxSetup], Pbx], target: Target, cases: Sequence[Case], folder: Path, *,
        moment: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        self._folder = folder
        self._target = target
        self.tenants, secrets = prepare(cases)
        files = self._rendered(self.tenants, secrets)
        sounds = {
            f"{tenant.plan.name}/{name}": tone(hertz, _ANNOUNCEMENT_SECONDS)
            for tenant in self.tenants
            for name, hertz in tenant.recordings.items()
        }
        home = folder / "pbx"
        home.mkdir(parents=True)
        (folder / "sipp").mkdir()
        self.pbx: Pbx = make_pbx(PbxSetup(home, files, sounds, moment))
        self.wire = Wire(self._route, self._on_message)
        self.media = Media()
        self._followers: dict[str, Follower] = {}
        self._by_name: dict[str, Scene] = {}
        self._by_trunk: dict[Address, Scene] = {}
        self.sipp: Sipp
        self.registrar: Registrar
        self.phones: Address

    def _rendered(self, tenants: Sequence[Tenant], secrets: Mapping[Secret, str]) -> tuple[GeneratedFile, ...]:
        options, plans = Options(secrets=secrets), tuple(tenant.plan for tenant in tenants)
        limits = [problem for plan in plans for problem in self._target.limits(plan, options)]
        if limits:
            raise LabError(f"{self._target.name} cannot express this: {limits[0].message}")
        return self._target.render(plans, options)

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(tenant.plan for tenant in self.tenants)

    async def __aenter__(self) -> Stage:
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def _open(self) -> None:
        await self.wire.start()
        self.wire.rewrite = self._filled_in
        self.media.start()
        self.phones = await self.wire.listen((LOOPBACK, 0), self.pbx.phones_at)
        self.sipp = Sipp(self.wire, self._folder / "sipp", self.phones)
        self.registrar = Registrar(self.sipp, self.phones)
        for tenant in self.tenants:
            await self._furnish(tenant)
        for method in ("OPTIONS", "NOTIFY", "REGISTER"):
            self.sipp.answering(method)
        for scene in self._by_name.values():
            for reply in scene.replies():
                self.sipp.callee(reply)
        await self.pbx.start()
        await self.registrar.register(login for scene in self._by_name.values() for login in scene.logins())

    async def _furnish(self, tenant: Tenant) -> None:
        """Set up the phones and far ends of a tenant."""
        scene = self._by_name[tenant.plan.name] = Scene(self, tenant)
        for address in tenant.trunks.values():
            if address not in self._by_trunk:
                await self.wire.listen(address, self.pbx.trunks_at)
            self._by_trunk[address] = scene

    def renewed(self, cases: Sequence[Case]) -> RenewedTenants:
        """Changed plans, a case for each tenant in order, compiled but not yet in place."""
        tenants, secrets = renew(self.tenants, cases)
        return RenewedTenants(tenants, self._rendered(tenants, secrets))

    async def reload(self, renewed: RenewedTenants) -> None:
        """Load changed plans. Calls that are up go on; calls placed from now on use the new plans."""
        await self.pbx.reload(renewed.files)
        before = {login.contact for scene in self._by_name.values() for login in scene.logins()}
        self.tenants = renewed.tenants
        for tenant in self.tenants:
            if not self._by_name[tenant.plan.name].trace:
                await self._furnish(tenant)
        logins = (login for scene in self._by_name.values() for login in scene.logins())
        await self.registrar.register(login for login in logins if login.contact not in before)

    async def follow_up(self, tenants: Sequence[Tenant]) -> None:
        """Other calls of the same plans: tenants with other cases, when the first calls are over."""
        self.tenants = tuple(tenants)
        for tenant in self.tenants:
            await self._furnish(tenant)

    def scene_of(self, tenant: Tenant) -> Scene:
        return self._by_name[tenant.plan.name]

    async def close(self) -> None:
        if hasattr(self, "sipp"):
            await asyncio.to_thread(self.sipp.stop)
        await asyncio.to_thread(self.pbx.stop)
        self.wire.close()
        await self.media.stop()

    async def play(self, done: Done, room: asyncio.Semaphore) -> list[Result]:
        """Place every call, as many at once as ``room`` lets in; ``done`` hears of each result as it comes."""

        async def one(tenant: Tenant) -> Result:
            async with room:
                result = await self.place(tenant)
            done(result)
            return result

        # The longest first: they set how long a run takes.
        return list(await asyncio.gather(*(one(tenant) for tenant in sorted(self.tenants, key=_longest_first))))

    def complaints(self) -> list[tuple[Case | None, str]]:
        """What the PBX has complained of, and the call that it is about (None: none, or not known)."""
        of = {tenant.plan.name: tenant.case for tenant in self.tenants}
        return [
            (of.get(complaint.tenant or ""), complaint.line) for complaint in self.pbx.log.complaints(frozenset(of))
        ]

    async def place(self, tenant: Tenant) -> Result:
        """Place the call of a tenant."""
        scene = self._by_name[tenant.plan.name]
        start = time.monotonic()
        self.follow(scene.caller.call_id, scene)
        await ScenePlayer(scene).play()
        stored = await self._stored(tenant)
        await scene.close()
        observed = observe(scene, stored)
        seconds = time.monotonic() - start
        differences, trace = judge(tenant.case, observed), tuple(scene.trace)
        return Result(tenant.case, self.pbx.name, observed, differences, seconds, trace=trace)

    async def _stored(self, tenant: Tenant) -> dict[str, tuple[float, int]]:
        """Messages of the tenant's mailboxes; one that is still being written is waited for."""
        messages_of: dict[str, tuple[float, int]] = {}
        deadline = time.monotonic() + _STORED_SECONDS
        if tenant.case.handling.keys:
            return messages_of  # who opens a mailbox leaves no message
        while self.pbx.is_recording(tenant.plan):
            for user in tenant.plan.users.values():
                messages = self.pbx.messages(tenant.plan, user.extension) if user.mailbox is not None else ()
                if messages and messages[-1].seconds > 0:
                    messages_of[user.extension] = (messages[-1].seconds, messages[-1].loudness)
            if messages_of or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        return messages_of

    # -- the wire's questions -----------------------------------------------------------------------------------------

    def follow(self, call_id: str, follower: Follower) -> None:
        self._followers[call_id] = follower

    def _on_message(self, seen: SeenMessage) -> None:
        message = seen.message
        if message.method in ("OPTIONS", "REGISTER"):
            self.registrar.see(seen)
            return
        follower = self._followers.get(message.call_id)
        if follower is None and seen.from_pbx and message.status is None and message.method == "INVITE":
            follower = self._scene_of(message, seen.ours)
            if follower is not None:
                self._followers[message.call_id] = follower
                follower.invited(seen)
        if follower is not None:
            follower.see(seen)

    def _filled_in(self, data: bytes, call_id: str) -> bytes:
        """A message of SIPp with the port of its call's sound, or with the call that a transfer was announced in."""
        port, announced = scripts.RTP_PORT.encode(), scripts.ANNOUNCED_CALL.encode()
        if port in data:
            return data.replace(port, str(self.media.stream(call_id).port).encode())
        if announced in data:
            return data.replace(announced, self._followers[call_id].announced_call().encode())
        return data

    def _scene_of(self, message: sip.Message, ours: Address) -> Scene | None:
        if ours == self.phones:
            return self._by_name.get(message.uri_user.rsplit(".", 2)[0])
        return self._by_trunk.get(ours)

    def _route(self, message: sip.Message, ours: Address) -> int | None:
        if message.method in ("OPTIONS", "NOTIFY", "REGISTER"):
            return self.sipp.answering(message.method)
        follower = self._followers.get(message.call_id)
        return follower.port_of(message.call_id) if follower is not None and message.method == "INVITE" else None
