"""Does the laboratory see whom a carrier is told wrongly?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.identity import differences
from pbxgen.flow.machine import Shown
from pbxgen.flow.trunk import FromUser, IdentityHeader
from tests.smoke.offices import office

_ADA, _OWN = Shown("+390212345101"), "<sip:+390212345101@pbx.office.example>"
_WITHHELD, _NOBODY = Shown("+390212345101", withheld=True), Shown(None)
_ANONYMOUS, _ACCOUNT = ("from", "<sip:anonymous@anonymous.invalid>"), ("from", "<sip:acme@sip.carrier.example>")
_FROM, _PAI, _ID = ("from", _OWN), ("p-asserted-identity", _OWN), ("privacy", "id")
_RPID, _FULL = ("remote-party-id", f"{_OWN};party=calling;privacy=off"), ("remote-party-id", f"{_OWN};privacy=full")


def _seen(folder: Path, form: str, shown: Shown, *headers: tuple[str, str]) -> list[tuple[str, str, str]]:
    """``form``: identity, and whether From is the account."""
    plan = office(folder, 'users: {"101": {did: "+390212345101"}}')
    identity, _, account = form.partition(" ")
    user = FromUser.ACCOUNT if account else FromUser.CALLER
    trunk = replace(plan.trunks["carrier"], username="acme", identity=IdentityHeader(identity), from_user=user)
    return [tuple(difference) for difference in differences(plan, trunk, shown, headers)]


@pytest.mark.parametrize(
    ("form", "shown", "headers"),
    [
        ("none", _ADA, [_FROM]),
        ("none", _WITHHELD, [_ANONYMOUS]),
        ("pai", _ADA, [_FROM, _PAI]),
        ("pai", _WITHHELD, [_ANONYMOUS, _PAI, _ID]),
        ("pai", _NOBODY, [_ANONYMOUS, _ID]),
        ("rpid", _ADA, [_FROM, _RPID]),
        ("rpid", _WITHHELD, [_ANONYMOUS, _FULL]),
        ("none account", _ADA, [_ACCOUNT]),
        ("none account", _WITHHELD, [_ACCOUNT, _ID]),
        ("pai account", _ADA, [_ACCOUNT, _PAI]),
        ("rpid account", _WITHHELD, [_ACCOUNT, _FULL]),
    ],
)
def test_what_a_carrier_should_be_told_is_no_difference(
    tmp_path: Path, form: str, shown: Shown, headers: list[tuple[str, str]]
) -> None:
    assert _seen(tmp_path, form, shown, *headers) == []


@pytest.mark.parametrize(
    ("form", "shown", "headers", "wrong"),
    [
        ("none", _WITHHELD, [_FROM], ("From", "+390212345101", "anonymous")),
        ("none", _ADA, [_FROM, _PAI], ("p-asserted-identity", "+390212345101", "nothing")),
        ("none", _ADA, [_FROM, _ID], ("Privacy", "id", "nothing")),
        ("pai", _ADA, [_FROM], ("p-asserted-identity", "nothing", "+390212345101")),
        ("pai", _WITHHELD, [_ANONYMOUS, _PAI], ("Privacy", "nothing", "id")),
        ("pai", _NOBODY, [_ANONYMOUS, _PAI, _ID], ("p-asserted-identity", "+390212345101", "nothing")),
        ("rpid", _WITHHELD, [_ANONYMOUS, _RPID], ("Privacy", "off", "full")),
        ("pai account", _ADA, [_FROM, _PAI], ("From", "+390212345101", "acme")),
        ("none account", _WITHHELD, [_ACCOUNT], ("Privacy", "nothing", "id")),
    ],
)
def test_what_a_carrier_should_not_be_told_is_a_difference(
    tmp_path: Path, form: str, shown: Shown, headers: list[tuple[str, str]], wrong: tuple[str, str, str]
) -> None:
    assert _seen(tmp_path, form, shown, *headers) == [wrong]
