"""A fleet whose domains are chosen to be taken for something else: another tenant's data, the address of the server."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pbxgen.lab import sip
from pbxgen.lab.ports import LOOPBACK
from tests.conftest import real_pbx
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Login

pytestmark = [pytest.mark.real, pytest.mark.slow]


def _own_address() -> str:
    """As FreeSWITCH finds it: what this machine would send from. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 80))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


_SERVER = _own_address()
"""The address of the server, which is the domain of FreeSWITCH's stock users."""
_DOMAINS = {"acme": "acme.lab", "bolt": "calls.acme", "cork": _SERVER}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    real_pbx("freeswitch")
    sources = []
    for (name, domain), number in zip(_DOMAINS.items(), ("+390212345", "+390298765", "+390277777"), strict=True):
        host, port = trunk_host()
        text = office(f"{host}:{port}", name, number)
        sources.append(text.replace(f"domain: {name}.lab", f'domain: "{domain}"'))
    with laboratory("freeswitch", tmp_path_factory.mktemp("fleet"), *sources) as running:
        yield running


@pytest.fixture(autouse=True)
def _carriers_begin_anew(lab: Laboratory) -> None:
    for carrier in lab.trunks.values():
        carrier.received.clear()


def test_the_address_of_the_server_is_one_of_the_domains(lab: Laboratory) -> None:
    assert lab.command("global_getvar domain").strip() == _SERVER


def test_every_tenant_calls_its_own_phones(lab: Laboratory) -> None:
    phones = {}
    for name, domain in _DOMAINS.items():
        phones[name] = lab.phone()
        assert phones[name].register("102", domain, lab.login("102", domain)) == 200
    for name, domain in _DOMAINS.items():
        for phone in phones.values():
            phone.received.clear()
        assert lab.phone().call("102", domain, sender=f"<sip:103@{domain}>", login=lab.login("103", domain)) == 486
        assert {other: len(phone.invited) for other, phone in phones.items()} == {n: int(n == name) for n in _DOMAINS}


@pytest.mark.parametrize("tenant", _DOMAINS)
def test_every_tenant_calls_out_over_its_own_trunk(lab: Laboratory, tenant: str) -> None:
    domain = _DOMAINS[tenant]
    for who, number in (("103", "112"), ("101", "+390612345678")):
        lab.phone().call(number, domain, sender=f"<sip:{who}@{domain}>", login=lab.login(who, domain))
    called = {name: [sip.user_of(m.reason) for m in trunk.invited] for name, trunk in lab.trunks.items()}
    assert called == {f"{name}.carrier": ["112", "+390612345678"] if name == tenant else [] for name in _DOMAINS}


@pytest.mark.parametrize("tenant", _DOMAINS)
@pytest.mark.parametrize("user", ["1000", "1019", "default", "brian"])
def test_the_stock_users_are_in_no_domain(lab: Laboratory, tenant: str, user: str) -> None:
    domain = _DOMAINS[tenant]
    assert lab.phone().register(user, domain, Login(user, "1234")) in (401, 403)
    assert lab.phone().call("9664", domain, sender=f"<sip:{user}@{domain}>", login=Login(user, "1234")) in (403, 407)


@pytest.mark.parametrize("user", ["101", "trunk:carrier", "bucket", "group:sales", "600"])
def test_what_a_tenants_calls_are_made_of_is_no_login(lab: Laboratory, user: str) -> None:
    for domain in ("calls:acme", "calls1:acme", "calls.acme"):
        for password in ("", "1234", lab.login("101").password, lab.login("101", "calls.acme").password):
            reply = lab.phone().ask(
                "INVITE", "sip:112@acme.lab", sender=f"<sip:{user}@{domain}>", login=Login(user, password, domain),
                seconds=1.0,
            )  # fmt: skip
            own = domain == "calls.acme" and user == "101" and password == lab.login("101", domain).password
            assert own or reply is None or reply.status in (400, 403, 407)
    assert not lab.trunks["acme.carrier"].invited
