"""The book of phrases: both languages say the same things, and everything in it is said somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import pbxgen
from pbxgen.flow.entry import Why
from pbxgen.flow.environment import OUTSIDE_STATES, PHONE_STATES, SERVICE_STATES
from pbxgen.flow.machine import EndKind, EventKind
from pbxgen.flow.plan import Deviations, Origin, Outcome, PlaceKind, Reason
from pbxgen.language.model_sections import SetTo
from pbxgen.phrases import LANGUAGES, book, phrases
from pbxgen.targets.templates import templates_folder

ENGLISH = phrases()
SOURCES = "\n".join(
    path.read_text("utf-8")
    for path in chain(Path(pbxgen.__file__).parent.rglob("*"), templates_folder().rglob("*"))
    if path.suffix in (".py", ".js", ".html", ".j2")
)
BY_KIND: dict[str, set[str]] = {
    "origin": set(Origin),
    "calls_of": set(Origin),
    "diff.calls": {*Origin, "any"},
    "outcome": set(Outcome),
    "diff.outcome": set(Outcome),
    "reason": set(Reason),
    "refused": set(Why),
    "place": set(PlaceKind) - {"release"} | {"release_busy", "release_hangup"},
    "at": set(PlaceKind) - {"release", "mailbox", "announce"},
    "ending": {*EndKind, "released_rule", "mailbox_any"},
    "end": set(EndKind) - {"answered", "mailbox", "set"} | {"lost"},
    "card.to": set(get_args(SetTo)),
    "card.action": {"set", "on", "off", "again", "seconds", "toggle", "clear", "ask"},
    "key": {f.name for f in fields(Deviations)} | {"follow_me", "overflow", "inbound", "mobile"},
    "phone_state": set(PHONE_STATES),
    "outside_state": set(OUTSIDE_STATES),
    "service_state": set(SERVICE_STATES),
}
"""Sections with a phrase for each value of a kind, and no other."""
EVENTS = set(EventKind) - {"entered", "outcome", "no_rule", "ended", "refused"}
"""Those that have a phrase of their own name."""


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize("name", book())
def test_a_phrase_says_the_same_in_every_language(name: str) -> None:
    texts = book()[name]
    assert set(texts) == set(LANGUAGES)
    assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1
    assert all(text.strip() for text in texts.values())


def test_a_week_has_seven_days_in_every_language() -> None:
    assert [len(phrases(language)("call.weekdays").split()) for language in LANGUAGES] == [7, 7]


@pytest.mark.parametrize("section", BY_KIND)
def test_each_value_of_a_kind_has_a_phrase(section: str) -> None:
    assert set(_of(section)) == BY_KIND[section]


def test_each_event_has_a_phrase() -> None:
    assert set(_of("event")) >= EVENTS


def test_no_phrase_is_never_said() -> None:
    """The code has its name (of one of something: that of several), or its section before a value."""
    said = set(re.findall(r"[\"'@]([a-z_]+(?:\.[a-z_0-9]+)+)[\"'@]", SOURCES))
    by_value = set(re.findall(r"[\"']((?:[a-z_]+\.)+)(?:\{|[\"'])", SOURCES)) | {f"{section}." for section in BY_KIND}
    assert not [
        name
        for name in ENGLISH.texts
        if name.removesuffix("_one") not in said and f"{name.rpartition('.')[0]}." not in by_value
    ]


def test_whatever_is_said_is_in_the_book() -> None:
    said = re.findall(r"\bsay\(\s*[\"']([a-z_.0-9]+)[\"']\s*[,)]", SOURCES)
    assert len(said) > 100
    assert not set(said) - set(ENGLISH.texts)


def test_a_phrase_without_its_values_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH("tree.reaches")
    with pytest.raises(KeyError):
        ENGLISH("tree.nothing")


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert ENGLISH("place.user", name="{target}") == "{target}"


def _of(section: str) -> Iterator[str]:
    for name in ENGLISH.texts:
        if name.startswith(f"{section}."):
            yield name.removeprefix(f"{section}.")
