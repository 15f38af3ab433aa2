"""An example with the parts that its administrator wrote by hand, on a real PBX; and phones that speak and hear."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.environment import DEFAULT_MOMENT
from pbxgen.flow.plan import Plan
from pbxgen.lab import sip
from pbxgen.lab.media import Stream, _tone_frames
from pbxgen.lab.pbx import PbxSetup, laboratory_of
from pbxgen.lab.ports import LOOPBACK
from pbxgen.lab.run import uses_clock
from pbxgen.lab.sound import tone
from pbxgen.pbxs import SHOWN_NAMES
from pbxgen.pipeline import compile_path
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options
from tests.security.calls import Side, called_side
from tests.security.laboratory import Laboratory, trunk_host
from tests.security.peer import Login, Peer, Reply, sdp

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    "asterisk": frozenset({"app_queue", "app_confbridge", "res_parking", "app_page", "app_mixmonitor"}),
    "freeswitch": frozenset({"mod_fifo", "mod_conference", "mod_valet_parking"}),
}
"""What the pages say that the parts need."""
MUSIC = 850
"""The tone (Hz) that stands for music on hold."""
SECONDS = 8
"""A caller of a test waits so long in place of the 60 seconds of the example."""
_PASSWORD = "a long enough secret"
_MUSIC_FILE = {"asterisk": "../moh/tone", "freeswitch": "music/8000/tone"}
_ADDED = re.compile(r"^```\w+\n[;<!-]+ ([\w.]+), (?:at its end|in <fifos>)[ >-]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SLOW = re.compile(r"(,,,,|t\(|=9:|_timeout=)60\b")


def added_lines() -> dict[str, str]:
    """By file of a stock configuration, the lines that docs/beside.md adds to it."""
    page = (ROOT / "docs/beside.md").read_text("utf-8")
    by_name = dict(
        re.findall(r"^```\w+\n[;<!-]+ ([\w.]+), (?:at its end|in <fifos>)[ >-]*\n(.*?)^```$", page, re.M | re.S)
    )
    return {f"autoload_configs/{name}" if name.endswith(".xml") else name: lines for name, lines in by_name.items()}


def written_by_hand(example: Path, pbx: str) -> Iterator[GeneratedFile]:
    """The example's own files, with shorter times."""
    folder = example / "local" / pbx
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield GeneratedFile(path.relative_to(folder).as_posix(), _SLOW.sub(rf"\g<1>{SECONDS}", path.read_text("utf-8")))


def _stock(pbx: str, program: Path) -> Path:
    """Where the stock configuration is."""
    places = [program.parent / "etc/asterisk", Path("/etc/asterisk")]
    if pbx == "freeswitch":
        prefix = program.parent.parent
        places = [prefix / "conf", prefix / "etc/freeswitch", Path("/etc/freeswitch")]
    return next(place for place in places if place.is_dir())


def _with_lines(pbx: str, program: Path) -> Iterator[GeneratedFile]:
    """Stock files with the lines of the page."""
    for name, lines in added_lines().items():
        if name.endswith(".xml") is (pbx == "freeswitch"):
            text = (_stock(pbx, program) / name).read_text("utf-8")
            whole = text.replace("<fifos>", f"<fifos>\n{lines}") if pbx == "freeswitch" else f"{text}\n{lines}"
            yield GeneratedFile(name, whole)


def _furnished(plan: Plan) -> tuple[Plan, dict[Secret, str]]:
    """With carriers on loopback, and a password for every phone."""
    trunks = {}
    for name, trunk in plan.trunks.items():
        host, port = trunk_host()
        trunks[name] = replace(trunk, host=host, port=port, keepalive=0)
    secret = Secret("inline", _PASSWORD, next(iter(plan.users.values())).location)
    users = {extension: replace(user, password=secret) for extension, user in plan.users.items()}
    return replace(plan, trunks=trunks, users=users), {secret: _PASSWORD}


@contextlib.contextmanager
def installed(pbx_name: str, folder: Path, example: Path) -> Iterator[Laboratory]:
    """A PBX with an example and its parts, copied as docs/beside.md says; one without their modules is NOT RUN."""
    compiled = compile_path(example).tenants[0].plan
    assert compiled is not None
    plan, secrets = _furnished(compiled)
    target, laboratory = load_target(pbx_name), laboratory_of(pbx_name)
    files = (
        *target.render((plan,), Options(secrets=secrets)),
        *written_by_hand(example, pbx_name),
        *_with_lines(pbx_name, laboratory.find()),
    )
    moment = DEFAULT_MOMENT if uses_clock(plan) else None
    home = folder / "pbx"
    home.mkdir(parents=True)
    pbx = laboratory.make(PbxSetup(home, files, {_MUSIC_FILE[pbx_name]: tone(MUSIC, 20)}, moment, MODULES[pbx_name]))
    with contextlib.ExitStack() as stack:
        stack.callback(pbx.stop)
        asyncio.run(pbx.start())
        trunks = {
            f"{plan.name}.{name}": stack.enter_context(Peer(pbx.trunks_at, trunk.host, trunk.port or 5060))
            for name, trunk in plan.trunks.items()
        }
        running = Laboratory(pbx, (plan,), files, home, trunks, stack)
        for module in sorted(MODULES[pbx_name]):
            asked = {"asterisk": f"module show like {module}.so", "freeswitch": f"module_exists {module}"}[pbx_name]
            if not re.search(r"Running|^true", running.command(asked)):
                pytest.skip(f"NOT RUN: this {SHOWN_NAMES[pbx_name]} has no {module}")
        yield running


