"""SIPp processes: started when first needed, stopped with the laboratory."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pbxgen.lab import process, scripts
from pbxgen.lab.pbx import find_program
from pbxgen.lab.ports import LOOPBACK, Address, free_port
from pbxgen.lab.wire import Wire

_SIGN_OFFS = 2


@dataclass(frozen=True, slots=True)
class Login:
    """A contact that registers."""

    extension: str
    domain: str
    password: str
    contact: str
    """User part of the contact's URI."""
    seconds: int = 7200
    """How long the contact is registered."""
    over: str = scripts.UDP
    """The transport of the registration: udp, tcp or tls."""


def find() -> str:
    """SIPp's program. Raises LabError."""
    wanted = "to play phones with; Debian has it in the package sip-tester"
    return str(find_program("PBXGEN_SIPP", "sipp", wanted))


class Sipp:
    """Starts SIPp processes behind a wire."""

    def __init__(self, wire: Wire, folder: Path, phones: Address, media: str = LOOPBACK) -> None:
        self._program = find()
        self._media = media
        self._wire = wire
        self._folder = folder
        self._phones = phones
        self._callees: dict[scripts.SippReply, int] = {}
        self._answering: dict[str, int] = {}
        self._count = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    def callee(self, reply: scripts.SippReply) -> int:
        """Port of the process that plays ``reply``, shared by all phones and far ends with this behaviour."""
        if reply not in self._callees:
            kind = reply.final or ("deaf" if reply.deaf else "rings")
            sound = "-srtp" if reply.way.encrypted else ""
            name = f"callee-{kind}-{reply.provisional or 'silent'}-{reply.way.over}{sound}"
            text = scripts.callee(name, reply, self._phones)
            self._callees[reply] = self._start(name, text)[0]
        return self._callees[reply]

    def answering(self, method: str) -> int:
        """Port of the process that says 200 to all requests of ``method``."""
        if method not in self._answering:
            name = f"answers-{method.lower()}"
            self._answering[method] = self._start(name, scripts.answering(name, method))[0]
        return self._answering[method]

    def call(self, dial: scripts.Dial, ours: Address) -> subprocess.Popen[bytes]:
        text = scripts.caller("caller", dial, ours)
        remote = f"{LOOPBACK}:{self._wire.inner_address[1]}"
        _, started = self._start("caller", text, "-m", "1", "-cid_str", dial.call_id, remote, attach=ours)
        return started

    async def register(self, logins: list[Login], ours: Address, rate: int, *, seconds: float = 60) -> None:
        """Try to register contacts, ``rate`` a second, all over one transport; the replies are seen on the wire."""
        await self._register(logins, scripts.registration(ours, logins[0].over), ours, seconds, "-r", str(rate))

    async def sign_off(self, login: Login, ours: Address, call_id: str, *, seconds: float = 30) -> None:
        """Unregister a contact with the ``call_id`` of its registration, by which some PBXs know it. Tried twice."""
        for turn in range(1, _SIGN_OFFS + 1):
            text = scripts.registration(ours, login.over, expires="0", first=turn * scripts.ATTEMPTS + 1)
            if await self._register([login], text, ours, seconds / _SIGN_OFFS, "-cid_str", call_id):
                return

    async def _register(self, logins: list[Login], text: str, ours: Address, seconds: float, *options: str) -> bool:
        """Whether all of them got a final reply that takes them."""
        rows = ["SEQUENTIAL"]
        for login in logins:
            credentials = f"[authentication username={login.extension} password={login.password}]"
            rows.append(f"{login.extension};{login.domain};{credentials};{login.contact};{login.seconds}")
        table = self._folder / f"logins-{self._count}.csv"
        table.write_text("\n".join(rows) + "\n")
        table.chmod(0o600)
        remote = f"{LOOPBACK}:{self._wire.inner_address[1]}"
        options += ("-inf", str(table), "-m", str(len(logins)), "-recv_timeout", "8000")
        _, started = self._start("register", text, *options, remote, attach=ours)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(started.wait), seconds)
        all_taken = started.poll() == 0
        self.forget(started)
        return all_taken

    def complaint(self) -> str:
        """The last error message of a SIPp process."""
        files = sorted(self._folder.glob("*.err"))
        lines = files[-1].read_text("utf-8", "replace").split() if files else []
        return f"SIPp said: {' '.join(lines)[:300]}" if lines else "SIPp complained of nothing"

    def forget(self, started: subprocess.Popen[bytes]) -> None:
        """A call is over: its process is not needed any more."""
        process.stop(started, grace=0.2)
        if started in self._processes:
            self._processes.remove(started)

    def stop(self) -> None:
        for started in self._processes:
            started.terminate()
        for started in self._processes:
            process.stop(started, grace=0.5)
        self._processes.clear()

    def _start(
        self, name: str, text: str, *arguments: str, attach: Address | None = None
    ) -> tuple[int, subprocess.Popen[bytes]]:
        self._count += 1
        stem = f"{self._count:04d}-{name}"
        script = self._folder / f"{stem}.xml"
        script.write_text(text)
        port = free_port()
        if attach is not None:
            self._wire.attach(port, attach)
        command = [self._program, "-sf", str(script), "-i", LOOPBACK, "-p", str(port), "-bind_local", "-nostdin"]
        # Out-of-order requests must not end a call, and SIPp must send nothing that is not in a script.
        command += ["-default_behaviors", "none", "-aa", "-skip_rlimit", "-ci", LOOPBACK, "-cp", str(free_port())]
        command += ["-mi", self._media, "-mp", str(free_port())]
        command += ["-trace_err", "-error_file", str(self._folder / f"{stem}.err")]
        command += arguments
        started = process.spawn(command, self._folder / f"{stem}.out", cwd=self._folder)
        self._processes.append(started)
        return port, started
