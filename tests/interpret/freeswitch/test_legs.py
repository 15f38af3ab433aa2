"""What FreeSWITCH is told of each leg that it rings: who must press 1, whose calls are counted, and each leg once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from tests.smoke.offices import office
from tests.support.inside import come

_MOBILE, _SECOND = "+393331110101", "+393331110102"
_USERS = f"""
groups:
  sales: {{number: "600", members: ["102", "103"]}}
  desk: {{number: "601", members: ["103", "104", "102"], strategy: linear}}
  quiet: {{number: "602", members: ["120", "104"]}}
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
        - "110"
        - "111"
        - "group:desk"
        - "106"
        - "group:quiet"
        - {{to: "104", confirm: true}}
  "106": {{follow_me: [{{to: "104"}}, {{to: "103"}}]}}
  "107": {{did: "+390212345107", deviations: {{unconditional: ["108", "106"]}}}}
  "108": {{follow_me: [{{to: "103"}}, {{to: "104", delay: 2}}]}}
  "109": {{did: "+390212345109", deviations: {{unconditional: {{to: "group:desk", timeout: 6}}}}}}
  "110": {{}}
  "111": {{call_waiting: false}}
  "113": {{did: "+390212345113", ring_timeout: 180}}
  "120": {{dnd: true}}
"""
_RING_IN_VAIN: dict[str, str | list[str]] = {"102": "ring", "103": "ring", "104": "ring", "110": "ring", "111": "ring"}


def _rung(plans: Sequence[Plan], called: str) -> list[tuple[str, bool, str | None]]:
    """For each leg in order: who is rung, whether they must press 1, and whose call an answer would be."""
    legs = []
    for text in _bridges(plans, called):
        for leg in re.findall(r"\[([^\]]*pbx_here=[^\]]*)\]", text):
            told = dict(part.split("=", 1) for part in leg.removeprefix("^^!").split("!"))
            counted = told.get("execute_on_answer")
            legs.append((told["pbx_here"].partition(":")[2], "group_confirm_key" in told, counted))
    return legs


def _bridges(plans: Sequence[Plan], called: str) -> list[str]:
    mobiles = {_MOBILE: "ring", _SECOND: "ring"}
    came = come(plans, "pbxgen.trunks", called, phones=_RING_IN_VAIN, outside=mobiles)
    return [ran.text for ran in came.trace if ran.text.startswith("bridge ")]


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
        ("110", False, None),
        ("111", False, _counts("111")),
        ("103", False, None),
        ("104", False, None),
        ("102", False, _counts("102")),
        ("104", False, None),
        ("103", False, None),
        ("104", False, None),
        ("104", True, None),
    ]


def test_a_clock_runs_where_a_leg_is_late(tmp_path: Path) -> None:
    assert ["-clock" in text for text in _bridges([office(tmp_path, _USERS)], "+390212345107")] == [True, False]


def test_the_last_second_of_a_group_is_no_end_of_time(tmp_path: Path) -> None:
    """103 rings for five of six seconds: FreeSWITCH takes a leg without a second for one without a limit."""
    came = come([office(tmp_path, _USERS)], "pbxgen.trunks", "+390212345109", phones=_RING_IN_VAIN)
    assert came.rang == ["103", "104"]
    assert came.state.clock.now == pytest.approx(6, abs=1.5)


def test_a_phone_may_ring_for_three_minutes(tmp_path: Path) -> None:
    came = come([office(tmp_path, _USERS)], "pbxgen.trunks", "+390212345113", phones={"113": "ring"})
    assert came.rang == ["113"]
    assert came.state.clock.now == pytest.approx(180, abs=1.5)


def test_who_dials_a_number_waits_for_two_minutes(tmp_path: Path) -> None:
    came = come([office(tmp_path, _USERS)], "office.phones", _MOBILE, variables={"user_name": "104"})
    told = [ran.text for ran in came.trace]
    assert came.rang == [_MOBILE]
    for each in ("call_timeout=120", "bridge_answer_timeout=120"):
        assert f"set {each}" in told, told
