"""Asterisk's files are read as Asterisk reads them, and what the interpreter does not know is refused by name."""

from __future__ import annotations

import pytest

from pbxgen.calls.phone_states import PIN
from pbxgen.interpret.asterisk import config, dialplan, patterns
from pbxgen.interpret.asterisk.applications import APPLICATIONS
from pbxgen.interpret.asterisk.dialplan import AsteriskDialplan
from pbxgen.interpret.asterisk.endpoints import AsteriskEndpoints
from pbxgen.interpret.asterisk.expressions import SyntaxMistakeError, evaluate
from pbxgen.interpret.asterisk.functions import READ
from pbxgen.interpret.asterisk.mailboxes import AsteriskMailboxes
from pbxgen.interpret.asterisk.text import arguments, parse
from pbxgen.interpret.base import NotUnderstoodError


def plan(text: str, **included: str) -> AsteriskDialplan:
    files = {"extensions.conf": text, **{f"{name}.conf": more for name, more in included.items()}}
    return dialplan.read(files, APPLICATIONS, READ)


def test_comments_templates_and_includes() -> None:
    text = '; nothing\n[base](!)\nkey = 1 ; one\n[own](base)\nkey => 2\\;3\n#include "b.conf"\n#tryinclude "c.conf"'
    sections = config.read("a.conf", {"a.conf": text, "b.conf": "last=x"})
    assert [(s.name, s.template, [(v.key, v.value, v.where) for v in s.settings]) for s in sections] == [
        ("base", True, [("key", "1", "a.conf:3")]),
        ("own", False, [("key", "1", "a.conf:3"), ("key", "2;3", "a.conf:5"), ("last", "x", "b.conf:1")]),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('#include "gone.conf"', "there is no file gone.conf"),
        ("#exec x", "#exec is not known"),
        ("[a", "begins no section"),
        ("[a](gone)", "there is no template gone"),
        ("[a]\n;-- a comment of several lines", "line 2: ;-- begins"),
        ("exten => s,1,Return()", "no setting of a section"),
        ("[a]\nsame => n,Return()", "no extension stands above"),
        ("[a]\nexten => s,1,Return(", "no priority with an application"),
        ("[a]\nexten => s,n,Return()\nexten => t,n,Return()", "priority 2 of t"),
        ("[a]\nexten => s,1,Return()\nexten => s,1,Return()", "priority 1 of s"),
        ("[a]\nexten => s,1(x),Return()\n same => n(x),Return()", "the label x"),
        ("[a]\nexten => s,hint,PJSIP/1", "no priority"),
        ("[a]\nswitch => Realtime/@", "switch is not known"),
        ("[a]\nexten => s,1,System(rm)", "the application System is not known"),
        ("[a]\nexten => s,1,Set(x=${SHELL(id)})", "the function SHELL is not known"),
        ("[a]\nexten => s,1,Set(x=${CUT(y,${EVAL(z)},1)})", "the function EVAL is not known"),
        ("[a]\nexten => s,1,Set(x=${y)", "a bracket is never closed"),
        ("[a]\nexten => _1-1,1,Return()", "no template writes '-'"),
        ("[a]\nexten => _1.1,1,Return()", "something follows"),
        ("[general]\nextenpatternmatchnew=yes", "extenpatternmatchnew is not known"),
    ],
)
def test_what_is_not_known_is_refused_by_name(text: str, complaint: str) -> None:
    with pytest.raises(NotUnderstoodError, match=complaint):
        plan(text)


def test_labels_priorities_and_globals() -> None:
    read = plan("[globals]\nA=1\n[a]\nexten => s,1(first),Set(x=1)\n same => n,Return()\n[a]\nexten => t,1,Return()")
    assert read.globals == {"A": "1"}
    assert read.label("a", "s", "first") == 1
    assert read.label("a", "s", "second") is None
    assert [read.line("a", e, p) is not None for e, p in (("s", 2), ("s", 3), ("t", 1), ("u", 1))] == [
        True, False, True, False,
    ]  # fmt: skip
    assert (line := read.line("a", "s", 2)) is not None
    assert line.where == "extensions.conf:5"


