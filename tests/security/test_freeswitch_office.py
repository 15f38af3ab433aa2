"""Attacks on a FreeSWITCH that serves one office: by its phones, by its carrier, by strangers.

What must hold whatever they say: the carrier receives no call that the plan did not ask for, no command runs, nothing
that was not dialled rings, and answers do not tell names apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pbxgen.lab import sip
from tests.conftest import real_pbx
from tests.security.calls import call_up, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Answer, Login, Peer, Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

DOMAIN = "office.lab"
ELSEWHERE = "127.0.0.77"
"""Where no phone registers from."""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    real_pbx("freeswitch")
    host, port = trunk_host()
    with laboratory("freeswitch", tmp_path_factory.mktemp("office"), office(f"{host}:{port}")) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_is_registered(lab: Laboratory) -> Iterator[None]:
    yield
    lab.end_registrations()
    for peer in lab.trunks.values():
        peer.received.clear()


def _registered(lab: Laboratory, extension: str, contact: str | None = None, headers: Sequence[str] = ()) -> Peer:
    """A phone that has registered, declines calls and shall not be told of its mailbox."""
    peer = lab.phone()
    assert peer.register(extension, DOMAIN, lab.login(extension), contact, headers) == 200
    return peer


def _call(lab: Laboratory, sender: str, to: str) -> int | None:
    return lab.phone().call(to, DOMAIN, sender=f"<sip:{sender}@{DOMAIN}>", login=lab.login(sender))


def _carrier(lab: Laboratory) -> Peer:
    return lab.trunks["office.carrier"]


def _touched(tmp_path: Path) -> Path:
    return tmp_path / f"touched{next(_numbers)}"


# -- contacts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["102", "600"])
@pytest.mark.parametrize(
    "contact",
    [
        "<sip:x@{phone};a=${{system({program})}}>",
        "<sip:${{system({program})}}@{phone}>",
        '"${{system({program})}}" <sip:x@{phone}>',
        "<sip:x@{phone};fs_path=sip%3Ax%40{phone}%3Ba=${{system({program})}}>",
        "<sip:x@{phone};a=$${{system({program})}};fs_nat=yes>",
    ],
)
def test_no_text_of_a_contact_is_run(lab: Laboratory, tmp_path: Path, contact: str, to: str) -> None:
    mark = _touched(tmp_path)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    peer = lab.phone()
    peer.register("102", DOMAIN, lab.login("102"), contact.format(phone=peer.at, program=program))
    _call(lab, "103", to)
    lab.settle(0.5)
    assert not mark.exists()


_LEG = "sofia/gateway/office.carrier/+39899123456"


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:x@{phone};a=b," + _LEG + ">",
        "<sip:x@{phone}," + _LEG + ">",
        "<sip:x," + _LEG + ",y@{phone}>",
        "<sip:x@{phone};a=b|" + _LEG + ">",
        "<sip:x@{phone};a=b:_:" + _LEG + ">",
        "<sip:x@{phone};a=b~sofia/~[^^!a=b]" + _LEG + ",sofia/>",
        "<sip:+39899123456@{carrier}>",
        "<sip:+39899123456@{elsewhere}>",
        "<sip:x@{phone};maddr={carrier_host}>",
        "<sip:x@{phone};MADDR={carrier_host}>",
        "<sip:x@{phone};fs_nat=yes;fs_path=sip%3Ax%40{carrier_quoted}>",
        "<sip:x@{phone};fs_nat=yes;fs_path=sip%3Ax%40{phone_host}%3Bmaddr%3D{carrier_host}>",
        "<sip:x@{phone};fs_nat=yes;fs_path=sip%3Ax%40{phone_host}%2Csip%3Ax%40{carrier_quoted}>",
        "<sip:x@{phone};received={carrier}>",
        "<sip:x@{phone}?Route=%3Csip%3A{carrier_quoted}%3Blr%3E>",
        "<sip:x@{phone}>, <sip:+39899123456@{carrier}>",
        "<sip:+39899123456@{carrier}>, <sip:x@{phone}>",
        '"a<sip:+39899123456@{carrier}>" <sip:x@{phone}>',
        "<sip:x@{phone}@{carrier}>",
        "<sip:x%40{carrier_quoted}%3B@{phone}>",
        "sip:+39899123456@{carrier}",
        "<sips:+39899123456@{carrier}>",
        "<sip:x@{pbx};transport=udp>",
    ],
)
def test_a_contact_adds_no_leg_and_leads_nowhere_else(lab: Laboratory, contact: str) -> None:
    carrier = _carrier(lab)
    elsewhere = lab.phone(host=ELSEWHERE)
    peer = lab.phone()
    host, port = lab.pbx.trunks_at
    text = contact.format(
        phone=peer.at,
        phone_host=peer.host,
        carrier=carrier.at,
        carrier_host=f"{carrier.host}:{carrier.port}" if "%" in contact else carrier.host,
        carrier_quoted=carrier.at.replace(":", "%3A"),
        elsewhere=elsewhere.at,
        pbx=f"{host}:{port}",
    )
    peer.register("102", DOMAIN, lab.login("102"), text)
    for to in ("102", "600"):
        assert _call(lab, "103", to) in (480, 486)
    assert not carrier.invited
    assert not elsewhere.invited


@pytest.mark.parametrize("user", ["+39899123456@", ""])
@pytest.mark.parametrize("there", [False, True])
def test_a_path_leads_nowhere_else(lab: Laboratory, user: str, there: bool) -> None:
    """Also for a REGISTER that comes from the carrier's address, be it a forged packet."""
    carrier = _carrier(lab)
    peer = lab.phone(host=carrier.host) if there else lab.phone()
    path = (f"Path: <sip:{user}{carrier.at};lr>", "Supported: path")
    contact = "<sip:+39899123456@evil.example>" if there else None
    assert peer.register("102", DOMAIN, lab.login("102"), contact, headers=path) == 200
    for to in ("102", "600"):
        assert _call(lab, "103", to) in (480, 486)
    assert not carrier.invited


