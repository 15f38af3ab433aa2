"""What the laboratory needs of a PBX it has started."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk
from pbxgen.lab import process
from pbxgen.lab.errors import LabError
from pbxgen.lab.log import Log
from pbxgen.lab.ports import Address, PortBlock
from pbxgen.pbxs import PBXS, SHOWN_NAMES, module_of
from pbxgen.targets.base import GeneratedFile

_FAKETIME = ("faketime/libfaketimeMT.so.1", "faketime/libfaketime.so.1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM."""

    authority: Path
    """The certificate of the authority that has signed the other certificate."""
    shown: Path
    """A key, and the certificate that the PBX, phones and far ends show."""


class RecordedMessage(NamedTuple):
    """A message found in a mailbox."""

    seconds: float
    loudness: int
    """Mean amplitude, 0-32767."""


@dataclass(frozen=True, slots=True)
class PbxSetup:
    folder: Path
    """Scratch folder of this PBX alone."""
    files: tuple[GeneratedFile, ...]
    sounds: Mapping[str, bytes]
    """Recordings (WAV, 8 kHz mono) by path below the PBX's sounds folder, without suffix."""
    moment: dt.datetime | None = None
    """Start time of the PBX's clock; None: the real time."""
    modules: frozenset[str] = frozenset()
    """Names of modules (without suffix) that are loaded besides those that a generated plan needs."""
    certificates: Certificates | None = None
    """Of the phones and far ends of trunks over TLS, and the PBX's own; None: there are none."""


class CalledPbx(Protocol):
    """A PBX that calls are placed on."""

    name: str
    phones_at: Address
    """Where phones send to, over UDP and TCP."""
    trunks_at: Address
    """Where carriers send to."""
    log: Log

    def phone_address(self, transport: str) -> Address:
        """Where phones send to over a transport."""
        ...

    def trunk_address(self, trunk: Trunk) -> Address:
        """Where the carrier of a trunk sends to, over its transport."""
        ...

    async def start(self) -> None:
        """Wait until calls can be placed. Raises LabError."""

    def stop(self) -> None: ...

    async def store(self, plan: Plan, key: str, value: str) -> None:
        """Put something into the database of settings, past the dialplan."""

    def messages(self, plan: Plan, extension: str) -> tuple[RecordedMessage, ...]:
        """The messages in a mailbox."""
        ...

    def is_recording(self, plan: Plan) -> bool:
        """Is a message being recorded (or was one) in a mailbox of ``plan``?"""
        ...


