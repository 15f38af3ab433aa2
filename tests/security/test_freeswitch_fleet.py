"""Attacks across the tenants of one FreeSWITCH, with its stock configuration beneath: nobody is anybody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.conftest import real_pbx
from tests.security.calls import call_up, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Login, Peer, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

HERE, THERE = "acme.lab", "bolt.lab"
SERVER = "127.0.0.1"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    real_pbx("freeswitch")
    (host, port), second = trunk_host(), trunk_host()[1]
    sources = (office(f"{host}:{port}", "acme"), office(f"{host}:{second}", "bolt", "+390298765"))
    with laboratory("freeswitch", tmp_path_factory.mktemp("fleet"), *sources) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_is_registered(lab: Laboratory) -> Iterator[None]:
    yield
    lab.end_registrations()
    for peer in lab.trunks.values():
        peer.received.clear()


def _phone(lab: Laboratory, extension: str, domain: str) -> Peer:
    peer = lab.phone()
    assert peer.register(extension, domain, lab.login(extension, domain)) == 200
    return peer


def test_each_tenant_calls_its_own(lab: Laboratory) -> None:
    here, there = _phone(lab, "102", HERE), _phone(lab, "102", THERE)
    assert lab.phone().call("102", HERE, sender=f"<sip:103@{HERE}>", login=lab.login("103")) == 486
    assert (len(here.invited), len(there.invited)) == (1, 0)


REALMS = (HERE, THERE, "calls:bolt", "calls:acme", "calls.bolt", "calls12.bolt", SERVER, "nobody.lab", "")


@pytest.mark.parametrize("realm", [None, *REALMS])
@pytest.mark.parametrize("to", [HERE, THERE, SERVER, "calls:bolt", f"{THERE}, {HERE}", f"%{THERE}"])
def test_nobody_is_rung_for_another_tenant(lab: Laboratory, realm: str | None, to: str) -> None:
    """A phone of ACME's registers as everything; a call of BOLT's to 102 rings none of it."""
    peer = lab.phone()
    for user in ("102", "102.bolt", "102@bolt.lab"):
        peer.ask(
            "REGISTER", f"sip:{to}", sender=f"<sip:{user}@{HERE}>", to=f"<sip:{user}@{to}>",
            contact=f"<sip:102@{peer.at}>", headers=("Expires: 600",),
            login=Login("102", lab.login("102").password, realm), seconds=1.0,
        )  # fmt: skip
    lab.command("sofia profile internal flush_inbound_reg 102.acme@acme.lab")
    registered = [
        line for line in lab.command("sofia status profile internal reg").splitlines() if "Auth-Realm" in line
    ]
    assert not [line for line in registered if THERE in line]


@pytest.mark.parametrize("domain", [SERVER, "default", HERE, "$${domain}"])
@pytest.mark.parametrize("user", ["1000", "1019", "default", "brian"])
def test_what_is_not_ours_cannot_log_in(lab: Laboratory, domain: str, user: str) -> None:
    """The stock directory has users with published passwords, in the domain of the server's address."""
    peer = lab.phone()
    assert peer.register(user, domain, Login(user, "1234")) in (401, 403)
    status = peer.call("9664", domain, sender=f"<sip:{user}@{domain}>", login=Login(user, "1234"))
    assert status in (403, 407)


@pytest.mark.parametrize(
    "event", ["message-summary", "presence", "dialog", "as-feature-event", "line-seize", "call-info"]
)
def test_nobody_watches_another_tenants_mailboxes_or_phones(lab: Laboratory, event: str) -> None:
    _phone(lab, "101", THERE)
    for peer, login in ((_phone(lab, "102", HERE), lab.login("102")), (lab.phone(host="127.0.0.77"), None)):
        for watched in (
            f"101@{THERE}", f"101%40{THERE}@{HERE}", f"101.bolt@{HERE}", f"101.bolt@{THERE}", f"sip+101+{THERE}@{HERE}"
        ):  # fmt: skip
            for domain in (HERE, THERE):
                peer.received.clear()
                uri = f"sip:{watched}"
                realm = HERE
                peer.ask(
                    "SUBSCRIBE", uri, sender=f"<sip:102@{domain}>", to=f"<{uri}>",
                    headers=(f"Event: {event}", "Expires: 60", "Accept: */*"),
                    login=None if login is None else Login("102", login.password, realm), seconds=1.0,
                )  # fmt: skip
                told = peer.wait(lambda m: m.method == "NOTIFY" and m.status is None, 0.3)
                assert told is None or _tells_nothing(told.body), (event, watched, domain, told.body)


@pytest.mark.parametrize("sender", [HERE, THERE])
def test_nobody_joins_another_tenants_call_by_call_info(lab: Laboratory, sender: str) -> None:
    _phone(lab, "102", THERE).answer = takes
    call = call_up(lab, lab.phone(takes), "101", "102", THERE, lab.login("101", THERE))
    reply = lab.phone(takes).ask(
        "INVITE", f"sip:999@{HERE}", sender=f"<sip:101@{sender}>", to=f"<sip:101@{THERE}>", body=sdp(),
        headers=("Call-Info: <sip:x@x>",), login=Login("103", lab.login("103").password, HERE),
    )  # fmt: skip
    assert reply is not None
    assert reply.status is not None
    assert reply.status >= 400
    assert call.say("BYE") == 200


def _tells_nothing(body: str | bytes) -> bool:
    text = body if isinstance(body, str) else body.decode()
    return THERE not in text and "bolt" not in text


def test_a_call_data_domain_is_nobodys_sip_domain(lab: Laboratory) -> None:
    peer = lab.phone()
    for domain in ("calls:bolt", "calls2:bolt", "calls.bolt"):
        for user in ("101", "trunk:carrier", "bucket", "group:sales"):
            for password in ("", "1234", lab.login("101").password):
                reply = peer.ask(
                    "INVITE", f"sip:112@{HERE}", sender=f"<sip:{user}@{domain}>", login=Login(user, password, domain),
                    seconds=1.0,
                )  # fmt: skip
                assert reply is None or reply.status in (400, 403, 407)
    assert not lab.called_out()


@pytest.mark.parametrize("method", ["NOTIFY", "PUBLISH", "MESSAGE"])
def test_nobody_tells_another_tenants_phones_anything(lab: Laboratory, method: str) -> None:
    phone = _phone(lab, "102", THERE)
    phone.received.clear()
    peer = _phone(lab, "102", HERE)
    for headers in _told():
        peer.ask(
            method, f"sip:102@{THERE}", sender=f"<sip:102@{HERE}>", to=f"<sip:102@{THERE}>", headers=headers, body="x",
            content="text/plain", login=Login("102", lab.login("102").password, HERE), seconds=0.5,
        )  # fmt: skip
    assert not [m for m in phone.received if m.status is None and m.method != "OPTIONS"]


def _told() -> Sequence[tuple[str, ...]]:
    return (("Event: check-sync",), ("Event: presence", "Expires: 60"), ("Event: message-summary",))
