"""Warnings about a source as a whole, and their acceptance."""

from __future__ import annotations

import pytest

from pbxgen.diagnostics.diagnostic import Severity
from pbxgen.language.acceptances import apply_acceptances
from tests.language.sources import HEAD, OUTSIDE, clean, compile_text, findings, only


def test_no_emergency_route() -> None:
    only("PBX151", 'trunks: {t: {host: 192.0.2.1}}\n«routes»: {r: {match: "+39.", trunk: t}}\n')
    diagnostics = findings(HEAD + "users: {}\n", ignoring=())
    assert [(d.code, d.severity) for d in diagnostics] == [("PBX151", Severity.WARNING)]


def test_a_main_number_that_reaches_nothing() -> None:
    body = 'trunks: {t: {host: 192.0.2.1, number: «"+390212345000"»}}\nroutes: {r: {match: "+39.", trunk: t}}\n'
    only("PBX152", body)
    clean(body.replace("«", "").replace("»", "") + 'users: {"101": {did: "02 12345000"}}\n')


@pytest.mark.parametrize(
    "body",
    [
        "policies: {«p»: {busy: hangup}}\n",
        'schedules: {«s»: {weekly: {mon: "08:00-12:00"}}}\n',
        'contacts: {«c»: "+4420*"}\n',
        "trunks: {«t»: {host: 192.0.2.1}}\n",
        OUTSIDE + 'users: {"101": {class: full}}\n',
    ],
)
def test_unused_names(body: str) -> None:
    if "«" not in body:
        body = body.replace("classes: {national", "classes: {«national»")
    head = HEAD if "emergency" in body else HEAD + 'routes: {e: {match: "112", trunk: u, emergency: true}}\n'
    if "trunks" not in body:
        head += "trunks: {u: {host: 192.0.2.9}}\n"
    elif "emergency" not in body:
        head, body = head, body.replace("trunks: {", "trunks: {u: {host: 192.0.2.9}, ")
    only("PBX155", body, head=head)


def test_a_disabled_rule_uses_what_it_names() -> None:
    diagnostics = findings(
        HEAD
        + 'schedules: {s: {weekly: {mon: "08:00-12:00"}}}\n'
        + 'users: {"101": {deviations: {busy: {to: hangup, when: s, enabled: false}}}}\n',
        ignoring=("PBX151",),
    )
    assert diagnostics == []


def test_long_ring_times() -> None:
    only("PBX153", "defaults: {ring_timeout: «61»}\n")
    only("PBX153", "defaults: {outside_timeout: «61»}\n")
    only("PBX153", 'users: {"101": {ring_timeout: «61»}}\n')
    clean('defaults: {ring_timeout: 60}\nusers: {"101": {ring_timeout: 60}}\n')


def test_secrets_in_the_source() -> None:
    assert "hunter2" not in str(only("PBX150", 'users: {"101": {password: «"hunter2 and more"»}}\n'))
    only("PBX150", "trunks: {t: {host: 192.0.2.1, password: «hunter2 and more»}}\n")
    only("PBX150", 'users: {"101": {voicemail: {pin: «"4711"»}}}\n')


@pytest.mark.parametrize("pin", ["123", "12a4", "1" * 21])
def test_pins_are_digits(pin: str) -> None:
    diagnostics = findings(HEAD + f'users: {{"101": {{voicemail: {{pin: "{pin}"}}}}}}\n')
    assert [d.code for d in diagnostics] == ["PBX133", "PBX150"] or [d.code for d in diagnostics] == [
        "PBX150",
        "PBX133",
    ]
    assert pin not in str(diagnostics)


SOURCE = """\
users:
  "101": {ring_timeout: 90, accept: {PBX153: "stairs"}}
  "102": {ring_timeout: 90}
"""


def accepted(text: str) -> list[tuple[str, int]]:
    compiled = compile_text(HEAD + text)
    remaining, idle = apply_acceptances(compiled.diagnostics, compiled.acceptances)
    return [(d.code, d.location.line if d.location else 0) for d in (*remaining, *idle) if d.code != "PBX151"]


def test_an_acceptance_covers_its_subject_only() -> None:
    assert accepted(SOURCE) == [("PBX153", 5)]


def test_an_acceptance_at_the_top_covers_everything() -> None:
    assert accepted(SOURCE + 'accept: {PBX153: "a large house"}\n') == []


def test_an_acceptance_that_matches_nothing_is_a_warning() -> None:
    assert accepted('users: {"101": {accept: {PBX153: "stairs"}}}\n') == [("PBX157", 3)]
    assert accepted('accept: {PBX158: "new"}\n') == [("PBX157", 3)]


def test_acceptances_stand_on_positions_and_inbound_numbers_too() -> None:
    text = """\
users: {"101": {}}
groups: {g: {number: "600", members: ["101"], ring_timeout: 90, accept: {PBX153: "ok"}}}
operators: {o: {number: "9", members: ["101"], ring_timeout: 90, accept: {PBX153: "ok"}}}
inbound: {"02 12345000": {to: "101", timeout: 90, accept: {PBX153: "ok"}}}
"""
    assert accepted(text) == []


@pytest.mark.parametrize("code", ["PBX110", "PBX999"])
def test_only_warnings_that_exist_can_be_accepted(code: str) -> None:
    only("PBX129", f'accept: {{«{code}»: "please"}}\n')
    only("PBX129", f'users: {{"101": {{accept: {{«{code}»: "please"}}}}}}\n')


def test_an_acceptance_needs_a_code_and_a_reason() -> None:
    only("PBX105", 'accept: {«lost»: "please"}\n')
    only("PBX105", 'accept: {PBX153: «""»}\n')
    clean('users: {"101": {ring_timeout: 50}}\n')
