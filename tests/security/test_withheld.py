"""Who withholds the number is not shown, in each way in which headers may say so (RFC 3323, 3325)."""

from __future__ import annotations

import pytest

from tests.security.laboratory import Laboratory

pytestmark = [pytest.mark.real, pytest.mark.slow]

_NUMBER = "+393471112222"
_SENDER = f'"Mario Rossi" <sip:{_NUMBER}@carrier.example>'


@pytest.mark.parametrize(
    "headers",
    [
        ("Privacy: id",),
        ("Privacy: ID",),
        ("Privacy: user;id;critical",),
        (f"Remote-Party-ID: <sip:{_NUMBER}@carrier.example>;party=calling;privacy=full",),
    ],
)
def test_a_carriers_caller_who_withholds_the_number_is_shown_to_no_phone(
    lab: Laboratory, headers: tuple[str, ...]
) -> None:
    called, carrier = lab.phone(), lab.trunks["office.carrier"]
    assert called.register("102", "office.lab", lab.login("102")) == 200
    assert carrier.call("+390212345102", carrier.host, sender=_SENDER, headers=headers) == 486
    assert len(called.invited) == 1
    told = [value for name, value in called.invited[0].headers if name in ("from", "contact", "p-asserted-identity")]
    called.forget("102", "office.lab", lab.login("102"))
    assert not [value for value in told if _NUMBER in value or "Rossi" in value]


def test_a_carriers_caller_who_withholds_nothing_is_shown(lab: Laboratory) -> None:
    called, carrier = lab.phone(), lab.trunks["office.carrier"]
    assert called.register("102", "office.lab", lab.login("102")) == 200
    headers = ("Privacy: none", f"Remote-Party-ID: <sip:{_NUMBER}@carrier.example>;privacy=off")
    assert carrier.call("+390212345102", carrier.host, sender=_SENDER, headers=headers) == 486
    called.forget("102", "office.lab", lab.login("102"))
    assert _NUMBER in called.invited[0].header("from")


@pytest.mark.parametrize("privacy", ["id", "ID", "user", "session;header"])
def test_a_phone_that_withholds_its_number_shows_none_outside(lab: Laboratory, privacy: str) -> None:
    phone = lab.phone()
    sender, login = "<sip:101@office.lab>", lab.login("101")
    phone.call("+390299999999", "office.lab", sender=sender, login=login, headers=(f"Privacy: {privacy}",))
    (called,) = lab.trunks["office.carrier"].invited
    assert "anonymous" in called.header("from")
    assert "+390212345101" not in called.header("from")
