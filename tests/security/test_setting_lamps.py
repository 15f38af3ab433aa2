"""Lamps of what is set from phones, on Asterisk, by SUBSCRIBE and NOTIFY: lit while it is set, for whom it is meant."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator

import pytest

from tests.security.calls import takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Peer

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.usefixtures("asterisk_program")]

_HERE, _THERE = "office.lab", "beta.lab"
_SERVICE = """\
self_service:
  profiles: {staff: {may: [unconditional, busy, dnd], to: [extensions, mobile, outside]}}
switches:
  night: {number: "*28", operators: ["104"], default: off}
operators: {reception: {number: "9", members: ["104"], overflow: voicemail:101}}
"""


def _source(name: str, number: str) -> str:
    host, port = trunk_host()
    text = office(f"{host}:{port}", name, number).replace("groups:", f"{_SERVICE}groups:")
    for extension in ("101", "103"):
        did = f'did: "{number}{extension}"'
        text = text.replace(did, f"{did}, self_service: staff")
    return text


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    sources = [_source("office", "+390212345"), _source("beta", "+390277777")]
    with laboratory("asterisk", tmp_path_factory.mktemp("asterisk"), *sources) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_set(lab: Laboratory) -> None:
    for key in lab.settings():
        lab.clear_setting(key)
        follow(lab, key)


def follow(lab: Laboratory, key: str) -> None:
    """As pbxgen does after it has written into the database."""
    tenant, _, name = key.partition("/")
    whose = f"*{name.removeprefix('switch.')}" if name.startswith("switch.") else name
    lab.command(f"channel originate Local/{whose}@{tenant}.lamps application Hangup")
    lab.settle(0.5)


def dial(lab: Laboratory, who: str, code: str, domain: str = _HERE) -> int | None:
    return lab.phone(takes).call(code, domain, sender=f"<sip:{who}@{domain}>", login=lab.login(who, domain))


def subscribe(lab: Laboratory, peer: Peer, who: str, watched: str, domain: str = _HERE) -> int | None:
    reply = peer.ask(
        "SUBSCRIBE", f"sip:{watched}@{domain}", sender=f"<sip:{who}@{domain}>",
        headers=("Event: dialog", "Accept: application/dialog-info+xml", "Expires: 600"), login=lab.login(who, domain),
    )  # fmt: skip
    return None if reply is None else reply.status


class Lamp:
    """One lamp of one phone."""

    def __init__(self, lab: Laboratory, who: str, watched: str, domain: str = _HERE) -> None:
        self._peer = lab.phone()
        assert subscribe(lab, self._peer, who, watched, domain) == 200
        assert self._peer.wait(lambda m: m.method == "NOTIFY" and m.status is None) is not None

    @property
    def told(self) -> list[bool]:
        """Lit or dark, by every NOTIFY."""
        return ["<state>confirmed</state>" in message.body for message in self._peer.requests("NOTIFY")]

    def becomes(self, lit: bool, seconds: float = 3.0) -> bool:
        end = time.monotonic() + seconds
        while self.told[-1] is not lit and time.monotonic() < end:
            time.sleep(0.05)
        return self.told[-1] is lit


def test_a_users_own_lamp_is_lit_while_the_code_is_set(lab: Laboratory) -> None:
    divert, quiet = Lamp(lab, "101", "*21"), Lamp(lab, "101", "*26")
    assert (divert.told, quiet.told) == ([False], [False])
    assert dial(lab, "101", "*21*102") == 200
    assert divert.becomes(True)
    assert dial(lab, "101", "*26") == 200
    assert quiet.becomes(True)
    assert dial(lab, "101", "%2321%23") == 200  # off: no rule applies
    assert divert.becomes(False)
    assert dial(lab, "101", "%23%23002%23") == 200
    assert quiet.becomes(False)


def test_what_is_refused_lights_no_lamp(lab: Laboratory) -> None:
    divert = Lamp(lab, "103", "*21")
    assert dial(lab, "103", "*21*999") == 404
    assert dial(lab, "103", "*21*103") == 403
    lab.settle(0.5)
    assert divert.told == [False]


def test_the_receptionist_sees_whose_calls_go_elsewhere_and_everybody_the_switch(lab: Laboratory) -> None:
    ada, cara = Lamp(lab, "104", "101*21"), Lamp(lab, "104", "103*21")
    night = Lamp(lab, "102", "*28")
    assert dial(lab, "101", "*21*102") == 200
    assert ada.becomes(True)
    assert dial(lab, "104", "*28%23") == 200
    assert night.becomes(True)
    assert dial(lab, "104", "*28") == 200
    assert night.becomes(False)
    assert cara.told == [False]


@pytest.mark.parametrize(
    ("who", "watched"),
    [
        ("102", "101*21"), ("101", "103*26"), ("102", "*21"), ("101", "*61"), ("104", "102*21"), ("104", "*21"),
        ("104", "101*61"), ("101", "*29"), ("101", "%2321"), ("104", "Custom:beta.101.dnd"), ("101", "*21*102"),
    ],
)  # fmt: skip
def test_nobody_else_sees_a_users_settings(lab: Laboratory, who: str, watched: str) -> None:
    peer = lab.phone()
    assert subscribe(lab, peer, who, watched) == 404
    assert peer.requests("NOTIFY") == []


def test_the_other_tenant_lights_nothing_here(lab: Laboratory) -> None:
    lamps = [Lamp(lab, "101", "*21"), Lamp(lab, "104", "101*21"), Lamp(lab, "101", "*28")]
    assert dial(lab, "101", "*21*102", _THERE) == 200
    assert dial(lab, "104", "*28%23", _THERE) == 200
    lab.settle(0.5)
    assert [lamp.told for lamp in lamps] == [[False]] * 3
    there = Lamp(lab, "101", "*21", _THERE)
    assert there.told == [True]


def test_a_lamp_goes_out_when_a_setting_ends_though_nobody_calls(lab: Laboratory) -> None:
    lamp = Lamp(lab, "101", "*21")
    logged = len(lab.log())
    now = int(time.time())
    lab.store_setting("office/101", f"unconditional:x102:0:{now}:{now + 4}")
    follow(lab, "office/101")
    assert lamp.becomes(True)
    begun = time.monotonic()
    assert lamp.becomes(False, seconds=30)
    assert time.monotonic() - begun > 1
    assert lab.settings() == {"office/101": f"unconditional:x102:0:{now}:{now + 4}"}
    assert not [line for line in lab.log()[logged:].splitlines() if re.search(r"\] (WARNING|ERROR)\[", line)]


def test_rubbish_in_the_database_lights_nothing(lab: Laboratory) -> None:
    lamp = Lamp(lab, "101", "*21")
    for text in ("unconditional:x102:0:1:0|", "unconditional:x999:0:1:0", "unconditional:n+39899123456:0:1:0", "x"):
        lab.store_setting("office/101", text)
        follow(lab, "office/101")
    assert lamp.told == [False]


def test_lamps_are_as_they_were_after_a_reload_and_a_restart(lab: Laboratory) -> None:
    assert dial(lab, "101", "*21*102") == 200
    lamp = Lamp(lab, "101", "*21")
    assert lamp.told == [True]
    lab.command("dialplan reload")
    lab.settle(0.5)
    assert lamp.told[-1]
    lab.pbx.stop()
    asyncio.run(lab.pbx.start())
    assert Lamp(lab, "101", "*21").told == [True]
    assert Lamp(lab, "101", "*26").told == [False]
    lab.clear_setting("office/101")
