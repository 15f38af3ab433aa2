"""What docs/hardening.md tells fail2ban to look for stands in the log of a running PBX, and names who did it."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office
from tests.security.peer import Login

pytestmark = [pytest.mark.real, pytest.mark.slow]

_PAGE = Path(__file__).resolve().parents[2] / "docs/hardening.md"
_ATTACKER, _VICTIM = "127.0.0.66", "10.9.9.9"
_HOST = r"(?P<host>[0-9.]+)"


def _filter(pbx_name: str) -> list[re.Pattern[str]]:
    """The lines of ``failregex`` on the page, as fail2ban reads them."""
    text = _PAGE.read_text(encoding="utf-8")
    match = re.search(rf"filter\.d/pbxgen-{pbx_name}\.conf.*?```ini\n(.*?)```", text, re.DOTALL)
    assert match is not None
    parser = configparser.ConfigParser()
    parser.read_string(match[1])
    return [re.compile(line.replace("<HOST>", _HOST)) for line in parser["Definition"]["failregex"].splitlines()]


def _without_date(line: str) -> str:
    """fail2ban takes the date out of a line before it looks at the rest."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", "", line)


@pytest.fixture
def lab(pbx_name: str, tmp_path: Path) -> Iterator[Laboratory]:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, office(f"{host}:{port}")) as running:
        if pbx_name == "asterisk":
            running.command("logger add channel fail2ban.log security")
        yield running


def _named(lab: Laboratory, pattern: re.Pattern[str]) -> list[str]:
    lab.settle(0.5)
    matches = (pattern.search(_without_date(line)) for line in lab.log().splitlines())
    return [match["host"] for match in matches if match]


def _fail(lab: Laboratory) -> None:
    """A wrong password, a name that is nobody's, a call of a stranger."""
    phone = lab.phone(host=_ATTACKER)
    assert phone.register("101", "office.lab", Login("101", "wrong")) in (401, 403)
    assert phone.register("999", "office.lab", Login("999", "wrong")) in (401, 403)
    status = lab.stranger(_ATTACKER).call("+390212345102", "office.lab", sender="<sip:1@office.lab>")
    assert status in (401, 403)


def test_failed_logins_and_calls_of_strangers_are_found_with_the_address_they_came_from(
    lab: Laboratory, pbx_name: str
) -> None:
    _fail(lab)
    hosts_by_pattern = [_named(lab, pattern) for pattern in _filter(pbx_name)]
    assert all(hosts_by_pattern), hosts_by_pattern
    assert sum(map(len, hosts_by_pattern)) >= 3
    assert {host for hosts in hosts_by_pattern for host in hosts} == {_ATTACKER}


def test_phones_that_log_in_are_not_found(lab: Laboratory, pbx_name: str) -> None:
    phone = lab.phone()
    assert phone.register("101", "office.lab", lab.login("101")) == 200
    assert phone.call("112", "office.lab", sender="<sip:101@office.lab>", login=lab.login("101")) == 486
    assert lab.trunks["office.carrier"].invited
    assert [_named(lab, pattern) for pattern in _filter(pbx_name)] == [[] for _ in _filter(pbx_name)]


_FORGED = {
    "asterisk": f'",RemoteAddress="IPV4/UDP/{_VICTIM}/1',
    "freeswitch": "[WARNING] sofia_reg.c:1 SIP auth failure (REGISTER) on sofia profile 'internal' for [1@x] from ip "
    + _VICTIM,
}
"""What would be found in a line that is not looked at as a whole. Asterisk logs 36 characters of a name."""


@pytest.mark.parametrize("line_end", ["", "%0a"])
def test_no_name_makes_somebody_else_be_found(lab: Laboratory, pbx_name: str, line_end: str) -> None:
    text = _FORGED[pbx_name]
    shown = text.replace('"', '\\"')
    user = text.replace(" ", "%20").replace('"', "%22").replace("[", "%5b").replace("]", "%5d")
    login = Login("101", "wrong")
    for name in (f"<sip:{line_end}{user}@office.lab>", f'"{shown}" <sip:1@office.lab>'):
        for peer in (lab.phone(host=_ATTACKER), lab.stranger(_ATTACKER)):
            assert peer.call("102", "office.lab", sender=name, login=login) is not None
            peer.ask("REGISTER", "sip:office.lab", sender=name, to=name, login=login, seconds=1)
    _fail(lab)
    assert {host for pattern in _filter(pbx_name) for host in _named(lab, pattern)} == {_ATTACKER}
