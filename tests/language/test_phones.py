"""`phones` and a user's `phone`: what is said of all, and over it of one."""

from pathlib import Path

import pytest

from pbxgen.flow.endpoint import PhoneSettings, Srtp
from tests.language.sources import HEAD, findings
from tests.support.calls import plan_of


def reported(body: str) -> list[tuple[str, str]]:
    return [(d.code, d.severity.value) for d in findings(HEAD + body) if d.code != "PBX210"]


def phone_of(folder: Path, body: str) -> PhoneSettings:
    path = folder / "acme.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    return plan_of(path).users["101"].phone


def test_what_nothing_is_said_of_is_as_the_language_has_it(tmp_path: Path) -> None:
    assert phone_of(tmp_path, 'users: {"101": {}}\n') == PhoneSettings("udp", ("g722", "alaw", "ulaw"), Srtp.OFF, None)


def test_what_is_said_of_all_phones_is_that_of_each(tmp_path: Path) -> None:
    body = 'phones: {transport: tls, codecs: [alaw], srtp: required, max_contacts: 3}\nusers: {"101": {}}\n'
    assert phone_of(tmp_path, body) == PhoneSettings("tls", ("alaw",), Srtp.REQUIRED, 3)


def test_a_users_phone_says_otherwise_key_by_key(tmp_path: Path) -> None:
    body = "phones: {transport: tls, codecs: [alaw], srtp: required, max_contacts: 3}\n"
    own = 'users: {"101": {phone: {srtp: "off", codecs: [opus, opus, g722]}}}\n'
    assert phone_of(tmp_path, body + own) == PhoneSettings("tls", ("opus", "g722"), Srtp.OFF, 3)


@pytest.mark.parametrize("section", ["phones: {{{}}}\n", 'users: {{"101": {{phone: {{{}}}}}}}\n'])
@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("transport: sctp", "PBX105"),
        ("transport: 5", "PBX105"),
        ("transport: [tls]", "PBX105"),
        ("codecs: alaw", "PBX103"),
        ("codecs: []", "PBX105"),
        ("codecs: [pcma]", "PBX105"),
        ("codecs: null", "PBX103"),
        ("srtp: true", "PBX105"),
        ("srtp: sdes", "PBX105"),
        ("max_contacts: 0", "PBX104"),
        ("max_contacts: 101", "PBX104"),
        ('max_contacts: "3"', "PBX103"),
        ("max_contacts: 1.5", "PBX103"),
        ("max_contact: 3", "PBX101"),
        ("transport: wss, srtp: off", "PBX194"),
        ("transport: wss, codecs: [g729, gsm]", "PBX194"),
    ],
)
def test_a_wrong_value_is_an_error_that_stands_at_it(section: str, keys: str, code: str) -> None:
    problems = [d for d in findings(HEAD + section.format(keys)) if d.severity.value == "error"]
    assert [d.code for d in problems] == [code]
    assert problems[0].location is not None
    assert problems[0].location.line == len(HEAD.splitlines()) + 1
    assert problems[0].help


@pytest.mark.parametrize(
    "body",
    [
        "phones: {srtp: optional}\n",
        "phones: {transport: tcp, srtp: required}\n",
        'users: {"101": {phone: {srtp: required}}}\n',
        'phones: {transport: tls, srtp: required}\nusers: {"101": {phone: {transport: udp}}}\n',
    ],
)
def test_keys_of_the_sound_in_clear_text_are_warned_of(body: str) -> None:
    assert reported(body) == [("PBX191", "warning")]


@pytest.mark.parametrize(
    "body",
    [
        "phones: {transport: tls, srtp: required}\n",
        "phones: {transport: wss, srtp: required}\n",
        'phones: {srtp: "off"}\nusers: {"101": {phone: {transport: wss}}}\n',
        'phones: {transport: tls, srtp: required}\nusers: {"101": {phone: {codecs: [alaw]}}}\n',
    ],
)
def test_what_goes_together_is_not(body: str) -> None:
    assert reported(body) == []


def test_what_all_phones_lack_is_told_once() -> None:
    assert reported('phones: {srtp: required}\nusers: {"101": {phone: {codecs: [alaw]}}, "102": {}}\n') == [
        ("PBX191", "warning")
    ]
