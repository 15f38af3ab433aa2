"""A FreeSWITCH in a container of Debian's, where there is one on this machine: nobody publishes an image of it.

Its folder is seen there, and the libraries that it has from this machine; its stock configuration is copied.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pbxgen.lab import freeswitch
from tests.conftest import real_pbx
from tests.support.docker import need_engine

IMAGE = "debian:forky-slim"
_ROOT = Path(__file__).parents[2]
_BOOT_SECONDS = 120
_GLIBC = re.compile(r"(?:ld-linux.*|lib(?:c|m|dl|rt|pthread|resolv|util|mvec|nss_\w+))\.so\..*")
"""Those of the container, which are of one piece with its loader."""
_START = """\
set -e
for program in freeswitch fs_cli; do
  printf '#!/bin/sh\\nLD_LIBRARY_PATH=/opt/libraries exec %s/bin/%s "$@"\\n' "$PREFIX" $program >/usr/local/bin/$program
  chmod 755 /usr/local/bin/$program
done
mkdir -p /etc/freeswitch /var/log/freeswitch /var/lib/freeswitch
cp -a /stock/. /etc/freeswitch/
cp /minimal/modules.conf.xml /minimal/event_socket.conf.xml /etc/freeswitch/autoload_configs/
rm -rf /etc/freeswitch/sip_profiles/*-ipv6*
sed -i 's/stun:[a-z.]*/$${local_ip_v4}/' /etc/freeswitch/vars.xml
for folder in db run storage recordings cache temp certs sounds scripts; do
  mkdir -p /var/lib/freeswitch/$folder
  set -- "$@" -$folder /var/lib/freeswitch/$folder
done
exec freeswitch -nonat -nf -nc -np -conf /etc/freeswitch -log /var/log/freeswitch "$@"
"""
"""Debian has no package of it: what one would do. No address is asked of a server far away."""


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@contextmanager
def freeswitch_container(folder: Path) -> Iterator[str]:
    """The name of one that runs, with its configuration in /etc/freeswitch; ``folder`` is for what it sees of here."""
    need_engine()
    real_pbx("freeswitch")
    program = freeswitch.find()
    prefix = program.resolve().parent.parent
    if prefix in (Path("/usr"), Path("/usr/local")):
        pytest.skip("NOT RUN: this FreeSWITCH has no folder of its own that a container could be given")
    libraries = folder / "libraries"
    libraries.mkdir(parents=True)
    modules = sorted((prefix).rglob("mod_*.so"))
    for library in _libraries([program, program.with_name("fs_cli"), *modules]):
        if not _GLIBC.fullmatch(library.name) and not library.is_relative_to(prefix):
            shutil.copy(library, libraries / library.name)
    seen = {
        prefix: prefix,
        libraries: "/opt/libraries",
        freeswitch._stock(program): "/stock",
        _ROOT / "docker/freeswitch/autoload_configs": "/minimal",
    }
    volumes = [word for here, there in seen.items() for word in ("--volume", f"{here}:{there}:ro")]
    environment = ("--env", f"PREFIX={prefix}")
    name = _docker("run", "--detach", "--init", *volumes, *environment, IMAGE, "sh", "-c", _START, "start").strip()[:12]
    try:
        deadline = time.monotonic() + _BOOT_SECONDS
        while "is ready" not in _asked(name, "status") or "RUNNING" not in _asked(name, "sofia status"):
            assert time.monotonic() < deadline, _docker("logs", name)[-3000:]
            time.sleep(0.5)
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", name], capture_output=True, check=False)


def _asked(name: str, text: str) -> str:
    words = ["docker", "exec", name, "fs_cli", "-x", text]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def _libraries(programs: list[Path]) -> set[Path]:
    told = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"=> (/\S+)", told)}
