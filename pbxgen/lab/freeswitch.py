"""A FreeSWITCH of the laboratory's own: scratch folders, loopback only, nothing of the host's touched."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk
from pbxgen.lab.errors import LabError
from pbxgen.lab.log import Harmless, Log
from pbxgen.lab.pbx import Laboratory, Pbx, PbxSetup, RecordedMessage, find_program, link_missing
from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.sound import recorded
from pbxgen.output.writer import write_trees
from pbxgen.targets.base import GeneratedFile

_ANSWER_SECONDS = 20
_SECRET = "laboratory"
_FOLDERS = ("conf", "log", "db", "run", "storage", "recordings", "cache", "temp", "certs", "sounds", "scripts")
_MODULES = re.compile(
    r"mod_(console|logfile|event_socket|sofia|loopback|commands|dptools|dialplan_xml|expr|hash|db|voicemail|sndfile|"
    r"native_file|tone_stream|local_stream|spandsp|say_..)\.so"
)
"""Loaded where the build has them."""
_LINE = re.compile(r"(?:(?P<call>[0-9a-f]{8}-[0-9a-f-]{27}) )?\S+ \S+ \S+ \[(?P<level>[A-Z]+)\] \S+ (?P<message>.*)")
_LEVELS = frozenset({"WARNING", "ERR", "CRIT", "ALERT"})
_HARMLESS = (
    Harmless(r"Enabling reg-deny-binding-fetch-and-no-lookup - .*", "docs/freeswitch.md says why it is wanted"),
    Harmless(r"Ping (?:succeeded|failed) \S+ with code .*", "what OPTIONS to a trunk were answered"),
    Harmless(
        r"Timeout Registering \S+|\S+ Failed Registration (?:with status .*|\[\d+\], setting retry .*)|"
        r"Gateway \S+ is down!",
        "a trunk of a scenario is down; a trunk that is not, and has not registered, is a fault of its call",
    ),
    Harmless(r"MSG Thread \d+ Started", "said at every start"),
    Harmless(
        r"STUN Failed! \[.*\]|stun-set failed\.",
        "the stock vars.xml asks a server far away for the address at a reload",
    ),
    Harmless(
        r"Failed to delete file \[.*/voicemail/.*/msg_[0-9a-f-]+\.wav\]",
        "a message too short to be kept, of which nothing had been written yet",
    ),
    Harmless(
        r"SIP auth challenge \(\w+\) on sofia profile 'internal' for \[.*\] from ip \S+",
        "a question for the password is part of every login, and told with the failures that fail2ban looks for",
    ),
    Harmless(r"SQLite is BUSY, sane=[1-9]\d* \[.*", "the database is locked for a moment; it is asked again"),
    Harmless(
        r"Error Opening File \[.*/voicemail/vm-[a-z-]+\.wav\] \[System error : No such file or directory\.\]",
        "prompts are packages of their own; a mailbox takes messages without them",
    ),
)
_OVER_TLS = ("agent.pem", "cafile.pem")
"""In the folder of certificates: the PBX's own, and the authorities that it trusts."""
_CERTIFICATES: dict[str, bytes] = {}
"""What the first start has made for itself, which takes some seconds; later starts are given the same."""