def test_a_phone_that_registers_from_the_carriers_address_does_not_lead_there(lab: Laboratory) -> None:
    carrier = _carrier(lab)
    there = lab.phone(host=carrier.host)
    assert there.register("102", DOMAIN, lab.login("102"), f"<sip:+39899123456@{carrier.at}>") == 200
    assert _call(lab, "103", "102") == 480
    assert not carrier.invited


def test_a_bad_contact_leaves_the_good_ones_of_its_user_alone(lab: Laboratory) -> None:
    carrier = _carrier(lab)
    good = _registered(lab, "102")
    _registered(lab, "102", f"<sip:x@{carrier.at}>")
    _registered(lab, "102", f"<sip:x@{good.at};a=b,{_LEG}>")
    also = _registered(lab, "102")
    assert _call(lab, "103", "102") == 486
    assert len(good.invited) == len(also.invited) == 1
    assert not carrier.invited


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:102@{phone}>",
        "sip:102@{phone}",
        "<sip:102@{phone};transport=udp>",
        "<sip:102@{phone};transport=UDP;rinstance=7fa8c1b2>",
        '"102" <sip:102@{phone};line=abc123>;+sip.instance="<urn:uuid:0000-11>";reg-id=1;q=1.0',
        '"Rossi, Mario" <sip:102@{phone}>',
        "<sip:102@{phone};ob>",
        "<sip:a-b_c.d+e@{phone}>",
        "<sip:102@10.9.8.7:5060>",
        "<sip:102@192.168.55.1;transport=udp;line=1>",
        "<sip:{phone}>",
    ],
)
def test_what_real_phones_register_is_rung(lab: Laboratory, contact: str) -> None:
    peer = lab.phone()
    text = contact.format(phone=peer.at)
    assert peer.register("102", DOMAIN, lab.login("102"), text) == 200
    assert _call(lab, "103", "102") == 486
    assert len(peer.invited) == 1


