"""What the models say of a place in a source: its keys, and what a value must be."""

from __future__ import annotations

import pytest

from pbxgen.language.annotations import expected_at, keys_at
from pbxgen.language.model import Source
from pbxgen.language.positions import Path

_DESTINATION = 'a destination: "102", "+393331234567", mobile, voicemail, operator, group:NAME, announce:NAME, busy …'
_NUMBER = 'a number in quotes, such as "+390212345101" or "02 1234 5101"'


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("version",), "1, without quotes"),
        (("users",), "a mapping, with keys of its own"),
        (("pbx", "domain"), "a host name, such as pbx.acme.example"),
        (("pbx", "outside_line"), 'one to four digits in quotes, such as "0", or null'),
        (("defaults", "ring_timeout"), "whole seconds from 5 to 180"),
        (("defaults", "max_diversions"), "a whole number from 1 to 10"),
        (("defaults", "voicemail"), "true or false"),
        (("users", "101", "voicemail"), "true, false, or {pin, email}"),
        (("users", "101", "voicemail", "pin"), "{env: NAME}, {file: path}, or a text in quotes"),
        (("users", "101", "did"), f"{_NUMBER}, or a list of them"),
        (("users", "101", "class"), "the name of a class, or null"),
        (("users", "101", "follow_me", 0, "delay"), "whole seconds from 0 to 180"),
        (
            ("users", "101", "deviations", "busy"),
            "off, a destination, a list of destinations, a rule or a list of rules",
        ),
        (("users", "101", "deviations", "busy", 0), _DESTINATION),
        (("users", "101", "deviations", "busy", 0, "to"), _DESTINATION),
        (("groups", "sales", "strategy"), "one of all, linear"),
        (("groups", "sales", "number"), 'digits in quotes, such as "600"'),
        (("operators", "front", "number"), 'digits in quotes, such as "9"'),
        (("contacts", "vip", 0), "a pattern in quotes"),
        (("classes", "national"), "the name of a route, or a list of them"),
        (
            ("schedules", "office", "weekly", "mon"),
            'a window or a list of windows, such as ["08:30-13:00", "14:00-18:00"]',
        ),
        (("accept", "PBX210"), "the reason, a text in quotes"),
    ],
)
def test_what_a_value_must_be(path: Path, words: str) -> None:
    assert expected_at(Source, path) == words


def test_the_keys_are_those_of_the_form_that_stands_there() -> None:
    assert "else" in keys_at(Source, ("inbound", "+390212345000"))
    assert "else" not in keys_at(Source, ("inbound", "+390212345000", 0))
    assert "default" in keys_at(Source, ("operators", "front"))
    assert "default" not in keys_at(Source, ("groups", "sales"))
    assert keys_at(Source, ("users", "101", "password")) == {"env", "file"}
    assert not keys_at(Source, ("users", "101", "name"))