def test_a_priority_that_the_best_pattern_lacks_is_taken_from_the_next() -> None:
    read = plan("[a]\nexten => _1X,1,Set(x=best)\nexten => _X.,1,Return()\n same => n,Set(x=next)")
    first, second = read.line("a", "12", 1), read.line("a", "12", 2)
    assert first is not None
    assert second is not None
    assert (first.where, second.where) == ("extensions.conf:2", "extensions.conf:4")


def test_patterns_in_the_order_in_which_they_are_tried() -> None:
    written = ["_!", "_.", "_X!", "_X.", "_XX", "_Z.", "_N.", "_[13]X", "_[12]X", "_1!", "_1.", "_1X", "_12"]
    assert sorted(written, key=patterns.rank) == [
        "_12", "_1X", "_1.", "_1!", "_[12]X", "_[13]X", "_N.", "_Z.", "_XX", "_X.", "_X!", "_.", "_!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("_+39[03]X.", ("+39021", "+39331"), ("+3902", "+3912", "39021", "+390x1")),
        ("_[0-9#*+]!", ("1", "*97", "#x", "+"), ("", "a1")),
        ("_N", ("2", "9"), ("0", "1", "22")),
        ("_z!", ("1", "9abc"), ("0", "")),
    ],
)
def test_what_patterns_match(pattern: str, matching: tuple[str, ...], others: tuple[str, ...]) -> None:
    assert [bool(patterns.regex(pattern).fullmatch(n)) for n in (*matching, *others)] == [
        *(True for _ in matching), *(False for _ in others),
    ]  # fmt: skip


def test_arguments() -> None:
    assert arguments('a,"b,c",(d,e),[f,g],h\\,i,') == ("a", "b,c", "(d,e)", "[f,g]", "h,i", "")
    assert arguments('a,"b,c",d\\,e', raw=True) == ("a", '"b,c"', "d\\,e")
    assert arguments('a,b,"c",d', most=3) == ("a", "b", '"c",d')
    assert arguments("") == ()


@pytest.mark.parametrize("text", ["1 +", "= 1", "(1", "1 1", '"a', "1 & | 2"])
def test_expressions_that_asterisk_cannot_read(text: str) -> None:
    with pytest.raises(SyntaxMistakeError):
        evaluate(text)


@pytest.mark.parametrize("text", ["1 / 2", "3 % 2", "1 ? 2 :: 3", '"a" =~ "b"', '"a" < "b"', '"a" + 1', "!1"])
def test_operators_that_no_template_uses(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        evaluate(text)


def test_a_text_knows_the_functions_it_calls() -> None:
    assert list(parse("${IF($[${LEN(${x})} > 0]?${CUT(a,/,1)}:b)} ${y:1}").functions()) == ["IF", "LEN", "CUT"]


def test_a_phone_is_known_by_its_login_and_a_trunk_by_its_address() -> None:
    text = """
[global]
type = global
endpoint_identifier_order = ip,username
default_realm = pbx.example
[101]
type = endpoint
context = phones
auth = 101
aors = 101
[101]
type = auth
username = 101
realm = pbx.example
password = x
[101]
type = aor
"""
    endpoints = AsteriskEndpoints({"pjsip.conf": text})
    assert endpoints.phone("101", "pbx.example") == "101"
    assert endpoints.phone("101", "other.example") is None
    assert endpoints.phone("102", "pbx.example") is None
    told_apart = text.replace("default_realm = pbx.example", "default_realm = asterisk")
    assert AsteriskEndpoints({"pjsip.conf": told_apart}).phone("101", "pbx.example") is None
    with pytest.raises(NotUnderstoodError, match="are not known by ip,username"):
        AsteriskEndpoints({"pjsip.conf": text.replace("ip,username", "username,ip")})


@pytest.mark.parametrize(
    ("number", "keys", "opened"),
    [
        ("102", f"{PIN}#", "102"),
        ("102", f"1#,,2#,,{PIN}#", "102"),
        ("102", f"1#,,2#,,3#,,{PIN}#", None),
        ("", f"102#,,{PIN}#,,1", "102"),
        ("", "101#,,#,,1", None),
        ("", f"101#,,{PIN}#", None),
    ],
)
def test_a_mailbox_opens_with_its_pin(number: str, keys: str, opened: str | None) -> None:
    text = f"[general]\nmaxlogins = 3\n[acme]\n101 = -none,Ada,,,tz=x\n102 = -{PIN},Bob\n"
    assert AsteriskMailboxes({"voicemail.conf": text}).opens(number, "acme", keys) == opened