@pytest.mark.parametrize(
    "header",
    [
        "User-Agent: x\n        <contact>&lt;sip:x@{carrier}&gt;</contact>\n        <network-ip>{host}</network-ip>",
        "User-Agent: ${{system(touch {mark})}}",
        "X-Any: ${{system(touch {mark})}}",
    ],
)
def test_other_headers_of_a_registration_say_nothing(lab: Laboratory, tmp_path: Path, header: str) -> None:
    carrier, mark = _carrier(lab), _touched(tmp_path)
    peer = _registered(lab, "102", headers=(header.format(carrier=carrier.at, host=carrier.host, mark=mark),))
    assert _call(lab, "103", "102") == 486
    assert len(peer.invited) == 1
    assert not carrier.invited
    assert not mark.exists()


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_realm_is_not_taken_for_a_registration(lab: Laboratory, end: str) -> None:
    """FreeSWITCH lists the realm that a phone authenticated for as it was written, on lines of the phone's choice."""
    carrier = _carrier(lab)
    forged = end.join(
        (
            "x</sip-auth-realm>", "        <mwi-account>102@office.lab</mwi-account>", "    </registration>",
            "    <registration>", "        <call-id>x</call-id>", "        <user>102@office.lab</user>",
            f"        <contact>&lt;sip:x@{carrier.at}&gt;</contact>",
            f"        <network-ip>{carrier.host}</network-ip>",
            "        <sip-auth-realm>y",
        )
    )  # fmt: skip
    peer = lab.phone()
    assert peer.register("102", DOMAIN, Login("102", lab.login("102").password, forged)) == 200
    assert f"<contact>&lt;sip:x@{carrier.at}" in lab.command("sofia xmlstatus profile internal user 102@office.lab")
    assert _call(lab, "103", "102") == 480
    assert not carrier.invited


# -- redirects --------------------------------------------------------------------------------------------------------


def _redirects(status: int, contact: str) -> Answer:
    def answer(request: sip.Message) -> Sequence[Reply]:
        return [Reply(status, headers=(f"Contact: {contact}",))] if request.method == "INVITE" else [Reply(200)]

    return answer


@pytest.mark.parametrize("status", [300, 301, 302, 305, 380])
@pytest.mark.parametrize(
    "contact",
    [
        "<sip:+39899123456@{carrier}>",
        "<sip:112@{domain}>",
        "<sip:sofia/gateway/office.carrier/+39899123456@{phone}>",
        "<sip:x@{phone};a=b," + _LEG + ">",
        "<tel:+39899123456>",
        "*",
    ],
)
def test_no_redirect_is_followed_and_each_is_busy(lab: Laboratory, status: int, contact: str) -> None:
    carrier = _carrier(lab)
    phone = _registered(lab, "102")
    told = contact.format(carrier=carrier.at, domain=DOMAIN, phone=phone.at)
    phone.answer = _redirects(status, told)
    assert _call(lab, "103", "102") == 486
    assert _call(lab, "103", "600") == 486
    assert not carrier.invited


def test_no_redirect_of_a_trunk_is_followed(lab: Laboratory) -> None:
    carrier, elsewhere = _carrier(lab), lab.phone(host=ELSEWHERE)
    honest = carrier.answer
    for status in (300, 302, 305):
        carrier.answer = _redirects(status, f"<sip:x@{elsewhere.at}>")
        try:
            assert _call(lab, "101", "+390299999999") == 486
        finally:
            carrier.answer = honest
    assert not elsewhere.invited
    assert len(carrier.invited) == 3


# -- who is the trunk -------------------------------------------------------------------------------------------------

NAMES = ("office.carrier", "office.trunk.carrier", "office-account", "carrier", "101", "gw+office.carrier", "nobody")


def test_a_stranger_is_told_one_thing_whoever_it_names(lab: Laboratory) -> None:
    stranger = lab.stranger(ELSEWHERE)
    told = set()
    for name in NAMES:
        for to in ("+390212345101", "101", "112", "x", "", "*98", "gw+office.carrier"):
            uri = f"sip:{to}@127.0.0.1" if to else "sip:127.0.0.1"
            reply = stranger.ask(
                "INVITE", uri, sender=f"<sip:{name}@anywhere>", body=sdp(),
                headers=(f"P-Asserted-Identity: <sip:{name}@office.lab>", "Remote-Party-ID: <sip:101@office.lab>"),
            )  # fmt: skip
            told.add(None if reply is None else reply.status)
    assert told == {403}
    assert not lab.called_out()


