"""Whose sound must be encrypted offers it so: calls on generated text are not refused for it."""

from __future__ import annotations

import pytest

from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS
from tests.smoke.offices import OUTSIDE, call
from tests.support.office import HEAD, plan_of

_HEAD = HEAD.replace("192.0.2.1,", "192.0.2.1, transport: tls, srtp: required,")
_BODY = """\
phones: {transport: tls, srtp: required}
users:
  "101": {name: Encrypted, class: national, did: "+390212345101", deviations: {busy: "102"}}
  "102": {name: Plain, class: national, phone: {transport: udp, srtp: "off"}}
"""


@pytest.mark.parametrize("pbx", PBXS)
def test_a_phone_and_a_trunk_that_must_encrypt_place_their_calls(pbx: str) -> None:
    plan = plan_of(_BODY, head=_HEAD)
    calls = [
        call(plan, "101", "102"),
        call(plan, "101", "3335550102"),
        call(plan, OUTSIDE, "+390212345101", phones={"101": ("busy",)}),
        call(plan, "102", "101", phones={"101": ("in_call",)}),
    ]
    examined = examine([plan], calls, pbx)
    assert [(one.case.name, one.differences) for one in examined if not one.passed] == []
