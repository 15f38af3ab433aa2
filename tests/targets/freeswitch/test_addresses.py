"""A trunk's addresses as FreeSWITCH compares them."""

from __future__ import annotations

from dataclasses import replace

from pbxgen.flow.trunk import Trunk
from pbxgen.targets.freeswitch.addresses import access_lists
from tests.support.office import plan_of


def trunk(host: str, *accept_from: str) -> Trunk:
    return replace(plan_of('users: {"101": {name: Ada}}').trunks["carrier"], host=host, accept_from=accept_from)


def test_an_address_is_a_network_of_its_own() -> None:
    assert access_lists(trunk("192.0.2.1", "198.51.100.0/28")) == ("192.0.2.1/32,198.51.100.0/28",)


def test_the_versions_of_ip_do_not_mix() -> None:
    assert access_lists(trunk("2001:db8::1", "192.0.2.1")) == ("192.0.2.1/32", "2001:db8::1/128")


def test_a_name_alone_has_no_address() -> None:
    assert access_lists(trunk("sip.carrier.example")) == ()


def test_long_lists_are_parted() -> None:
    many = [f"10.0.{i}.0/24" for i in range(120)]
    assert [len(text.split(",")) for text in access_lists(trunk("sip.carrier.example", *many))] == [50, 50, 20]
