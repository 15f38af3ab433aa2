"""The laboratory of the attacks itself: honest calls go through it, so what stops an attack is the plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]


def _takes(request: sip.Message) -> Sequence[Reply]:
    if request.method != "INVITE":
        return [Reply(200)]
    return [Reply(180), Reply(200, body=sdp(), after=0.2)]


def test_phones_and_a_carrier_reach_each_other(pbx_name: str, tmp_path: Path) -> None:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, office(f"{host}:{port}")) as lab:
        caller, called = lab.phone(), lab.phone(_takes)
        assert caller.register("101", "office.lab", lab.login("101")) == 200
        assert called.register("102", "office.lab", lab.login("102")) == 200
        assert caller.call("102", "office.lab", sender="<sip:101@office.lab>", login=lab.login("101")) == 200
        assert len(called.invited) == 1
        carrier = lab.trunks["office.carrier"]
        carrier.answer = _takes
        assert caller.call("+390299999999", "office.lab", sender="<sip:101@office.lab>", login=lab.login("101")) == 200
        assert len(carrier.invited) == 1
        assert carrier.call("+390212345102", host, sender="<sip:+393471112222@carrier.example>") == 200
        assert len(called.invited) == 2
        assert lab.pbx.log.complaints() == ()
