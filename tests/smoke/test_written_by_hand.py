"""examples/beside as real calls: what its administrator wrote by hand, copied as docs/beside.md says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbxgen.lab.sound import recorded
from tests.security.laboratory import Laboratory
from tests.support.by_hand import MUSIC, ROOT, SECONDS, Phone, installed, registered

pytestmark = [pytest.mark.real, pytest.mark.slow]

_CALLER = "+393471112222"
_NUMBER = "+390212345{}"
_TONES = {"100": 400, "101": 500, "102": 600, "103": 700}
_OUTSIDE = 1000
_LONG = SECONDS + 10


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with installed(pbx_name, tmp_path_factory.mktemp(pbx_name), ROOT / "examples/beside") as running:
        yield running


@pytest.fixture
def phones(lab: Laboratory) -> Iterator[dict[str, Phone]]:
    """Every phone of the office, registered."""
    with registered(lab, _TONES) as made:
        yield made


@pytest.fixture
def caller(lab: Laboratory) -> Phone:
    """Somebody outside, at the carrier."""
    carrier = lab.trunks["acme.carrier"]
    carrier.received.clear()
    return Phone(lab, _CALLER, _OUTSIDE, carrier=carrier)


def _transferred(caller: Phone, phones: dict[str, Phone], number: str) -> None:
    """Reception takes a call from outside and transfers it."""
    reception = phones["100"]
    caller.dial(_NUMBER.format("000"))
    side = reception.rung()
    assert caller.sound.hears(reception.hertz)
    reception.peer.received.clear()
    assert side.say("REFER", f"Refer-To: <sip:{number}@{reception.domain}>") == 202


def _nobody_rings(phones: dict[str, Phone], *but: str) -> bool:
    return not any(phone.peer.invited for extension, phone in phones.items() if extension not in but)


# -- the queue


def test_callers_of_the_queue_hear_music_until_somebody_takes_them(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["101"].after, phones["102"].after = 3, None
    caller.dial(_NUMBER.format("700"))
    assert caller.sound.hears(MUSIC)
    assert phones["101"].rings()
    assert phones["102"].rings()
    assert caller.sound.hears(phones["101"].hertz)
    assert phones["101"].sound.hears(caller.hertz)
    assert phones["102"].peer.wait(lambda m: m.method == "CANCEL" and m.status is None) is not None
    assert _nobody_rings(phones, "101", "102")


@pytest.mark.parametrize("why", ["presses 0", "waits too long"])
def test_who_does_not_want_to_wait_comes_to_reception(caller: Phone, phones: dict[str, Phone], why: str) -> None:
    phones["101"].after = phones["102"].after = None
    caller.dial(_NUMBER.format("700"))
    assert caller.sound.hears(MUSIC)
    if why == "presses 0":
        caller.sound.stream.press("0")
    assert phones["100"].rings(4 if why == "presses 0" else _LONG)
    assert caller.sound.hears(phones["100"].hertz)


def test_where_no_phone_of_the_queue_is_there_reception_takes_the_call(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["101"].sign_off()
    phones["102"].sign_off()
    caller.dial(_NUMBER.format("700"))
    assert phones["100"].rings(_LONG)
    assert caller.sound.hears(phones["100"].hertz)
    assert _nobody_rings(phones, "100")


def test_a_call_of_the_queue_that_was_taken_ends_with_it(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["102"].after = None
    caller.dial(_NUMBER.format("700"))
    side = phones["101"].rung()
    assert caller.sound.hears(phones["101"].hertz)
    assert side.say("BYE") == 200
    assert caller.hung_up()
    assert _nobody_rings(phones, "101", "102")


def test_who_has_taken_a_call_of_the_queue_transfers_it(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["102"].after = None
    caller.dial(_NUMBER.format("700"))
    side = phones["101"].rung()
    assert caller.sound.hears(phones["101"].hertz)
    assert side.say("REFER", f"Refer-To: <sip:103@{phones['101'].domain}>") == 202
    assert caller.sound.hears(phones["103"].hertz)
    assert phones["103"].sound.hears(caller.hertz)


# -- the menu


@pytest.mark.parametrize(
    ("keys", "rung"), [("102", "102"), ("", "100"), ("703", "100"), ("721", "100"), ("112", "100")]
)
def test_the_menu_leads_to_extensions_and_to_no_other_number(
    caller: Phone, phones: dict[str, Phone], keys: str, rung: str
) -> None:
    caller.dial(_NUMBER.format("710"))
    if keys:
        time.sleep(1)
        caller.sound.stream.press(keys)
    assert phones[rung].rings(_LONG)
    assert caller.sound.hears(phones[rung].hertz)
    assert _nobody_rings(phones, rung)


def test_the_menu_leads_to_the_queue(caller: Phone, phones: dict[str, Phone]) -> None:
    phones["101"].after = phones["102"].after = None
    caller.dial(_NUMBER.format("710"))
    time.sleep(1)
    caller.sound.stream.press("2")
    assert caller.sound.hears(MUSIC, _LONG)
    assert phones["101"].rings()


# -- the conference


def test_phones_meet_in_the_conference(phones: dict[str, Phone]) -> None:
    phones["101"].dial("703")
    assert phones["101"].sound.hears(MUSIC, 20), "behind a prompt that says that nobody else is there"
    phones["102"].dial("703")
    assert phones["101"].sound.hears(phones["102"].hertz)
    assert phones["102"].sound.hears(phones["101"].hertz)


@pytest.mark.parametrize("number", ["703", "704"])
def test_who_comes_from_outside_is_let_into_neither_conference_nor_paging(
    caller: Phone, phones: dict[str, Phone], number: str
) -> None:
    _transferred(caller, phones, number)
    assert phones["100"].rings()
    assert caller.sound.hears(phones["100"].hertz)
    assert _nobody_rings(phones, "100")


# -- parking


def test_a_parked_call_waits_with_music_until_a_phone_takes_it(caller: Phone, phones: dict[str, Phone]) -> None:
    _transferred(caller, phones, "721")
    assert caller.sound.hears(MUSIC)
    phones["102"].dial("721")
    assert caller.sound.hears(phones["102"].hertz)
    assert phones["102"].sound.hears(caller.hertz)
    phones["103"].dial("721")
    assert phones["103"].hung_up(_LONG), "a slot that is empty again parks no phone"
    assert caller.sound.hears(phones["102"].hertz)
    assert _nobody_rings(phones, "100")


def test_a_parked_call_that_nobody_takes_comes_back_to_reception(caller: Phone, phones: dict[str, Phone]) -> None:
    _transferred(caller, phones, "722")
    assert caller.sound.hears(MUSIC)
    assert phones["100"].rings(_LONG)
    assert caller.sound.hears(phones["100"].hertz)


def test_two_callers_never_meet_in_a_slot(lab: Laboratory, caller: Phone, phones: dict[str, Phone]) -> None:
    _transferred(caller, phones, "721")
    assert caller.sound.hears(MUSIC)
    second = Phone(lab, "+393473334444", 1100, carrier=caller.peer)
    _transferred(second, phones, "721")
    assert phones["100"].rings()
    assert second.sound.hears(phones["100"].hertz)
    assert not caller.sound.hears(second.hertz, 1)


# -- paging


def test_who_pages_speaks_from_all_phones_and_hears_none(phones: dict[str, Phone]) -> None:
    side = phones["100"].dial("704")
    for extension in ("101", "102", "103"):
        phone = phones[extension]
        assert phone.rings()
        assert "answer-after=0" in phone.peer.invited[0].header("call-info")
        assert phone.sound.hears(phones["100"].hertz)
    assert _nobody_rings(phones, "101", "102", "103")
    assert not any(phones["100"].sound.hears(phones[extension].hertz, 0.5) for extension in ("101", "102", "103"))
    assert side.say("BYE") == 200
    assert all(phones[extension].hung_up() for extension in ("101", "102", "103"))


def test_where_no_phone_is_there_the_page_comes_to_reception(phones: dict[str, Phone]) -> None:
    for extension in ("101", "102", "103"):
        phones[extension].sign_off()
    phones["100"].after = None
    speaker = phones["101"]
    side = speaker.dial("704")
    assert phones["100"].rings()
    side.say("BYE")


def test_a_contact_that_leads_to_a_carrier_is_not_paged(lab: Laboratory, phones: dict[str, Phone]) -> None:
    carrier = lab.trunks["acme.carrier"]
    carrier.received.clear()
    phones["103"].sign_off()
    hostile = Phone(lab, "103", 900)
    hostile.peer.register("103", hostile.domain, hostile.login, f"<sip:103@{hostile.peer.at};maddr={carrier.host};x=1>")
    phones["100"].dial("704")
    assert phones["101"].rings()
    lab.settle()
    assert carrier.invited == []
    assert not hostile.peer.invited
    hostile.sign_off()


# -- recording


def _recordings(lab: Laboratory) -> list[Path]:
    folder = {"asterisk": "spool/monitor", "freeswitch": "recordings"}[lab.pbx.name]
    return sorted((lab.folder / folder / "acme").glob("*.wav"))


def test_calls_from_outside_to_one_user_are_recorded_and_no_others(
    lab: Laboratory, caller: Phone, phones: dict[str, Phone]
) -> None:
    for extension, recordings in (("101", 0), ("102", 1)):
        side = caller.dial(_NUMBER.format(extension))
        assert caller.sound.hears(phones[extension].hertz)
        assert phones[extension].sound.hears(caller.hertz)
        time.sleep(1)
        assert side.say("BYE") == 200
        lab.settle(1)
        assert len(_recordings(lab)) == recordings
    message = recorded(_recordings(lab)[0])
    assert message.seconds >= 1
    assert message.loudness > 300


def test_whom_a_recorded_call_does_not_reach_leaves_a_message(
    lab: Laboratory, caller: Phone, phones: dict[str, Phone]
) -> None:
    phones["102"].sign_off()
    caller.dial(_NUMBER.format("102"))
    lab.settle(2)
    assert not caller.peer.requests("BYE")
    assert _nobody_rings(phones)


# -- strangers


@pytest.mark.parametrize("number", ["703", "704", "721"])
def test_no_stranger_dials_them(lab: Laboratory, caller: Phone, phones: dict[str, Phone], number: str) -> None:
    at = f"{caller.peer.pbx[0]}:{caller.peer.pbx[1]}"
    sender = f"<sip:{_CALLER}@{caller.peer.host}>"
    assert caller.peer.call(_NUMBER.format(number), at, sender=sender) == 404
    assert _nobody_rings(phones)
