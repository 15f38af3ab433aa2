"""Mistyped names come with the one that was meant, others with nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.diagnostics.nearest import did_you_mean, nearest

KEYS = [
    "unconditional",
    "busy",
    "no_answer",
    "unreachable",
    "operator_return",
    "ring_timeout",
    "outside_timeout",
    "after",
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bussy", "busy"),
        ("bsuy", "busy"),
        ("Busy", "busy"),
        ("unconditonal", "unconditional"),
        ("uncondtional", "unconditional"),
        ("no-answer", "no_answer"),
        ("noanswer", "no_answer"),
        ("unreacheable", "unreachable"),
        ("operater_return", "operator_return"),
        ("ring_timeuot", "ring_timeout"),
        ("ring", "ring_timeout"),
        ("aftre", "after"),
    ],
)
def test_what_was_meant(name: str, meant: str) -> None:
    assert nearest(name, KEYS) == meant


@pytest.mark.parametrize("name", ["", "x", "forward", "voicemail", "ri", "timeout", "a" * 1000])
def test_what_is_too_far_away(name: str) -> None:
    assert nearest(name, KEYS) is None


def test_the_earliest_difference_counts_most() -> None:
    assert nearest("102", ["202", "101", "112"]) == "101"


def test_a_name_is_not_suggested_for_itself() -> None:
    assert nearest("101", ["101"]) is None


def test_the_question() -> None:
    assert did_you_mean("bussy", KEYS) == "did you mean 'busy'?"
    assert did_you_mean("xyz", KEYS) == ""


def test_names_are_found_among_many() -> None:
    many = {str(number) for number in range(10_000, 110_000)}
    for _ in range(200):
        assert nearest("1000x", many) == "10000"
        assert nearest("nobody", many) is None


NAMES = st.text("abcdef-_ é", max_size=12)


@given(NAMES, st.lists(NAMES, max_size=8))
def test_what_is_suggested_is_a_candidate_whatever_their_order(name: str, candidates: list[str]) -> None:
    suggestion = nearest(name, candidates)
    assert suggestion is None or (suggestion in candidates and suggestion != name)
    assert nearest(name, candidates[::-1]) == suggestion
