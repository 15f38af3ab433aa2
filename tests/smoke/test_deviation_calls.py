"""Every deviation, to every kind of destination, from both origins, as real calls."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pbxgen.lab.case import Case
from tests.smoke.offices import OUTSIDE, call, office
from tests.support.calls import place

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
operators:
  reception: {{number: "9", members: ["100", "110"], ring_timeout: 6}}
groups:
  sales: {{number: "600", members: ["110", "120"], ring_timeout: 6}}
users:
  "100": {{}}
  "101": {{did: "+390212345101", voicemail: true, deviations: {deviations}}}
  "102": {{voicemail: true}}
  "110": {{}}
  "120": {{}}
  "121": {{}}
"""
_DESTINATIONS = {
    "an extension": "'102'",
    "an outside number": "'+393331110101'",
    "the own mailbox": "voicemail",
    "another's mailbox": "voicemail:102",
    "an operator": "operator",
    "a group": "group:sales",
    "an announcement": "announce:closed",
    "busy": "busy",
    "hangup": "hangup",
}
_DEVIATIONS = {
    "unconditional": ("{{unconditional: {0}}}", "answer"),
    "busy": ("{{busy: {0}}}", "busy"),
    "no_answer": ("{{no_answer: {0}}}", "ring"),
    "unreachable": ("{{unreachable: {0}}}", "unregistered"),
    "operator_return.busy": ("{{busy: '121', operator_return: {{busy: {0}}}}}", "reject"),
    "operator_return.no_answer": ("{{no_answer: '121', operator_return: {{no_answer: {0}}}}}", "ring"),
    "operator_return.unreachable": ("{{unreachable: '121', operator_return: {{unreachable: {0}}}}}", "error"),
}


def _cases(folder: Path) -> list[Case]:
    found = []
    for (deviation, (text, state)), (kind, destination) in product(_DEVIATIONS.items(), _DESTINATIONS.items()):
        plan = office(folder, _USERS.format(deviations=text.format(destination)))
        for caller, called, origin in (("120", "101", "inside"), (OUTSIDE, "+390212345101", "outside")):
            name = f"{deviation} to {kind}, from {origin}"
            found.append(call(plan, caller, called, name=name, phones={"101": state}))
    return found


def test_each_deviation_leads_to_each_kind_of_destination_from_both_origins(pbx_name: str, tmp_path: Path) -> None:
    place(_cases(tmp_path), pbx_name)
