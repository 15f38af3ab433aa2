"""What a trunk registers, as real PBXs send it: where, as whom, for how long, and again after every refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from pbxgen.calls.headers import user_of
from pbxgen.lab import sip
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.peer import Answer, Peer, Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SECONDS = 25.0
_CHALLENGE = 'WWW-Authenticate: Digest realm="carrier.example", nonce="n1", algorithm=MD5, qop="auth"'


def _source(proxy: str, further: str = "") -> str:
    host, port = trunk_host()
    return f"""\
version: 1
pbx: {{name: acme, domain: acme.lab, country: IT, timezone: Europe/Rome}}
trunks:
  carrier:
    host: "{host}:{port}"
    outbound_proxy: "{proxy}"
    username: acme-1
    auth_username: acme-login
    password: a long enough secret
    register: true
    expires: 120
    number: "+390212345000"
    {further}
routes: {{emergency: {{match: "112", trunk: carrier, emergency: true}}}}
users: {{"101": {{password: a long enough secret, did: "+390212345101"}}}}
inbound: {{"+390212345000": "101"}}
"""


def _registrar(*first: Reply) -> Answer:
    """Replies to the first REGISTERs, in order; later ones succeed. Calls are declined."""
    left = list(first)

    def answer(request: sip.Message) -> Sequence[Reply]:
        if request.method == "INVITE":
            return [Reply(486)]
        if request.method == "REGISTER" and left:
            return [left.pop(0)]
        # A registrar tells the contact that it has stored, and for how long (RFC 3261, 10.3).
        return [Reply(200, headers=(f"Contact: {request.header('contact')};expires=120",))]

    return answer


def _proxy(answer: Answer) -> Peer:
    host, port = trunk_host()
    return Peer(("127.0.0.1", 9), host, port, answer=answer)


def _logged(running: Laboratory, pattern: str) -> bool:
    for _ in range(60):
        if re.search(pattern, running.log()):
            return True
        running.settle(0.25)
    return False


def test_the_login_the_contact_and_the_time_of_a_registration(pbx_name: str, tmp_path: Path) -> None:
    answer = _registrar(Reply(401, headers=(_CHALLENGE,)))
    with _proxy(answer) as proxy, laboratory(pbx_name, tmp_path, _source(proxy.at)) as running:
        proven = proxy.wait(lambda m: m.method == "REGISTER" and m.header("authorization") != "", _SECONDS)
        assert proven is not None
        trunk = running.plans[0].trunks["carrier"]
        assert f"sip:{trunk.host}:{trunk.port}" in proven.start_line, "the registrar is the carrier's host"
        assert 'username="acme-login"' in proven.header("authorization")
        assert (user_of(proven.header("to")), user_of(proven.header("from"))) == ("acme-1", "acme-1")
        assert user_of(proven.header("contact")) == "+390212345000"
        assert "120" in (proven.header("expires"), *re.findall(r"expires=(\d+)", proven.header("contact")))
        assert running.trunks["acme.carrier"].received == [], "everything is sent to the proxy"


def test_who_calls_what_was_registered_reaches_the_main_number(pbx_name: str, tmp_path: Path) -> None:
    with _proxy(_registrar()) as proxy, laboratory(pbx_name, tmp_path, _source(proxy.at)) as running:
        registered = proxy.wait(lambda m: m.method == "REGISTER", _SECONDS)
        assert registered is not None
        contact = registered.header("contact").partition("<")[2].partition(">")[0]
        phone = running.phone()
        assert phone.register("101", "acme.lab", running.login("101")) == 200
        proxy.pbx = running.pbx.trunks_at
        # Another number with the parameters of what was registered is that number.
        for number in ("+390212345000", "+390212345101"):
            uri, sender = contact.replace("+390212345000", number), f"<sip:+393471112222@{proxy.host}>"
            reply = proxy.ask("INVITE", uri, sender=sender, body=sdp(), seconds=8.0)
            assert reply is not None
            assert reply.status == 486
        assert [user_of(call.header("from")) for call in phone.invited] == ["+393471112222"] * 2


@pytest.mark.parametrize("status", [403, 404, 401, 503])
def test_a_registration_that_is_refused_is_tried_again(pbx_name: str, tmp_path: Path, status: int) -> None:
    challenges = (_CHALLENGE,) if status == 401 else ()
    refused = [Reply(status, headers=challenges) for _ in range(9)]
    with _proxy(_registrar(*refused)) as proxy, laboratory(pbx_name, tmp_path, _source(proxy.at)) as running:
        assert proxy.wait(lambda m: m.method == "REGISTER", _SECONDS) is not None
        assert _logged(running, r"[Rr]etrying in '\d+'|retry to \d+ seconds"), running.log()[-2000:]


def test_help_is_called_by_the_proxy_although_the_registration_is_refused(pbx_name: str, tmp_path: Path) -> None:
    refused = [Reply(403) for _ in range(9)]
    with _proxy(_registrar(*refused)) as proxy, laboratory(pbx_name, tmp_path, _source(proxy.at)) as running:
        assert _logged(running, r"[Rr]etrying in '\d+'|retry to \d+ seconds"), running.log()[-2000:]
        phone, trunk = running.phone(), running.plans[0].trunks["carrier"]
        phone.call("112", "acme.lab", sender="<sip:101@acme.lab>", login=running.login("101"), seconds=15.0)
        assert [(user_of(call.reason), f"@{trunk.host}:{trunk.port}" in call.reason) for call in proxy.invited] == [
            ("112", True)
        ], running.log()[-2000:]
        assert running.trunks["acme.carrier"].received == [], "everything is sent to the proxy"
