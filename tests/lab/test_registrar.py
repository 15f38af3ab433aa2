"""Phones that register: again where they were refused, and by name where they never succeed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import cast

import pytest

from pbxgen.lab import sip
from pbxgen.lab.errors import LabError
from pbxgen.lab.ports import Address
from pbxgen.lab.registrar import Registrar
from pbxgen.lab.sipp import Login, Sipp
from pbxgen.lab.wire import SeenMessage

_PHONES: dict[str, Address] = {"udp": ("127.0.0.1", 5070), "tcp": ("127.0.0.1", 5071), "tls": ("127.0.0.1", 5072)}


class _Sipp:
    """Registers as SIPp would with a PBX that refuses each contact ``refusals`` times."""

    def __init__(self, refusals: dict[str, int]) -> None:
        self.refusals = Counter(refusals)
        self.tried: list[list[str]] = []
        self.sent_from: list[Address] = []
        self.registrar: Registrar

    async def register(self, logins: list[Login], ours: Address, rate: int) -> None:
        self.tried.append([login.contact for login in logins])
        self.sent_from.append(ours)
        for login in logins:
            refused = self.refusals[login.contact] > 0
            self.refusals[login.contact] -= 1
            call_id = f"{len(self.tried)}-{login.contact}"
            self._pass(f"REGISTER sip:{login.domain} SIP/2.0", call_id, f"Contact: <sip:{login.contact}@h>\r\n", ours)
            self._pass(f"SIP/2.0 {'401 Unauthorized' if refused else '200 OK'}", call_id, "", ours)

    def _pass(self, start: str, call_id: str, more: str, ours: Address) -> None:
        text = f"{start}\r\nCall-ID: {call_id}\r\nCSeq: 1 REGISTER\r\n{more}\r\n"
        message = sip.parse(text.encode())
        assert message is not None
        self.registrar.see(SeenMessage(0.0, message.status is not None, ours, message))

    def complaint(self) -> str:
        return "SIPp complained of nothing"


def _register(contacts: list[str], refusals: dict[str, int]) -> list[list[str]]:
    sipp = _Sipp(refusals)
    sipp.registrar = Registrar(cast(Sipp, sipp), _PHONES)
    logins = [Login(contact.partition(".")[2], "office.lab", "secret", contact) for contact in contacts]
    asyncio.run(sipp.registrar.register(logins))
    return sipp.tried


def test_phones_register_some_at_a_time() -> None:
    contacts = [f"office.{number}" for number in range(100, 190)]
    assert [len(tried) for tried in _register(contacts, {})] == [40, 40, 10]


def test_only_the_refused_try_again() -> None:
    tried = _register(["office.101", "office.102", "office.103"], {"office.102": 2})
    assert tried[1:] == [["office.102"], ["office.102"]]


def test_who_never_registers_is_named_with_the_last_reply() -> None:
    with pytest.raises(LabError, match=r"could not register: 102@office.lab \(last reply: 401 Unauthorized\)"):
        _register(["office.101", "office.102"], {"office.102": 99})


def test_phones_of_each_transport_register_from_their_own_address() -> None:
    sipp = _Sipp({"office.102": 1})
    sipp.registrar = Registrar(cast(Sipp, sipp), _PHONES)
    ways = {"office.101": "tls", "office.102": "tcp", "office.103": "udp", "office.104": "tls"}
    logins = [Login(contact[-3:], "office.lab", "secret", contact, over=over) for contact, over in ways.items()]
    asyncio.run(sipp.registrar.register(logins))
    assert list(zip(sipp.tried, sipp.sent_from, strict=True)) == [
        (["office.102"], _PHONES["tcp"]),
        (["office.101", "office.104"], _PHONES["tls"]),
        (["office.103"], _PHONES["udp"]),
        (["office.102"], _PHONES["tcp"]),
    ]
