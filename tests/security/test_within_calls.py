"""What is said within calls, and who may register: the rights of who says it hold on both PBXs."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from tests.security.calls import Side, call_up, called_side, takes
from tests.security.laboratory import Laboratory, laboratory, password, trunk_host
from tests.security.offices import office
from tests.security.peer import Login, Peer, Reply, digest, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_OUTSIDE = "+390299999999"
"""What 101 may call, and 102 and 103 may not."""
_MAILBOX = """\
  "105": {name: Eva, password: «secret», voicemail: {pin: "4711"}, deviations: {unreachable: voicemail}}
groups:"""


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """``office``, with a mailbox of 105, whose phone is never there, and ``beta``, each with a carrier of its own."""
    sources = []
    for name, number in (("office", "+390212345"), ("beta", "+390277777")):
        host, port = trunk_host()
        mailbox = _MAILBOX.replace("«secret»", password("105", name))
        sources.append(office(f"{host}:{port}", name, number).replace("groups:", mailbox))
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), *sources) as running:
        yield running


@pytest.fixture(scope="module")
def called(lab: Laboratory) -> Peer:
    """The phone of 102, which takes every call."""
    phone = lab.phone(takes)
    assert phone.register("102", _DOMAIN, lab.login("102")) == 200
    return phone


@pytest.fixture(scope="module")
def others(lab: Laboratory) -> Peer:
    """The phone of 101 of the other tenant."""
    phone = lab.phone(takes)
    assert phone.register("101", "beta.lab", lab.login("101", "beta.lab")) == 200
    return phone


@contextlib.contextmanager
def _call(lab: Laboratory, called: Peer, caller: str = "103") -> Iterator[tuple[Side, Side]]:
    """A call to 102 that is up: how its caller and how 102 see it."""
    first = call_up(lab, lab.phone(takes), caller, "102", _DOMAIN, lab.login(caller))
    lab.settle(0.3)
    second = called_side(called, lab.login("102"))
    try:
        yield first, second
    finally:
        first.say("BYE")
        second.say("BYE")


def _in_mailbox(lab: Laboratory) -> bool:
    """Is anybody where mailboxes are opened?"""
    told = lab.command("core show channels") + lab.command("show channels")
    return "VoiceMailMain" in told or ",voicemail,check " in told


@pytest.mark.parametrize("who", [0, 1], ids=["caller", "called"])
@pytest.mark.parametrize(
    "target",
    [
        "sip:{number}@{domain}", "sip:{number}@{carrier}", "sip:x@{carrier}", "sip:*97@{domain}",
        "sip:*98@{domain};x=y",
        "sip:{number};x=y@{domain}", "sip:{number}%00@{domain}", "sip:101@beta.lab", "tel:{number}",
        "sip:{number}@{domain}?X-pbx_dialler=101&Referred-By=%3Csip:101@{domain}%3E",
        "sip:gw+office.carrier@{domain}", "sip:&PJSIP%2F{number}%40office.trunk.carrier@{domain}",
        "sip:600,sofia%2Fgateway%2Foffice.carrier%2F{number}@{domain}",
    ],
)  # fmt: skip
def test_a_transfer_leads_nowhere_that_who_transfers_may_not_call(
    lab: Laboratory, called: Peer, others: Peer, target: str, who: int
) -> None:
    before = len(others.invited)
    carrier = lab.trunks["office.carrier"].at
    with _call(lab, called) as sides:
        sides[who].say(
            "REFER", f"Refer-To: <{target.format(number=_OUTSIDE, domain=_DOMAIN, carrier=carrier)}>",
            f"Referred-By: <sip:101@{_DOMAIN}>",
        )  # fmt: skip
        lab.settle(0.5)
        assert not _in_mailbox(lab)
    assert lab.called_out() == []
    assert len(others.invited) == before


def test_a_transfer_leads_where_who_transfers_may_call(lab: Laboratory, called: Peer) -> None:
    with _call(lab, called, "101") as (caller, _):
        assert caller.say("REFER", f"Refer-To: <sip:{_OUTSIDE}@{_DOMAIN}>") == 202
        lab.settle()
    assert [uri.partition("@")[0] for uri in lab.called_out()] == [f"sip:{_OUTSIDE}"]


@pytest.mark.parametrize("contact", [None, "*"])
@pytest.mark.parametrize("realm", [None, _DOMAIN, "beta.lab"])
@pytest.mark.parametrize("sender", ["101@office.lab", "103@office.lab", "103@beta.lab"])
def test_nobody_registers_or_forgets_for_another(
    lab: Laboratory, called: Peer, sender: str, realm: str | None, contact: str | None
) -> None:
    intruder = lab.phone(takes)
    reply = intruder.ask(
        "REGISTER", f"sip:{_DOMAIN}", sender=f"<sip:{sender}>", to=f"<sip:102@{_DOMAIN}>",
        contact=contact or f"<sip:102@{intruder.at}>", headers=("Expires: 0" if contact else "Expires: 600",),
        login=Login("103", lab.login("103", sender.partition("@")[2]).password, realm),
    )  # fmt: skip
    before = len(called.invited)
    with _call(lab, called):
        assert len(called.invited) == before + 1
    assert intruder.invited == []
    assert reply is not None
    assert reply.status in (401, 403, 404)


def test_a_proof_that_was_overheard_is_worth_nothing_to_another(lab: Laboratory) -> None:
    phone, thief = lab.phone(), lab.phone(host="127.0.0.77")
    address = f"<sip:103@{_DOMAIN}>"
    asked = phone.ask("REGISTER", f"sip:{_DOMAIN}", sender=address, to=address)
    assert asked is not None
    proof = digest(asked.header("www-authenticate"), "REGISTER", f"sip:{_DOMAIN}", lab.login("103"))
    honest = phone.ask("REGISTER", f"sip:{_DOMAIN}", sender=address, to=address, headers=(f"Authorization: {proof}",))
    assert honest is not None
    assert honest.status == 200
    for method, uri, name in (
        ("REGISTER", f"sip:{_DOMAIN}", "Authorization"),
        ("INVITE", f"sip:102@{_DOMAIN}", "Authorization"),
        ("INVITE", f"sip:102@{_DOMAIN}", "Proxy-Authorization"),
    ):
        body = sdp() if method == "INVITE" else ""
        reply = thief.ask(method, uri, sender=address, to=address, headers=(f"{name}: {proof}",), body=body)
        assert reply is not None
        assert reply.status in (401, 403, 407)
    phone.forget("103", _DOMAIN, lab.login("103"))


@pytest.mark.parametrize("number", [_OUTSIDE, "112", "101", "+390212345102"])
@pytest.mark.parametrize("name", ["office.trunk.carrier", "101"])
def test_a_stranger_is_a_stranger_over_tcp_too(lab: Laboratory, called: Peer, number: str, name: str) -> None:
    before = len(called.invited)
    body = sdp()
    for at in (lab.pbx.phones_at, lab.pbx.trunks_at):
        with socket.create_connection(at, timeout=4, source_address=("127.0.0.77", 0)) as line:
            text = "\r\n".join(
                (
                    f"INVITE sip:{number}@{at[0]} SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.77;branch=z9hG4bK-tcp",
                    f"From: <sip:{name}@{_DOMAIN}>;tag=1", f"To: <sip:{number}@{at[0]}>",
                    f"Call-ID: tcp-{line.getsockname()[1]}", "CSeq: 1 INVITE", "Max-Forwards: 70",
                    "Contact: <sip:x@127.0.0.77;transport=tcp>", "Content-Type: application/sdp",
                    f"Content-Length: {len(body)}", "", body,
                )
            )  # fmt: skip
            line.sendall(text.encode())
            assert line.recv(65535).split()[1] in (b"401", b"403", b"407")
    assert lab.called_out() == []
    assert len(called.invited) == before


@pytest.mark.parametrize("keys", ["*", "0", "#", "##*0", "*112#"])
def test_no_key_leads_out_of_a_mailbox_that_takes_a_message(lab: Laboratory, keys: str) -> None:
    call = call_up(lab, lab.phone(takes), "103", "105", _DOMAIN, lab.login("103"))
    call.keys(keys)
    lab.settle(0.3)
    call.keys(keys)
    assert not _in_mailbox(lab)
    call.say("BYE")
    assert lab.called_out() == []


_YEALINK = ("User-Agent: Yealink SIP-T46S", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, INFO, REFER, NOTIFY")
"""FreeSWITCH tells such a phone of a new number by UPDATE."""


@pytest.mark.parametrize("who", [0, 1], ids=["caller", "called"])
def test_no_phone_shows_itself_as_another_within_a_call(lab: Laboratory, who: int) -> None:
    phone = lab.phone(lambda request: [Reply(200, body=sdp() if request.method == "INVITE" else "", headers=_YEALINK)])
    assert phone.register("102", _DOMAIN, lab.login("102")) == 200
    caller = lab.phone(takes)
    first = call_up(lab, caller, "103", "102", _DOMAIN, lab.login("103"), headers=_YEALINK)
    lab.settle(0.3)
    sides = (first, called_side(phone, lab.login("102")))
    for name in ("Ada", "x%0aX-Evil: 1"):
        shown = (f"X-FS-Display-Name: {name}", "X-FS-Display-Number: 101", '"Ada" <sip:101@office.lab>')
        sides[who].say("INFO", *_YEALINK, *shown[:2], body="x", content="message/update_display")
        sides[who].say("INVITE", *_YEALINK, f"P-Asserted-Identity: {shown[2]}", body=sdp())
    lab.settle(0.5)
    first.say("BYE")
    phone.forget("102", _DOMAIN, lab.login("102"))
    for peer in (caller, phone):
        asked = [message for message in peer.received if message.status is None]
        assert not any("101@" in value or "Ada" in value for message in asked for _, value in message.headers)
        assert not any(message.header("x-evil") for message in asked)
