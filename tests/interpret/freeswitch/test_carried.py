"""How often a call had been diverted before it came, as its headers tell FreeSWITCH's generated text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.offices import office
from tests.support.inside import come

_DEEPEST = 10


def test_the_deepest_index_counts(tmp_path: Path) -> None:
    plans = [office(tmp_path, 'users: {"101": {did: "+390212345101"}}')]
    for depth in range(_DEEPEST + 3):
        index = ".".join("1" * (depth + 1))
        came_with = {"sip_history_info": f"<sip:+390000@h>;index=1, <sip:+390001@h>;index={index}"}
        came = come(plans, "pbxgen.trunks", "+390212345101", variables=came_with)
        assert came.caller.get("pbx_carried") == str(min(depth, _DEEPEST)), index


@pytest.mark.parametrize(
    ("kept", "times"),
    [
        ("<sip:1@h>", 1),
        ("sip:1@h;reason=unknown", 1),
        ("<sip:1@h>;counter=3", 3),
        ("<sip:1@h>; Counter = 4", 4),
        ('"a, b" <sip:1@h>;counter="04"', 4),
        ('<sip:1@h>;reason="x;counter=2"', 1),
        ("<sip:1@h;counter=4>", 1),
        ("<sip:1@h>;counter=${pbx_max}", 1),
        ("<sip:1@h>, <sip:2@h>;counter=2,<sip:3@h>", 4),
        ("ARRAY::<sip:1@h>;counter=3|:<sip:2@h>", 4),
        ("ARRAY::<sip:1@h>|:<sip:2@h>;counter=3", 4),
    ],
)
def test_a_diversion_counts_however_it_is_written(kept: str, times: int, tmp_path: Path) -> None:
    plans = [office(tmp_path, 'users: {"101": {did: "+390212345101"}}')]
    came = come(plans, "pbxgen.trunks", "+390212345101", variables={"sip_i_diversion": kept})
    assert came.caller.get("pbx_carried") == str(times)


def test_without_every_header_the_last_diversion_counts(tmp_path: Path) -> None:
    plans = [office(tmp_path, 'users: {"101": {did: "+390212345101"}}')]
    came = come(plans, "pbxgen.trunks", "+390212345101", variables={"sip_h_Diversion": "<sip:1@h>;counter=2"})
    assert came.caller.get("pbx_carried") == "2"
