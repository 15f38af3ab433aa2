"""How the parties of a scenario are reached in the laboratory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.cli.test_on import print_report
from pbxgen.flow.endpoint import Srtp
from pbxgen.lab.report import not_judged, page
from pbxgen.lab.result import LabReport
from pbxgen.lab.scripts import PLAIN, Way
from pbxgen.lab.tenants import in_browsers, prepare
from tests.lab.results import case
from tests.support.calls import plan_of

_SOURCE = """\
version: 1
pbx: {name: ways, domain: pbx.ways.example, country: IT, timezone: Europe/Rome}
trunks:
  plain: {host: 127.0.0.1, number: "+390212345000"}
  safe: {host: 127.0.0.2, transport: tls, srtp: required, number: "+390612345000"}
  willing: {host: 127.0.0.3, transport: tls, srtp: optional, number: "+390112345000"}
routes: {emergency: {match: "112", trunk: [plain, safe, willing], emergency: true}}
phones: {transport: tls, srtp: required}
users:
  "101": {name: Encrypted}
  "102": {name: Willing, phone: {srtp: optional}}
  "103": {name: Stream, phone: {transport: tcp, srtp: "off"}}
  "104": {name: Browser, phone: {transport: wss}}
  "105": {name: Plain, phone: {transport: udp, srtp: "off"}}
inbound: {"+390212345000": "101", "+390612345000": "101", "+390112345000": "101"}
"""


@pytest.fixture
def office(tmp_path: Path) -> Case:
    path = tmp_path / "ways.yaml"
    path.write_text(_SOURCE)
    return case(plan_of(path), "101", "102")


def test_phones_and_trunks_come_over_what_the_source_says(office: Case) -> None:
    (tenant,), _ = prepare([office])
    assert {extension: tenant.way(extension) for extension in tenant.plan.users} == {
        "101": Way("tls", encrypted=True),
        "102": Way("tls"),
        "103": Way("tcp"),
        "104": PLAIN,
        "105": PLAIN,
    }
    ways = {name: tenant.way_over(name) for name in tenant.plan.trunks}
    assert ways == {"plain": PLAIN, "safe": Way("tls", encrypted=True), "willing": Way("tls")}


def test_the_pbx_is_told_what_the_phones_really_do(office: Case) -> None:
    (tenant,), _ = prepare([office])
    told = {name: (user.phone.transport, user.phone.srtp) for name, user in tenant.plan.users.items()}
    assert told == {
        "101": ("tls", Srtp.REQUIRED),
        "102": ("tls", Srtp.OFF),
        "103": ("tcp", Srtp.OFF),
        "104": ("udp", Srtp.OFF),
        "105": ("udp", Srtp.OFF),
    }


def test_phones_that_visit_a_pbx_of_somebody_else_come_over_udp(office: Case) -> None:
    (tenant,), _ = prepare([office])
    visiting = replace(tenant, trunks={}, passwords={"101": "secret", "102": "secret"})
    assert visiting.ways == {PLAIN}
    assert tenant.ways == {PLAIN, Way("tls", encrypted=True), Way("tls"), Way("tcp")}


def test_browsers_are_named_as_what_was_not_judged(office: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert in_browsers([office, office]) == ("104",)
    judged, report = LabReport((), (), {}, 0.0), LabReport((), (), {}, 0.0, browsers=("104",))
    told = (
        "not judged: WebRTC. Real calls cannot play browsers (transport: wss); the phones of 104 came over UDP instead"
    )
    print_report(report, False, "en")
    assert f"  {told}\n" in capsys.readouterr().out
    assert (told in page(report), told in page(judged)) == (True, False)
    print_report(judged, False, "en")
    assert capsys.readouterr().out == ""


def test_many_browsers_are_named_in_part() -> None:
    (told,) = not_judged(LabReport((), (), {}, 0.0, browsers=tuple(map(str, range(104, 112)))))
    assert "phones of 104, 105, 106, 107, 108, 109, … came" in told
