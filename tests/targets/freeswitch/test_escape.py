"""What people type reaches FreeSWITCH as text, whatever it looks like."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from pbxgen.targets.freeswitch import escape

HOSTILE = [
    "plain",
    "quotes \" and ' and `",
    "a]]>b <![CDATA[ x",
    '--> <X-PRE-PROCESS cmd="exec" data="touch /tmp/x"/>',
    "x-pre-process",
    "${system(id)} $${default_password} $$",
    "comma, semicolon; colon: pipe| equals=",
    "emoji 🙂 and שלום and \u202eright to left",
    "tab\tnewline\nreturn\r",
    "&amp; &lt; &#36;{x}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attribute_comes_back_letter_by_letter(text: str) -> None:
    element = ElementTree.fromstring(f'<user name="{escape.xml(text)}"/>')
    assert element.get("name") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attribute_holds_nothing_that_the_pre_processor_would_act_on(text: str) -> None:
    written = escape.xml(text)
    assert "$${" not in written
    assert "x-pre-process" not in written.lower()
    assert "<" not in written
    assert "\n" not in written


@pytest.mark.parametrize("text", [*HOSTILE, "-", "--", "a---", "<!--#set x"])
def test_a_comment_stays_one_comment_on_one_line(text: str) -> None:
    written = f"<!-- {escape.comment(text)} -->"
    assert "\n" not in written
    assert "--" not in written[4:-3]
    assert "$${" not in written
    assert "x-pre-process" not in written.lower()
    assert len(ElementTree.fromstring(f"<a>{written}</a>")) == 0


def test_a_comment_is_short_however_long_the_name() -> None:
    assert len(escape.comment("n" * 10_000)) < 130


def test_control_characters_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="control characters"):
        escape.xml("bell\a")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Rossi", "Ada Rossi"),
        ('Ada "the boss", Rossi', "Ada 'the boss', Rossi"),
        ("${system(id)}", "＄{system(id)}"),
        ("back\\slash", "back%5C%5Cslash"),
        ("Sales/Support", "Sales%2FSupport"),
        ("50% %0d%0aVia: x", "50%25 %250d%250aVia: x"),
        ("two\nlines\u202e", "two lines"),
        ("n" * 10_000, "n" * 64),
    ],
)
def test_a_name_is_written_so_that_freeswitch_shows_it_whole_and_interprets_nothing(name: str, shown: str) -> None:
    assert escape.shown_name(name) == shown
