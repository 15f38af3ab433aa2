"""A phone registers a contact that is more than its own address: nobody but phones is ever called by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pbxgen.lab import sip
from pbxgen.targets.freeswitch.contacts import MOST
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
    "<sip:102@{at};MADDR={host}>",
    "<sip:102@{at};ob;maDdr={host};lr>",
    "<sip:102@{at};maddr ={host}>",
    "<sip:102@{at};ttl=1;maddr={host};transport=udp>",
    "<sip:102@{at};transport=tcp;maddr={host}>",
    "<sip:102@{at};maddr=carrier.invalid>",
    "<sip:102@{at};received={carrier};lr>",
    '<sip:102@{at};received=sip%3A{carrier}>;received="sip:{carrier}"',
    "<sip:102@{at};fs_path=sip%3A{carrier}>",
    "<sip:102@{at};method=REFER;lr>",
    "<sip:102@{at}>, <sip:102@127.0.0.1:{port};maddr={host}>",
    "<sip:102@{at}>, <sip:102@127.0.0.9:{port};MADDR={host};transport=udp>",
    "<sip:102@{at}>, <sip:102@127.0.0.9:{port};ob;lr;m%41ddr={host}>",
    "<sip:102@{at}>, <sip:102@127.0.0.1:9;maddr={host}>",
    "<sip:102@{at};a=b&PJSIP/102/sip:{carrier}>",
    "<sip:102@{at};a=b,sofia/gateway/office.carrier/+390899111>",
    "<sip:102@{at};a=b|sofia/gateway/office.carrier/+390899111>",
    "<sip:102@{at};a=b:_:sofia/gateway/office.carrier/+390899111>",
    "<sip:102@{at};a=b:_:error>",
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
    "<sip:p4k2@df7jal23ls0d.invalid;rtcweb-breaker=no>",
    "<sip:1%2002@{at};aor=102%40office.lab>",
)
"""Contacts that only Asterisk rings: a name as the host (over UDP), a % in the user."""


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
    assert phone.register("101", "beta.lab", lab.login("101", "beta.lab")) == 200
    return phone


@pytest.fixture(autouse=True)
def _no_contacts_are_left(lab: Laboratory) -> None:
    """In a fleet FreeSWITCH looks for contacts that phones take away under another name, and keeps them."""
    if lab.pbx.name == "freeswitch":
        lab.end_registrations("102.office@office.lab")


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
        "102", _DOMAIN, login, contact.format(at=hostile.at, host=host, port=port, carrier=f"{host}:{port}", mark=mark)
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


def test_every_one_of_a_user_s_many_phones_rings(lab: Laboratory, caller: Peer) -> None:
    login = lab.login("102")
    # Asterisk takes ten: the last is one that is not rung.
    phones = [lab.phone(_rings) for _ in range(MOST if lab.pbx.name == "freeswitch" else 9)]
    for phone in phones:
        assert phone.register("102", _DOMAIN, login) == 200
    bad = lab.phone(_rings)
    bad.register("102", _DOMAIN, login, "<sip:102@192.0.2.9;maddr=127.0.0.1>")
    for number in ("102", "600"):
        before = [len(phone.invited) for phone in phones]
        assert caller.call(number, _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101")) == 486
        assert [len(phone.invited) for phone in phones] == [count + 1 for count in before]
    for phone in phones:
        phone.forget("102", _DOMAIN, login)


def test_a_phone_is_told_of_its_registration_and_takes_it_back(lab: Laboratory, caller: Peer) -> None:
    phone, login = lab.phone(_rings), lab.login("102")
    assert phone.register("102", _DOMAIN, login) == 200
    told = [message.header("contact") for message in phone.received if message.status == 200]
    assert len(told) == 1
    assert f"sip:102@{phone.at}" in told[0]
    assert ";expires=" in told[0]
    phone.forget("102", _DOMAIN, login)
    assert caller.call("102", _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101")) == 480
    assert phone.invited == []


def test_a_phone_that_has_begun_anew_rings_once(lab: Laboratory, caller: Peer) -> None:
    phone, login = lab.phone(_rings), lab.login("102")
    for _ in range(3):
        assert phone.register("102", _DOMAIN, login, anew=True) == 200
    for number in ("102", "600"):
        before = len(phone.invited)
        assert caller.call(number, _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101")) == 486
        assert len(phone.invited) == before + 1
    phone.forget("102", _DOMAIN, login)


def test_a_phone_that_registers_another_s_contact_does_not_end_that_one_s_registration(lab: Laboratory) -> None:
    phone = lab.phone()
    assert phone.register("102", _DOMAIN, lab.login("102")) == 200
    lab.settle()  # the thieves' registrations end at another second
    for host, extension, domain in (
        ("127.0.0.1", "103", _DOMAIN),
        ("127.0.0.9", "103", _DOMAIN),
        ("127.0.0.1", "102", "beta.lab"),
    ):
        thief = lab.phone(host=host)
        assert thief.register(extension, domain, lab.login(extension, domain), f"<sip:102@{phone.at}>") == 200
    lab.settle()
    known = {
        "asterisk": "pjsip show contacts",
        "freeswitch": f"sofia status profile internal user 102.office@{_DOMAIN}",
    }
    assert f"102@{phone.at}" in lab.command(known[lab.pbx.name])
    phone.forget("102", _DOMAIN, lab.login("102"))
