"""A carrier reached over TLS is who its certificate says, or it hears nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.lab.ports import free_port
from pbxgen.language.secrets import read_secrets
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options
from tests.conftest import real_pbx
from tests.security.laboratory import trunk_host
from tests.security.offices import office
from tests.support.calls import plan_of

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SECONDS = 20.0


class _Carrier:
    """Listens with a certificate, and keeps what it is told."""

    def __init__(self, host: str, port: int, certificate: Path) -> None:
        self.heard = b""
        self.tried = threading.Event()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(0.2)
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            connection.settimeout(_SECONDS)
            with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as wrapped:
                self.heard += wrapped.recv(65535)
            self.tried.set()

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self._socket.close()


def _certificate(folder: Path, name: str, host: str, issuer: Path | None = None) -> Path:
    """A key and a certificate in one file: its own, or one that ``issuer`` has signed."""
    key, certificate, both = folder / f"{name}.key", folder / f"{name}.crt", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"]
    command += ["-keyout", str(key), "-out", str(certificate), "-addext", f"subjectAltName=DNS:{host},URI:sip:{host}"]
    if issuer is not None:
        command += ["-CA", str(issuer.with_suffix(".crt")), "-CAkey", str(issuer.with_suffix(".key"))]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(key.read_text() + certificate.read_text())
    return both


@contextlib.contextmanager
def _running(folder: Path, host: str, port: int, authority: Path | None) -> Iterator[None]:
    """FreeSWITCH with a trunk that registers over TLS; ``authority`` is what its administrator trusts."""
    source = folder / "source.yaml"
    over_tls = "transport: tls, register: true, username: "
    source.write_text(office(f"{host}:{port}").replace("username: ", over_tls))
    plan = plan_of(source)
    secrets, problems = read_secrets(plan, Options().parts, os.environ)
    assert not problems
    files = load_target("freeswitch").render((plan,), replace(Options(), secrets=secrets))
    home = folder / "pbx"
    (home / "certs").mkdir(parents=True)
    if authority is not None:
        shutil.copy(authority.with_suffix(".crt"), home / "certs" / "cafile.pem")
    pbx = FreeSwitch(PbxSetup(home, tuple(map(_with_tls, files)), {}))
    try:
        asyncio.run(pbx.start())
        yield
    finally:
        pbx.stop()


def _with_tls(file: GeneratedFile) -> GeneratedFile:
    """As if vars.xml had switched TLS on."""
    if file.path != "sip_profiles/external.xml":
        return file
    text = file.text.replace("$${external_ssl_enable}", "true").replace("$${external_tls_port}", str(free_port()))
    return replace(file, text=text)


@pytest.mark.parametrize("who", ["an impostor with a certificate of its own", "somebody else that the authority knows"])
def test_an_impostor_hears_nothing(tmp_path: Path, who: str) -> None:
    real_pbx("freeswitch")
    host, port = trunk_host()
    authority = _certificate(tmp_path, "authority", "authority.example")
    own = who.startswith("an impostor")
    shown = _certificate(tmp_path, "shown", host if own else "other.example", None if own else authority)
    carrier = _Carrier(host, port, shown)
    try:
        with _running(tmp_path, host, port, authority):
            assert carrier.tried.wait(_SECONDS)
            assert carrier.heard == b""
    finally:
        carrier.close()


def test_the_carrier_hears_a_register(tmp_path: Path) -> None:
    real_pbx("freeswitch")
    host, port = trunk_host()
    authority = _certificate(tmp_path, "authority", "authority.example")
    carrier = _Carrier(host, port, _certificate(tmp_path, "shown", host, authority))
    try:
        with _running(tmp_path, host, port, authority):
            assert carrier.tried.wait(_SECONDS)
            assert carrier.heard.startswith(b"REGISTER ")
    finally:
        carrier.close()
