"""Certificates for the laboratory's PBX and carriers, made with OpenSSL's program."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import Certificates, clock, find_program


def issue(folder: Path, hosts: Iterable[str], moment: dt.datetime | None = None) -> Certificates:
    """An authority, and a certificate for addresses, both valid at ``moment``. Raises LabError."""
    authority = certificate(folder, "authority", ["authority.example"], moment=moment)
    shown = certificate(folder, "shown", list(hosts), authority, moment=moment)
    return Certificates(authority.with_suffix(".crt"), shown)


def certificate(
    folder: Path, name: str, hosts: list[str], issuer: Path | None = None, *, moment: dt.datetime | None = None
) -> Path:
    """A key and a certificate for hosts, in one file: signed by itself, or by ``issuer`` (a file of this kind)."""
    key, shown, both = folder / f"{name}.key", folder / f"{name}.crt", folder / f"{name}.pem"
    program = str(find_program("PBXGEN_OPENSSL", "openssl", "to make certificates with"))
    command = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={hosts[0]}", "-keyout", str(key), "-out", str(shown)]
    # FreeSWITCH looks for an address among the names, Asterisk among the addresses.
    names = [f"DNS:{host}" for host in hosts] + [f"IP:{host}" for host in hosts if host.replace(".", "").isdigit()]
    command += ["-addext", f"subjectAltName={','.join(names)}"]
    if issuer is not None:
        command += ["-CA", str(issuer.with_suffix(".crt")), "-CAkey", str(issuer.with_suffix(".key"))]
    made = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **clock(moment)}, check=False)
    if made.returncode:
        raise LabError(f"openssl made no certificate: {made.stderr.strip()}")
    both.write_text(key.read_text() + shown.read_text())
    return both
