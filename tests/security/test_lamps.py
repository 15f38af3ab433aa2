"""Lamps (BLF) on Asterisk: a phone subscribes to those of its own tenant, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pbxgen.lab import sip
from tests.security.calls import call_up, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Login, Peer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.usefixtures("asterisk_program")]

_HERE, _THERE = "office.lab", "beta.lab"
_ACCEPT = {"presence": "application/pidf+xml", "dialog": "application/dialog-info+xml"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    sources = []
    for name, number in (("office", "+390212345"), ("beta", "+390277777")):
        host, port = trunk_host()
        sources.append(office(f"{host}:{port}", name, number))
    with laboratory("asterisk", tmp_path_factory.mktemp("asterisk"), *sources) as running:
        yield running


def _subscribe(
    lab: Laboratory, peer: Peer, watched: str, event: str = "dialog", domain: str = _HERE, login: Login | None = None
) -> int | None:
    reply = peer.ask(
        "SUBSCRIBE", f"sip:{watched}@{domain}", sender=f"<sip:103@{domain}>",
        headers=(f"Event: {event}", f"Accept: {_ACCEPT.get(event, '*/*')}", "Expires: 60"),
        login=login or lab.login("103"),
    )  # fmt: skip
    return None if reply is None else reply.status


def _told(peer: Peer) -> list[str]:
    return [message.body for message in peer.requests("NOTIFY")]


def _lit(text: str) -> bool:
    return "confirmed" in text or "early" in text


def _rings(request: sip.Message) -> list[Reply]:
    """Rings for two seconds, and is busy then."""
    return [Reply(180), Reply(486, after=2.0)] if request.method == "INVITE" else [Reply(200)]


def _registered(lab: Laboratory, extension: str, domain: str) -> Peer:
    phone = lab.phone(takes)
    assert phone.register(extension, domain, lab.login(extension, domain)) == 200
    return phone


@pytest.mark.parametrize("event", ["dialog", "presence"])
@pytest.mark.parametrize("watched", ["101", "600"])
def test_a_lamp_is_lit_while_a_colleague_or_a_member_of_a_group_speaks(
    lab: Laboratory, event: str, watched: str
) -> None:
    watcher = lab.phone()
    called = _registered(lab, "101", _HERE)
    assert _subscribe(lab, watcher, watched, event) == 200
    assert watcher.wait(lambda m: m.method == "NOTIFY" and m.status is None) is not None
    before = len(_told(watcher))
    side = call_up(lab, lab.phone(takes), "102", "101", _HERE, lab.login("102"))
    lab.settle(0.5)
    lit = _told(watcher)[before:]
    side.say("BYE")
    lab.settle(0.5)
    assert lit
    assert _told(watcher)[-1] != lit[-1]
    call_ids = {message.call_id for message in (*called.received, side)}
    assert not [text for text in _told(watcher) if any(id in text for id in call_ids)]
    called.forget("101", _HERE, lab.login("101"))


@pytest.mark.parametrize("event", ["dialog", "presence"])
def test_a_call_that_rings_is_shown_without_what_it_could_be_taken_over_by(lab: Laboratory, event: str) -> None:
    watcher, called = lab.phone(), lab.phone(_rings)
    assert called.register("102", _HERE, lab.login("102")) == 200
    assert _subscribe(lab, watcher, "102", event) == 200
    caller = lab.phone()
    assert caller.call("102", _HERE, sender=f"<sip:101@{_HERE}>", login=lab.login("101")) == 486
    lab.settle(2.0)
    states = _told(watcher)
    print("\n".join(states))
    assert len(states) >= 3
    assert states[1] not in (states[0], states[-1])
    call_ids = {message.call_id for message in (*called.received, *caller.received)}
    assert not [text for text in states if any(id in text for id in call_ids)]
    called.forget("102", _HERE, lab.login("102"))


def test_another_tenants_phones_light_no_lamp_here(lab: Laboratory) -> None:
    watcher = lab.phone()
    _registered(lab, "101", _THERE)
    for watched in ("101", f"101%40{_THERE}"):
        for domain in (_HERE, _THERE):
            watcher.ask(
                "SUBSCRIBE", f"sip:{watched}@{domain}", sender=f"<sip:103@{_HERE}>",
                headers=("Event: dialog", f"Accept: {_ACCEPT['dialog']}", "Expires: 60"), login=lab.login("103"),
            )  # fmt: skip
    lab.settle(0.5)
    before = _told(watcher)
    side = call_up(lab, lab.phone(takes), "102", "101", _THERE, lab.login("102", _THERE))
    lab.settle(0.5)
    side.say("BYE")
    assert before
    assert _told(watcher) == before
    assert not [text for text in before if _lit(text)]


@pytest.mark.parametrize(
    "watched", [f"101%40{_THERE}", "999", "s", "101_busy", "*97", "112", "beta.hints", "_X!", "h", "+390277777101"]
)
@pytest.mark.parametrize("event", ["dialog", "presence"])
def test_nothing_else_is_a_lamp(lab: Laboratory, watched: str, event: str) -> None:
    watcher = lab.phone()
    assert _subscribe(lab, watcher, watched, event) == 404
    assert _told(watcher) == []


@pytest.mark.parametrize(
    "watched", ["101", "101%40office.lab", f"101%40{_THERE}", "102%40office.lab", "103", "none", ""]
)
def test_nobody_subscribes_to_a_mailbox(lab: Laboratory, watched: str) -> None:
    watcher = lab.phone()
    watcher.ask(
        "SUBSCRIBE", f"sip:{watched}@{_HERE}" if watched else f"sip:{_HERE}", sender=f"<sip:103@{_HERE}>",
        headers=("Event: message-summary", "Accept: application/simple-message-summary", "Expires: 60"),
        login=lab.login("103"),
    )  # fmt: skip
    lab.settle(0.3)
    assert [text for text in _told(watcher) if text] == []


def test_strangers_are_answered_alike_whoever_they_ask_for(lab: Laboratory) -> None:
    asked = [
        lab.phone(host="127.0.0.77").ask(
            "SUBSCRIBE", f"sip:{watched}@{_HERE}", sender=f"<sip:{who}@{_HERE}>",
            headers=("Event: dialog", f"Accept: {_ACCEPT['dialog']}", "Expires: 60"),
        )
        for watched in ("101", "999", "600") for who in ("103", "999")
    ]  # fmt: skip
    assert {None if reply is None else reply.status for reply in asked} == {401}
