"""Few conditions that hold in wanted cells and in no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxgen.flow.wording import Literal, When, length, shortest


def holds(names: str) -> list[tuple[Literal, int]]:
    """For each name, the cells of a truth table in which it does, and in which it does not."""
    size = 1 << len(names)
    literals = []
    for place, name in enumerate(names):
        there = sum(1 << cell for cell in range(size) if cell >> place & 1)
        literals += [(Literal("open", name), there), (Literal("closed", name), (1 << size) - 1 - there)]
    return literals


def where(when: When, names: str) -> int:
    known = dict(holds(names))
    whole = total = (1 << (1 << len(names))) - 1
    if when:
        total = 0
    for together in when:
        cells = whole
        for literal in together:
            cells &= known[literal]
        total |= cells
    return total


@given(st.integers(1, (1 << 32) - 1))
def test_any_cells_have_words(wanted: int) -> None:
    assert where(shortest(wanted, (1 << 32) - 1, holds("abcde")), "abcde") == wanted


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((0, 1, 2, 3), 0),
        ((1, 3), 1),
        ((3,), 2),
        ((1, 2, 3), 2),
        ((1, 2), 4),
    ],
)
def test_the_fewest_conditions_of_two(cells: tuple[int, ...], expected: int) -> None:
    assert length(shortest(sum(1 << cell for cell in cells), 15, holds("ab"))) == expected


def test_a_conjunction_of_many_conditions() -> None:
    names = "abcdefgh"
    last = 1 << 255
    assert length(shortest(last, (1 << 256) - 1, holds(names))) == len(names)
    assert where(shortest(last, (1 << 256) - 1, holds(names)), names) == last


def test_what_cannot_be_is_left_out_of_words() -> None:
    """Of two schedules that are never open together one is enough."""
    lunch, night = 0b001, 0b010
    known = [(Literal("open", "lunch"), lunch), (Literal("closed", "lunch"), 0b110)]
    known += [(Literal("open", "night"), night), (Literal("closed", "night"), 0b101)]
    assert shortest(lunch, 0b111, known) == ((Literal("open", "lunch"),),)
