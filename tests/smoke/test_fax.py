"""Fax by T.38, as real calls: one side of a call asks for it (re-INVITE), and the PBX asks the other side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import laboratory, trunk_host
from tests.security.peer import Answer, Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_WAIT = 20.0
_calls = itertools.count(1)


def _source(t38: bool) -> str:
    one, other = (f"{host}:{port}" for host, port in (trunk_host(), trunk_host()))
    return f"""\
version: 1
pbx: {{name: fax, domain: fax.lab, country: IT, timezone: Europe/Rome}}
defaults: {{class: italy}}
trunks:
  carrier: {{host: "{one}", number: "+390212345000", keepalive: 0, t38: {str(t38).lower()}}}
  other: {{host: "{other}", number: "+390612345000", keepalive: 0, t38: {str(t38).lower()}}}
routes:
  emergency: {{match: "112", trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: other}}
classes: {{italy: italy}}
users: {{"101": {{password: a long enough secret, did: "+390212345101"}}}}
inbound: {{"+390212345000": "+393335550101", "+390612345000": "101"}}
"""


def _image(host: str, port: int) -> str:
    """A session description of T.38 over UDPTL (ITU-T T.38, annex D)."""
    return (
        f"v=0\r\no=- 1 2 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=image {port} udptl t38\r\n"
        "a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n"
        "a=T38FaxMaxBuffer:400\r\na=T38FaxMaxDatagram:400\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"
    )


def _wants_fax(message: sip.Message) -> bool:
    return message.method == "INVITE" and message.status is None and "m=image" in message.body


def _fax(host: str, *, takes_it: bool) -> Answer:
    """Takes every call, and changes to T.38 or refuses to."""

    def answer(request: sip.Message) -> Sequence[Reply]:
        if request.method == "INVITE" and _wants_fax(request):
            return [Reply(200, body=_image(host, 39996))] if takes_it else [Reply(488)]
        return [Reply(200, body=sdp(host))] if request.method == "INVITE" else [Reply(200)]

    return answer


@pytest.mark.parametrize(
    ("t38", "takes_it", "status", "asked"),
    [(True, True, 200, True), (True, False, 488, True), (False, True, 488, False)],
    ids=["the other side takes it", "the other side refuses", "the trunks have no T.38"],
)
def test_a_call_becomes_a_fax_where_the_trunks_have_t38_and_the_other_side_takes_it(
    pbx_name: str, tmp_path: Path, t38: bool, takes_it: bool, status: int, asked: bool
) -> None:
    with laboratory(pbx_name, tmp_path, _source(t38)) as running:
        carrier, other = running.trunks["fax.carrier"], running.trunks["fax.other"]
        other.answer = _fax(other.host, takes_it=takes_it)
        uri, sender = f"sip:+390212345000@{carrier.pbx[0]}:{carrier.pbx[1]}", f"<sip:+393471112222@{carrier.host}>"
        call_id = f"fax-{pbx_name}-{next(_calls)}"
        answered = carrier.ask("INVITE", uri, sender=sender, body=sdp(carrier.host), call_id=call_id, seconds=_WAIT)
        assert answered is not None, running.log()[-2000:]
        assert answered.status == 200
        carrier.acknowledge(uri, sender, call_id, 1, answered)
        running.settle(3.0)
        at = answered.header("contact").partition("<")[2].partition(">")[0]
        to, tag = answered.header("to").split(";tag=")
        changed = carrier.ask(
            "INVITE", at, sender=sender, to=to, to_tag=f";tag={tag}", body=_image(carrier.host, 39994), call_id=call_id,
            cseq=10, seconds=_WAIT,
        )  # fmt: skip
        assert changed is not None, running.log()[-2000:]
        assert changed.status == status
        assert ("m=image" in changed.body) is (status == 200)
        assert (other.wait(_wants_fax, 0.5) is not None) is asked
