"""A service that sends its calls on to another tenant: they are from outside there, without rights of its phones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.security.calls import call_up, called_side, takes
from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Peer

pytestmark = [pytest.mark.real, pytest.mark.slow]

_HERE, _THERE = "office.lab", "bureau.lab"
"""As long as one another: what stands before the end of an endpoint's name is an extension of both."""
_OUTSIDE = "+390299999999"


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """``office``, whose 700 leads to 102 of ``bureau``; there 103 may call outside."""
    sources = []
    for name, number in (("office", "+390212345"), ("bureau", "+390277777")):
        host, port = trunk_host()
        sources.append(office(f"{host}:{port}", name, number) + 'services: {bridge: {number: "700"}}\n')
    sources[1] = sources[1].replace("name: Cara,", "name: Cara, class: national,")
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), *sources, services={"bridge": "102@bureau"}) as made:
        yield made


@contextlib.contextmanager
def _phones(lab: Laboratory, *users: str) -> Iterator[dict[str, Peer]]:
    """A phone of each user (``extension@domain``), which signs off at the end."""
    phones = {user: lab.phone(takes) for user in users}
    for user, phone in phones.items():
        extension, domain = user.split("@")
        assert phone.register(extension, domain, lab.login(extension, domain)) == 200
    try:
        yield phones
    finally:
        lab.hang_up_all()
        for user, phone in phones.items():
            extension, domain = user.split("@")
            phone.forget(extension, domain, lab.login(extension, domain))
        lab.settle(0.5)


@pytest.mark.parametrize("target", [_OUTSIDE, "112", "101", "600"])
def test_whoever_comes_from_another_tenant_transfers_nobody(lab: Laboratory, target: str) -> None:
    """103 of the office may not call outside; 103 of the bureau may."""
    with _phones(lab, f"101@{_THERE}", f"102@{_THERE}") as phones:
        side = call_up(lab, lab.phone(takes), "103", "700", _HERE, lab.login("103"))
        assert len(phones[f"102@{_THERE}"].invited) == 1
        lab.settle(0.3)
        side.say("REFER", f"Refer-To: <sip:{target}@{_HERE}>")
        lab.settle()
        assert lab.called_out() == []
        assert phones[f"101@{_THERE}"].invited == []


def test_who_transferred_is_not_looked_for_among_another_tenants_users(lab: Laboratory) -> None:
    """102 of the bureau is not there; 101 of the office has transferred, and it is not 101 of the bureau who rings."""
    with _phones(lab, f"101@{_THERE}", f"101@{_HERE}") as phones:
        call_up(lab, lab.phone(takes), "103", "101", _HERE, lab.login("103"))
        lab.settle(0.3)
        called_side(phones[f"101@{_HERE}"], lab.login("101")).say("REFER", f"Refer-To: <sip:700@{_HERE}>")
        lab.settle(2.5)
        assert phones[f"101@{_THERE}"].invited == []
