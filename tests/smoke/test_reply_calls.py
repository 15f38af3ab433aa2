"""What a phone's reply means: the outcome table, reply by reply, and several contacts of one user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.offices import call, office
from tests.support.calls import place

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
users:
  "101": {deviations: {busy: "120", no_answer: "121", unreachable: "122"}}
  "120": {}
  "121": {}
  "122": {}
  "130": {}
"""
_REPLIES = (
    "302", "400", "403", "404", "408", "410", "480", "484", "486", "487", "488", "500", "503", "504", "600",
    "603", "604", "606", "ring", "early", "dead", "answer",
)  # fmt: skip
_SEVERAL: tuple[list[str], ...] = (
    ["busy", "ring"],
    ["busy", "dead"],
    ["busy", "404"],
    ["dead", "404"],
    ["ring", "answer"],
    ["busy", "answer"],
    ["reject", "answer"],
    ["ring", "500"],
)


def test_a_reply_means_the_same_on_every_pbx(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _USERS)
    replies: list[str | list[str]] = [*_REPLIES, *_SEVERAL]
    place([call(plan, "130", "101", phones={"101": reply}) for reply in replies], pbx_name)


def test_what_480_means_can_be_chosen(pbx_name: str, tmp_path: Path) -> None:
    pbx = "pbx: {name: office, domain: o.example, country: IT, timezone: Europe/Rome}"
    meanings = ("no_answer", "unreachable")
    plans = [office(tmp_path, f"version: 1\n{pbx}\ndefaults: {{sip_480: {meaning}}}\n{_USERS}") for meaning in meanings]
    place([call(plan, "130", "101", phones={"101": "dnd"}) for plan in plans], pbx_name)
