"""Asterisk 22 from Debian's packages, unpacked into a folder of its own: ``python -m pbxgen.lab.debian FOLDER``.

Nothing is installed: the packages are downloaded by apt (with a state of its own, from the mirror this machine uses),
checked by it against Debian's keys, and unpacked. The program to start is ``FOLDER/asterisk``, which brings its own C
library, so that it runs on older releases too.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pbxgen.lab.errors import LabError

SUITE = "forky"
"""The first Debian release with Asterisk 22."""
_PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm", "asterisk-core-sounds-it-gsm")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_VOICES = {"en": "en_US_f_Allison", "it": "it_IT_m_Carlo"}
_PROGRAM = "asterisk"


def get_asterisk(folder: Path, suite: str = SUITE) -> Path:
    """Download and unpack Asterisk into ``folder``; returns the program to start. Does nothing if it is there already.

    Raises LabError where apt is missing, the machine's mirror has no such release, or the download fails.
    """
    program = folder.resolve() / _PROGRAM
    if program.exists():
        return program
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise LabError(
                f"{tool} was not found: Asterisk is taken from Debian's packages; install Asterisk 22 otherwise"
            )
    if not _KEYRING.exists():
        raise LabError(f"{_KEYRING} is missing: install the package debian-archive-keyring")
    mirror = debian_mirror()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pbxgen-apt-") as scratch:
        for package in _download(Path(scratch), mirror, suite):
            _run("dpkg-deb", "-x", str(package), str(folder))
    _arrange(folder.resolve(), program)
    return program


def debian_mirror() -> str:
    """The Debian mirror that apt uses on this machine. Raises LabError where there is none."""
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for path in lists:
        if path.suffix not in (".list", ".sources") or not path.exists():
            continue
        mirror = mirror_in(path.read_text(encoding="utf-8", errors="replace"))
        if mirror is not None:
            return mirror
    raise LabError("apt knows no Debian mirror on this machine (looked in /etc/apt/sources.list and sources.list.d)")


def mirror_in(text: str) -> str | None:
    """The first address of an apt sources file, in either of its two formats; security archives aside."""
    addresses = re.findall(r"^URIs:\s*(\S+)", text, re.MULTILINE)
    addresses += re.findall(r"^deb\s+(?:\[[^\]]*\]\s+)?(\S+)", text, re.MULTILINE)
    return next((mirror for mirror in addresses if "security" not in mirror), None)


def _download(scratch: Path, mirror: str, suite: str) -> list[Path]:
    for name in ("state/lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    (scratch / "status").touch()
    sources = scratch / "sources.list"
    sources.write_text(f"deb [signed-by={_KEYRING}] {mirror} {suite} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "APT::Keep-Downloaded-Packages": "true",
        "APT::Sandbox::User": "",
        "Acquire::Retries": "3",
        # A mirror's copy of a release that is still in the making may be some days old.
        "Acquire::Check-Valid-Until": "false",
    }
    apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items()), "-qq"]
    _run(*apt, "update")
    _run(*apt, "-y", "--download-only", "--no-install-recommends", "install", *_PACKAGES)
    packages = sorted((scratch / "cache/archives").glob("*.deb"))
    if not packages:
        raise LabError(f"apt downloaded nothing of Debian {suite}")
    return packages


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise LabError(f"{command[0]} failed: {' / '.join(lines[-3:]) or 'it said nothing'}")


def _arrange(folder: Path, program: Path) -> None:
    """Voices under their languages' names, and a program that starts with the libraries it came with."""
    sounds = folder / "usr/share/asterisk/sounds"
    for language, voice in _VOICES.items():
        link = sounds / language
        if (sounds / voice).is_dir() and not link.exists():
            link.symlink_to(voice)
    loader = next((path for path in sorted(folder.glob("usr/lib/*/ld-linux-*.so.*"))), None)
    if loader is None:
        raise LabError(f"no dynamic loader among the packages in {folder}")
    libraries = ":".join(str(path) for path in (loader.parent, folder / "lib" / loader.parent.name, folder / "usr/lib"))
    text = f'#!/bin/sh\nexec {loader} --library-path {libraries} {folder}/usr/sbin/asterisk "$@"\n'
    partial = program.with_suffix(".new")
    partial.write_text(text)
    partial.chmod(0o755)
    partial.replace(program)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pbxgen.lab.debian", description=__doc__)
    parser.add_argument("folder", type=Path, help="where Asterisk is unpacked (some 250 MB)")
    parser.add_argument("--suite", default=SUITE, help="Debian release to take it from (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        program = get_asterisk(chosen.folder, chosen.suite)
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{program}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
