"""Who is the trunk: the address alone says so, and no answer tells a stranger which names there are."""

from __future__ import annotations

import re

import pytest

from tests.security.calls import call_up, takes
from tests.security.laboratory import Laboratory
from tests.security.peer import Peer, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_NAMES = (
    "101@office.lab", "104@office.lab", "999@office.lab", "101@beta.lab", "999@beta.lab", "101@nowhere.lab",
    "office.trunk.carrier@office.lab", "office.trunk.none@office.lab", "office.carrier@office.lab",
    "carrier@office.lab", "office-account@office.lab", "gw+office.carrier@office.lab", "anonymous@anonymous.invalid",
    "1000@office.lab", "101%40office.lab@office.lab", "+393471112222@carrier.example",
)  # fmt: skip
_OWN = {
    "asterisk": re.compile(r'(nonce|opaque)="[^"]*"|realm="(office|beta|nowhere)\.lab"'),
    "freeswitch": re.compile(r'(nonce|opaque|realm)="[^"]*"'),
}
"""What differs from one challenge to the next, and the domain that the stranger itself wrote."""


def _asked(lab: Laboratory, stranger: Peer, method: str, name: str) -> tuple[object, ...]:
    domain = name.partition("@")[2]
    uri = f"sip:{domain}" if method == "REGISTER" else f"sip:102@{domain}"
    reply = stranger.ask(
        method,
        uri,
        sender=f"<sip:{name}>",
        to=f"<sip:{name}>" if method == "REGISTER" else None,
        body=sdp() if method == "INVITE" else "",
        seconds=3,
    )
    if reply is None:
        return ("silence",)
    varying = {"via", "from", "to", "call-id", "cseq", "date", "content-length"}
    return (reply.status, *(f"{n}: {_OWN[lab.pbx.name].sub('', v)}" for n, v in reply.headers if n not in varying))


@pytest.mark.parametrize("method", ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"])
def test_a_stranger_cannot_tell_a_name_that_exists_from_one_that_does_not(lab: Laboratory, method: str) -> None:
    stranger = lab.phone()
    answers = {name: _asked(lab, stranger, method, name) for name in _NAMES}
    assert len(set(answers.values())) == 1, answers


@pytest.mark.parametrize(
    "name",
    ["office.trunk.carrier", "office.carrier", "carrier", "office-account", "gw+office.carrier", "+393471112222"],
)
@pytest.mark.parametrize("number", ["+390212345102", "+390212345104", "112", "+390612345678"])
def test_a_stranger_that_writes_the_name_of_a_trunk_is_a_stranger(lab: Laboratory, name: str, number: str) -> None:
    called = lab.phone()
    assert called.register("102", "office.lab", lab.login("102")) == 200
    stranger = lab.stranger()
    host, port = lab.pbx.trunks_at
    carrier = lab.trunks["office.carrier"].at
    status = stranger.call(
        number,
        f"{host}:{port}",
        sender=f"<sip:{name}@{carrier}>",
        headers=(f"P-Asserted-Identity: <sip:+393331234567@{carrier}>", f"Remote-Party-ID: <sip:{name}@{carrier}>"),
        seconds=3,
    )
    assert status is not None
    assert status >= 400
    assert called.invited == []
    assert lab.called_out() == []
    called.forget("102", "office.lab", lab.login("102"))


def test_from_a_trunk_the_name_of_a_phone_gives_no_rights_of_a_phone(lab: Laboratory) -> None:
    carrier = lab.trunks["office.carrier"]
    for number in ("101", "112", "*98", "+390612345678"):
        status = carrier.call(number, carrier.host, sender="<sip:101@office.lab>", login=lab.login("101"), seconds=3)
        assert status is not None
        assert status >= 400
    assert lab.called_out() == []


def test_who_answered_is_not_told_to_a_carrier(lab: Laboratory) -> None:
    carrier, number = lab.trunks["office.carrier"], "+390212345102"
    called = lab.phone(takes)
    assert called.register("102", "office.lab", lab.login("102")) == 200
    side = call_up(
        lab, carrier, "+393471112222", number, "carrier.example", None, lab.pbx.trunks_at[0],
        headers=("X-FS-Support: update_display,send_info",),
    )  # fmt: skip
    lab.settle()
    told = [message.method for message in carrier.received if message.status is None and message.method != "OPTIONS"]
    side.say("BYE")
    called.forget("102", "office.lab", lab.login("102"))
    assert told == []
    assert not any("Bruno" in value for message in carrier.received for _, value in message.headers)


@pytest.mark.parametrize("attribute", ["setup:", "setup", "setup: ", "ice-ufrag:", "ice-pwd:", "x:${x}\r\na=setup:"])
def test_an_attribute_of_sdp_without_its_value_ends_nothing(lab: Laboratory, attribute: str) -> None:
    """FreeSWITCH 1.11 would end with all calls of all tenants."""
    carrier = lab.trunks["office.carrier"]
    called = lab.phone(takes)
    assert called.register("102", "office.lab", lab.login("102")) == 200
    body = f"{sdp(carrier.host)}a=ice-ufrag:x\r\na=ice-pwd:x\r\na={attribute}\r\n"
    reply = carrier.ask(
        "INVITE", f"sip:+390212345102@{lab.pbx.trunks_at[0]}", sender="<sip:+393471112222@carrier.example>", body=body
    )
    lab.settle(0.5)
    assert reply is not None
    assert reply.status in (200, 400, 488)
    assert "up" in lab.command({"asterisk": "core show uptime", "freeswitch": "status"}[lab.pbx.name]).lower()
    lab.hang_up_all()
    called.forget("102", "office.lab", lab.login("102"))
