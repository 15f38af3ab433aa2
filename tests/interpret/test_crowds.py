"""Groups of hundreds: who rings behind those that fit into one Dial of Asterisk rings, and may answer."""

from __future__ import annotations

import pytest

from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS
from tests.smoke.offices import OUTSIDE, call
from tests.support.office import HEAD, plan_of


@pytest.mark.parametrize("pbx", PBXS)
def test_the_last_of_hundreds_answers(pbx: str) -> None:
    members = [str(number) for number in range(2000, 2250)]
    listed = ", ".join(f'"{member}"' for member in members)
    plan = plan_of(
        f'groups: {{crowd: {{number: "600", members: [{listed}], ring_timeout: 10}}}}\n'
        'inbound: {"+390212345000": "group:crowd"}\n'
        "users:\n" + "".join(f'  "{member}": {{}}\n' for member in members),
        head=HEAD,
    )
    phones = dict.fromkeys(members[:-1], "ring") | {members[-1]: "answer"}
    (examined,) = examine([plan], [call(plan, OUTSIDE, "+390212345000", phones=phones)], pbx)
    assert examined.differences == ()
    assert examined.observed is not None
    assert {leg.target for leg in examined.observed.rang} == set(members)
