"""Whatever a person types is carried into Asterisk's syntax, or refused; never obeyed by it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.targets.asterisk import text

TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")))


def read_by_asterisk(line: str) -> str:
    """What main/config.c keeps of a line: up to the first semicolon that no backslash stands before."""
    return re.sub(r"\\;", "\0", line).split(";", 1)[0].replace("\0", ";")


def test_a_semicolon_does_not_begin_a_comment() -> None:
    assert text.value("a;b;--c") == "a\\;b\\;--c"


@given(TYPED)
def test_asterisk_reads_back_what_was_typed(typed: str) -> None:
    assert read_by_asterisk(text.value(typed)) == typed


def test_a_line_break_is_refused_in_a_value() -> None:
    with pytest.raises(ValueError, match="control character"):
        text.value("a\nexten => 1,1,System(id)")


def test_a_line_break_does_not_end_a_comment() -> None:
    assert text.comment("Ada\nexten => 1,1,System(id)") == "Ada exten => 1,1,System(id)"


def test_marks_that_turn_the_direction_of_writing_are_shown_in_comments() -> None:
    assert text.comment("a\u202eb\u200fc") == "a\\u202eb\\u200fc"


def test_a_long_name_is_shortened_in_comments() -> None:
    assert len(text.comment("N" * 10_000)) == text.COMMENT_LIMIT
    assert text.comment("N" * 10_000).endswith("…")


@given(TYPED, st.integers(10, 100))
def test_shortening_by_bytes_never_cuts_a_character(typed: str, limit: int) -> None:
    short = text.shortened_bytes(typed, limit)
    assert len(short.encode()) <= limit
    assert short == typed or (short.endswith("…") and typed.startswith(short[:-1].rstrip()))


def test_quotes_and_backslashes_stay_inside_a_display_name() -> None:
    assert text.caller_name('a "b" \\c; d') == 'a \\"b\\" \\\\c\\; d'


def test_a_display_name_has_at_most_what_asterisk_keeps() -> None:
    assert text.caller_name("я" * 100) == "я" * 38 + "…"


def test_commas_and_bars_do_not_divide_a_mailbox() -> None:
    assert text.mailbox_field("Rossi, Ada | x") == "Rossi\u201a Ada \u00a6 x"
