"""`max_calls` of a trunk: calls at once."""

from __future__ import annotations

import pytest

from tests.language.sources import only, plan_of


def _trunk(more: str) -> str:
    return f"trunks: {{t: {{host: 192.0.2.1{more}}}}}\n"


@pytest.mark.parametrize(
    ("written", "most"), [("", None), (", max_calls: 1", 1), (", max_calls: 10000", 10000), (", max_calls: null", None)]
)
def test_a_trunk_takes_as_many_calls_as_there_are_unless_it_says_otherwise(written: str, most: int | None) -> None:
    assert plan_of(_trunk(written)).trunks["t"].max_calls == most


@pytest.mark.parametrize(
    ("code", "written"),
    [
        *(("PBX104", number) for number in ("0", "-1", "10001")),
        *(("PBX103", other) for other in ('"2"', "true", "many", "[2]", "1.5")),
    ],
)
def test_calls_at_once_are_a_whole_number(code: str, written: str) -> None:
    only(code, _trunk(f", max_calls: «{written}»"))
