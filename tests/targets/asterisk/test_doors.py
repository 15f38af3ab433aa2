"""What the generated pjsip.conf says of who may come in."""

from __future__ import annotations

import re

import pytest

from tests.support.asterisk import rendered
from tests.support.office import plan_of

_HEAD = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
"""
_BODY = """\
trunks:
  carrier: {{host: {host}, accept_from: {networks}, username: me, password: long enough}}
users: {{"101": {{password: long enough}}}}
"""


def _denied(host: str, networks: str) -> list[str]:
    """What no phone may register, by the phones' template."""
    text = rendered(plan_of(_BODY.format(host=host, networks=networks), head=_HEAD))["pjsip.conf"].text
    phones = text.partition("[pbxgen-phone](!)")[2].partition("\n\n")[0]
    return [line.partition(" = ")[2] for line in phones.splitlines() if line.startswith("contact_deny")]


@pytest.mark.parametrize(
    ("host", "networks", "denied"),
    [
        ("8.8.8.8", "[]", ["8.8.8.8/32"]),
        ("sip.carrier.example", '["8.8.4.0/24"]', ["8.8.4.0/24"]),
        ("10.0.0.5", '["10.0.0.0/28"]', ["10.0.0.5/32", "10.0.0.0/28"]),
        ("8.8.8.8", '["10.0.0.0/8"]', ["8.8.8.8/32"]),
        ('"2001:4860::1"', '["2001:4860::/48"]', ["2001:4860::1/128", "2001:4860::/48"]),
    ],
)
def test_no_phone_may_register_where_a_trunk_is_unless_phones_behind_nat_may_have_such_addresses(
    host: str, networks: str, denied: list[str]
) -> None:
    assert _denied(host, networks) == denied


def test_every_login_and_every_name_that_does_not_exist_is_asked_for_one_realm() -> None:
    one = plan_of('users: {"101": {password: long enough}}')
    files = rendered(one)
    assert f"default_realm = {one.domain}\n" in files["pjsip.conf"].text
    assert f"realm = {one.domain}\n" in files[f"pbxgen/{one.name}/pjsip.conf"].text


def test_trunks_are_known_by_their_address_alone_and_carriers_over_tls_by_their_certificate() -> None:
    body = _BODY.format(host="8.8.8.8", networks="[], transport: tls")
    text = rendered(plan_of(body, head=_HEAD))["pjsip.conf"].text
    assert "identify_by = ip\n" in text.partition("[pbxgen-trunk](!)")[2].partition("\n\n")[0]
    assert "verify_server = yes" in text.partition("[tls]")[2].partition("\n\n")[0]


def _context(text: str, name: str) -> list[str]:
    """What the lines of a context do, without extension and priority."""
    lines = text.partition(f"\n[{name}]")[2].partition("\n[")[0].splitlines()
    return [line for line in lines if re.match(r" same =>|exten =>", line)]


@pytest.mark.parametrize("context", ["phones", "transfers", "continue", "trunk.carrier"])
def test_a_pattern_takes_anything_behind_its_first_character_and_the_first_step_looks_at_it(context: str) -> None:
    body = _BODY.format(host="8.8.8.8", networks="[]") + "self_service: {profiles: {staff: {may: [dnd]}}}\n"
    plan = plan_of(body.replace("users: {", 'users: {"102": {self_service: staff}, '), head=_HEAD)
    files = rendered(plan)
    library = "\n".join(files[f"pbxgen/{name}.conf"].text for name in ("library", "self_service"))
    led = [
        step
        for line in _context(files["pbxgen/acme/extensions.conf"].text, f"acme.{context}")
        for step in re.findall(r"Gosub\((pbxgen-[a-z-]+),s,1\(", line)
    ]
    assert led
    for entry in led:
        first = _context(library, entry)[0]
        checked = r"exten => s,1,GotoIf\(\$\{REGEX\(\"\^\..*\" \(.*\)\}\?:pbxgen-release,unknown,1\)"
        assert re.fullmatch(checked, first), f"{context}: {entry} begins with {first}"
