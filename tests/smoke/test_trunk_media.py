"""What a carrier is offered, as real calls: codecs in order, encryption, keys; and over IPv6."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pbxgen.lab.ports import free_port
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.peer import Peer

pytestmark = [pytest.mark.real, pytest.mark.slow]

_WAIT = 10.0


def _source(trunk: str) -> str:
    return f"""\
version: 1
pbx: {{name: media, domain: media.lab, country: IT, timezone: Europe/Rome}}
defaults: {{class: italy}}
trunks: {{carrier: {{{trunk}, number: "+390212345000"}}}}
routes:
  emergency: {{match: "112", trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
classes: {{italy: italy}}
users: {{"101": {{password: a long enough secret, did: "+390212345101"}}}}
inbound: {{"+390212345000": "+393335550101"}}
"""


def _offer(running: Laboratory, carrier: Peer) -> str:
    """The session description of a call of a phone that knows G.711 alone."""
    phone = running.phone()
    assert phone.register("101", "media.lab", running.login("101")) == 200
    phone.call("3335550101", "media.lab", sender="<sip:101@media.lab>", login=running.login("101"), seconds=_WAIT)
    assert carrier.invited, running.log()[-2000:]
    return carrier.invited[0].body


@pytest.mark.parametrize(
    ("keys", "audio", "there", "missing"),
    [
        ("", r"RTP/AVP 8 0 101", ["telephone-event"], ["crypto", "G722"]),
        # Asterisk puts the one first that needs no transcoding.
        (", codecs: [g722, ulaw]", r"RTP/AVP (?:9 0|0 9) 101", ["telephone-event"], ["PCMA"]),
        (", srtp: required", r"RTP/SAVP 8 0 101", ["a=crypto:"], []),
        (", srtp: optional", r"RTP/S?AVP 8 0 101", ["a=crypto:"], []),
        (", dtmf: inband", r"RTP/AVP 8 0\r", [], ["telephone-event"]),
        (", dtmf: info", r"RTP/AVP 8 0\r", [], ["telephone-event"]),
    ],
)
def test_what_a_carrier_is_offered(
    pbx_name: str, tmp_path: Path, keys: str, audio: str, there: list[str], missing: list[str]
) -> None:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, _source(f'host: "{host}:{port}"{keys}')) as running:
        offer = _offer(running, running.trunks["media.carrier"])
        assert re.search(rf"m=audio \d+ {audio}", offer), offer
        assert all(text in offer for text in there), offer
        assert not any(text in offer for text in missing), offer


@pytest.mark.parametrize(("srtp", "status"), [("required", 488), ("optional", 486), ("off", 486)])
def test_a_call_without_encryption_comes_in_unless_it_is_required(
    pbx_name: str, tmp_path: Path, srtp: str, status: int
) -> None:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, _source(f'host: "{host}:{port}", srtp: {srtp}')) as running:
        carrier = running.trunks["media.carrier"]
        sender = f"<sip:+393471112222@{host}>"
        assert carrier.call("+390212345000", host, sender=sender, seconds=_WAIT) == status
        assert len(carrier.invited) == (0 if status == 488 else 1)


@pytest.mark.usefixtures("asterisk_program")
def test_a_trunk_over_ipv6_registers_is_called_and_calls(tmp_path: Path) -> None:
    at = f"[::1]:{free_port()}"
    trunk = f'host: "[::1]:{free_port()}", username: acme, password: a long enough secret, register: true'
    with Peer(("::1", 9), "::1", int(at.rpartition(":")[2])) as carrier:
        source = _source(f'{trunk}, outbound_proxy: "{at}"')
        with laboratory("asterisk", tmp_path, source) as running:
            assert carrier.wait(lambda m: m.method == "REGISTER", 3 * _WAIT), running.log()[-2000:]
            carrier.pbx = ("::1", running.pbx.trunks_at[1])
            status = carrier.call("+390212345000", "[::1]", sender="<sip:+393471112222@[::1]>", seconds=_WAIT)
            assert (status, len(carrier.invited)) == (486, 1), running.log()[-2000:]
