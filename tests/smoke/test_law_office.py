"""The law office as real calls: its scenarios, and what its administrator has written by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pbxgen.lab.sound import recorded
from tests.security.laboratory import Laboratory
from tests.support.by_hand import MUSIC, ROOT, SECONDS, Phone, installed, registered
from tests.support.calls import cases_of, place

pytestmark = [pytest.mark.real, pytest.mark.slow]

_OFFICE = ROOT / "examples/law-office"
_TONES = {"100": 400, "101": 500, "200": 550, "210": 600, "301": 650, "302": 700, "310": 750}
_LONG = SECONDS + 10


def test_its_calls_go_as_its_scenarios_say(pbx_name: str) -> None:
    place(cases_of(_OFFICE / "calls.test.yaml"), pbx_name)


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with installed(pbx_name, tmp_path_factory.mktemp(pbx_name), _OFFICE) as running:
        yield running


@pytest.fixture
def phones(lab: Laboratory) -> Iterator[dict[str, Phone]]:
    with registered(lab, _TONES) as made:
        yield made


@pytest.fixture
def caller(lab: Laboratory) -> Phone:
    """A client."""
    carrier = lab.trunks["law.fibra"]
    carrier.received.clear()
    return Phone(lab, "+393471112222", 1000, carrier=carrier)


def _rung(phones: dict[str, Phone]) -> set[str]:
    return {extension for extension, phone in phones.items() if phone.peer.invited}


@pytest.mark.parametrize(("keys", "rung"), [("1", "301"), ("2", "310"), ("", "100")])
def test_the_menu_sends_callers_on(caller: Phone, phones: dict[str, Phone], keys: str, rung: str) -> None:
    phones["101"].after = None
    caller.dial("+390255512001")
    time.sleep(1)
    caller.sound.stream.press(keys)
    assert phones[rung].rings(_LONG)
    assert caller.sound.hears(phones[rung].hertz)


def test_new_clients_hear_music_until_somebody_takes_them(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["210"].after = phones["301"].after = None
    phones["302"].after = 3
    caller.dial("+390255512002")
    assert caller.sound.hears(MUSIC)
    assert phones["302"].rings()
    assert caller.sound.hears(phones["302"].hertz)
    assert _rung(phones) == {"210", "301", "302"}


def test_a_new_client_who_waits_in_vain_comes_to_reception(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["210"].after = phones["301"].after = phones["302"].after = phones["101"].after = None
    caller.dial("+390255512002")
    assert phones["100"].rings(_LONG)
    assert caller.sound.hears(phones["100"].hertz)


def test_reception_parks_a_client_whom_the_partner_takes(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["101"].after = None
    caller.dial("+390255512000")
    side = phones["100"].rung()
    assert side.say("REFER", f"Refer-To: <sip:721@{phones['100'].domain}>") == 202
    assert caller.sound.hears(MUSIC)
    phones["200"].dial("721")
    assert caller.sound.hears(phones["200"].hertz)
    assert phones["200"].sound.hears(caller.hertz)


def test_a_parked_client_whom_nobody_takes_comes_back_to_reception(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["101"].after = None
    caller.dial("+390255512000")
    side = phones["100"].rung()
    phones["100"].peer.received.clear()
    assert side.say("REFER", f"Refer-To: <sip:722@{phones['100'].domain}>") == 202
    assert phones["100"].rings(_LONG)
    assert caller.sound.hears(phones["100"].hertz)


def test_calls_to_accounting_are_recorded(lab: Laboratory, caller: Phone, phones: dict[str, Phone]) -> None:
    folder = lab.folder / {"asterisk": "spool/monitor", "freeswitch": "recordings"}[lab.pbx.name] / "law"
    before = set(folder.glob("*.wav"))
    side = caller.dial("+390255512310")
    assert caller.sound.hears(phones["310"].hertz)
    assert phones["310"].sound.hears(caller.hertz)
    time.sleep(1)
    assert side.say("BYE") == 200
    lab.settle(1)
    (made,) = set(folder.glob("*.wav")) - before
    assert recorded(made).seconds >= 1
    assert recorded(made).loudness > 300