class FreeSwitch(Pbx):
    """FreeSWITCH 1.10 or newer with a generated plan."""

    name = "freeswitch"
    reloads = ("reloadxml", "xml_flush_cache", "sofia profile external rescan")
    boot_seconds, grace_seconds = 90, 2

    def __init__(self, setup: PbxSetup) -> None:
        super().__init__(setup, find())
        self.log = Log(self._home / "log/freeswitch.log", _LINE, _LEVELS, _HARMLESS)
        self.phones_at: Address = (LOOPBACK, self._ports.port())
        self.trunks_at: Address = (LOOPBACK, self._ports.port())
        self._tls_ports = {"internal": self._ports.port(), "external": self._ports.port()}
        """Of each profile."""
        self._control = self._ports.port()

    async def _ready(self) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                ready = "is ready" in await self.command("status")
                profiles = await self.command("sofia status")
        except (OSError, asyncio.IncompleteReadError):  # a timeout is an OSError
            return False
        ports = [f":{self.phones_at[1]} ", f":{self.trunks_at[1]} "]
        if self._setup.certificates is not None:
            ports.append(f":{self._tls_ports['external']} ")
        running = [line for line in profiles.splitlines() if "RUNNING" in line]
        if not ready or not all(
            any(port in f"{line} " or f"{port.strip()}\t" in line for line in running) for port in ports
        ):
            return False
        own = {path.name: path.read_bytes() for path in (self._home / "certs").glob("*.pem")}
        _CERTIFICATES.update({name: data for name, data in own.items() if name not in _OVER_TLS})
        return True

    def phone_address(self, transport: str) -> Address:
        return (LOOPBACK, self._tls_ports["internal"]) if transport == "tls" else self.phones_at

    def trunk_address(self, trunk: Trunk) -> Address:
        return (LOOPBACK, self._tls_ports["external"]) if trunk.transport == "tls" else self.trunks_at

    async def command(self, text: str) -> str:
        reader, writer = await asyncio.open_connection(LOOPBACK, self._control)
        try:
            await reader.readuntil(b"\n\n")
            writer.write(f"auth {_SECRET}\n\n".encode())
            await reader.readuntil(b"\n\n")
            writer.write(f"api {text}\n\n".encode())
            head = (await reader.readuntil(b"\n\n")).decode()
            length = re.search(r"Content-Length: (\d+)", head)
            return (await reader.readexactly(int(length.group(1)))).decode("utf-8", "replace") if length else ""
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def store(self, plan: Plan, key: str, value: str) -> None:
        await self.command(f"db insert/pbxgen.{plan.name}/{key}/{value}")

    def messages(self, plan: Plan, extension: str) -> tuple[RecordedMessage, ...]:
        folder = self._home / "storage" / "voicemail"
        return tuple(recorded(path) for path in sorted(folder.glob(f"*/{plan.domain}/{extension}/msg_*.wav")))

    def is_recording(self, plan: Plan) -> bool:
        folder = self._home / "storage" / "voicemail"
        return any(path.stat().st_size > 0 for path in folder.glob(f"*/{plan.domain}/*/msg_*"))

    def _lay_out(self) -> list[str]:
        for name in _FOLDERS:
            (self._home / name).mkdir(parents=True, exist_ok=True)
        for name, data in _CERTIFICATES.items():
            (self._home / "certs" / name).write_bytes(data)
        if (made := self._setup.certificates) is not None:
            for name, source in zip(_OVER_TLS, (made.shown, made.authority), strict=True):
                shutil.copy(source, self._home / "certs" / name)
        conf = self._home / "conf"
        shutil.copytree(_stock(self._program), conf, dirs_exist_ok=True)
        for extra in conf.glob("sip_profiles/*-ipv6*"):
            shutil.rmtree(extra) if extra.is_dir() else extra.unlink()
        self._lay(self._setup.files)
        for place in (self._program.parent.parent / "share/freeswitch/sounds", Path("/usr/share/freeswitch/sounds")):
            link_missing(place, self._home / "sounds")
        self._record(self._home / "sounds")
        self._configure(conf / "autoload_configs")
        named = (part for name in _FOLDERS for part in (f"-{name}", str(self._home / name)))
        return [str(self._program), "-nonat", "-nf", "-nc", "-np", *named]

    def _lay(self, files: Sequence[GeneratedFile]) -> None:
        write_trees(self._home, {"conf": files}, force=True)
        self._set_variables(self._home / "conf")

    def _set_variables(self, conf: Path) -> None:
        """The stock files take addresses and ports from variables: set them where the stock ones have been read."""
        variables = dict.fromkeys(("local_ip_v4", "bind_server_ip", "external_rtp_ip", "external_sip_ip"), LOOPBACK)
        variables |= {"internal_sip_port": str(self.phones_at[1]), "external_sip_port": str(self.trunks_at[1])}
        variables |= {f"{profile}_tls_port": str(port) for profile, port in self._tls_ports.items()}
        if self._setup.certificates is not None:
            variables["external_ssl_enable"] = "true"
        lines = "".join(f'  <X-PRE-PROCESS cmd="set" data="{name}={value}"/>\n' for name, value in variables.items())
        main = conf / "freeswitch.xml"
        text = main.read_text(encoding="utf-8")
        after = re.search(r'<X-PRE-PROCESS cmd="include" data="vars\.xml"/>[ \t]*\n', text)
        if after is None:
            raise LabError(f"{main} does not include vars.xml: not a stock configuration of FreeSWITCH")
        main.write_text(text[: after.end()] + lines + text[after.end() :], encoding="utf-8")

    def _configure(self, folder: Path) -> None:
        shared_objects = sorted(_modules(self._program).glob("*.so"))
        modules = [path for path in shared_objects if _MODULES.fullmatch(path.name) or path.stem in self._setup.modules]
        load = "".join(f'    <load module="{path.stem}"/>\n' for path in modules)
        first, last = self._ports.media
        _write(folder, "modules", f"<modules>\n{load}</modules>")
        _write(
            folder,
            "event_socket",
            f'<settings>\n<param name="listen-ip" value="{LOOPBACK}"/>\n'
            f'<param name="listen-port" value="{self._control}"/>\n'
            f'<param name="password" value="{_SECRET}"/>\n</settings>',
        )
        switch = folder / "switch.conf.xml"
        text = re.sub(
            r'<param name="(rtp-start-port|rtp-end-port|loglevel|sessions-per-second)"[^>]*/>', "", switch.read_text()
        )
        ours = {
            "rtp-start-port": first, "rtp-end-port": last, "loglevel": "info", "sessions-per-second": 200,
        }  # fmt: skip
        params = "".join(f'<param name="{name}" value="{value}"/>\n' for name, value in ours.items())
        switch.write_text(text.replace("</settings>", f"{params}</settings>"))


