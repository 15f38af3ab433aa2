"""Calls on a PBX that somebody else runs: phones sign in for one call, and sign off after it."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from pbxgen.calls.case import Case
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import simulate
from pbxgen.flow.trunk import Trunk
from pbxgen.lab import sipp
from pbxgen.lab.errors import LabError
from pbxgen.lab.log import Log
from pbxgen.lab.pbx import RecordedMessage
from pbxgen.lab.ports import Address
from pbxgen.lab.result import Result
from pbxgen.lab.run import scratch
from pbxgen.lab.session import CallSession
from pbxgen.lab.tenants import Tenant

_SPARE_SECONDS = 60
"""How long a phone stays registered beyond the time of its call. PBXs refuse shorter registrations."""


@dataclass(frozen=True, slots=True)
class CaseWithPasswords:
    """A call among phones, and the passwords of those that take part, by extension."""

    case: Case
    passwords: Mapping[str, str]


class _RunningPbx:
    """A PBX that the laboratory neither starts nor stops; its mailboxes are not read."""

    def __init__(self, name: str, phones_at: Address, folder: Path) -> None:
        self.name = name
        self.phones_at = phones_at
        self.trunks_at = phones_at
        self.log = Log(folder / "none", re.compile(""), (), ())  # its administrator reads the log

    def phone_address(self, transport: str) -> Address:
        return self.phones_at

    def trunk_address(self, trunk: Trunk) -> Address:
        return self.trunks_at

    async def start(self) -> None: ...

    def stop(self) -> None: ...

    async def store(self, plan: Plan, key: str, value: str) -> None:
        raise LabError("what users of a PBX in service have set is theirs: no call sets anything there")

    def messages(self, plan: Plan, extension: str) -> tuple[RecordedMessage, ...]:
        return ()

    def is_recording(self, plan: Plan) -> bool:
        return False


class _RunningPbxSession(CallSession):
    async def close(self) -> None:
        """Sign all contacts off."""
        if hasattr(self, "testbed"):
            for login in (login for call in self.calls.values() for login in call.logins()):
                call_id = self.registrar.call_ids.get(login.contact)
                if call_id is not None:
                    await self.testbed.sipp.sign_off(login, self.testbed.phones[login.over], call_id)
        await super().close()


def place_calls(pbx: str, phones_at: Address, cases: Sequence[CaseWithPasswords], language: str = "en") -> list[Result]:
    """Place the calls one after the other; one that goes wrong is placed once more.

    ``language``: of the differences. Raises LabError.
    """
    sipp.find()
    return asyncio.run(_place_calls(pbx, phones_at, cases, language))


async def _place_calls(pbx: str, phones_at: Address, cases: Sequence[CaseWithPasswords], language: str) -> list[Result]:
    results = []
    host = _own_address(phones_at)
    with scratch(None) as folder:
        for number, one in enumerate(cases, 1):
            result = await _place(pbx, phones_at, host, one, folder / str(number), language)
            if not result.passed:
                second = await _place(pbx, phones_at, host, one, folder / f"{number}-again", language)
                result = replace(second, before=result)
            results.append(result)
    return results


async def _place(
    pbx: str, phones_at: Address, host: str, one: CaseWithPasswords, folder: Path, language: str
) -> Result:
    folder.mkdir()
    # Where this process is killed, what it has registered is gone soon after the call.
    story = simulate(one.case.plan, one.case.call, one.case.environment)
    seconds = _SPARE_SECONDS + ceil(sum(event.seconds or 0 for event in story.events))
    tenant = Tenant(one.case, one.case.plan, {}, {}, None, passwords=one.passwords, registered_seconds=seconds)
    running = _RunningPbx(pbx, phones_at, folder)
    async with _RunningPbxSession(running, (tenant,), folder, host=host, language=language) as session:
        return await session.place(tenant)


def _own_address(address: Address) -> str:
    """The address of this machine from which ``address`` is reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(address)
        except OSError as error:
            raise LabError(f"there is no way to {address[0]}: {error.strerror}") from None
        host: str = probe.getsockname()[0]
        return host
