"""A phone or a carrier redirects (3xx): nobody is called by it, and it counts as busy."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory
from tests.security.peer import Answer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_TARGETS = (
    "<sip:103@office.lab>",
    "<sip:+390612345678@office.lab>",
    "<sip:112@office.lab>",
    "<sip:*98@office.lab>",
    "<sip:+390899111%40office.trunk.carrier@x.example>",
    "<sip:PJSIP/+390899111%40office.trunk.carrier@x.example>",
    "<sip:Local/112%40office.phones@x.example>",
    "<sip:x@{carrier}>",
    "<sip:_x@x.example>",
    "<sip:s@x.example>",
    "<sip:-@x.example>",
    "<sip:x.example>",
    "<tel:+390899111>",
    "<sip:103@office.lab>;q=0.9, <sip:112@office.lab>;q=0.1",
)


def _redirecting(status: int, target: str) -> Answer:
    def answer(request: sip.Message) -> Sequence[Reply]:
        return [Reply(status, headers=(f"Contact: {target}",))] if request.method == "INVITE" else [Reply(200)]

    return answer


@pytest.mark.parametrize(
    ("status", "target"), [*((302, target) for target in _TARGETS), *((s, _TARGETS[0]) for s in (300, 301, 305, 380))]
)
def test_no_redirect_of_a_phone_or_a_carrier_is_followed_and_it_counts_as_busy(
    lab: Laboratory, status: int, target: str
) -> None:
    carrier = lab.trunks["office.carrier"]
    answer = _redirecting(status, target.format(carrier=carrier.at))
    caller, phone, idle = lab.phone(), lab.phone(answer), lab.phone()
    for peer, extension in ((caller, "101"), (phone, "102"), (idle, "103")):
        assert peer.register(extension, _DOMAIN, lab.login(extension)) == 200
    sender, login = f"<sip:101@{_DOMAIN}>", lab.login("101")
    assert caller.call("102", _DOMAIN, sender=sender, login=login) == 486
    assert len(phone.invited) == 1
    assert lab.called_out() == []
    polite, carrier.answer = carrier.answer, answer
    try:
        assert caller.call("+390612345678", _DOMAIN, sender=sender, login=login) == 486
    finally:
        carrier.answer = polite
    assert len(lab.called_out()) == 1
    assert idle.invited == []
    for peer, extension in ((caller, "101"), (phone, "102"), (idle, "103")):
        peer.forget(extension, _DOMAIN, lab.login(extension))


@pytest.mark.parametrize(("status", "header"), [(401, "WWW-Authenticate"), (407, "Proxy-Authenticate")])
def test_a_phone_that_asks_for_a_login_is_given_none(lab: Laboratory, status: int, header: str) -> None:
    """Not the trunk's, and nobody else's."""
    challenge = f'{header}: Digest realm="carrier.example", nonce="n", algorithm=MD5'
    caller = lab.phone()
    phone = lab.phone(
        lambda request: [Reply(status, headers=(challenge,))] if request.method == "INVITE" else [Reply(200)]
    )
    for peer, extension in ((caller, "101"), (phone, "102")):
        assert peer.register(extension, _DOMAIN, lab.login(extension)) == 200
    before = len(phone.received)
    told = caller.call("102", _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("101"))
    assert told is not None
    assert told >= 400
    assert phone.invited
    asked = [message for message in phone.received[before:] if message.status is None]
    assert not any(message.header("authorization") or message.header("proxy-authorization") for message in asked)
    for peer, extension in ((caller, "101"), (phone, "102")):
        peer.forget(extension, _DOMAIN, lab.login(extension))
