"""Users who may send each other's calls round: where such a call ends is told, and so it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.analysis.findings import analyse
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.settings import Setting, State
from pbxgen.flow.simulate import Call, simulate
from pbxgen.pipeline import compile_path
from tests.support.office import HEAD, TODAY, plan_of

PAIR = (
    "self_service: {profiles: {staff: {may: [unconditional, busy], to: [extensions]}}}\n"
    'users:\n  "100": {name: Cara, voicemail: true}\n'
    '  "101": {name: Ada, did: "+390212345101", self_service: staff, ADA}\n'
    '  "102": {name: Bruno, did: "+390212345102", self_service: staff, BRUNO}\n'
)
BOTH = PAIR.replace("ADA", "voicemail: true").replace("BRUNO", "voicemail: true")


def rounds(body: str) -> list[Diagnostic]:
    return [d for d in analyse(plan_of(body), TODAY) if d.code == "PBX221"]


@pytest.mark.parametrize(
    ("ada", "bruno", "ends", "ending"),
    [
        ("voicemail: true", "voicemail: true", "ends in Ada's mailbox", {"voicemail": "101"}),
        ("voicemail: false", "voicemail: true", "ends in Bruno's mailbox", {"voicemail": "102"}),
        (
            "voicemail: true",
            'voicemail: false, deviations: {no_answer: "voicemail:100"}',
            "ends in Cara's mailbox",
            {"voicemail": "100"},
        ),
        (
            "voicemail: true",
            'deviations: {no_answer: "announce:closed"}',
            "ends with the announcement closed",
            {"announced": "closed"},
        ),
        (
            "voicemail: false",
            "voicemail: false",
            "is released with 480 if nobody answers",
            {"released": "480"},
        ),
        ("voicemail: true", "deviations: {no_answer: busy}", "is released with 486 if nobody answers", None),
    ],
)
def test_where_a_call_that_is_sent_round_ends_is_told(
    ada: str, bruno: str, ends: str, ending: dict[str, str] | None
) -> None:
    body = PAIR.replace("ADA", ada).replace("BRUNO", bruno)
    diagnostics = rounds(body)
    assert [d.message for d in diagnostics] == [f"Ada (101) and Bruno (102) may send each other's calls round: {ends}"]
    assert diagnostics[0].subjects == (("user", "101"), ("user", "102"))
    state = State({"101": {"unconditional": Setting("x102")}, "102": {"unconditional": Setting("x101")}})
    phones = dict.fromkeys(("100", "101", "102"), ("ring",))
    story = simulate(
        plan_of(body), Call("+393471112222", "+390212345101"), Environment(DEFAULT_MOMENT, phones, state=state)
    )
    assert story.rings == ("102",)
    if ending is not None:
        assert {story.ending.kind.value: story.ending.value} == ending


def test_the_example_tells_the_call() -> None:
    example = rounds(BOTH)[0].example
    assert example is not None
    assert example.headline == "somebody outside calls Ada (101) (+390212345101)"
    assert [step.text for step in example.steps] == [
        "The call reaches Ada (101).",
        "Ada (101) diverts every call: Bruno (102).",
        "If nobody takes the call, the mailbox of Ada (101) is tried last.",
        "The call reaches Bruno (102).",
        "Bruno (102) diverts every call, but only to where this one has already been: the phone rings instead.",
        "Bruno (102): rings for 20 s, no answer.",
        "Bruno (102) has no deviation for this.",
        "If nobody takes the call, the mailbox of Bruno (102) is tried last.",
        "The mailbox of Ada (101) takes a message.",
    ]


def test_two_users_of_a_profile_stand_for_all_of_it() -> None:
    more = "".join(f'  "{n}": {{self_service: staff, voicemail: true}}\n' for n in range(200, 300))
    assert len(rounds(BOTH + more)) == 1


def test_the_only_users_of_two_profiles_are_told_once() -> None:
    body = BOTH.replace("profiles: {", "profiles: {boss: {may: [unconditional], to: [extensions]}, ")
    diagnostics = rounds(body.replace('"+390212345102", self_service: staff', '"+390212345102", self_service: boss'))
    assert [d.message.partition(":")[0] for d in diagnostics] == [
        "Ada (101) and Bruno (102) may send each other's calls round"
    ]


@pytest.mark.parametrize(
    "may_not",
    ["may: [busy], to: [extensions]", "may: [unconditional], to: [mobile]"],
)
def test_who_may_not_send_every_call_to_an_extension_is_not_told(may_not: str) -> None:
    assert not rounds(BOTH.replace("may: [unconditional, busy], to: [extensions]", may_not))


def test_nobody_sends_calls_round_alone() -> None:
    assert not rounds(BOTH.replace('"+390212345102", self_service: staff', '"+390212345102"'))


def test_whom_no_outside_number_reaches_is_called_from_inside() -> None:
    body = BOTH.replace('did: "+390212345101", ', "").replace('did: "+390212345102", ', "")
    (diagnostic,) = rounds(body)
    assert diagnostic.example is not None
    assert diagnostic.example.headline == "somebody inside calls Ada (101)"


def test_a_note_is_asked_for_and_strict_makes_no_error_of_it(tmp_path: Path) -> None:
    source = tmp_path / "acme.yaml"
    source.write_text(HEAD + BOTH, encoding="utf-8")
    told = [d for d in compile_path(source, strict=True, notes=True).diagnostics if d.code == "PBX221"]
    assert [d.severity.value for d in told] == ["note"]
    assert not [d for d in compile_path(source).diagnostics if d.code == "PBX221"]


def test_a_note_can_be_accepted(tmp_path: Path) -> None:
    source = tmp_path / "acme.yaml"
    source.write_text(HEAD + BOTH + 'accept: {PBX221: "meant so"}\n', encoding="utf-8")
    for notes in (True, False):
        codes = [d.code for d in compile_path(source, notes=notes).diagnostics]
        assert "PBX221" not in codes
        assert "PBX157" not in codes
