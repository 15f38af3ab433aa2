"""A trunk with several addresses, in the files of each PBX."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from pbxgen.targets.freeswitch import contacts
from pbxgen.targets.networks import networks
from tests.support.calls import plan_of
from tests.support.generated import generated

_TWO = '[192.0.2.1, "192.0.2.2:5080"]'
_SOURCE = """\
version: 1
pbx: {{name: acme, domain: acme.lab, country: IT, timezone: Europe/Rome}}
trunks:
  carrier: {{host: {host}, username: acme-1, password: p, register: true, max_calls: 2}}
  backup: {{host: 198.51.100.1}}
routes:
  help: {{match: "112", trunk: carrier, emergency: true}}
  world: {{match: "+.", trunk: [carrier, backup]}}
users: {{"101": {{password: p, class: all}}}}
classes: {{all: [world]}}
"""


def _plan(folder: Path, host: str = _TWO) -> Plan:
    path = folder / "acme.yaml"
    path.write_text(_SOURCE.format(host=host), encoding="utf-8")
    return plan_of(path)


def _files(folder: Path, pbx: str, host: str = _TWO) -> str:
    return "".join(file.text for file in generated(_plan(folder, host), pbx))


def test_asterisk_tries_each_address_in_order_before_the_next_trunk(tmp_path: Path) -> None:
    text = _files(tmp_path, "asterisk")
    assert "Return(world,carrier&carrier.2&backup)" in text
    assert "Return(112,carrier&carrier.2)" in text


def test_freeswitch_tries_each_address_in_order_before_the_next_trunk(tmp_path: Path) -> None:
    text = _files(tmp_path, "freeswitch")
    assert 'data="pbx_trunk=carrier+carrier.2+backup"' in text
    assert 'data="pbx_more=carrier+carrier.2"' in text


def test_freeswitch_waits_5_seconds_for_trunks_and_not_for_phones(tmp_path: Path) -> None:
    timed = [file.path for file in generated(_plan(tmp_path), "freeswitch") if 'name="timer-T1X64"' in file.text]
    assert timed == ["sip_profiles/external.xml"]


def test_asterisk_takes_calls_from_every_address_for_the_one_trunk(tmp_path: Path) -> None:
    text = _files(tmp_path, "asterisk")
    assert "endpoint = acme.trunk.carrier\nmatch = 192.0.2.1\nmatch = 192.0.2.2:5080\n" in text
    assert "endpoint = acme.trunk.carrier.2" not in text


def test_asterisk_sends_options_and_registers_at_every_address(tmp_path: Path) -> None:
    text = _files(tmp_path, "asterisk")
    for uri in ("sip:192.0.2.1", "sip:192.0.2.2:5080"):
        assert f"contact = {uri}\nqualify_frequency = 30\n" in text
        assert f"server_uri = {uri}\n" in text


def test_freeswitch_registers_at_every_address(tmp_path: Path) -> None:
    text = _files(tmp_path, "freeswitch")
    for name, proxy in (("acme.carrier", "192.0.2.1"), ("acme.carrier.2", "192.0.2.2:5080")):
        gateway = text.split(f'<gateway name="{name}">')[1].split("</gateway>")[0]
        assert f'name="proxy" value="{proxy}"' in gateway
        assert 'name="register" value="true"' in gateway


def test_no_phone_registers_at_any_of_them_on_asterisk(tmp_path: Path) -> None:
    text = _files(tmp_path, "asterisk")
    assert "contact_deny = 192.0.2.1/32\ncontact_deny = 192.0.2.2/32\n" in text


def test_no_contact_at_any_of_them_is_rung_on_freeswitch(tmp_path: Path) -> None:
    assert "192[.]0[.]2[.]2" in contacts.carriers([_plan(tmp_path)])


def test_the_networks_of_a_trunk_are_those_of_all_its_addresses(tmp_path: Path) -> None:
    known = networks(_plan(tmp_path).trunks["carrier"])
    assert known == [ipaddress.ip_network("192.0.2.1"), ipaddress.ip_network("192.0.2.2")]


@pytest.mark.parametrize(("pbx", "code"), [("asterisk", "PBX300"), ("freeswitch", "PBX350")])
def test_a_name_among_addresses_needs_accept_from(tmp_path: Path, pbx: str, code: str) -> None:
    plan = _plan(tmp_path, "[192.0.2.1, sip.carrier.example]")
    diagnostics = load_target(pbx).limits(plan, Options())
    assert [one.code for one in diagnostics] == [code]
    assert "sip.carrier.example" in diagnostics[0].message


def test_an_address_of_ipv6_among_others_is_known_to_asterisk_and_refused_for_freeswitch(tmp_path: Path) -> None:
    host = '[192.0.2.1, "[2001:db8::1]:5080"]'
    assert "transport = udp6" in _files(tmp_path, "asterisk", host)
    assert [d.code for d in load_target("freeswitch").limits(_plan(tmp_path, host), Options())] == ["PBX356"]
