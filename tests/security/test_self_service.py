"""Codes and settings: a phone sets for its own user what the plan permits, and nobody else sets anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.security.calls import call_up, called_side, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Peer, Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "office.lab"
_EXTENSIONS = ("101", "102", "103", "104")
_SERVICE = """\
self_service:
  profiles:
    staff:
      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd]
      to: [extensions, operators, groups, voicemail, mobile, outside]
      expires: 12h
switches: {night: {number: "*28", operators: ["104"], default: off}}
"""
"""101 and 103 have the right, 103 may not call outside; 104 has the switch and no right, 102 has neither."""


def _source(name: str, number: str) -> str:
    host, port = trunk_host()
    text = office(f"{host}:{port}", name, number)
    for before, after in (
        ('voicemail: {pin: "4711"}}', 'voicemail: {pin: "4711"}, self_service: staff}'),
        (f'did: "{number}103"}}', f'did: "{number}103", self_service: staff}}'),
        ("groups:", f"{_SERVICE}groups:"),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """Two tenants whose users may set their deviations."""
    sources = [_source("office", "+390212345"), _source("beta", "+390277777")]
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), *sources) as running:
        yield running


@dataclass
class Office:
    """The phones of the office, and what is set."""

    lab: Laboratory
    phones: dict[str, Peer]

    def dial(self, who: str, number: str, headers: Sequence[str] = (), sender: str | None = None) -> int | None:
        return self.phones[who].call(
            number, _DOMAIN, sender=sender or f"<sip:{who}@{_DOMAIN}>", login=self.lab.login(who), headers=headers,
            seconds=4,
        )  # fmt: skip

    @property
    def set(self) -> dict[str, str]:
        """What the database holds, without times: ``office/101`` has ``unconditional:x102:0``."""
        return {key: re.sub(r":\d{9,12}(:\d+)?", "", value) for key, value in self.lab.settings().items()}

    def clear(self) -> None:
        for key in self.lab.settings():
            self.lab.clear_setting(key)


@pytest.fixture
def open_office(lab: Laboratory) -> Iterator[Office]:
    phones = {extension: lab.phone(takes) for extension in _EXTENSIONS}
    for extension, phone in phones.items():
        assert phone.register(extension, _DOMAIN, lab.login(extension)) == 200
    office = Office(lab, phones)
    office.clear()
    yield office
    lab.hang_up_all()
    for extension, phone in phones.items():
        phone.forget(extension, _DOMAIN, lab.login(extension))


_NOT_NUMBERS = (
    "102,n", "102|dnd:on:0:0:0", "102%7cdnd:on", "102%0a", "102%0d%0a", "102&103", "102%26103", "102/../103",
    "102%2f103", "102%29", "(102", "102%29:0", "102%5c", "102%20", "x102", "n+390612345678", "v", "off", "102-",
    "101_busy", "s", "102##", "102*5*5", "102*5", "+", "*97*", "*979", "*98", "switch.night", "../beta/101",
    "1%3abeta.codes,101", "%D9%A1%D9%A0%D9%A2", "1" * 36, "1" * 200,
)  # fmt: skip
_NOT_SETTABLE = (
    "101", "+390212345101", "112", "+112", "+39112", "0039112", "118", "+39118", "899123456", "+39899123456",
    "0039899123456", "+39144123456", "+8821612345", "+19005551234", "+442079460000",
)  # fmt: skip


def test_what_is_no_number_is_set_by_no_code(open_office: Office, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    commands = (
        f"${{system(touch {mark})}}",
        f"%24%7bsystem(touch%20{mark})%7d",
        f"${{SHELL(touch {mark})}}",
        f"`touch%20{mark}`",
    )
    for text in (*_NOT_NUMBERS, *commands):
        for code in ("*21*", "*67*"):
            status = open_office.dial("101", f"{code}{text}#")
            assert status is None or status >= 400, text
    assert open_office.set == {}
    assert not mark.exists()
    assert open_office.lab.called_out() == []


def test_oneself_emergency_premium_and_far_numbers_are_set_by_no_code(open_office: Office) -> None:
    for number in _NOT_SETTABLE:
        for end in ("#", "", "%23"):
            assert open_office.dial("101", f"*21*{number}{end}") in (403, 404), number
    assert open_office.dial("103", "*21*+390612345678#") == 403, "103 may not call outside"
    assert open_office.set == {}


def test_the_own_mailbox_is_no_number_of_seconds(open_office: Office) -> None:
    assert open_office.dial("101", "*61**97#") == 200
    assert open_office.set == {"office/101": "no_answer:v:0"}
    for code in ("*61**979#", "*61**97*97*5#", "*21**97*5#"):
        assert open_office.dial("101", code) in (403, 404)
    assert open_office.dial("101", "*61**97*15#") == 200
    assert open_office.set == {"office/101": "no_answer:v:15"}


_CODES = ("*21*102#", "*21*102%23", "*26#", "*26", "*28#", "*28", "##002#")


def test_nobody_sets_for_another(open_office: Office) -> None:
    lab = open_office.lab
    headers = (
        f"P-Asserted-Identity: <sip:101@{_DOMAIN}>", f"P-Preferred-Identity: <sip:101@{_DOMAIN}>",
        f"Remote-Party-ID: <sip:101@{_DOMAIN}>", "X-user_name: 101", "P-user_name: 101", "X-pbx_dialler: 101",
        "P-pbx_dialler: 101",
    )  # fmt: skip
    for code in _CODES:
        assert open_office.dial("102", code, headers) == 403
        open_office.phones["102"].call(code, _DOMAIN, sender=f"<sip:101@{_DOMAIN}>", login=lab.login("102"))
        open_office.dial("102", code, sender=f'"101" <sip:102@{_DOMAIN}>;user_name=101')
        assert open_office.set == {}, code
    neighbour = lab.phone(takes)
    own = lab.login("103", "beta.lab")
    assert neighbour.register("103", "beta.lab", own) == 200
    login = replace(own, realm="beta.lab")
    for code in _CODES[:4]:
        for sender, domain in ((f"<sip:103@{_DOMAIN}>", _DOMAIN), ("<sip:103@beta.lab>", _DOMAIN)):
            neighbour.call(code, domain, sender=sender, login=login, seconds=2)
    assert {key.partition("/")[0] for key in open_office.set} <= {"beta"}
    neighbour.forget("103", "beta.lab", own)


def test_carriers_and_strangers_set_nothing(open_office: Office) -> None:
    lab = open_office.lab
    headers = (f"P-Asserted-Identity: <sip:101@{_DOMAIN}>", f"Diversion: <sip:101@{_DOMAIN}>;reason=unconditional")
    for code in _CODES:
        for peer in (lab.trunks["office.carrier"], lab.stranger("127.0.0.9"), lab.phone(host="127.0.0.9")):
            for sender in (f"<sip:101@{_DOMAIN}>", '"Anonymous" <sip:anonymous@anonymous.invalid>'):
                peer.call(code, _DOMAIN, sender=sender, headers=headers, seconds=1)
    assert open_office.set == {}


@pytest.mark.parametrize("method", ["MESSAGE", "REFER", "SUBSCRIBE", "PUBLISH", "INFO", "NOTIFY", "UPDATE", "OPTIONS"])
def test_no_method_but_invite_dials_a_code(open_office: Office, method: str) -> None:
    for code in _CODES:
        open_office.phones["101"].ask(
            method, f"sip:{code}@{_DOMAIN}", sender=f"<sip:101@{_DOMAIN}>", login=open_office.lab.login("101"),
            headers=(f"Refer-To: <sip:{code}@{_DOMAIN}>", "Event: presence", "Expires: 60"), body=code,
            content="text/plain", seconds=1,
        )  # fmt: skip
    open_office.lab.settle(0.5)
    assert open_office.set == {}


@pytest.mark.parametrize("code", ["*21*102#", "*26", "*28", "##002#"])
def test_nobody_is_transferred_or_redirected_to_a_code(open_office: Office, code: str) -> None:
    lab, phones = open_office.lab, open_office.phones
    open_office.lab.store_setting("office/101", "busy:x103:0:1795608000:0")
    before = open_office.set
    for caller, called in (("101", "103"), ("103", "101"), ("104", "101")):
        for by_called in (True, False):
            side = call_up(lab, phones[caller], caller, called, _DOMAIN, lab.login(caller))
            lab.settle(0.3)
            other = called_side(phones[called], lab.login(called))
            target = code.replace("#", "%23")
            (other if by_called else side).say("REFER", f"Refer-To: <sip:{target}@{_DOMAIN}>")
            lab.settle(0.7)
            lab.hang_up_all()
            lab.settle(0.3)
    host, port = lab.pbx.phones_at
    for contact in (
        f"<sip:{code}@{_DOMAIN}>",
        f"<sip:{code}@{host}:{port}>",
        f"<tel:{code}>",
        f"<sip:Local/{code}%40office.phones@x>",
    ):
        phones["103"].answer = lambda m, c=contact: [
            Reply(302, headers=(f"Contact: {c}",)) if m.method == "INVITE" else Reply(200)
        ]
        open_office.dial("101", "103")
    assert open_office.set == before


_HOSTILE = (
    "unconditional:n+390612345678:0:1795608000:0", "unconditional:n+39899123456:0:1795608000:0",
    "unconditional:n112:0:1795608000:0", "unconditional:n+112:0:1795608000:0",
    "unconditional:x103,30,tT:0:1795608000:0", "unconditional:x101&x102:0:1795608000:0",
    "unconditional:on:0:1795608000:0", "unconditional:x103:0:1795608000:0", "unconditional:x199:0:1795608000:0",
    "unconditional:x../beta/101:0:1:0", "unconditional:x102:0:1795608000:1", "unconditional:x102:0:1:0|",
    "|unconditional:x102:0:1:0", "unconditional:x102:0:1:0)", "):0:1", "${system(touch MARK)}",
    "${SHELL(touch MARK)}", "unconditional:${EVAL(x102)}:0:1:0", "unconditional:x102:999:1795608000:0",
    "dnd:v:0:1:0",
)  # fmt: skip


def test_a_hostile_database_is_no_more_than_what_the_user_may_set(open_office: Office, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for value in _HOSTILE:
        open_office.lab.store_setting("office/103", value.replace("MARK", str(mark)))
        open_office.lab.store_setting("office/switch.night", value.replace("MARK", str(mark)))
        rung = {extension: len(phone.invited) for extension, phone in open_office.phones.items()}
        assert open_office.dial("101", "103") == 200, value
        now = {extension: len(phone.invited) - rung[extension] for extension, phone in open_office.phones.items()}
        assert now == {"101": 0, "102": 0, "103": 1, "104": 0}, value
    assert open_office.lab.called_out() == []
    assert not mark.exists()
