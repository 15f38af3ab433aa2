"""Which number a call from a trunk is for, on both generated texts: what the header says, if it says a number."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.calls.case import Handling
from pbxgen.interpret.generated_calls import examine
from tests.smoke.offices import OUTSIDE, call, office

_SOURCE = """
version: 1
pbx: {{name: account, domain: pbx.account.example, country: IT, timezone: Europe/Rome}}
trunks:
  carrier: {{host: 192.0.2.1, username: acme-1, number: "+390212345000", called_number: {where}}}
users:
  "101": {{did: "+390212345101"}}
  "102": {{did: "+390212345102"}}
inbound: {{"+390212345000": "102"}}
"""
_TO = [
    ("the request is for an account", "acme-1", "+390212345101", "+390212345101"),
    ("To is national", "5012345", "0212345101", "+390212345101"),
    ("To names the account, too", "+390212345101", "acme-1", "+390212345101"),
    ("To names nothing that could be dialled", "+390212345101", "${PBX}", "+390212345101"),
    ("To names another one than the request", "+390212345102", "+390212345101", "+390212345101"),
    ("To names nobody's number", "+390212345101", "+390299999999", "+390299999999"),
    ("neither names a number", "acme-1", "acme-1", "account"),
]
_HEADER = [
    ("with a name", 'P-Called-Party-ID: "Acme" <sip:+390212345101@192.0.2.1;user=phone>', "+390212345101"),
    ("as tel", "P-Called-Party-ID: <tel:+390212345101>", "+390212345101"),
    ("without brackets", "p-called-party-id: sip:0212345101@192.0.2.1", "+390212345101"),
    ("no number", "P-Called-Party-ID: <sip:acme@192.0.2.1>", "+390212345102"),
    ("digits and more", "P-Called-Party-ID: <sip:+390212345101,Local/112@192.0.2.1>", "+390212345102"),
    ("empty", "P-Called-Party-ID: <sip:192.0.2.1>", "+390212345102"),
    ("another header", "Subject: <sip:+390212345101@192.0.2.1>", "+390212345102"),
]


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
@pytest.mark.parametrize(("name", "request_user", "to_user", "meant"), _TO)
def test_to_says_which_number_a_call_is_for(
    tmp_path: Path, pbx: str, name: str, request_user: str, to_user: str, meant: str
) -> None:
    plan = office(tmp_path, _SOURCE.format(where="to"))
    case = call(plan, OUTSIDE, meant, name=name, handling=Handling(dialled=request_user, to_shows=to_user))
    (examined,) = examine([plan], [case], pbx)
    assert not examined.differences


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
@pytest.mark.parametrize(("name", "header", "meant"), _HEADER)
def test_p_called_party_id_says_which_number_a_call_is_for(
    tmp_path: Path, pbx: str, name: str, header: str, meant: str
) -> None:
    plan = office(tmp_path, _SOURCE.format(where="p_called_party_id"))
    case = call(plan, OUTSIDE, meant, name=name, handling=Handling(dialled="+390212345102", headers=(header,)))
    (examined,) = examine([plan], [case], pbx)
    assert not examined.differences


@pytest.mark.parametrize("pbx", ["asterisk", "freeswitch"])
def test_a_trunk_that_reads_the_request_asks_no_header(tmp_path: Path, pbx: str) -> None:
    plan = office(tmp_path, _SOURCE.format(where="request"))
    headers = ("P-Called-Party-ID: <sip:+390212345101@192.0.2.1>",)
    handling = Handling(to_shows="+390212345101", headers=headers)
    (examined,) = examine([plan], [call(plan, OUTSIDE, "+390212345102", handling=handling)], pbx)
    assert not examined.differences
