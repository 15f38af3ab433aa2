"""Whose addresses a trunk may have: calls from there need no password."""

import re

import pytest

from tests.language.sources import HEAD, findings

BODY = """\
trunks: {{t: {{host: {host}, accept_from: [{accept}], number: "+390212345000"}}}}
inbound: {{"+390212345000": busy}}
"""


def reported_codes(host: str = "192.0.2.1", accept: str = "") -> list[str]:
    return [d.code for d in findings(HEAD + BODY.format(host=host, accept=accept)) if d.code in ("PBX161", "PBX162")]


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "0.0.0.0", "::", "224.0.0.5", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0/96",
     "::ffff:10.0.0.0/104", "::ffff:192.0.2.1"],
)  # fmt: skip
def test_an_address_of_everybody_or_nobody_is_an_error(network: str) -> None:
    assert reported_codes(accept=f'"{network}"') == ["PBX161"]


@pytest.mark.parametrize(
    "host", ["0.0.0.0", '"::"', "224.0.0.5", "255.255.255.255", "0.0.0.0:5080", '"::ffff:0.0.0.0"']
)
def test_so_it_is_as_host(host: str) -> None:
    assert reported_codes(host=host) == ["PBX161"]


@pytest.mark.parametrize(
    "network",
    [
        "203.0.0.0/15",
        "0.0.0.0/1",
        "2001:db8::/31",
        "10.0.0.0/8",
        "10.1.2.0/24",
        "192.168.0.0/16",
        "172.16.0.0/30",
        "100.64.0.0/24",
        "169.254.0.0/16",
        "fc00::/7",
        "fd00:1::/64",
        "fe80::/64",
    ],
)
def test_a_network_that_phones_may_be_in_is_warned_of(network: str) -> None:
    assert reported_codes(accept=f'"{network}"') == ["PBX162"]


@pytest.mark.parametrize("address", ["10.0.0.5", "10.0.0.5/32", "192.0.2.0/28", "127.0.0.1", "203.0.0.0/16", "fd00::5"])
def test_an_address_of_a_carrier_is_fine(address: str) -> None:
    assert reported_codes(accept=f'"{address}"') == []
    assert "/" in address or reported_codes(host=f'"{address}"') == []


@pytest.mark.parametrize(("domain", "host"), [("203.0.113.5", "203.0.113.5:5080"), ("office.lab", "Office.lab")])
def test_a_trunk_where_the_phones_are_is_an_error(domain: str, host: str) -> None:
    text = re.sub(r"domain: [^,}\n]+", f"domain: {domain}", HEAD + BODY.format(host=host, accept=""))
    assert domain in text
    (diagnostic,) = [d for d in findings(text) if d.code == "PBX161"]
    assert "pbx.domain" in diagnostic.message
