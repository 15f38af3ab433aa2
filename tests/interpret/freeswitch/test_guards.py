"""Who and what gets no further than the first lines of the generated dialplan, whatever is dialled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.offices import office
from tests.support.inside import CARRIER, come

_USERS = 'users: {"101": {did: "+390212345101"}, "102": {voicemail: true, deviations: {unconditional: voicemail}}}'
_DID = "+390212345101"
_STRANGER = "198.51.100.7"
_MORE_THAN_A_NUMBER = (
    "101 XML pbxgen.dialled", "mailbox XML pbxgen.end", "${pbx_tenant}", "101,102", "%2B39", " 101",
    "101\n", f"{_DID}\n",
)  # fmt: skip


def _refused(folder: Path, context: str, number: str, address: str = CARRIER, **variables: str) -> int | None:
    """The status that a caller gets, and that nobody rang."""
    came = come([office(folder, _USERS)], context, number, address=address, variables=variables)
    assert not came.rang
    assert not came.state.stored
    return came.released


@pytest.mark.parametrize("number", [_DID, "102", "+390299999999"])
def test_an_address_that_belongs_to_no_trunk_is_refused(number: str, tmp_path: Path) -> None:
    assert _refused(tmp_path, "pbxgen.trunks", number, _STRANGER) == 403


@pytest.mark.parametrize("number", _MORE_THAN_A_NUMBER)
def test_a_carrier_sends_numbers_only(number: str, tmp_path: Path) -> None:
    assert _refused(tmp_path, "pbxgen.trunks", number) == 404
    # A stranger is told the same as for every number.
    assert _refused(tmp_path, "pbxgen.trunks", number, _STRANGER) == 403


@pytest.mark.parametrize("number", _MORE_THAN_A_NUMBER)
def test_a_phone_dials_numbers_and_codes_only(number: str, tmp_path: Path) -> None:
    assert _refused(tmp_path, "office.phones", number, user_name="101") == 404


@pytest.mark.parametrize("number", [*_MORE_THAN_A_NUMBER, "*97"])
def test_a_transfer_leads_to_numbers_only(number: str, tmp_path: Path) -> None:
    party = {"pbx_role": "caller", "pbx_origin": "internal", "pbx_me": "user:101", "pbx_here": "user:102"}
    assert _refused(tmp_path, "office.transfer", number, **party) == 404


@pytest.mark.parametrize("login", ["door", "101x"])
def test_a_login_that_is_no_extension_calls_nobody(login: str, tmp_path: Path) -> None:
    assert _refused(tmp_path, "office.phones", "101", user_name=login) == 403


def test_who_has_not_authenticated_calls_nobody(tmp_path: Path) -> None:
    assert _refused(tmp_path, "pbxgen.nobody", "101") == 403


def test_who_is_no_phone_of_ours_sends_nobody_outside(tmp_path: Path) -> None:
    """Carriers cannot transfer; if one could, the rights of who called it would not be its own."""
    party = {
        "pbx_role": "called",
        "pbx_origin": "internal",
        "pbx_here": "user:101",
        "bridge_channel": "office/outside:+393471112222/x",
    }
    assert _refused(tmp_path, "office.transfer", "+393331110101", pbx_dialler="101", **party) == 403


@pytest.mark.parametrize(("transferring", "lends"), [("", False), ("another", False), ("b", True)])
def test_who_is_bridged_lends_its_rights_only_if_it_transfers(transferring: str, lends: bool, tmp_path: Path) -> None:
    """A REFER may come while an attended transfer joins two others."""
    party = {"pbx_role": "caller", "pbx_origin": "internal", "pbx_me": "user:102", "core_uuid": "c"}
    bridged = {"bridge_channel": "office/user:101/c", "bridge_uuid": "b"}
    transferred = {"blind_transfer_uuid": transferring} if transferring else {}
    plan = office(tmp_path, _USERS)
    came = come([plan], "office.transfer", "+393331110101", variables={**party, **bridged, **transferred})
    assert came.rang == (["+393331110101"] if lends else [])
