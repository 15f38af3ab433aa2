"""Many patterns at once: the same answers as of each of them, without asking each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.flow import pattern_index
from pbxgen.flow.pattern import Pattern, narrowness, overlap, parse
from pbxgen.flow.pattern_index import PatternIndex

_letters = st.text("12XZN", max_size=4)
_patterns = st.builds(lambda text, ending: parse(f"+{text}{ending}"), _letters, st.sampled_from(["", ".", "!", "[12]"]))
_numbers = st.text("0123", max_size=5).map(lambda digits: f"+{digits}")


@given(st.lists(_patterns, max_size=12), _patterns)
def test_a_pattern_meets_what_it_overlaps(patterns: list[Pattern], one: Pattern) -> None:
    meeting = PatternIndex(patterns).meeting(one)
    assert sorted(p.text for p in meeting) == sorted(p.text for p in patterns if overlap(p, one))


@given(st.lists(_patterns, max_size=12), _numbers)
def test_a_number_is_of_the_narrowest_that_matches_it(patterns: list[Pattern], number: str) -> None:
    narrowest = PatternIndex(patterns).of(number)
    matching = [narrowness(p) for p in patterns if p.matches(number)]
    assert (None if narrowest is None else narrowness(narrowest)) == min(matching, default=None)


def test_patterns_that_begin_otherwise_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counted(one: Pattern, other: Pattern) -> bool:
        compared.append(other.text)
        return overlap(one, other)

    monkeypatch.setattr(pattern_index, "overlap", counted)
    index = PatternIndex(parse(f"+39{number}XX") for number in range(1000, 3000))
    assert [p.text for p in index.meeting(parse("+391234X."))] == ["+391234XX"]
    assert compared == ["+391234XX"]