@pytest.mark.parametrize("guesses", [False, True])
def test_a_stranger_at_the_phones_profile_is_told_one_thing_whoever_it_names(lab: Laboratory, guesses: bool) -> None:
    stranger = lab.phone(host=ELSEWHERE)
    for method in ("INVITE", "REGISTER", "SUBSCRIBE"):
        told = set()
        for name in NAMES:
            reply = stranger.ask(
                method, f"sip:{name}@{DOMAIN}", sender=f"<sip:{name}@{DOMAIN}>", to=f"<sip:{name}@{DOMAIN}>",
                body=sdp() if method == "INVITE" else "", headers=("Event: message-summary", "Expires: 60"),
                login=Login(name, "no password of anybody") if guesses else None,
            )  # fmt: skip
            told.add(None if reply is None else reply.status)
        assert len(told) == 1, (method, told)
        # 405: nobody subscribes, whoever it is.
        assert told <= ({405} if method == "SUBSCRIBE" else {401, 403, 407})
    assert not lab.called_out()


# -- methods ----------------------------------------------------------------------------------------------------------

_METHODS = ("MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "OPTIONS", "INFO", "UPDATE", "NOTIFY")


@pytest.mark.parametrize("method", _METHODS)
def test_no_method_but_invite_enters_the_plan(lab: Laboratory, method: str) -> None:
    ringing = _registered(lab, "102")
    headers = (
        f"Refer-To: <sip:+39899123456@{DOMAIN}>", f"Referred-By: <sip:101@{DOMAIN}>",
        "Event: presence", "Expires: 60",
    )  # fmt: skip
    speakers = [(_registered(lab, "101"), "101", True), (lab.stranger(ELSEWHERE), "101", False)]
    speakers += [(lab.phone(host=ELSEWHERE), "101", False), (_carrier(lab), "+393471112222", False)]
    for peer, name, knows in speakers:
        for to in ("112", "102", "*98", "+390212345102"):
            peer.ask(
                method, f"sip:{to}@{DOMAIN}", sender=f"<sip:{name}@{DOMAIN}>", headers=headers, body="112",
                content="text/plain", login=lab.login(name) if knows else None, seconds=0.5,
            )  # fmt: skip
    lab.settle(0.5)
    assert not lab.called_out()
    assert not ringing.invited
    assert "0 total" in lab.command("show channels")


@pytest.mark.parametrize(
    "headers",
    [
        ("Replaces: abc;to-tag=1;from-tag=2",),
        ("Join: abc;to-tag=1;from-tag=2",),
        ("X-pbx_dialler: 101", "X-FS-Support: update_display,send_info", "P-pbx_dialler: 101"),
        ("Call-Info: <sip:x>;answer-after=0", "Alert-Info: ${system(touch {mark})}", "P-Key-Flags: keys=\"3\""),
        ("X-FS-pbx_dialler: 101", "X-FS-Refer-Params: pbx_dialler=101", "P-FS-Var: pbx_dialler=101"),
        ("Diversion: <sip:${system(touch {mark})}@x>;counter=${system(touch {mark})}",),
        ("History-Info: <sip:${system(touch {mark})}@x>;index=1.1",),
        ("P-Asserted-Identity: \"${system(touch {mark})}\" <sip:101@office.lab>", "Privacy: ${system(touch {mark})}"),
        ("Remote-Party-ID: \"${system(touch {mark})}\" <sip:101@office.lab>;party=calling",),
        ("Subject: ${system(touch {mark})}", "User-Agent: ${system(touch {mark})}", "Session-Expires: 90"),
        ("Identity: ${system(touch {mark})}", "Geolocation: <sip:${system(touch {mark})}@x>"),
    ],
)  # fmt: skip
def test_headers_of_a_call_give_no_rights_and_run_nothing(
    lab: Laboratory, tmp_path: Path, headers: tuple[str, ...]
) -> None:
    mark = _touched(tmp_path)
    told = [header.replace("{mark}", str(mark)) for header in headers]
    sender = f'"${{system(touch {mark})}}" <sip:103@{DOMAIN}>'
    status = lab.phone().call("+390299999999", DOMAIN, sender=sender, login=lab.login("103"), headers=told)
    assert status == 403
    phone = _registered(lab, "102")
    assert lab.phone().call("102", DOMAIN, sender=sender, login=lab.login("103"), headers=told) == 486
    assert [sip.user_of(m.header("from")) for m in phone.invited] == ["103"]
    sender = f'"${{system(touch {mark})}}" <sip:${{system(touch${{IFS}}{mark})}}@carrier.example>'
    assert _carrier(lab).call("+390212345102", "127.0.0.1", sender=sender, headers=told) == 486
    assert _carrier(lab).call("+390212345104", "127.0.0.1", sender=sender, headers=told) in (480, 486)
    assert not mark.exists()
    # 104 diverts outside when busy, and is not: nothing leads to the carrier.
    assert not lab.called_out()


# -- what is dialled --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "102%0a", "112%0a", "102%0d%0a", "+390299999999%0a", "*98%0a", "102%20", "102;x=y", "102,103",
        "102%2C103", "102|103", "${{system(touch%20{mark})}}", "$%7Bsystem(touch%20{mark})%7D", "102%7E",
        "gw+office.carrier", "sofia%2Fgateway%2Foffice.carrier%2F112", "102%20XML%20office.transfer",
        "112%20XML%20pbxgen.outbound", "trunk:carrier", "102%5C", "102'", "bucket",
        "%F0%9D%9F%8F%F0%9D%9F%8E%F0%9D%9F%90",
    ],
)  # fmt: skip
def test_only_numbers_are_dialled(lab: Laboratory, tmp_path: Path, to: str) -> None:
    mark = _touched(tmp_path)
    ringing = [_registered(lab, "102"), _registered(lab, "103")]
    dialled = to.format(mark=mark)
    # None: FreeSWITCH takes it for no SIP.
    assert _call(lab, "101", dialled) in (None, 400, 403, 404, 484, 486 if ";" in to else 404)
    host = lab.pbx.trunks_at[0]
    assert _carrier(lab).call(dialled, host, sender="<sip:+393471112222@carrier.example>") in (None, 400, 403, 404, 484)
    assert not mark.exists()
    assert not lab.called_out()
    if ";" not in to:
        assert not [m for peer in ringing for m in peer.invited]


