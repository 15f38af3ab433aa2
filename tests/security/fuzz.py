"""A fuzzer of wire text: ``python -m tests.security.fuzz asterisk --seconds 3600``.

Two tenants are on one PBX. Phones without the right to call outside, carriers and strangers send what `hostile.py`
draws, for as long as it is told. After each attack:

- no carrier has been called (none of the attacked offices has a rule that leads outside, and the attackers may not);
- no phone of the other tenant has been rung;
- no command has run;
- no context outside the plan has been entered;
- nobody but the attacker's own user has set anything, and that only what the attacker may set;
- strangers are not answered differently when they name somebody who exists;

and now and then an honest call must still go through. A finding is told with the seed and the round that show it again:
``--seed SEED --round ROUND``.
"""

from __future__ import annotations

import argparse
import random
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pbxgen.lab import sip
from tests.security.calls import call_up, takes
from tests.security.hostile import PREMIUM, Hostile
from tests.security.laboratory import Laboratory, laboratory, password, trunk_host
from tests.security.peer import Reply, polite

_EMERGENCY = ("112", "118")
"""Whoever has a phone may call these."""
_HONEST_EVERY = 40
"""Attacks between two honest calls."""
_PATIENCE_SECONDS = 0.4
"""How long an attacker waits for an answer; much is answered by silence."""
_RINGING_SECONDS = 2.5
"""How long an honest call to an attacker may take."""
_CONTEXTS = re.compile(r"Executing \[[^\]]*@([^:\]]+):|[Pp]rocessing .* in context (\S+)")
_OWN = re.compile(r"pbxgen[.-][\w.-]+|(?:office|other)\.[\w.+-]+")
_OWN_SETTING = re.compile(r"(?:(?:[a-z_]+:(?:off|on|x10[124]|g60[01]):\d+:\d+:\d+)\|?)+")
"""What 103 may set: no outside number, as no class is theirs, and no mailbox, as there is none."""
_STRANGERS = {"asterisk": {"101", "office.trunk.carrier"}, "freeswitch": {"101", "1000"}}


def offices(first: str, second: str) -> tuple[str, str]:
    """Two tenants with a carrier each. 103 is the attacker; nobody's calls lead outside by themselves."""

    def office(name: str, block: str, carrier: str) -> str:
        secret = {extension: password(extension, name) for extension in ("101", "102", "103", "104")}
        return f"""\
version: 1
pbx: {{name: {name}, domain: {name}.lab, country: IT, timezone: Europe/Rome, language: en}}
trunks:
  carrier: {{host: "{carrier}", username: {name}-login, password: trunk secret of {name}, number: "{block}000"}}
routes:
  emergency: {{match: ["112", "118"], trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
classes: {{national: [italy]}}
self_service:
  profiles:
    staff:
      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd]
      to: [extensions, groups, voicemail, mobile, outside]
switches: {{night: {{number: "*28", operators: ["101"], default: off}}}}
users:
  "101": {{name: Ada, password: {secret["101"]}, did: "{block}101", class: national, self_service: staff}}
  "102":
    name: Bruno
    password: {secret["102"]}
    did: "{block}102"
    voicemail: {{pin: "4711"}}
    deviations: {{busy: "103"}}
  "103": {{name: Cara, password: {secret["103"]}, did: "{block}103", self_service: staff}}
  "104":
    name: Dario
    password: {secret["104"]}
    did: "{block}104"
    follow_me: [{{to: "104"}}, {{to: "103", timeout: 5}}]
groups:
  sales: {{number: "600", members: ["102", "103"]}}
  back: {{number: "601", members: ["103", "101"], strategy: linear}}
"""

    return office("office", "+390212345", first), office("other", "+390298765", second)


