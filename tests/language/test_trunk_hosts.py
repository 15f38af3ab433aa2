"""`host` of a trunk as a list: several addresses of one carrier."""

from pathlib import Path

import pytest

from tests.language.sources import HEAD, findings
from tests.support.calls import plan_of

BODY = """\
trunks: {{t: {{host: {host}, number: "+390212345000"}}}}
inbound: {{"+390212345000": busy}}
"""


def error_codes(host: str) -> list[str]:
    return [d.code for d in findings(HEAD + BODY.format(host=host)) if d.severity.value == "error"]


def test_the_addresses_are_kept_in_order_each_with_its_port(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + BODY.format(host='[192.0.2.2, "192.0.2.1:5080", sip.a.example]'), encoding="utf-8")
    trunk = plan_of(path).trunks["t"]
    assert trunk.hosts == (("192.0.2.2", None), ("192.0.2.1", 5080), ("sip.a.example", None))


def test_a_list_of_one_is_as_the_address_alone(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + BODY.format(host="[192.0.2.2]"), encoding="utf-8")
    assert plan_of(path).trunks["t"].hosts == (("192.0.2.2", None),)


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("[]", "PBX105"),
        ("[192.0.2.1, 7]", "PBX106"),
        ("[192.0.2.1, {a: b}]", "PBX103"),
        ('[192.0.2.1, "a b"]', "PBX105"),
        ("[192.0.2.1, 192.0.2.1]", "PBX193"),
        ("[192.0.2.1, 192.0.2.1:5060]", "PBX193"),
        ("[SIP.a.example, sip.a.example]", "PBX193"),
        ("[192.0.2.1, 0.0.0.0]", "PBX161"),
        ("[192.0.2.1, 192.0.2.2:99999]", "PBX132"),
        ("[192.0.2.1, pbx.acme.example]", "PBX161"),
    ],
)
def test_each_address_is_looked_at(host: str, code: str) -> None:
    assert error_codes(host) == [code]


def test_the_same_host_at_two_ports_is_two_addresses() -> None:
    assert error_codes("[192.0.2.1, 192.0.2.1:5080]") == []


def test_a_finding_stands_at_the_address_that_it_is_about() -> None:
    body = 'trunks:\n  t:\n    host:\n      - 192.0.2.1\n      - 0.0.0.0\n    number: "+390212345000"\n'
    (one,) = [d for d in findings(HEAD + body) if d.code == "PBX161"]
    assert one.location is not None
    assert one.location.line == len(HEAD.splitlines()) + 5


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("host: [192.0.2.1, 192.0.2.2], outbound_proxy: 192.0.2.9", 1),
        ("host: [192.0.2.1], outbound_proxy: 192.0.2.9", 0),
        ("host: 192.0.2.1, outbound_proxy: 192.0.2.9", 0),
        ("host: [192.0.2.1, 192.0.2.2], outbound_proxy: null", 0),
    ],
)
def test_several_addresses_behind_one_proxy_are_warned_of_at_the_proxy(keys: str, told: int) -> None:
    text = HEAD + f"trunks:\n  t: {{{keys}}}\n"
    warned = [d for d in findings(text) if d.code == "PBX195"]
    assert len(warned) == told
    for one in warned:
        assert one.severity.value == "warning"
        assert one.location is not None
        assert text.splitlines()[one.location.line - 1][one.location.column - 1 :].startswith("192.0.2.9")
