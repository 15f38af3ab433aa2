"""``pbxgen explain SOURCE --from … --to …``: the options that describe the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pbxgen.flow.environment import OUTSIDE_STATES, PHONE_STATES

BRUNOS_MOBILE = "+393331112222"


@pytest.fixture
def source(small: Path) -> Path:
    """Calls to Bruno (102) are diverted to his mobile."""
    text = small.read_text(encoding="utf-8")
    small.write_text(text.replace('mobile: "+39', 'class: national, deviations: {unconditional: mobile}, mobile: "+39'))
    return small


@pytest.mark.parametrize("written", ["3331112222", "+39 333 111 2222", "0039 333 1112222", BRUNOS_MOBILE])
def test_an_outside_number_is_read_as_the_source_reads_it(invoke, source: Path, written: str) -> None:
    options = ("--from", written, "--to", "+390212345000", "--phone", "101=busy", "--outside", f"{written}=busy")
    document = json.loads(invoke("explain", source, *options, "--format", "json").out)
    assert document["from"] == BRUNOS_MOBILE
    document = json.loads(
        invoke("explain", source, "--from", "101", "--to", "102", "--outside", f"{written}=busy", "--format=json").out
    )
    assert document["ends"] == {"voicemail": "102"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "101", "--to", "102", "--outside", "foo=busy"), "'foo' is not a number"),
        (("--from", "101", "--to", "102", "--outside", "+3933=busy"), "'+3933' has too few digits"),
        (("--from", "101", "--to", "102", "--outside", f"{BRUNOS_MOBILE}=busy,ring"), "one state"),
        (("--from", "abc", "--to", "102"), "'abc' is not a number"),
        (("--from", "", "--to", "102"), "'' is not a number"),
        (("--from", "101", "--to", ""), "'' cannot be dialled"),
        (("--from", "101", "--to", "abc"), "'abc' cannot be dialled"),
        (("--from", "101", "--to", "102", "--transfer", "102:x"), "'x' cannot be dialled"),
        (("--from", "101", "--to", "102", "--transfer", "109:101"), "no user has the extension 109"),
        (("+3933",), "+3933 has too few digits"),
    ],
)
def test_what_is_no_number_is_wrong_usage(invoke, source: Path, options: tuple[str, ...], said: str) -> None:
    result = invoke("explain", source, *options)
    assert result.code == 2
    assert said in " ".join(result.err.replace("│", " ").split())


def test_separators_of_a_dialled_number_do_not_matter(invoke, source: Path) -> None:
    plain = invoke("explain", source, "--from", "anonymous", "--to", "+390212345000").out
    assert invoke("explain", source, "--from", "anonymous", "--to", "+39 02 1234-5000").out == plain


def test_a_transfer_that_does_not_come_about_is_told(invoke, source: Path) -> None:
    told = invoke("explain", source, "--from", BRUNOS_MOBILE, "--to", "+390212345000", "--transfer", "102:101")
    assert told.code == 0
    assert "Bruno (102) does not transfer the call: Ada (101) answers" in told.err
    made = invoke("explain", source, "--from", BRUNOS_MOBILE, "--to", "+390212345000", "--transfer", "101:102")
    assert made.err == ""


def test_help_lists_every_state(invoke) -> None:
    text = invoke("explain", "--help").out
    assert all(state in text for state in (*PHONE_STATES, *OUTSIDE_STATES))


SERVED = Path(__file__).resolve().parents[1] / "smoke/suites/self_service/office.yaml"


def _told(invoke, *options: str) -> str:
    return " ".join(
        invoke("explain", SERVED, "--from", "104", "--to", "102", "--phone", "102=ring", *options).out.split()
    )


def test_a_setting_says_how_long_the_phone_rings_before(invoke) -> None:
    assert "rings for 6 s, no answer" in _told(invoke, "--set", "102.no_answer=103")
    assert "rings for 12 s, no answer" in _told(invoke, "--set", "102.no_answer=103,after=12")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("102.busy=103,after=12", "busy=103 has no after"),
        ("102.no_answer=off,after=12", "no_answer=off has no after"),
        ("102.no_answer=103,after=4", "after is 5 to 180 seconds, not 4"),
        ("102.no_answer=103,after=181", "after is 5 to 180 seconds, not 181"),
        ("102.no_answer=103,after=", "after is 5 to 180 seconds"),
        ("102.no_answer=103,after=٢٠", "after is 5 to 180 seconds"),
    ],
)
def test_what_is_no_time_before_is_wrong_usage(invoke, setting: str, said: str) -> None:
    result = invoke("explain", SERVED, "--from", "104", "--to", "102", "--set", setting)
    assert result.code == 2
    assert said in " ".join(result.err.replace("│", " ").split())