@dataclass
class Fuzzer:
    """Attacks one laboratory. ``findings`` holds a line for each thing that must not be."""

    lab: Laboratory
    pbx: str
    seed: int
    canary: Path
    findings: list[str] = field(default_factory=list)
    _log_read: int = 0

    def __post_init__(self) -> None:
        self.attacker = self.lab.phone()
        self.honest = self.lab.phone()
        self.colleague = self.lab.phone()
        self.victim = self.lab.phone()
        self.outsider = self.lab.stranger("127.0.0.9")
        self.lurker = self.lab.phone(host="127.0.0.9")
        self.login = self.lab.login("103")
        self._login_all()

    def _login_all(self) -> None:
        for peer, extension, domain in (
            (self.honest, "101", "office.lab"),
            (self.colleague, "102", "office.lab"),
            (self.victim, "101", "other.lab"),
        ):
            status = None
            for _ in range(2):  # a datagram may be lost
                status = status or peer.register(extension, domain, self.lab.login(extension, domain))
            if status != 200:
                self.findings.append(f"{extension} of {domain} cannot register any more: {status}")

    # -- one round ----------------------------------------------------------------------------------------------------

    def play(self, number: int) -> None:
        """One attack, and what it must not have done."""
        draw = random.Random(f"{self.seed}-{number}")
        text = Hostile(
            draw,
            trunks=("office.trunk.carrier", "other.trunk.carrier"),
            carriers=tuple(peer.at for peer in self.lab.trunks.values()),
            extensions=("101", "102", "103", "104", "201"),
            domains=("office.lab", "other.lab", "calls.office", "calls.other", "127.0.0.1"),
            canary=str(self.canary),
        )
        attack = draw.choice(
            (
                self._contact,
                self._contact,
                self._dials,
                self._redirects,
                self._transfers,
                self._transfers_within,
                self._codes,
                self._methods,
                self._carrier_calls,
                self._names,
                self._stranger,
            )
        )
        told = attack(text)
        self._judge(number, attack, told)
        if number % _HONEST_EVERY == 0:
            self._honest_call(number)

    def _contact(self, text: Hostile) -> str:
        """The attacker registers something strange, and is called in each way there is."""
        contact = text.contact(self.attacker.at)
        headers = [f"Contact: {text.contact(self.attacker.at)}"] if text.chance(0.2) else []
        self.attacker.register("103", "office.lab", self.login, contact, headers)
        self.honest.call(
            text.one("103", "600", "601", "102", "104"),
            "office.lab",
            sender="<sip:101@office.lab>",
            login=self.lab.login("101"),
            seconds=_RINGING_SECONDS,
        )
        if text.chance(0.3):
            self.attacker.register("103", "office.lab", self.login, "*", ["Expires: 0"])
        return f"Contact: {contact!r}, {headers}"

    def _dials(self, text: Hostile) -> str:
        number, sender, headers = (
            text.number(),
            text.sender("103", "office.lab", self.attacker.at),
            text.headers(self.attacker.at),
        )
        domain = text.one("office.lab", "office.lab", "other.lab", text.host(self.attacker.at))
        self.attacker.call(number, domain, sender=sender, login=self.login, headers=headers, seconds=_PATIENCE_SECONDS)
        return f"INVITE {number!r}@{domain!r} From: {sender!r} {headers}"

    def _redirects(self, text: Hostile) -> str:
        status, contact = text.random.choice((300, 301, 302, 302, 305, 380, 399)), text.contact(self.attacker.at)
        headers = (f"Contact: {contact}", *text.headers(self.attacker.at))

        def redirect(request: sip.Message) -> Sequence[Reply]:
            return [Reply(status, headers=headers)] if request.method == "INVITE" else [Reply(200)]

        before, self.attacker.answer = self.attacker.answer, redirect
        self.attacker.register("103", "office.lab", self.login)
        self.honest.call(
            text.one("103", "600", "104"),
            "office.lab",
            sender="<sip:101@office.lab>",
            login=self.lab.login("101"),
            seconds=_RINGING_SECONDS,
        )
        self.attacker.answer = before
        return f"{status} {headers}"

    def _transfers(self, text: Hostile) -> str:
        """An out-of-dialog REFER, by a phone, a stranger or the carrier."""
        peer, login = text.random.choice(
            ((self.attacker, self.login), (self.lurker, None), (self.lab.trunks["office.carrier"], None))
        )
        target = f"<{text.uri(peer.at)}>"
        peer.ask(
            "REFER",
            f"sip:{text.user()}@office.lab",
            sender=text.sender("103", "office.lab", peer.at),
            login=login,
            headers=(f"Refer-To: {target}", f"Referred-By: {target}"),
            seconds=_PATIENCE_SECONDS,
        )
        return f"REFER to {target!r} by {peer.at}"

    def _transfers_within(self, text: Hostile) -> str:
        """A REFER of the attacker within a call that was taken, or of whom the attacker has called."""
        self.honest.answer = self.attacker.answer = takes
        target = text.uri(self.attacker.at) if text.chance(0.6) else f"sip:{text.code()}@office.lab"
        target += f"?Replaces={text.noise()}%3Bto-tag%3D1%3Bfrom-tag%3D2" if text.chance(0.3) else ""
        said = [f"Refer-To: <{target}>"]
        said += [f"Referred-By: <{text.uri(self.attacker.at)}>"] if text.chance(0.3) else []
        try:
            side = call_up(self.lab, self.attacker, "103", "101", "office.lab", self.login)
            side.say("REFER", *said)
            self.lab.settle(_PATIENCE_SECONDS)
        except AssertionError:  # the call was not taken: the attacker may have diverted, or a datagram was lost
            return "no call to transfer"
        finally:
            self.lab.hang_up_all()
            self.honest.answer = self.attacker.answer = polite
        return f"REFER within a call: {said}"

    def _codes(self, text: Hostile) -> str:
        """A code, by the attacker's phone, by the carrier, by a stranger."""
        code = text.code()
        peer, login = text.random.choice(
            ((self.attacker, self.login), (self.attacker, self.login), (self.lab.trunks["office.carrier"], None),
             (self.lurker, None))
        )  # fmt: skip
        sender = text.sender("103", "office.lab", peer.at)
        headers = text.headers(peer.at)
        peer.call(code, "office.lab", sender=sender, login=login, headers=headers, seconds=_PATIENCE_SECONDS)
        told = f"code {code!r} From: {sender!r} {headers} by {peer.at}"
        for key, value in self.lab.settings().items():
            if key != "office/103" or not _OWN_SETTING.fullmatch(value):
                self.findings.append(f"{key} is set to {value}: {told}")
            self.lab.clear_setting(key)
        return told

    def _methods(self, text: Hostile) -> str:
        method, user = text.method(), text.one("112", "*98", "600", "101", PREMIUM, text.user())
        peer, login = text.random.choice(
            (
                (self.attacker, self.login),
                (self.lurker, None),
                (self.outsider, None),
                (self.lab.trunks["office.carrier"], None),
            )
        )
        body = text.program() if text.chance(0.5) else ""
        peer.ask(
            method,
            f"sip:{user}@{text.one('office.lab', 'other.lab', '127.0.0.1')}",
            sender=text.sender("103", "office.lab", peer.at),
            login=login,
            body=body,
            content="text/plain",
            headers=(f"Event: {text.event()}", "Expires: 60", *text.headers(peer.at)),
            seconds=_PATIENCE_SECONDS,
        )
        return f"{method} {user!r} by {peer.at}"

    def _carrier_calls(self, text: Hostile) -> str:
        """The carrier, or who stands behind it, calls with strange headers."""
        peer = self.lab.trunks["office.carrier"]
        number = text.one("+390212345101", "+390212345103", "+390212345104", "+390298765101", text.number())
        sender, headers = text.sender(text.user(), "carrier.example", peer.at), text.headers(peer.at)
        peer.call(number, "127.0.0.1", sender=sender, headers=headers, seconds=_PATIENCE_SECONDS)
        return f"carrier: INVITE {number!r} From: {sender!r} {headers}"

    def _stranger(self, text: Hostile) -> str:
        peer = text.random.choice((self.outsider, self.lurker))
        number = text.one("101", "112", "+390212345101", text.number())
        sender, headers = text.sender(text.user(), "office.lab", peer.at), text.headers(peer.at)
        status = peer.call(number, "office.lab", sender=sender, headers=headers, seconds=_PATIENCE_SECONDS)
        told = f"stranger: INVITE {number!r} From: {sender!r} {headers}"
        if status is not None and status < 300:
            self.findings.append(f"a stranger's call was answered: {told}")
        return told

    def _names(self, text: Hostile) -> str:
        """Two strangers' requests that differ in a name only: one exists, the other does not."""
        peer = text.random.choice((self.outsider, self.lurker))
        method = text.one("INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "MESSAGE")
        exists, wrong = text.one(*sorted(_STRANGERS[self.pbx])), text.one("199", "999", "nobody", "office.trunk.other")
        answers = []
        for name in (exists, wrong):
            registers, address = method == "REGISTER", f"<sip:{name}@office.lab>"
            reply = peer.ask(
                method,
                "sip:office.lab" if registers else "sip:102@office.lab",
                sender=address,
                to=address if registers else None,
                headers=("Event: presence",),
            )
            answers.append(None if reply is None else (reply.status, tuple(key for key, _ in reply.headers)))
        told = f"{method} by {exists!r} and {wrong!r} at {peer.pbx}: {answers}"
        if answers[0] != answers[1]:
            self.findings.append(f"the answers tell who exists: {told}")
        return told

    # -- the judge ----------------------------------------------------------------------------------------------------

    def _judge(self, number: int, attack: Callable[[Hostile], str], told: str) -> None:
        called = [uri for uri in self.lab.called_out() if sip.user_of(uri) not in _EMERGENCY]
        wrong = [f"a carrier was called: {uri}" for uri in called]
        for peer in self.lab.trunks.values():
            peer.received.clear()
        wrong += [f"a phone of the other tenant was rung: {m.reason}" for m in self.victim.invited]
        self.victim.received.clear()
        wrong += [f"context {name} was entered" for name in self._contexts() if not _OWN.fullmatch(name)]
        if self.canary.exists():
            wrong.append("a command was run")
            self.canary.unlink()
        for peer in (self.attacker, self.honest, self.colleague, self.outsider, self.lurker):
            peer.received.clear()
        self.findings += [f"seed {self.seed}, round {number}, {attack.__name__}: {one}: {told}" for one in wrong]

    def _contexts(self) -> set[str]:
        """Contexts that calls have entered since the last attack."""
        with next((self.lab.folder / "log").glob("f*.log")).open("rb") as log:
            log.seek(self._log_read)
            fresh = log.read()
        self._log_read += len(fresh)
        return {one or other for one, other in _CONTEXTS.findall(fresh.decode("utf-8", "replace"))}

    def _honest_call(self, number: int) -> None:
        self._login_all()
        self.honest.received.clear()
        for _ in (1, 2):
            self.honest.call("102", "office.lab", sender="<sip:101@office.lab>", login=self.lab.login("101"), seconds=6)
            if self.colleague.invited:
                break
        else:
            self.findings.append(f"seed {self.seed}, round {number}: an honest call does not go through any more")
        self.colleague.received.clear()


def run(pbx: str, seconds: float, seed: int, only: int | None = None) -> tuple[int, list[str]]:
    """Attack a PBX for some time, or play one round only; returns how many rounds there were, and the findings."""
    with tempfile.TemporaryDirectory(prefix="pbxgen-fuzz-") as name:
        folder = Path(name)
        places = [trunk_host(), trunk_host()]
        first, second = (f"{host}:{port}" for host, port in places)
        with laboratory(pbx, folder, *offices(first, second)) as lab:
            fuzzer = Fuzzer(lab, pbx, seed, folder / "canary")
            if only is not None:
                fuzzer.play(only)
                return 1, fuzzer.findings
            rounds, end = 0, time.monotonic() + seconds
            while time.monotonic() < end and len(fuzzer.findings) < 20:
                rounds += 1
                fuzzer.play(rounds)
            lab.settle()
            fuzzer.play(rounds + 1)
            return rounds + 1, fuzzer.findings


def main() -> int:
    parser = argparse.ArgumentParser(description="Attack a PBX that runs generated plans, with random wire text.")
    parser.add_argument("pbx", choices=["asterisk", "freeswitch"])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--round", type=int, default=None, help="play this round only")
    wanted = parser.parse_args()
    seed = secrets.randbelow(10**9) if wanted.seed is None else wanted.seed
    print(f"seed {seed}", flush=True)
    rounds, findings = run(wanted.pbx, wanted.seconds, seed, wanted.round)
    print("\n".join(findings))
    print(f"{rounds} attacks on {wanted.pbx}, {len(findings)} findings, seed {seed}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
