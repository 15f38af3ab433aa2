"""What a session of the laboratory waits for before a call, without a PBX."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from pbxgen.calls.case import Case
from pbxgen.lab import sip
from pbxgen.lab.call import LabCall
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import CalledPbx
from pbxgen.lab.ports import Address
from pbxgen.lab.registrar import Registrar
from pbxgen.lab.session import CallSession
from pbxgen.lab.sipp import Sipp
from pbxgen.lab.tenants import Tenant, prepare
from pbxgen.lab.wire import SeenMessage
from tests.lab.results import case
from tests.support.calls import plan_of

_SOURCE = """\
version: 1
pbx: {name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}
trunks:
  carrier:
    host: [192.0.2.1, 192.0.2.2]
    transport: tls
    username: office
    password: env:CARRIER
    register: true
    number: "+390212345000"
  fixed: {host: 192.0.2.3, number: "+390612345000"}
routes: {emergency: {match: "112", trunk: [carrier, fixed], emergency: true}}
users:
  "101": {name: Ada}
  "102": {name: Ben}
inbound: {"+390212345000": "101", "+390612345000": "101"}
"""


class _Call:
    """Never waits."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        return condition()


class _Pbx:
    def __init__(self) -> None:
        self.started = False

    async def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        pass


@pytest.fixture
def office(tmp_path: Path) -> Case:
    path = tmp_path / "office.yaml"
    path.write_text(_SOURCE)
    return case(plan_of(path), "101", "102")


def _registers(session: CallSession, ours: Address, status: str, *, from_pbx: bool = False) -> None:
    message = sip.parse(f"SIP/2.0 {status}\r\nCall-ID: trunk\r\nCSeq: 1 REGISTER\r\n\r\n".encode())
    assert message is not None
    session._on_message(SeenMessage(0.0, from_pbx, ours, message))


def _faults(folder: Path, of: Case, registered: Callable[[Tenant], Sequence[Address]], status: str = "200 OK",
            *, from_pbx: bool = False) -> list[str]:  # fmt: skip
    """Of a call before which the far ends at some addresses have answered a REGISTER."""
    (tenant,), _ = prepare([of])
    session = CallSession(cast(CalledPbx, _Pbx()), [tenant], folder)
    session.registrar = Registrar(cast(Sipp, None), {})
    call = _Call()
    session.calls[tenant.plan.name] = cast(LabCall, call)
    for address in registered(tenant):
        _registers(session, address, status, from_pbx=from_pbx)
    asyncio.run(session._signed_in(tenant))
    return call.faults


def _far_ends(tenant: Tenant) -> list[Address]:
    return [address for address, trunk in tenant.trunk_at.items() if trunk == "carrier"]


_MISSING = "trunk carrier has not registered over tls"


def test_a_trunk_that_nobody_registers_is_a_fault_of_the_call(office: Case, tmp_path: Path) -> None:
    assert _faults(tmp_path, office, lambda tenant: []) == [_MISSING]


def test_trunks_that_have_registered_are_none(office: Case, tmp_path: Path) -> None:
    assert _faults(tmp_path, office, _far_ends) == []


@pytest.mark.parametrize("which", [0, 1])
def test_each_host_of_a_trunk_is_waited_for(office: Case, tmp_path: Path, which: int) -> None:
    assert _faults(tmp_path, office, lambda tenant: [_far_ends(tenant)[which]]) == [_MISSING]


def test_a_registration_that_was_refused_is_none(office: Case, tmp_path: Path) -> None:
    assert _faults(tmp_path, office, _far_ends, "403 Forbidden") == [_MISSING]


def test_what_the_pbx_answers_to_phones_is_no_registration_of_a_trunk(office: Case, tmp_path: Path) -> None:
    assert _faults(tmp_path, office, _far_ends, from_pbx=True) == [_MISSING]


@pytest.mark.parametrize(("state", "awaited"), [("down", []), ("silent", [_MISSING]), ("full", [_MISSING])])
def test_a_trunk_that_is_down_alone_is_not_waited_for(
    office: Case, tmp_path: Path, state: str, awaited: list[str]
) -> None:
    broken = replace(office, environment=replace(office.environment, trunks={"carrier": state}))
    assert _faults(tmp_path, broken, lambda tenant: []) == awaited


def test_a_pbx_is_not_started_where_its_sound_cannot_be_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "encrypted.yaml"
    path.write_text(f"{_SOURCE}phones: {{transport: tls, srtp: required}}\n")
    (tenant,), _ = prepare([case(plan_of(path), "101", "102")])
    monkeypatch.setitem(sys.modules, "pylibsrtp", None)
    pbx = _Pbx()

    async def run() -> None:
        async with CallSession(cast(CalledPbx, pbx), [tenant], tmp_path):
            pass

    with pytest.raises(LabError, match="pylibsrtp"):
        asyncio.run(run())
    assert not pbx.started
