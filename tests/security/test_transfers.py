"""Whoever transfers by REFER with Replaces reaches nobody but the parties of the calls that are up here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory
from tests.security.peer import Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_OUTSIDE = "+390299999999"
"""What 103, who transfers, may not call."""
_numbers = itertools.count(1)


def _takes(request: sip.Message) -> Sequence[Reply]:
    return [Reply(200, body=sdp())] if request.method == "INVITE" else [Reply(200)]


def _transfers(lab: Laboratory, target: str) -> None:
    """103 calls 102, who takes the call, and transfers the call to a target."""
    called = lab.phone(_takes)
    assert called.register("102", _DOMAIN, lab.login("102")) == 200
    phone, sender, uri = lab.phone(), f"<sip:103@{_DOMAIN}>", f"sip:102@{_DOMAIN}"
    call_id = f"transfer-{next(_numbers)}"
    login = lab.login("103")
    reply = phone.ask("INVITE", uri, sender=sender, body=sdp(), call_id=call_id, login=login)
    assert reply is not None
    assert reply.status == 200
    number = int(reply.cseq.split()[0])
    phone.acknowledge(uri, sender, call_id, number, reply)
    lab.settle(0.5)
    tag = reply.header("to").partition(";")[2]
    phone.ask(
        "REFER", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", login=login, cseq=10,
        headers=(f"Refer-To: <{target}>",),
    )  # fmt: skip
    lab.settle()
    phone.ask("BYE", uri, sender=sender, call_id=call_id, to_tag=f";{tag}", login=login, cseq=20)
    called.forget("102", _DOMAIN, lab.login("102"))


@pytest.mark.parametrize(
    "target",
    [
        "sip:{number}@{carrier}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:{number}@{carrier}?Replaces=nobody",
        "sip:112@{carrier}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:{number}@{other}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x@127.0.0.1:9,sofia/gateway/beta.carrier/{number}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x,sofia/gateway/beta.carrier/{number},y@127.0.0.1:9?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
        "sip:x@127.0.0.1:9;maddr={host}?Replaces=nobody%3Bto-tag%3Da%3Bfrom-tag%3Db",
    ],
)
def test_a_replaced_call_that_is_not_here_is_not_looked_for_elsewhere(lab: Laboratory, target: str) -> None:
    carrier, other = lab.trunks["office.carrier"], lab.trunks["beta.carrier"]
    _transfers(lab, target.format(number=_OUTSIDE, carrier=carrier.at, other=other.at, host=carrier.host))
    assert lab.called_out() == []


def test_a_stranger_takes_over_no_call_by_replaces(lab: Laboratory) -> None:
    called = lab.phone(_takes)
    assert called.register("102", _DOMAIN, lab.login("102")) == 200
    phone, sender, uri = lab.phone(), f"<sip:103@{_DOMAIN}>", f"sip:102@{_DOMAIN}"
    call_id = f"taken-over-{next(_numbers)}"
    reply = phone.ask("INVITE", uri, sender=sender, body=sdp(), call_id=call_id, login=lab.login("103"))
    assert reply is not None
    assert reply.status == 200
    phone.acknowledge(uri, sender, call_id, int(reply.cseq.split()[0]), reply)
    lab.settle(0.5)
    tag = reply.header("to").partition("tag=")[2]
    replaces = f"Replaces: {call_id};to-tag={tag};from-tag=t{call_id}"
    stranger = lab.stranger()
    told = stranger.call(_OUTSIDE, stranger.pbx[0], sender="<sip:+393471112222@carrier.example>", headers=(replaces,))
    phone.ask("BYE", uri, sender=sender, call_id=call_id, to_tag=f";tag={tag}", login=lab.login("103"), cseq=20)
    called.forget("102", _DOMAIN, lab.login("102"))
    assert told in (401, 403)
