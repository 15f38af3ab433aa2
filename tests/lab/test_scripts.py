"""The scenario files written for SIPp."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from pbxgen.calls import phone_states
from pbxgen.flow.environment import OUTSIDE_STATES, PHONE_STATES
from pbxgen.lab import scripts

_OURS = ("127.0.0.1", 5070)


def _targets(text: str) -> tuple[set[str], set[str]]:
    """Labels that a script jumps to, and labels that it has."""
    root = ElementTree.fromstring(text)
    wanted = {element.get("next", "") for element in root.iter() if element.get("next")}
    return wanted, {element.get("id", "") for element in root.iter("label")}


@pytest.mark.parametrize("state", [*PHONE_STATES, *OUTSIDE_STATES, "404", "302"])
def test_every_state_of_a_scenario_has_a_script_whose_jumps_lead_somewhere(state: str) -> None:
    if state == phone_states.UNREGISTERED:
        return
    wanted, labels = _targets(scripts.callee(state, scripts.reply_of(state), _OURS))
    assert wanted <= labels


@pytest.mark.parametrize("username", [None, "101"])
def test_a_caller_s_script_is_whole(username: str | None) -> None:
    dial = scripts.Dial("sip:104@x", "<sip:101@x>", "call-1", username, "secret", ("X-One: 1",), "sip:1@x")
    wanted, labels = _targets(scripts.caller("caller", dial, _OURS))
    assert wanted <= labels


def test_only_a_caller_with_a_login_authenticates() -> None:
    dial = scripts.Dial("sip:104@x", "<sip:101@x>", "call-1")
    assert "[authentication" not in scripts.caller("caller", dial, _OURS)


def test_a_dead_phone_says_nothing() -> None:
    root = ElementTree.fromstring(scripts.callee("dead", scripts.reply_of("dead"), _OURS))
    assert root.find("send") is None


def test_nothing_is_repeated_while_a_call_is_up() -> None:
    text = scripts.callee("answer", scripts.reply_of("answer"), _OURS)
    assert "retrans" not in text.split('id="talking"')[1].split('id="cancelled"')[0]


@pytest.mark.parametrize(("over", "named"), [("tcp", "TCP"), ("tls", "TLS")])
def test_what_travels_over_a_stream_says_so_in_its_headers(over: str, named: str) -> None:
    way = scripts.Way(over)
    dial = scripts.Dial("sip:100@pbx", "<sip:101@pbx>", "id", way=way)
    called = scripts.callee("answer", scripts.reply_of("answer", way=way), _OURS)
    for text, contact in (
        (scripts.caller("caller", dial, _OURS), f"<sip:lab@{_OURS[0]}:{_OURS[1]};transport={over}>"),
        (scripts.registration(_OURS, over), f"<sip:[field3]@{_OURS[0]}:{_OURS[1]};transport={over}>"),
        (called, f"<sip:lab[$at];transport={over}>"),
    ):
        assert f"Via: SIP/2.0/{named} " in text
        assert "SIP/2.0/UDP" not in text
        assert set(re.findall(r"^Contact: (.*)$", text, re.MULTILINE)) == {contact}


@pytest.mark.parametrize("encrypted", [True, False])
def test_sound_is_offered_and_answered_as_it_travels(encrypted: bool) -> None:
    way = scripts.Way("tls", encrypted)
    dial = scripts.Dial("sip:100@pbx", "<sip:101@pbx>", "id", way=way)
    for text in (
        scripts.caller("caller", dial, _OURS),
        scripts.callee("answer", scripts.reply_of("answer", way=way), _OURS),
        scripts.callee("early", scripts.reply_of("early", way=way), _OURS),
    ):
        descriptions = text.count("\nm=audio ")
        assert descriptions
        assert (text.count(" RTP/SAVP "), text.count(scripts.KEY)) == ((descriptions,) * 2 if encrypted else (0, 0))
