"""Only INVITE enters the plan, and nobody learns of another's mailbox."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.security.laboratory import Laboratory
from tests.security.peer import Login, Peer

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_METHODS = {
    "MESSAGE": ((), "112", "text/plain"),
    "REFER": (("Refer-To: <sip:112@office.lab>", "Referred-By: <sip:101@office.lab>"), "", ""),
    "SUBSCRIBE": (("Event: presence", "Accept: application/pidf+xml", "Expires: 600"), "", ""),
    "PUBLISH": (("Event: presence", "Expires: 600"), "<presence/>", "application/pidf+xml"),
    "INFO": ((), "Signal=1\r\nDuration=100\r\n", "application/dtmf-relay"),
    "UPDATE": ((), "", ""),
    "OPTIONS": ((), "", ""),
    "NOTIFY": (("Event: talk", "Subscription-State: active"), "", ""),
    "PRACK": (("RAck: 1 1 INVITE",), "", ""),
    "BYE": ((), "", ""),
}


def _who(lab: Laboratory, who: str) -> tuple[Peer, str, Login | None]:
    if who == "phone":
        return lab.phone(), f"<sip:101@{_DOMAIN}>", lab.login("101")
    if who == "trunk":
        return lab.trunks["office.carrier"], "<sip:+393471112222@carrier.example>", None
    return lab.stranger(), "<sip:office.trunk.carrier@carrier.example>", None


@pytest.mark.parametrize("who", ["phone", "trunk", "stranger"])
@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize("number", ["112", "102", "*98", "+390612345678", "+390212345102"])
def test_no_method_but_invite_calls_anybody(lab: Laboratory, who: str, method: str, number: str) -> None:
    called = lab.phone()
    assert called.register("102", _DOMAIN, lab.login("102")) == 200
    peer, sender, login = _who(lab, who)
    headers, body, content = _METHODS[method]
    at = _DOMAIN if who == "phone" else f"{lab.pbx.trunks_at[0]}:{lab.pbx.trunks_at[1]}"
    peer.ask(
        method, f"sip:{number}@{at}", sender=sender, headers=headers, body=body, content=content, login=login, seconds=2
    )
    lab.settle(0.3)
    assert lab.called_out() == []
    assert called.invited == []
    shown, none = {"asterisk": ("core show channels", "0 active channels"), "freeswitch": ("show channels", "0 total")}[
        lab.pbx.name
    ]
    assert none in lab.command(shown)
    called.forget("102", _DOMAIN, lab.login("102"))


@pytest.mark.parametrize("who", ["phone", "phone at the carriers' port", "trunk", "stranger"])
def test_a_text_runs_no_command_and_is_sent_on_to_nobody(lab: Laboratory, who: str, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    peer, sender, login = _who(lab, who.split()[0])
    if who != who.split()[0]:
        peer = lab.stranger()
    phones = {extension: lab.phone() for extension in ("101", "102")}
    for extension, phone in phones.items():
        assert phone.register(extension, _DOMAIN, lab.login(extension)) == 200
    at = _DOMAIN if who == "phone" else f"{lab.pbx.trunks_at[0]}:{lab.pbx.trunks_at[1]}"
    for to in (f"api+system%20touch%20{mark}", "102", "101", "api+originate%20user/102%40office.lab%20%26park"):
        uri = f"sip:{to}@{at}"
        peer.ask("MESSAGE", uri, to=f"<{uri}>", sender=sender, body="x", content="text/plain", login=login, seconds=2)
    lab.settle(0.5)
    assert not mark.exists()
    assert lab.called_out() == []
    for other in (*phones.values(), peer):
        assert other.invited == []
        assert other.requests("MESSAGE") == []
    for extension, phone in phones.items():
        phone.forget(extension, _DOMAIN, lab.login(extension))


@pytest.mark.parametrize(
    ("uri", "event"),
    [
        *itertools.product(
            ["sip:101%40beta.lab@office.lab", "sip:101%40office.lab@office.lab"],
            ["message-summary", "presence", "dialog"],
        ),
        ("sip:101@beta.lab", "message-summary"),
        ("sip:102@office.lab", "message-summary"),
    ],
)
def test_nobody_watches_the_mailbox_or_the_calls_of_another(lab: Laboratory, uri: str, event: str) -> None:
    accept = {"message-summary": "application/simple-message-summary", "presence": "application/pidf+xml"}
    watcher = lab.phone()
    watcher.ask(
        "SUBSCRIBE",
        uri,
        sender=f"<sip:103@{_DOMAIN}>",
        headers=(f"Event: {event}", f"Accept: {accept.get(event, 'application/dialog-info+xml')}", "Expires: 600"),
        login=lab.login("103"),
        seconds=2,
    )
    lab.settle(0.5)
    told = [m for m in watcher.requests("NOTIFY") if not m.header("subscription-state").startswith("terminated")]
    assert told == []