class Sound:
    """The sound of one side of a call: says a tone of its own, and measures what it hears."""

    def __init__(self, hertz: int, host: str = LOOPBACK) -> None:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.bind((host, 0))
        self.stream = Stream(made, speaks=True)
        self._frames = {codec: _tone_frames(codec, hertz) for codec in (0, 8)}
        self._held = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def connect(self, body: str) -> None:
        """Speak with whom a session description names."""
        audio = sip.audio_of(body)
        if audio is not None:
            self.stream.connect(audio, speaks=True)

    def disconnect(self) -> None:
        """The call is over: its port at the PBX soon belongs to another one, which must not hear this side."""
        self.stream.audio = None

    def hears(self, hertz: int, seconds: float = 8.0) -> bool:
        """Does a tone come to be most of what is heard?"""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._held:
                if self.stream.loudness() > 300 and self.stream.strength(hertz) > 0.5:
                    return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self.stream.socket.close()

    def _run(self) -> None:
        turn, start = 0, time.monotonic()
        while not self._ended.wait(max(0.0, start + turn * 0.02 - time.monotonic())):
            if time.monotonic() - (start + turn * 0.02) > 0.02:
                start, turn = time.monotonic(), 0  # Asterisk takes a burst of what was missed for no phone's sound
            turn += 1
            with self._held:
                self.stream.receive()
            audio = self.stream.audio
            if audio is not None:
                self.stream.send(self._frames[audio.codec][turn % 5])
                self.stream.press_due(time.monotonic())


@dataclass
class _Side(Side):
    """One that speaks until it hangs up."""

    phone: Phone | None = None

    def say(self, method: str, *headers: str, body: str = "", content: str = "application/sdp") -> int | None:
        if method == "BYE" and self.phone is not None:
            self.phone.ended(self.call_id)
        return super().say(method, *headers, body=body, content=content)


class Phone:
    """A phone of the office (or, without an extension, a caller at the carrier) that says one tone."""

    def __init__(self, lab: Laboratory, extension: str, hertz: int, *, carrier: Peer | None = None) -> None:
        self.lab, self.extension, self.hertz = lab, extension, hertz
        self.domain = lab.plans[0].domain
        self.login: Login | None = None if carrier is not None else lab.login(extension)
        self.after: float | None = 0.3
        """So long it rings before it is answered; None: nobody answers."""
        self.peer = carrier or lab.phone(self._answer)
        self.sound = Sound(hertz, self.peer.host)
        self._call_id = ""
        """Of the call that it speaks in."""
        lab.stack.callback(self.sound.close)

    def ended(self, call_id: str) -> None:
        if call_id == self._call_id:
            self.sound.disconnect()

    def register(self, contact: str | None = None) -> None:
        assert self.peer.register(self.extension, self.domain, self.login, contact) == 200

    def sign_off(self) -> None:
        assert self.login is not None
        self.peer.forget(self.extension, self.domain, self.login)

    def dial(self, number: str) -> Side:
        """A call that was answered."""
        at = f"{self.peer.pbx[0]}:{self.peer.pbx[1]}"
        uri = f"sip:{number}@{at if self.login is None else self.domain}"
        sender = f"<sip:{self.extension}@{self.peer.host if self.login is None else self.domain}>"
        call_id = f"by-hand-{time.monotonic_ns()}"
        body = sdp(self.peer.host, self.sound.stream.port)
        reply = self.peer.ask("INVITE", uri, sender=sender, body=body, login=self.login, call_id=call_id, seconds=12.0)
        assert reply is not None
        assert reply.status == 200, reply.start_line
        self.peer.acknowledge(uri, sender, call_id, int(reply.cseq.split()[0]), reply)
        self._call_id = call_id
        self.sound.connect(reply.body)
        contact = re.search(r"<([^>]+)>", reply.header("contact"))
        assert contact is not None
        to = reply.header("to")
        return _Side(self.peer, self.login, contact[1], f"{sender};tag=t{call_id}", to, call_id, reply.body, self)

    def rung(self, seconds: float = 8.0) -> Side:
        """The call that comes to this phone, which it takes, as it sees it."""
        self.rings(seconds)
        time.sleep(0.5)
        return _Side(**vars(called_side(self.peer, self.login)), phone=self)

    def rings(self, seconds: float = 8.0) -> bool:
        """Does a call come to it?"""
        return self.peer.wait(lambda m: m.method == "INVITE" and m.status is None, seconds) is not None

    def hung_up(self, seconds: float = 8.0) -> bool:
        """Does the PBX end its call?"""
        return self.peer.wait(lambda m: m.method == "BYE" and m.status is None, seconds) is not None

    def _answer(self, request: sip.Message) -> Sequence[Reply]:
        if request.method == "BYE":
            self.ended(request.call_id)
        if request.method != "INVITE":
            return [Reply(200)]
        self._call_id = request.call_id
        self.sound.connect(request.body)
        offer = sip.audio_of(request.body)  # one codec, the first of those that are offered
        codec = "8 0" if offer is None else str(offer.codec)
        body = sdp(self.peer.host, self.sound.stream.port).replace("AVP 8 0", f"AVP {codec}")
        taken = Reply(200, body=body, after=self.after or 0.0)
        return [Reply(180)] if self.after is None else [Reply(180), taken]


@contextlib.contextmanager
def registered(lab: Laboratory, tones: Mapping[str, int]) -> Iterator[dict[str, Phone]]:
    """Phones that sign in, by extension with the tone (Hz) that each says, until all is over."""
    made = {extension: Phone(lab, extension, hertz) for extension, hertz in tones.items()}
    for phone in made.values():
        phone.register()
    yield made
    lab.hang_up_all()
    for phone in made.values():
        phone.sign_off()
    lab.settle(1)
