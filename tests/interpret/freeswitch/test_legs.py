"""What FreeSWITCH is told of each leg that it rings: who must press 1, whose calls are counted, and each leg once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pbxgen.flow.plan import Plan
from tests.smoke.offices import office
from tests.support.inside import come

_MOBILE, _SECOND = "+393331110101", "+393331110102"
_USERS = f"""
groups:
  sales: {{number: "600", members: ["102", "103"]}}
  desk: {{number: "601", members: ["103", "102", "104"], strategy: linear}}
users:
  "101":
    did: "+390212345101"
    follow_me:
      - {{to: "{_MOBILE}", confirm: true}}
      - {{to: "102"}}
      - {{to: "120"}}
      - {{to: "103", confirm: true}}
      - {{to: "104"}}
  "102": {{call_waiting: false}}
  "103": {{}}
  "104": {{}}
  "105":
    did: "+390212345105"
    deviations:
      unconditional:
        - {{to: "102", confirm: true}}
        - "103"
        - {{to: "{_MOBILE}", confirm: true}}
        - "{_SECOND}"
        - {{to: "group:sales", confirm: true}}
        - "group:desk"
        - {{to: "104", confirm: true}}
  "120": {{dnd: true}}
"""
_RING_IN_VAIN: dict[str, str | list[str]] = {"102": "ring", "103": "ring", "104": "ring"}


def _rung(plans: Sequence[Plan], called: str) -> list[tuple[str, bool, str | None]]:
    """For each leg in order: who is rung, whether they must press 1, and whose call an answer would be."""
    came = come(plans, "pbxgen.trunks", called, phones=_RING_IN_VAIN, outside={_MOBILE: "ring", _SECOND: "ring"})
    legs = []
    for ran in came.trace:
        if ran.text.startswith("bridge "):
            for leg in re.findall(r"\[([^\]]*pbx_here=[^\]]*)\]", ran.text):
                told = dict(part.split("=", 1) for part in leg.removeprefix("^^!").split("!"))
                counted = told.get("execute_on_answer")
                legs.append((told["pbx_here"].partition(":")[2], "group_confirm_key" in told, counted))
    return legs


def _counts(extension: str) -> str:
    return f"limit hash office {extension}"


def test_legs_of_follow_me(tmp_path: Path) -> None:
    assert _rung([office(tmp_path, _USERS)], "+390212345101") == [
        (_MOBILE, True, None),
        ("102", False, _counts("102")),
        ("103", True, None),
        ("104", False, None),
    ]


def test_places_one_behind_the_other(tmp_path: Path) -> None:
    assert _rung([office(tmp_path, _USERS)], "+390212345105") == [
        ("102", True, _counts("102")),
        ("103", False, None),
        (_MOBILE, True, None),
        (_SECOND, False, None),
        ("102", True, _counts("102")),
        ("103", True, None),
        ("103", False, None),
        ("102", False, _counts("102")),
        ("104", False, None),
        ("104", True, None),
    ]
