"""What changes, for terminals and for comments."""

from __future__ import annotations

import pytest

from pbxgen.diagnostics.extension_lists import several
from pbxgen.diff.comparison import compare
from pbxgen.diff.output import MOST_CHARACTERS, markdown
from pbxgen.diff.result import Result, Section
from pbxgen.diff.words import Block, Told, blocks
from pbxgen.phrases import phrases
from tests.support.office import TODAY, plan_of

ITALIAN = phrases("it")
LINE = "outside calls when busy: was own mailbox, now reception, then own mailbox"


def comment(blocks: tuple[Block, ...]) -> str:
    return markdown(Result("old", "new", False, (Section("acme", blocks),)), phrases())


def test_a_comment_is_never_too_long_and_says_what_is_missing() -> None:
    blocks = tuple(Block("~", f"N{n} ({n})", (Told(f"{LINE} {n}", "busy"),), (str(n),)) for n in range(2000))
    text = comment(blocks)
    assert len(text) < MOST_CHARACTERS + 200
    told = text.count("\n- **")
    assert text.endswith(f"\n… and {2000 - told:,} more, left out of this comment; `pbxgen diff` tells them all.\n")


def test_ten_thousand_people_with_one_change_are_one_item() -> None:
    targets = tuple(str(n) for n in range(20000, 30000))
    text = comment((Block("~", several("user", targets), (Told(LINE, "busy"),), targets),))
    assert text == (f"### What changes for callers (10000)\n\n- **10,000 users (20000-29999)**\n  - {LINE}\n")


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        (("101",), "101"),
        (("101", "102"), "101 and 102"),
        (("101", "102", "107"), "101, 102 and 107"),
        (tuple(str(n) for n in range(101, 108)), "7 users (101-107)"),
        (("99", "100", "101", "102", "200", "201", "300"), "7 users (99, 100-102, 200, 201, 300)"),
        (tuple(str(n) for n in range(100, 200, 2)), "50 users (100, 102, 104, 106, 108, … 198)"),
    ],
)
def test_many_extensions_in_few_words(extensions: tuple[str, ...], expected: str) -> None:
    assert several("user", extensions) == expected


def test_in_italian_a_schedule_as_it_was_is_told_in_italian() -> None:
    office = """
schedules: {{office: {{weekly: {{mon-fri: "{}-18:00"}}}}}}
users: {{"101": {{name: Ada, deviations: {{unconditional: {{to: "102", when: office}}}}}}, "102": {{name: Bea}}}}
"""
    old, new = (plan_of(office.format(start)) for start in ("08:30", "09:00"))
    lines = [line for block in blocks(compare(old, new, TODAY, ITALIAN), ITALIAN) for line in block.lines]
    assert any("nell'orario office (di prima)" in line for line in lines)
    assert not any("before" in line for line in lines)
