"""`keepalive` of a trunk: seconds between OPTIONS."""

from __future__ import annotations

import pytest

from tests.language.sources import only, plan_of


def _trunk(more: str) -> str:
    return f"trunks: {{t: {{host: 192.0.2.1{more}}}}}\n"


@pytest.mark.parametrize(
    ("written", "seconds"), [("", 30), (", keepalive: 5", 5), (", keepalive: 3600", 3600), (", keepalive: 0", 0)]
)
def test_a_trunk_is_sent_options_every_30_seconds_unless_it_says_otherwise(written: str, seconds: int) -> None:
    assert plan_of(_trunk(written)).trunks["t"].keepalive == seconds


@pytest.mark.parametrize(
    ("code", "written"),
    [
        *(("PBX104", seconds) for seconds in ("4", "-1", "3601")),
        *(("PBX103", other) for other in ('"30"', "true", "false", "30s", "null", "[30]")),
    ],
)
def test_a_keepalive_is_seconds_or_none(code: str, written: str) -> None:
    only(code, _trunk(f", keepalive: «{written}»"))
