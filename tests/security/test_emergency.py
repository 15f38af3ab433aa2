"""Calls for help go on over another trunk where one does not believe who calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Reply

pytestmark = [pytest.mark.real, pytest.mark.slow]

_ASKS = 'Digest realm="carrier.example", nonce="abc", algorithm=MD5, qop="auth"'


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """``office``, whose emergency calls have a second trunk."""
    (host, port), (other, other_port) = trunk_host(), trunk_host()
    source = office(f"{host}:{port}")
    source = source.replace("routes:", f'  backup: {{host: "{other}:{other_port}"}}\nroutes:')
    source = source.replace('"118"], trunk: carrier', '"118"], trunk: [carrier, backup]')
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), source) as running:
        yield running


@pytest.mark.parametrize(("status", "header"), [(401, "WWW-Authenticate"), (407, "Proxy-Authenticate")])
def test_a_login_that_the_carrier_refuses_does_not_end_a_call_for_help(
    lab: Laboratory, status: int, header: str
) -> None:
    carrier, backup = lab.trunks["office.carrier"], lab.trunks["office.backup"]
    carrier.answer = lambda request: (
        [Reply(status, headers=(f"{header}: {_ASKS}",))] if request.method == "INVITE" else [Reply(200)]
    )
    lab.phone().call("112", "office.lab", sender="<sip:103@office.lab>", login=lab.login("103"))
    assert len(carrier.requests("INVITE")) == 2
    assert len(backup.invited) == 1
