"""An Asterisk of the laboratory's own: scratch folders, loopback only, nothing of the host's touched."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk
from pbxgen.lab.errors import LabError
from pbxgen.lab.log import Harmless, Log
from pbxgen.lab.pbx import Certificates, Laboratory, Pbx, PbxSetup, RecordedMessage, find_program, link_missing
from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.sound import recorded
from pbxgen.output.writer import write_trees
from pbxgen.targets.base import GeneratedFile

# Modules that open sockets of their own, want services that are not there, or need one of those.
_LEFT_OUT = re.compile(
    r"chan_(?!pjsip|bridge_media)|pbx_(?!config|spool|loopback|realtime)|(cdr|cel)_|res_(ari|calendar|hep|stasis|config|xmpp)|"
    r"app_(stasis|queue|meetme|festival|followme|minivm|alarmreceiver|amd|voicemail_|sla|adsi|getcpeid)|func_odbc|"
    r"res_(http|websocket|snmp|corosync|odbc|smdi|stun|prometheus|statsd|geolocation|parking|fax|resolver|stir|aeap)|"
    r"res_(phoneprov|timing_dahdi|rtp_multicast|adsi|chan_stats|endpoint_stats|pktccops|audiosocket|cliexec|curl|tonedetect)|"
    r"res_(speech_aeap|pjsip_phoneprov)|res_pjsip_(config_wizard|stir|geolocation|transport_websocket)|app_(audiosocket|externalivr|jack|page|dahdi)|"
    r"(app|codec|format|func|res)_.*(dahdi|ogg|speex|curl|aes_unused|lua|ael)"
)
_LINE = re.compile(r"\[[^]]*\] (?P<level>[A-Z]+)\[\d+\](?:\[(?P<call>C-\w+)\])? [^:]*: (?P<message>.*)")
_HARMLESS = (
    Harmless(r"users\.conf is deprecated .*", "a file of the package"),
    Harmless(
        r"Context 'local' tries to include nonexistent context 'parkedcalls'",
        "the package's dialplan, where none is generated",
    ),
    Harmless(r"No music on hold classes configured, disabling music on hold\.", "music is a package of its own"),
    Harmless(
        r"Taskprocessor 'stasis/.*' queue reached \d+ scheduled tasks.*", "hundreds of phones register within seconds"
    ),
    Harmless(
        r"\S+ Abnormal 'Gosub\(pbxgen-confirm,s,1\(\S+\)\)' exit\.  Popping routine return locations\.",
        "said of every routine that a hangup ends: the caller gave up while somebody was asked to press 1",
    ),
    Harmless(
        r"\S+ Abnormal 'Gosub\(pbxgen-counted-(?:trunk|watched)-leg,\S+\)' exit\.  Popping routine return locations\.",
        "of legs that begin at the same moment, one more than the trunk takes is ended by its routine",
    ),
    Harmless(
        r"(?:No response|Temporal response '\d+') received from '\S+' on registration attempt to '\S+', "
        r"retrying in '\d+'",
        "a trunk of a scenario is down; a trunk that is not, and has not registered, is a fault of its call",
    ),
    Harmless(
        r"\S+\.trunk\.\S+: There were no auth ids available",
        "a trunk of a scenario replies 401 or 407, and the source has no account for it",
    ),
)


class Asterisk(Pbx):
    """Asterisk 22 with a generated plan."""

    name = "asterisk"
    reloads = ("dialplan reload", "module reload res_pjsip.so", "voicemail reload")
    boot_seconds, grace_seconds = 60, 3

    def __init__(self, setup: PbxSetup) -> None:
        super().__init__(setup, find())
        self.log = Log(self._home / "log/full.log", _LINE, {"WARNING", "ERROR"}, _HARMLESS, {"NOTICE"})
        port = self._ports.port()
        self.phones_at: Address = (LOOPBACK, port)
        self.trunks_at: Address = self.phones_at
        self._port_of = {"5060": port, "5061": self._ports.port(), "5062": self._ports.port()}
        """By the port of a generated transport, the one that it is given here."""

    async def _ready(self) -> bool:
        if not (self._home / "run" / "asterisk.ctl").exists():
            return False
        booted = "fully booted" in await self.command("core waitfullybooted")
        # Asterisk runs on without a transport whose port is taken.
        deaf = next((line for line in self.log.lines() if booted and "could not be started" in line), None)
        if deaf is not None:
            self.stop()
            raise LabError(f"Asterisk does not listen: {deaf}")
        return booted

    def phone_address(self, transport: str) -> Address:
        return self.phones_at if transport != "tls" else (LOOPBACK, self._port_of["5061"])

    def trunk_address(self, trunk: Trunk) -> Address:
        if trunk.transport != "tls":
            return self.trunks_at
        return LOOPBACK, self._port_of["5061" if trunk.tls_verify else "5062"]

    async def command(self, text: str) -> str:
        # The client end needs no other time, and libfaketime would slow it down.
        run = await asyncio.create_subprocess_exec(
            str(self._program), "-C", str(self._etc / "asterisk.conf"), "-rx", text,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        out, _ = await run.communicate()
        return out.decode("utf-8", "replace")

    async def store(self, plan: Plan, key: str, value: str) -> None:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        await self.command(f'database put pbxgen/{plan.name} {key} "{quoted}"')

    def messages(self, plan: Plan, extension: str) -> tuple[RecordedMessage, ...]:
        folder = self._home / "spool" / "voicemail" / plan.name / extension
        return tuple(recorded(path) for path in sorted(folder.glob("*/msg*.wav")))

    def is_recording(self, plan: Plan) -> bool:
        # A message begins in a file below tmp/ of the mailbox and moves to INBOX/ when it is complete.
        folder = self._home / "spool" / "voicemail" / plan.name
        return any(path.stat().st_size > 0 for path in folder.glob("*/*/*") if path.suffix in (".wav", ".WAV", ".gsm"))

    @property
    def _etc(self) -> Path:
        return self._home / "etc"

    def _lay_out(self) -> list[str]:
        for name in ("etc", "run", "log", "spool", "db", "keys/keys", "data/sounds", "data/moh"):
            (self._home / name).mkdir(parents=True, exist_ok=True)
        root = self._program.parent
        for stock in (root / "etc/asterisk", Path("/etc/asterisk")):
            if (stock / "asterisk.conf").exists():
                shutil.copytree(stock, self._etc, dirs_exist_ok=True)
                break
        self._lay(self._setup.files)
        self._sounds(root)
        first, last = self._ports.media
        self._write("rtp.conf", f"[general]\nrtpstart={first}\nrtpend={last}\nstrictrtp=no\nicesupport=no\n")
        self._write(
            "logger.conf",
            # Every line is wanted: a full queue would drop warnings among the rest.
            "[general]\ndateformat=%F %T.%3q\nlogger_queue_limit=1000000\n"
            "[logfiles]\nfull.log => notice,warning,error,verbose(3)\n",
        )
        self._write("http.conf", "[general]\nenabled=no\n")
        self._write("manager.conf", "[general]\nenabled=no\n")
        self._write("cdr.conf", "[general]\nenable=no\n")
        modules = _modules(root)
        noload = "".join(
            f"noload => {path.name}\n"
            for path in sorted(modules.glob("*.so"))
            if _LEFT_OUT.match(path.name) and path.stem not in self._setup.modules
        )
        self._write("modules.conf", f"[modules]\nautoload=yes\n{noload}")
        data, home = self._home / "data", self._home
        self._write(
            "asterisk.conf",
            f"[directories]\nastetcdir => {self._etc}\nastmoddir => {modules}\nastvarlibdir => {data}\n"
            f"astdbdir => {home}/db\nastkeydir => {home}/keys\nastdatadir => {data}\nastagidir => {data}/agi-bin\n"
            f"astspooldir => {home}/spool\nastrundir => {home}/run\nastlogdir => {home}/log\nastsbindir => {home}\n"
            "[options]\nverbose = 3\ndebug = 0\nnofork = yes\nhideconnect = yes\nlockconfdir = no\n",
        )
        return [str(self._program), "-f", "-C", str(self._etc / "asterisk.conf")]

    def _lay(self, files: Sequence[GeneratedFile]) -> None:
        ours = [replace(file, text=self._on_loopback(file.text)) for file in files]
        if self._setup.certificates is not None:
            ours.append(GeneratedFile("pjsip_local.conf", _with_certificates(files, self._setup.certificates)))
        write_trees(self._home, {self._etc.name: ours}, force=True)

    def _write(self, name: str, text: str) -> None:
        (self._etc / name).write_text(text, encoding="utf-8")

    def _on_loopback(self, text: str) -> str:
        """Transports listen on the laboratory's port, and on loopback only."""
        for everywhere, loopback in ((r"0\.0\.0\.0", LOOPBACK), (r"\[::\]", "[::1]")):
            for port, ours in self._port_of.items():
                text = re.sub(
                    rf"^bind\s*=\s*{everywhere}:{port}[ \t]*$", f"bind={loopback}:{ours}", text, flags=re.MULTILINE
                )
        return text

    def _sounds(self, root: Path) -> None:
        """The package's prompts, and the recordings of the scenarios beside them."""
        target = self._home / "data"
        share = next((p for p in (root / "usr/share/asterisk", Path("/usr/share/asterisk")) if p.exists()), None)
        if share is not None:
            link_missing(share, target)
            link_missing(share / "sounds", target / "sounds")
        self._record(target / "sounds")


def _with_certificates(files: Sequence[GeneratedFile], made: Certificates) -> str:
    """What an administrator adds to the transports of TLS: the PBX's certificate, and an authority to trust."""
    names = {name for file in files for name in re.findall(r"^\[(tls\S*)\]$", file.text, re.MULTILINE)}
    shown = f"cert_file = {made.shown}\npriv_key_file = {made.shown}\nca_list_file = {made.authority}\n"
    return "".join(f"[{name}](+)\n{shown}" for name in sorted(names))


def find() -> Path:
    """Asterisk's program. Raises LabError."""
    return find_program("PBXGEN_ASTERISK", "asterisk")


def _modules(root: Path) -> Path:
    """Where the modules are: below an unpacked package's own root, or of the host's package."""
    for base in (root, root.parent, Path("/")):
        for pattern in ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "lib/asterisk/modules"):
            for folder in base.glob(pattern):
                if (folder / "app_dial.so").exists():
                    return folder
    raise LabError(f"the modules of Asterisk were not found (looked below {root} and /usr/lib)")


LABORATORY = Laboratory(find, Asterisk, "-V")