def _write(folder: Path, name: str, inner: str) -> None:
    (folder / f"{name}.conf.xml").write_text(f'<configuration name="{name}.conf">\n{inner}\n</configuration>\n')


def find() -> Path:
    """FreeSWITCH's program. Raises LabError."""
    return find_program("PBXGEN_FREESWITCH", "freeswitch")


def _stock(program: Path) -> Path:
    """The stock configuration that generated files are laid over."""
    named = os.environ.get("PBXGEN_FREESWITCH_CONF")
    places = [Path(named)] if named else []
    prefix = program.parent.parent  # its sources install into a prefix of their own, or lay it out as a system is
    places += [prefix / "conf", prefix / "etc/freeswitch", Path("/etc/freeswitch"), Path("/usr/local/freeswitch/conf")]
    named_by = "; PBXGEN_FREESWITCH_CONF names it"
    return _first_with("freeswitch.xml", places, "FreeSWITCH's stock configuration was not found", named_by)


def _modules(program: Path) -> Path:
    prefix = program.parent.parent
    places = [prefix / "mod", prefix / "lib/freeswitch/mod", Path("/usr/lib/freeswitch/mod")]
    return _first_with("mod_sofia.so", places, "FreeSWITCH's modules were not found")


def _first_with(name: str, places: Sequence[Path], problem: str, more: str = "") -> Path:
    """The first folder that holds a file. Raises LabError."""
    folder = next((place for place in places if (place / name).exists()), None)
    if folder is None:
        raise LabError(f"{problem} (looked in {', '.join(map(str, places))}{more})")
    return folder


LABORATORY = Laboratory(find, FreeSwitch, "-version")
