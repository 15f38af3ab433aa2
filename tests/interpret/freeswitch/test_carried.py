"""How deep a History-Info is that a call came with, to the depth that FreeSWITCH's generated text knows."""

from __future__ import annotations

from pathlib import Path

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