class Pbx(ABC):
    """A PBX of the laboratory's own: scratch folders, loopback only, nothing of the host's touched."""

    name: str
    phones_at: Address
    """Where phones send to, over UDP and TCP."""
    trunks_at: Address
    """Where carriers send to, over UDP and TCP."""
    log: Log
    reloads: tuple[str, ...]
    """Console commands that make it read its files again."""
    boot_seconds: float
    grace_seconds: float
    """Time to end by itself."""

    def __init__(self, setup: PbxSetup, program: Path) -> None:
        self._setup = setup
        self._program = program
        self._home = setup.folder
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = PortBlock()

    async def start(self) -> None:
        """Start and wait until calls can be placed. Raises LabError."""
        environment = {**os.environ, **clock(self._setup.moment), "HOME": str(self._home)}
        console = self._home / "console.log"
        self._process = process.spawn(self._lay_out(), console, cwd=self._home, env=environment)
        deadline = time.monotonic() + self.boot_seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            if await self._ready():
                return
            await asyncio.sleep(0.1)
        raise LabError(f"{SHOWN_NAMES[self.name]} did not start: {self.log.last_words(console)}")

    async def reload(self, files: Sequence[GeneratedFile]) -> None:
        """Replace the generated files and reload the PBX while calls are up."""
        await asyncio.to_thread(self._lay, files)  # sound and signalling of the calls go on meanwhile
        for what in self.reloads:
            await self.command(what)

    def stop(self) -> None:
        if self._process is not None:
            process.stop(self._process, grace=self.grace_seconds)
            self._process = None
        self._ports.release()

    @abstractmethod
    def phone_address(self, transport: str) -> Address:
        """Where phones send to over a transport."""

    @abstractmethod
    def trunk_address(self, trunk: Trunk) -> Address:
        """Where the carrier of a trunk sends to, over its transport."""

    @abstractmethod
    async def command(self, text: str) -> str:
        """What its console answers to a command."""

    @abstractmethod
    async def store(self, plan: Plan, key: str, value: str) -> None:
        """Put something into the database of settings, past the dialplan; ``key``: an extension or switch.NAME."""

    @abstractmethod
    def messages(self, plan: Plan, extension: str) -> tuple[RecordedMessage, ...]:
        """The messages in a mailbox."""

    @abstractmethod
    def is_recording(self, plan: Plan) -> bool:
        """Is a message being recorded (or was one) in a mailbox of ``plan``?"""

    @abstractmethod
    def _lay_out(self) -> list[str]:
        """Lay the generated files over the stock configuration, for loopback only. Returns the command to run."""

    @abstractmethod
    def _lay(self, files: Sequence[GeneratedFile]) -> None:
        """As `pbxgen generate` writes them: the PBX reads the old files or the new ones, never a part."""

    @abstractmethod
    async def _ready(self) -> bool:
        """Can calls be placed? Raises LabError where they never will be."""

    def _record(self, sounds: Path) -> None:
        """Put the recordings of the scenarios into the sounds folder."""
        for name, data in self._setup.sounds.items():
            path = sounds / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def link_missing(source: Path, target: Path) -> None:
    """Link everything in a folder into another, but for what is there already."""
    for entry in source.glob("*"):
        if not os.path.lexists(target / entry.name):
            (target / entry.name).symlink_to(entry)


@dataclass(frozen=True, slots=True)
class Laboratory:
    """How the laboratory finds and starts one kind of PBX."""

    find: Callable[[], Path]
    """Its program. Raises LabError where there is none."""
    make: Callable[[PbxSetup], Pbx]
    version_option: str
    """Command-line option that makes the program print its version."""


def laboratory_of(pbx: str) -> Laboratory:
    """The laboratory of a PBX; its module is imported only when it is needed. Raises LabError for an unknown PBX."""
    if pbx not in PBXS:
        raise LabError(f"no PBX is called {pbx}; there are {', '.join(PBXS)}")
    return cast("Laboratory", module_of(pbx, "pbxgen.lab").LABORATORY)


def find_program(variable: str, name: str, wanted: str = "to place real calls on") -> Path:
    """A program: the environment variable, else on PATH. Raises LabError naming what was looked for, and why."""
    named = os.environ.get(variable)
    program = shutil.which(named or name)
    if program is None:
        looked = f"{variable}={named}" if named else f"`{name}` on PATH; {variable} is not set"
        raise LabError(f"no {name} found {wanted} (looked for {looked})")
    return Path(program).resolve()


def clock(moment: dt.datetime | None) -> dict[str, str]:
    """Environment that gives a program another time; empty for the real one. Raises LabError without libfaketime."""
    if moment is None:
        return {}
    library = next((p for p in map(Path, _faketime_candidates()) if p.exists()), None)
    if library is None:
        raise LabError("scenarios at a given time need libfaketime (Debian: package libfaketime); it was not found")
    utc = moment.astimezone(dt.UTC)
    now = dt.datetime.now(dt.UTC)
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{(utc - now).total_seconds():+.0f}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "0",
    }


def _faketime_candidates() -> list[str]:
    named = os.environ.get("PBXGEN_FAKETIME")
    libraries = [str(path) for name in _FAKETIME for path in sorted(Path("/usr/lib").glob(f"*/{name}"))]
    return ([named] if named else []) + libraries + [f"/usr/lib/{name}" for name in _FAKETIME]