@pytest.mark.parametrize("did", ["+390212345102%0a", "390212345102%0a", "00390212345102%0d"])
def test_a_did_with_a_line_end_is_no_did(lab: Laboratory, did: str) -> None:
    ringing = _registered(lab, "102")
    assert _carrier(lab).call(did, lab.pbx.trunks_at[0], sender="<sip:+393471112222@carrier.example>") == 404
    assert not ringing.invited


# -- how often a call was diverted ------------------------------------------------------------------------------------


def _outside_after(lab: Laboratory, headers: Sequence[str]) -> int:
    """How many calls the carrier gets when a call that says ``headers`` reaches 104, who diverts outside when busy."""
    carrier = _carrier(lab)
    carrier.received.clear()
    carrier.call("+390212345104", "127.0.0.1", sender="<sip:+393471112222@carrier.example>", headers=headers)
    return len(carrier.invited)


@pytest.mark.parametrize(
    "headers",
    [
        ("Diversion: <sip:+39021@x>;counter=9",),
        ("Diversion: <sip:+39021@x>;Counter=9",),
        ("Diversion: <sip:+39021@x>; COUNTER = 9",),
        ('Diversion: <sip:+39021@x>;counter="9"',),
        ('diversion: "a>b" <sip:+39021@x>;reason=unknown;counter=9',),
        ("Diversion: sip:+39021@x;counter=9",),
        ("Diversion: <sip:+39021@x>;counter=9", "Diversion: <sip:+39022@x>;counter=1"),
        ("Diversion: <sip:+39022@x>;counter=1", "Diversion: <sip:+39021@x>;counter=9"),
        (f"Diversion: {', '.join(f'<sip:{letter}@x>' for letter in 'abcdefghij')}",),
        ("Diversion: <sip:a@x>;reason=${x};counter=9",),
        ("Diversion: <sip:a@x>;counter=99999",),
        ("History-Info: <sip:a@x>;index=1.1.1.1.1.1.1.1.1.1",),
        ("History-Info: <sip:a@x>;Index=1.1.1.1.1.1.1.1.1.1",),
        ("History-Info: <sip:a@x>; index = 1.1.1.1.1.1.1.1.1.1",),
        ('History-Info: <sip:a@x>;index="1.1.1.1.1.1.1.1.1.1"',),
        ("History-Info: <sip:a@x>;index=1", "History-Info: <sip:b@x>;index=1.1.1.1.1.1.1.1.1.1"),
        ("History-Info: <sip:b@x>;index=1.1.1.1.1.1.1.1.1.1", "History-Info: <sip:a@x>;index=1"),
    ],
)
def test_a_call_diverted_too_often_is_not_sent_outside_however_it_is_written(
    lab: Laboratory, headers: tuple[str, ...]
) -> None:
    busy = _registered(lab, "104")
    assert _outside_after(lab, headers) == 0
    assert len(busy.invited) == 1


