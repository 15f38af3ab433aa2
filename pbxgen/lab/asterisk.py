"""An Asterisk of the laboratory's own: scratch folders, loopback only, nothing of the host's touched."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.lab import process
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import Bench, Recorded, clock, find_program
from pbxgen.lab.ports import LOOPBACK, Address, free_port, free_range
from pbxgen.lab.sound import recorded

_BOOT_SECONDS = 60
_RTP_PORTS = 2000
# Modules that open sockets of their own, or complain because a service is not there.
_NOT_LOADED = """
chan_iax2 chan_unistim chan_skinny chan_mgcp chan_ooh323 chan_motif chan_console chan_alsa chan_oss chan_dahdi chan_sip
chan_mobile chan_websocket pbx_dundi pbx_ael pbx_lua res_http_websocket res_ari res_phoneprov res_hep res_snmp res_corosync
res_xmpp res_calendar res_config_ldap res_config_odbc res_config_pgsql res_config_mysql res_config_sqlite3 res_odbc
cdr_adaptive_odbc cdr_csv cdr_custom cdr_manager cdr_odbc cdr_pgsql cdr_radius cdr_tds cdr_sqlite3_custom cdr_beanstalkd
cel_custom cel_manager cel_odbc cel_pgsql cel_radius cel_tds cel_sqlite3_custom cel_beanstalkd app_queue app_meetme app_festival
app_followme app_minivm app_alarmreceiver app_amd app_voicemail_odbc app_voicemail_imap res_smdi res_stun_monitor
res_prometheus res_statsd res_geolocation res_parking res_pjsip_phoneprov_provider res_pjsip_config_wizard res_fax
res_fax_spandsp res_resolver_unbound res_timing_dahdi res_rtp_multicast res_stir_shaken res_pjsip_stir_shaken
res_http_media_cache res_aeap res_speech_aeap app_sla res_adsi app_adsiprog app_getcpeid
""".split()
_PROBLEM = re.compile(r"\b(WARNING|ERROR)\[")
# What a stock installation without sound hardware, DNS or a console says by itself.
_HARMLESS = re.compile(
    r"Unable to (?:connect to|access the running directory|open pid)|No taskprocessor|capabilities|Failed to read gains|"
    r"res_(?:musiconhold|crypto)|remote console|DNS|ephemeral|asterisk\.conf"
)


class Asterisk:
    """Asterisk 22 with a generated plan."""

    name = "asterisk"

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._program = find_program("PBXGEN_ASTERISK", "asterisk")
        self._home = bench.folder
        port = free_port()
        self.phones_at: Address = (LOOPBACK, port)
        self.trunks_at: Address = self.phones_at
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._lay_out()
        command = [str(self._program), "-f", "-C", str(self._etc / "asterisk.conf")]
        environment = {**os.environ, **clock(self._bench.moment), "HOME": str(self._home)}
        self._process = process.spawn(command, self._home / "console.log", cwd=self._home, env=environment)
        deadline = time.monotonic() + _BOOT_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if (self._home / "run" / "asterisk.ctl").exists() and "fully booted" in await self.command("core waitfullybooted"):
                return
            await asyncio.sleep(0.1)
        raise LabError(f"Asterisk did not start: {self._last_words()}")

    def stop(self) -> None:
        if self._process is not None:
            process.stop(self._process, grace=3)
            self._process = None

    async def command(self, text: str) -> str:
        """What the console answers to a command."""
        # The client end needs no other time, and libfaketime would slow it down.
        run = await asyncio.create_subprocess_exec(
            str(self._program), "-C", str(self._etc / "asterisk.conf"), "-rx", text,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        out, _ = await run.communicate()
        return out.decode("utf-8", "replace")

    def problems(self) -> tuple[str, ...]:
        return tuple(line for line in self._log() if _PROBLEM.search(line) and not _HARMLESS.search(line))

    def log_of(self, text: str) -> tuple[str, ...]:
        return tuple(line for line in self._log() if text in line)

    def messages(self, plan: Plan, extension: str) -> tuple[Recorded, ...]:
        folder = self._home / "spool" / "voicemail" / plan.name / extension
        return tuple(recorded(path) for path in sorted(folder.glob("*/msg*.wav")))

    @property
    def _etc(self) -> Path:
        return self._home / "etc"

    def _log(self) -> list[str]:
        path = self._home / "log" / "full.log"
        return path.read_text("utf-8", "replace").splitlines() if path.exists() else []

    def _last_words(self) -> str:
        console = self._home / "console.log"
        lines = self._log() or (console.read_text("utf-8", "replace").splitlines() if console.exists() else [])
        return " / ".join(lines[-5:]) or "it said nothing"

    def _lay_out(self) -> None:
        """The configuration of the package, the generated files over it, and the laboratory's own last words."""
        for name in ("etc", "run", "log", "spool", "db", "keys", "data/sounds"):
            (self._home / name).mkdir(parents=True, exist_ok=True)
        root = self._program.parent
        stock = next((p for p in (root / "etc/asterisk", Path("/etc/asterisk")) if (p / "asterisk.conf").exists()), None)
        if stock is not None:
            shutil.copytree(stock, self._etc, dirs_exist_ok=True)
        for file in self._bench.files:
            path = self._etc / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._on_loopback(file.text), encoding="utf-8")
        self._sounds(root)
        first, last = free_range(_RTP_PORTS)
        self._write("rtp.conf", f"[general]\nrtpstart={first}\nrtpend={last}\nstrictrtp=no\nicesupport=no\n")
        self._write("logger.conf", "[general]\ndateformat=%F %T.%3q\n[logfiles]\nfull.log => notice,warning,error,verbose(3)\n")
        self._write("http.conf", "[general]\nenabled=no\n")
        self._write("manager.conf", "[general]\nenabled=no\n")
        self._write("cdr.conf", "[general]\nenable=no\n")
        noload = "".join(f"noload => {name}.so\n" for name in _NOT_LOADED)
        self._write("modules.conf", f"[modules]\nautoload=yes\n{noload}")
        data, home = self._home / "data", self._home
        self._write(
            "asterisk.conf",
            f"[directories]\nastetcdir => {self._etc}\nastmoddir => {_modules(root)}\nastvarlibdir => {data}\n"
            f"astdbdir => {home}/db\nastkeydir => {home}/keys\nastdatadir => {data}\nastagidir => {data}/agi-bin\n"
            f"astspooldir => {home}/spool\nastrundir => {home}/run\nastlogdir => {home}/log\nastsbindir => {home}\n"
            "[options]\nverbose = 3\ndebug = 0\nnofork = yes\nhideconnect = yes\nlockconfdir = no\n",
        )

    def _write(self, name: str, text: str) -> None:
        (self._etc / name).write_text(text, encoding="utf-8")

    def _on_loopback(self, text: str) -> str:
        """Transports listen on the laboratory's port, and on loopback only."""
        host, port = self.phones_at
        return re.sub(r"^bind\s*=\s*(0\.0\.0\.0|\[::\])(:\d+)?[ \t]*$", f"bind={host}:{port}", text, flags=re.MULTILINE)

    def _sounds(self, root: Path) -> None:
        """The package's prompts, and the recordings of the scenarios beside them."""
        target = self._home / "data"
        share = next((p for p in (root / "usr/share/asterisk", Path("/usr/share/asterisk")) if p.exists()), None)
        if share is not None:
            for entry in share.iterdir():
                if entry.name != "sounds" and not (target / entry.name).exists():
                    (target / entry.name).symlink_to(entry)
            for entry in (share / "sounds").glob("*"):
                if not (target / "sounds" / entry.name).exists():
                    (target / "sounds" / entry.name).symlink_to(entry)
        for name, data in self._bench.sounds.items():
            path = target / "sounds" / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _modules(root: Path) -> Path:
    """Where the modules are: below an unpacked package's own root, or of the host's package."""
    for base in (root, root.parent, Path("/")):
        for pattern in ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "lib/asterisk/modules"):
            for found in base.glob(pattern):
                if (found / "app_dial.so").exists():
                    return found
    raise LabError(f"the modules of Asterisk were not found (looked below {root} and /usr/lib)")
