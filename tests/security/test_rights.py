"""Toll fraud by spelling: a number that a phone's class has no route to is not called, however it is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import Laboratory, laboratory, password, trunk_host
from tests.security.peer import Login

pytestmark = [pytest.mark.real, pytest.mark.slow]

_DOMAIN = "kanzlei.lab"
_PREMIUM = "9001234567"


_HOME = {"italy.lab": ("IT", "39", "00", "e164"), "states.lab": ("US", "1", "011", "e164_bare")}
"""Offices whose 101 may call the own country alone, which carriers are told in E.164."""


def _at_home(domain: str) -> str:
    host, port = trunk_host()
    country, code, _, form = _HOME[domain]
    name = domain.removesuffix(".lab")
    return f"""\
version: 1
pbx: {{name: {name}, domain: {domain}, country: {country}, timezone: Europe/Rome, language: en}}
trunks: {{carrier: {{host: "{host}:{port}", number_format: {form}}}}}
routes:
  emergency: {{match: ["112", "911"], trunk: carrier, emergency: true}}
  home: {{match: "+{code}.", trunk: carrier}}
classes: {{national: [home]}}
users: {{"101": {{name: Ada, password: {password("101", name)}, class: national}}}}
"""


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """A German office: 101 may call everything but premium numbers, which have a route before all others."""
    host, port = trunk_host()
    source = f"""\
version: 1
pbx: {{name: kanzlei, domain: {_DOMAIN}, country: DE, timezone: Europe/Berlin}}
trunks: {{carrier: {{host: "{host}:{port}", number: "+493012345000"}}}}
routes:
  emergency: {{match: ["112"], trunk: carrier, emergency: true}}
  premium: {{match: "+49900.", trunk: carrier}}
  world: {{match: "+.", trunk: carrier}}
classes: {{most: [world]}}
users: {{"101": {{name: Ada, password: {password("101", "kanzlei")}, class: most}}}}
"""
    home = [_at_home(domain) for domain in _HOME]
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), source, *home) as running:
        yield running


def _dial(lab: Laboratory, number: str, domain: str = _DOMAIN) -> tuple[int | None, list[str]]:
    for carrier in lab.trunks.values():
        carrier.received.clear()
    login: Login = lab.login("101", domain)
    status = lab.phone().call(number, domain, sender=f"<sip:101@{domain}>", login=login, seconds=3)
    return status, [sip.user_of(uri) for uri in lab.called_out()]


@pytest.mark.parametrize(
    "spelt",
    [
        "+49{n}", "0049{n}", "0{n}", "+490{n}", "00490{n}", "+4900{n}", "004900{n}", "+49000{n}1",
        "+49000000{n}", "+490049{n}", "+0049{n}", "+000{n}", "+00{n}", "%2B4900{n}", "+4900{n}%23", "+49%300{n}",
        "00000049{n}",
    ],
)  # fmt: skip
def test_no_spelling_of_a_premium_number_is_called(lab: Laboratory, spelt: str) -> None:
    status, called = _dial(lab, spelt.format(n=_PREMIUM))
    assert called == []
    assert status in (403, 404)


@pytest.mark.parametrize("spelt", ["+4930{n}", "0049030{n}", "+49030{n}", "030{n}", "493{n}"])
def test_a_number_that_the_class_has_is_called(lab: Laboratory, spelt: str) -> None:
    status, called = _dial(lab, spelt.format(n="2345678" if spelt != "493{n}" else "02345678"))
    assert status == 486
    assert len(called) == 1
    assert called[0].endswith("302345678")


@pytest.mark.parametrize("number", ["442079460018", "6834000", "882131234567"])
@pytest.mark.parametrize("spelt", ["+{c}{i}{n}", "{i}{c}{i}{n}", "{c}{i}{n}", "+{c}{i}{i}{n}", "%2B{c}{i}{n}"])
@pytest.mark.parametrize("domain", _HOME)
def test_no_number_abroad_is_called_behind_the_own_country_code(
    lab: Laboratory, domain: str, spelt: str, number: str
) -> None:
    _, code, prefix, _ = _HOME[domain]
    status, called = _dial(lab, spelt.format(c=code, i=prefix, n=number), domain)
    assert called == []
    assert status in (403, 404)


@pytest.mark.parametrize(
    ("domain", "number", "sent"),
    [("italy.lab", "+390212345678", "+390212345678"), ("states.lab", "12125550100", "12125550100")],
)
def test_a_number_at_home_is_called(lab: Laboratory, domain: str, number: str, sent: str) -> None:
    assert _dial(lab, number, domain) == (486, [sent])
