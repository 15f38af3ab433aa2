"""Number patterns: Asterisk's letters, and what they match."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.flow import pattern
from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.pattern import expand, is_covered, letters, parse


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("+39[03]X.", ["+390212345101", "+39333"], ["+39212345", "+390", "390212"]),
        ("+33.", ["+331", "+33123"], ["+33", "+341"]),
        ("+44!", ["+44", "+4420"], ["+45"]),
        ("11[2358]", ["112", "118"], ["114", "1120"]),
        ("N11", ["211", "911"], ["111", "011"]),
        ("ZXX", ["100", "999"], ["099", "1000"]),
        ("[2-5]0", ["20", "50"], ["60", "10"]),
        ("112", ["112"], ["1120", "11"]),
    ],
)
def test_matches_what_asterisk_would(pattern: str, matching: list[str], other: list[str]) -> None:
    parsed = parse(pattern)
    assert [n for n in matching if not parsed.matches(n)] == []
    assert [n for n in other if parsed.matches(n)] == []


def test_a_contacts_star_is_any_ending_also_an_empty_one() -> None:
    pattern = parse("+4420*", star_is_any_ending=True)
    assert pattern.matches("+4420")
    assert pattern.matches("+442079460000")
    assert not pattern.matches("+4421")


@pytest.mark.parametrize("text", ["", "+39.X", "!1", "1[", "1[]", "a", "1 2", "[a-c]", "+39..", "X\n", "[9-1]"])
def test_refuses_what_has_no_meaning(text: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|backwards"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a pattern cannot be empty"),
        ("39a", "'a' has no meaning in a pattern (X, Z, N, [03], digits, a closing . or !)"),
        ("a39", "'a' has no meaning in a pattern (X, Z, N, [03], digits, a closing . or !)"),
        ("1[3", "'[' has no meaning in a pattern (X, Z, N, [03], digits, a closing . or !)"),
        ("[1-3]1[2-29-1]", "the range 9-1 runs backwards"),
        ("1.2", "'.' and '!' may only close a pattern"),
        ("1!2", "'.' and '!' may only close a pattern"),
        ("1!.", "'.' and '!' may only close a pattern"),
    ],
)
def test_says_what_is_wrong_with_a_pattern(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "regex", "literal"),
    [
        ("+39[03]X.", "[+][3][9][03][0-9].+", False),
        ("ZN!", "[1-9][2-9].*", False),
        ("[2-5]", "[2-5]", False),
        ("+3902*#", "[+][3][9][0][2][*][#]", True),
        ("112X", "[1][1][2][0-9]", False),
    ],
)
def test_other_programs_are_told_a_regular_expression(text: str, regex: str, literal: bool) -> None:
    pattern = parse(text)
    assert (pattern.regex, pattern.literal, str(pattern)) == (regex, literal, text)


def test_a_star_is_an_ending_only_in_contacts_and_only_at_the_end() -> None:
    assert parse("4*").regex == "[4][*]"
    assert parse("4*2", star_is_any_ending=True).regex == "[4][*][2]"
    assert parse("*", star_is_any_ending=True).regex == ".*"


def test_the_letters_at_each_position_and_the_ending() -> None:
    digits = frozenset("0123456789")
    assert letters(parse("+1X.")) == ((frozenset("+"), frozenset("1"), digits), ".")
    assert letters(parse("*#!")) == ((frozenset("*"), frozenset("#")), "!")
    assert letters(parse("[2-4]Z")) == ((frozenset("234"), digits - {"0"}), "")
    assert letters(parse("!")) == ((), "!")


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_or_a_sentence(text: str) -> None:
    problem = None
    try:
        compiled = re.compile(parse(text).regex)
    except ValueError as error:
        problem, compiled = str(error), None
    assert problem or compiled


def test_expands_to_every_number_or_to_none() -> None:
    assert expand(parse("11[28]")) == ("112", "118")
    assert expand(parse("11.")) is None
    assert expand(parse("1[28]!")) is None
    assert expand(parse("[31][0-1]")) == ("10", "11", "30", "31")
    assert expand(parse("XXXX"), limit=100) is None
    assert expand(parse("XX"), limit=99) is None
    assert len(expand(parse("XX"), limit=100) or ()) == 100
    assert len(expand(parse("XXX")) or ()) == 1000
    assert expand(parse("XXX[01]")) is None


def test_a_pattern_in_very_many_parts_counts_as_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    each_digit = [parse(f"+{'X' * at}{digit}{'X' * (5 - at)}") for at in range(6) for digit in range(0, 10, 2)]
    odd = [parse("+" + "[13579]" * 6)]
    assert is_covered(parse("+XXXXXX"), [*each_digit, *odd])
    monkeypatch.setattr(pattern, "_MOST_PARTS", 3)
    assert not is_covered(parse("+XXXXXX"), [*each_digit, *odd])


def test_samples_stand_for_every_combination_of_sets() -> None:
    italy, milan = [parse("+39.")], [parse("+3902!"), parse("+44.")]
    combinations = {
        tuple(any(p.matches(n) for p in patterns) for patterns in (italy, milan))
        for n in sample_numbers([italy, milan])
    }
    assert combinations == {(True, False), (True, True), (False, True)}
