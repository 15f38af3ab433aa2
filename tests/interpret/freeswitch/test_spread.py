"""Call data of large sources are spread over domains by their last digits; calls find them whatever their length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from pbxgen.calls.case import Case
from pbxgen.interpret.generated_calls import examine
from pbxgen.targets.freeswitch import template_values
from tests.smoke.offices import HEAD, OUTSIDE, call, office
from tests.support.calls import shown
from tests.support.inside import come

_OWN = HEAD.replace('number: "', 'caller_id: own, number: "', 1) + (
    'users: {"21": {did: "+390212345021", deviations: {unconditional: "+393331110021"}},'
    ' "101": {did: "+390212345101", deviations: {unconditional: "+393331110101"}},'
    ' "1002": {did: "+390212345002", deviations: {unconditional: "+393331110002"}}}'
)
_BEGAN_BEFORE = {
    "pbx_bucket": "0",
    "pbx_tenant": "office",
    "pbx_cc": "39",
    "pbx_max": "5",
    "pbx_carried": "0",
    "pbx_diversions": "0",
    "pbx_origin": "external",
    "pbx_me": f"outside:{OUTSIDE}",
    "pbx_visited": f",outside:{OUTSIDE},",
    "pbx_facts": ",external,",
    "pbx_outside_timeout": "5",
    "pbx_todo": "user:101,",
}


@pytest.fixture(params=[2, 3])
def spread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Call data are spread by so many digits, however few they are."""
    with mock.patch.object(template_values, "bucket_digits", return_value=request.param):
        yield


@pytest.mark.usefixtures("spread")
def test_who_diverts_shows_the_own_number(tmp_path: Path) -> None:
    plan = office(tmp_path, _OWN)
    dids = sorted(plan.dids)
    cases: list[Case] = [call(plan, OUTSIDE, did) for did in dids]
    for did, one in zip(dids, examine([plan], cases, "freeswitch"), strict=True):
        assert not one.differences
        assert one.observed is not None
        assert shown(one.observed.rang[0]) == did


@pytest.mark.usefixtures("spread")
def test_a_call_goes_on_when_the_plan_has_grown(tmp_path: Path) -> None:
    """It began when the data were not spread: ``pbx_bucket`` is of then."""
    came = come([office(tmp_path, _OWN)], "pbxgen.next", "next", variables=_BEGAN_BEFORE)
    assert came.rang == ["+393331110101"]


@pytest.mark.usefixtures("spread")
def test_a_mailbox_is_found_when_the_plan_has_grown(tmp_path: Path) -> None:
    plans = [office(tmp_path, 'users: {"21": {voicemail: {pin: "4711"}}}')]
    began = {**_BEGAN_BEFORE, "pbx_domain": "pbx.office.example", "pbx_digits": "21"}
    came = come(plans, "pbxgen.mailbox", "pin", keys="21#,,4711#", variables=began)
    assert (came.state.mailbox, came.state.faults) == ("21", [])
