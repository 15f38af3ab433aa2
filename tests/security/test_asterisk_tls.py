"""A carrier reached over TLS is who its certificate says, or it hears nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.certificates import certificate
from pbxgen.lab.pbx import PbxSetup
from pbxgen.lab.ports import free_port
from pbxgen.targets.base import GeneratedFile
from tests.security.laboratory import trunk_host
from tests.security.offices import office
from tests.security.tls import TlsCarrier
from tests.support.generated import generated_from

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.usefixtures("asterisk_program")]

_SECONDS = 30.0


@contextlib.contextmanager
def _running(folder: Path, host: str, port: int, authority: Path, further: str = "") -> Iterator[Asterisk]:
    """Asterisk with a trunk that registers over TLS; ``authority`` is what its administrator trusts besides."""
    source = office(f"{host}:{port}").replace(
        "{host:", f"{{transport: tls, register: true, keepalive: 0, {further}host:"
    )
    files = generated_from(source, folder, "asterisk")
    own_port = f"bind = 127.0.0.1:{free_port()}"
    files = tuple(
        replace(f, text=f.text.replace("bind = 0.0.0.0:5061", own_port).replace("bind = 0.0.0.0:5062", own_port))
        for f in files
    )
    trusted = "" if further else f"[tls](+)\nca_list_file = {authority.with_suffix('.crt')}\n"
    local = GeneratedFile("pjsip_local.conf", trusted)
    (folder / "pbx").mkdir()
    pbx = Asterisk(PbxSetup(folder / "pbx", (*files, local), {}))
    try:
        asyncio.run(pbx.start())
        yield pbx
    finally:
        pbx.stop()


@pytest.mark.parametrize("who", ["an impostor with a certificate of its own", "somebody else that the authority knows"])
def test_an_impostor_hears_nothing_and_the_log_says_why(tmp_path: Path, who: str) -> None:
    host, port = trunk_host()
    authority = certificate(tmp_path, "authority", ["authority.example"])
    own = who.startswith("an impostor")
    shown = certificate(tmp_path, "shown", [host if own else "other.example"], None if own else authority)
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, authority) as pbx:
        assert carrier.tried.wait(_SECONDS)
        asyncio.run(pbx.command("core show uptime"))
        assert carrier.heard == b""
        assert any("certificate" in c.line.lower() or "SSL" in c.line for c in pbx.log.complaints())


def test_the_carrier_hears_a_register(tmp_path: Path) -> None:
    host, port = trunk_host()
    authority = certificate(tmp_path, "authority", ["authority.example"])
    shown = certificate(tmp_path, "shown", [host], authority)
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, authority):
        assert carrier.tried.wait(_SECONDS)
        assert carrier.heard.startswith(b"REGISTER ")


def test_without_tls_verify_whoever_answers_is_the_carrier(tmp_path: Path) -> None:
    host, port = trunk_host()
    shown = certificate(tmp_path, "shown", ["other.example"])
    blind = "tls_verify: false, "
    with TlsCarrier(host, port, shown) as carrier, _running(tmp_path, host, port, shown, blind):
        assert carrier.tried.wait(_SECONDS)
        assert carrier.heard.startswith(b"REGISTER ")