@pytest.mark.parametrize(
    "headers", [(), ("Diversion: <sip:+39021@x>;counter=1",), ("History-Info: <sip:a@x>;index=1.1",)]
)
def test_a_call_diverted_seldom_is_sent_outside(lab: Laboratory, headers: tuple[str, ...]) -> None:
    _registered(lab, "104")
    assert _outside_after(lab, headers) == 1


def test_a_trunk_transfers_nothing(lab: Laboratory) -> None:
    phone = _registered(lab, "102")
    phone.answer = takes
    carrier = _carrier(lab)
    call_id = f"refer-{next(_numbers)}"
    uri, sender = "sip:+390212345102@127.0.0.1", "<sip:+393471112222@carrier.example>"
    reply = carrier.ask("INVITE", uri, sender=sender, body=sdp(), call_id=call_id)
    assert reply is not None
    assert reply.status == 200
    tag = reply.header("to").partition(";")[2]
    refused = carrier.ask(
        "REFER", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", cseq=5,
        headers=(f"Refer-To: <sip:+39899123456@{DOMAIN}>",),
    )  # fmt: skip
    carrier.ask("BYE", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", cseq=9)
    assert refused is not None
    assert refused.status is not None
    assert refused.status >= 400
    assert not carrier.invited


@pytest.mark.parametrize("event", ["dialog", "presence", "message-summary"])
def test_nobody_learns_with_whom_a_colleague_speaks_nor_how_to_take_the_call_over(lab: Laboratory, event: str) -> None:
    """A dialog told to a watcher has the Call-ID that Replaces takes the call over by, past the rights of who does."""
    watcher = lab.phone()
    phone = _registered(lab, "102")
    phone.answer = takes
    watched = [
        watcher.ask(
            "SUBSCRIBE", f"sip:{extension}@{DOMAIN}", sender=f"<sip:103@{DOMAIN}>", login=lab.login("103"),
            headers=(f"Event: {event}", "Expires: 60", "Accept: */*"), seconds=1.0,
        )
        for extension in ("101", "102", f"102%40{DOMAIN}", f"sip+101+{DOMAIN}", f"sip+102+{DOMAIN}")
    ]  # fmt: skip
    call = call_up(lab, lab.phone(takes), "101", "102", DOMAIN, lab.login("101"))
    lab.settle(0.5)
    call.say("BYE")
    assert not watcher.requests("NOTIFY")
    assert all(reply is not None and reply.status is not None and reply.status >= 400 for reply in watched)


@pytest.mark.parametrize("whose", [f"101@{DOMAIN}", "102@127.0.0.1"])
def test_nobody_joins_a_call_by_call_info(lab: Laboratory, whose: str) -> None:
    """With ``manage-presence`` on, INVITE with Call-Info lets its sender join the call of whom it is from and to.

    The login may be anybody's, and nothing that is secret need be known.
    """
    _registered(lab, "102").answer = takes
    call = call_up(lab, lab.phone(takes), "101", "102", DOMAIN, lab.login("101"))
    address = f"<sip:{whose}>"
    reply = lab.phone(takes).ask(
        "INVITE", f"sip:999@{DOMAIN}", sender=address, to=address, headers=("Call-Info: <sip:x@x>",), body=sdp(),
        login=lab.login("103"),
    )  # fmt: skip
    assert reply is not None
    assert reply.status == 404
    assert call.say("BYE") == 200


def test_nobody_publishes_what_a_lamp_would_show(lab: Laboratory) -> None:
    """FreeSWITCH asks no PUBLISH for a login, and shows the watchers what it says."""
    for peer, login in ((lab.phone(), lab.login("103")), (lab.phone(host=ELSEWHERE), None)):
        reply = peer.ask(
            "PUBLISH", f"sip:101@{DOMAIN}", sender=f"<sip:101@{DOMAIN}>", headers=("Event: presence", "Expires: 60"),
            body="<presence/>", content="application/pidf+xml", login=login,
        )  # fmt: skip
        assert reply is not None
        assert reply.status in (405, 501)
