"""A phone registers a contact that is more than its own address: nobody but phones is ever called by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory
from tests.security.peer import Peer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_MARK = "attacked"
"""A file that a command of an attack would make where the PBX runs."""
_CONTACTS = (
    "<sip:x&PJSIP/office.trunk.carrier/sip:+390899111@{carrier}>",
    "<sip:102@{at}>, <sip:+390899111@{carrier}>",
    "<sip:+390899111@{carrier}>",
    "<sip:+390899111@{carrier};transport=udp>",
    "<sip:102@{at};maddr={host}>",
    "<sip:102@{at};m%61ddr={host}>",
    "<sip:102@{at}>, <sip:102@127.0.0.1:9;maddr={host}>",
    "<sip:102@{at};a=b&PJSIP/102/sip:{carrier}>",
    "<sip:102@{at};a=b,sofia/gateway/office.carrier/+390899111>",
    "<sip:102@{at};a=b|sofia/gateway/office.carrier/+390899111>",
    "<sip:102@{at};a=b:_:sofia/gateway/office.carrier/+390899111>",
    "<sip:102&Local/112%40office.phones@{at}>",
    "<sip:102,30,tTkKG(office.phones^112^1)@{at}>",
    "<sip:102)),30,tTkK:0@{at}>",
    "<sip:102@{at}?Route=%3Csip:{carrier};lr%3E>",
    "<sip:102@{at};a=$%7Bsystem(touch%20{mark})%7D>",
    "<sip:$%7Bsystem(touch%20{mark})%7D@{at}>",
    "<sip:102@{at};a=${{system(touch {mark})}}>",
    "<sip:$%7BSHELL(touch%20{mark})%7D@{at}>",
    "<sip:102@{at};a=[b~c^d|e'f>",
    "<sip:102%0d%0aX-Attack:%201@{at}>",
    "<sip:102@{at};x-ast-orig-host={carrier}>",
    '"a,b&c" <sip:102@{at};a="b,c&d">',
    "<sips:102@{carrier}>",
    "<tel:+390899111>",
)


_NOT_PLAIN = (
    '<sip:102@{at};gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>;+sip.instance="<urn:uuid:f81d4fae>"',
    "<sip:p4k2@df7jal23ls0d.invalid;rtcweb-breaker=no>",
    "<sip:1%2002@{at};aor=102%40office.lab>",
)
"""Contacts that only Asterisk rings: a colon in a parameter, a name as the host (over UDP), a % in the user."""


def _rings(request: sip.Message) -> Sequence[Reply]:
    return [Reply(180), Reply(486, after=0.1)] if request.method == "INVITE" else [Reply(200)]


@pytest.fixture(scope="module")
def caller(lab: Laboratory) -> Peer:
    phone = lab.phone()
    assert phone.register("101", _DOMAIN, lab.login("101")) == 200
    return phone


@pytest.fixture(scope="module")
def other(lab: Laboratory) -> Peer:
    """A phone of the other tenant."""
    phone = lab.phone()
    assert phone.register("101", "beta.lab", lab.login("101")) == 200
    return phone


@pytest.fixture(autouse=True)
def _no_contacts_are_left(lab: Laboratory) -> None:
    """In a fleet FreeSWITCH looks for contacts that phones take away under another name, and keeps them."""
    if lab.pbx.name == "freeswitch":
        lab.command("sofia profile internal flush_inbound_reg 102.office@office.lab")


@pytest.mark.parametrize("contact", _CONTACTS)
def test_a_hostile_contact_calls_nobody_and_costs_no_other_phone_its_call(
    lab: Laboratory, caller: Peer, other: Peer, contact: str
) -> None:
    host, port = lab.trunks["office.carrier"].host, lab.trunks["office.carrier"].port
    honest, hostile = lab.phone(_rings), lab.phone()
    mark = lab.folder / _MARK
    login = lab.login("102")
    assert honest.register("102", _DOMAIN, login) == 200
    hostile.register(
        "102", _DOMAIN, login, contact.format(at=hostile.at, host=host, carrier=f"{host}:{port}", mark=mark)
    )
    for number in ("102", "600"):
        before = len(honest.invited)
        assert caller.call(number, _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101")) == 486
        assert len(honest.invited) == before + 1
    assert lab.called_out() == []
    assert other.invited == []
    assert not mark.exists()
    hostile.forget("102", _DOMAIN, login)
    honest.forget("102", _DOMAIN, login)


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:102@{at}>",
        "<sip:{at}>",
        "<sip:102@{at};ob>",
        "<sip:102@{at};transport=UDP;rinstance=a1b2c3d4e5f6>",
        "<sip:d6d9c2b8-1f6a@{at};line=sr5n3kpl>;reg-id=1;q=1.0",
        '<sip:102@{at};gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>;+sip.instance="<urn:uuid:f81d4fae>"',
        '"Bruno, Rossi" <sip:102@{at};user=phone>;expires=600',
        "<sip:102@192.168.1.7:5062;uniq=8E6A>",
        "<sip:p4k2@df7jal23ls0d.invalid;rtcweb-breaker=no>",
        "<sip:1%2002@{at};aor=102%40office.lab>",
    ],
)
def test_contacts_as_phones_write_them_ring(lab: Laboratory, caller: Peer, contact: str) -> None:
    phone = lab.phone(_rings)
    login = lab.login("102")
    assert phone.register("102", _DOMAIN, login, contact.format(at=phone.at)) == 200
    status = caller.call("102", _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101"))
    if lab.pbx.name == "freeswitch" and contact in _NOT_PLAIN:
        assert (status, phone.invited) == (480, []), "docs/freeswitch.md: such a contact is passed over"
    else:
        assert (status, len(phone.invited)) == (486, 1)
    phone.forget("102", _DOMAIN, login)
