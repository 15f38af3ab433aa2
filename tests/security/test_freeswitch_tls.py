"""A carrier reached over TLS is who its certificate says, or it hears nothing."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab.certificates import certificate
from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.lab.ports import free_port
from pbxgen.targets.base import GeneratedFile
from tests.conftest import real_pbx
from tests.security.laboratory import trunk_host
from tests.security.offices import office
from tests.security.tls import TlsCarrier
from tests.support.generated import generated_from

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SECONDS = 20.0
_TRIES_SECONDS = 150.0
"""FreeSWITCH now and then says nothing over a connection it has made; it tries again 62 s later."""


@contextlib.contextmanager
def _running(folder: Path, host: str, port: int, authority: Path, further: str = "") -> Iterator[FreeSwitch]:
    """FreeSWITCH with a trunk that registers over TLS; ``authority`` is what its administrator trusts."""
    over_tls = f"transport: tls, register: true, keepalive: 0, {further}username: "  # REGISTER is what is sent
    files = generated_from(office(f"{host}:{port}").replace("username: ", over_tls), folder, "freeswitch")
    home = folder / "pbx"
    (home / "certs").mkdir(parents=True)
    shutil.copy(authority.with_suffix(".crt"), home / "certs" / "cafile.pem")
    pbx = FreeSwitch(PbxSetup(home, tuple(map(_with_tls, files)), {}))
    try:
        asyncio.run(pbx.start())
        yield pbx
    finally:
        pbx.stop()


def _with_tls(file: GeneratedFile) -> GeneratedFile:
    """As if vars.xml had switched TLS on."""
    if file.path != "sip_profiles/external.xml":
        return file
    text = file.text.replace("$${external_ssl_enable}", "true").replace("$${external_tls_port}", str(free_port()))
    return replace(file, text=text)


@pytest.mark.parametrize("who", ["an impostor with a certificate of its own", "somebody else that the authority knows"])
def test_an_impostor_hears_nothing_and_the_log_says_why_once_it_is_asked_to(tmp_path: Path, who: str) -> None:
    real_pbx("freeswitch")
    host, port = trunk_host()
    authority = certificate(tmp_path, "authority", ["authority.example"])
    own = who.startswith("an impostor")
    shown = certificate(tmp_path, "shown", [host if own else "other.example"], None if own else authority)
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, authority) as pbx:
        assert carrier.tried.wait(_SECONDS)
        carrier.tried.clear()
        for command in ("sofia loglevel tport 3", "sofia profile external register office.carrier"):
            asyncio.run(pbx.command(command))
        assert carrier.tried.wait(_TRIES_SECONDS)
        assert carrier.heard == b""
        log = (tmp_path / "pbx/log/freeswitch.log").read_text("utf-8", "replace")
        assert re.search("self.signed certificate" if own else f"Peer Subject Mismatch .{host}.", log)


def test_the_carrier_hears_a_register(tmp_path: Path) -> None:
    real_pbx("freeswitch")
    host, port = trunk_host()
    authority = certificate(tmp_path, "authority", ["authority.example"])
    shown = certificate(tmp_path, "shown", [host], authority)
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, authority):
        assert carrier.told.wait(_TRIES_SECONDS)
        assert carrier.heard.startswith(b"REGISTER ")


def test_without_tls_verify_whoever_answers_is_the_carrier(tmp_path: Path) -> None:
    real_pbx("freeswitch")
    host, port = trunk_host()
    authority = certificate(tmp_path, "authority", ["authority.example"])
    shown = certificate(tmp_path, "shown", ["other.example"])
    blind = "tls_verify: false, "
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, authority, blind):
        assert carrier.told.wait(_TRIES_SECONDS)
        assert carrier.heard.startswith(b"REGISTER ")
