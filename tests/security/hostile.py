"""Texts that a phone, a carrier or a stranger may put on the wire: drawn at random, most of them almost right."""

from __future__ import annotations

import random
from dataclasses import dataclass

PREMIUM = "+390289912345"
"""A number that only a route of the attacked office leads to."""

_SYNTAX = (
    "&", ",", "|", "~", "^", "^^", "^^:", "!", ":", ";", "=", "?", "#", "*", "/", "\\", "'", '"', "`", "(", ")", "[",
    "]", "{",
    "}", "<", ">", "@", "$", "%", "+", "-", "_", ".", " ", "\t", "\x00", "\x1b[2J", "\x7f", "%0a", "%0d%0a", "%00",
    "%26",
    "%2c", "%24%7b", "%40", "%7c", "&amp;", "\u202e", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\udcff", "à", "\uff11\uff10\uff11", "e\u0301", "0" * 300, "A" * 900,
)  # fmt: skip
_METHODS = (
    "INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "OPTIONS", "INFO", "UPDATE", "NOTIFY", "BYE", "CANCEL",
    "PRACK",
    "ACK", "FOO",
)  # fmt: skip
_EVENTS = ("presence", "dialog", "message-summary", "refer", "reg", "as-feature-event", "talk", "call-info", "x")


@dataclass
class Hostile:
    """Draws texts. Everything depends on ``random`` alone, so that a seed tells the same story again."""

    random: random.Random
    trunks: tuple[str, ...]
    """What a trunk may be called on the PBX, e.g. ``office.trunk.carrier``."""
    carriers: tuple[str, ...]
    """``host:port`` of carriers."""
    extensions: tuple[str, ...]
    domains: tuple[str, ...]
    canary: str
    """A file that no PBX has a reason to make: it exists as soon as a command of ours has run."""

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *texts: str) -> str:
        return self.random.choice(texts)

    def program(self) -> str:
        """What a dialplan may take for program text."""
        trunk, carrier, domain = self.one(*self.trunks), self.one(*self.carriers), self.one(*self.domains)
        extension = self.one(*self.extensions)
        tenant, _, name = trunk.partition(".trunk.")
        return self.one(
            f"${{system(touch {self.canary})}}",
            f"${{bgsystem(touch${{IFS}}{self.canary})}}",
            f"${{SHELL(touch {self.canary})}}",
            f"${{EVAL(${{SHELL(touch {self.canary})}})}}",
            f"`touch {self.canary}`",
            f"&System(touch {self.canary})",
            f"${{api(originate sofia/gateway/{tenant}.{name}/{PREMIUM} &park)}}",
            f"&PJSIP/{PREMIUM}@{trunk}",
            f"&PJSIP/{trunk}/sip:{PREMIUM}@{carrier}",
            f"&Local/{PREMIUM}@{tenant}.phones",
            f"&Local/112@{tenant}.phones",
            ",30,G(pbxgen-direct^outside^1)",
            ",30,tTkKU(pbxgen-direct^s^1)b(pbxgen-direct^s^1)",
            f";a=b,sofia/gateway/{tenant}.{name}/{PREMIUM}",
            f",[leg_timeout=60]sofia/gateway/{tenant}.{name}/{PREMIUM}",
            f"|sofia/gateway/{tenant}.{name}/{PREMIUM}",
            f":_:sofia/gateway/{tenant}.{name}/{PREMIUM}",
            f",loopback/{PREMIUM}/{tenant}.phones/XML",
            f",loopback/112/{tenant}.phones",
            f",user/{extension}@{domain}",
            f"!execute_on_ring=system touch {self.canary}!",
            f"{{api_on_answer='system touch {self.canary}'}}",
            f"]sofia/gateway/{tenant}.{name}/{PREMIUM}[x=",
            f"~sofia/~sofia/gateway/{tenant}.{name}/{PREMIUM},~",
            f"PJSIP/{PREMIUM}%40{trunk}",
            f"Local/112%40{tenant}.phones",
            f"{PREMIUM}/{tenant}",
            "${pbx_password}${password}${PJSIP_AOR(101,contact)}",
            f"<sip:{PREMIUM}@{carrier}>",
        )

    def noise(self) -> str:
        """Syntax of one language or another."""
        return "".join(self.one(*_SYNTAX) for _ in range(self.random.randint(1, 3)))

    def number(self) -> str:
        """What is dialled: numbers that are wrong in some way, and such as must not be reached from here."""
        base = self.one("112", "118", "101", "102", "600", "*97", "*98", PREMIUM, "00390289912345", "0289912345",
                        "s", "h", "i",
                        "t", "next", "route", "dial", "pin", "release", "diversion", "mailbox",
                        *self.extensions)  # fmt: skip
        match self.random.randrange(5):
            case 0:
                return base + self.one(
                    "%0a", "%0A", "%0d%0a", "%00", "%20", ";x=y", ";phone-context=+39", "%23", ",", "&102", "-"
                )
            case 1:
                return self.noise() + base
            case 2:
                return base + self.program()
            case 3:
                at = self.random.randint(0, len(base))
                return base[:at] + self.noise() + base[at:]
            case _:
                return base + self.noise()

    def code(self) -> str:
        """A code of self-service or of a switch, most of them almost right."""
        head = self.one(
            "*21*", "*67*", "*61*", "*62*", "*167*", "*21", "#21", "##21", "*#21", "*26", "#26", "*28", "#28", "##002"
        )
        number = self.one(
            self.number(), self.program(), self.noise(), "102", "600", "*97", "112", "+39112", PREMIUM, ""
        )
        return head + number + self.one("#", "", "%23", "*5#", "*", self.noise())

    def user(self) -> str:
        """The user part of an address."""
        return self.one(
            *self.extensions, *self.trunks, "anonymous", "1000", "1234", "pbxgen-phone", "s", "", "+393471112222",
            self.number(), self.program(), self.noise(),
        )  # fmt: skip

    def host(self, mine: str) -> str:
        return self.one(mine, mine, *self.carriers, *self.domains, "127.0.0.1", "localhost", "[::1]", "0.0.0.0",
                        "a.invalid",
                        "127.0.0.1:99999", f"{mine}{self.noise()}", f"{mine}{self.program()}")  # fmt: skip

    def uri(self, mine: str) -> str:
        scheme = self.one("sip", "sip", "sip", "sip", "sips", "tel", "SIP", "pres", "http", "")
        text = f"{scheme}:{self.user()}@{self.host(mine)}"
        if self.chance(0.5):
            text += self.one(";a=b", ";transport=udp", ";transport=tls", ";lr", ";ob", ";maddr=127.0.0.1",
                             ";fs_nat=yes",
                             f";fs_path=sip:{self.one(*self.carriers)}", f";received=sip:{self.one(*self.carriers)}",
                             f";fs_path=sip%3A{self.one(*self.carriers)}", f"?X-A={self.program()}",
                             f"?Route=<sip:{mine}>",
                             "")  # fmt: skip
            text += self.one("", self.program(), self.noise())
        return text

    def contact(self, mine: str) -> str:
        """The value of a Contact header."""
        one = self.one(
            f"<{self.uri(mine)}>", f"<{self.uri(mine)}>", self.uri(mine), f'"{self.noise()}" <{self.uri(mine)}>', "*"
        )
        one += self.one(
            "", "", ";expires=60", f";{self.noise()}", f";q={self.program()}", ';+sip.instance="<urn:uuid:1>"'
        )
        return f"{one}, <{self.uri(mine)}>" if self.chance(0.25) else one

    def sender(self, user: str, domain: str, mine: str) -> str:
        """The value of a From header of somebody who has authenticated as ``user``, or of nobody."""
        shown = self.one("", "", f'"{self.program()}" ', f'"{self.noise()}" ', f"{self.noise()} ")
        return shown + self.one(
            f"<sip:{user}@{domain}>", f"<sip:{user}@{domain}>", f"<{self.uri(mine)}>", self.uri(mine)
        )

    def headers(self, mine: str) -> list[str]:
        """Further headers of a call."""
        return [self._header(mine) for _ in range(self.random.randint(0, 3))]

    def _header(self, mine: str) -> str:
        value = self.one(self.program(), self.noise(), f"<{self.uri(mine)}>", self.number())
        counter = self.one(
            "counter=1", "Counter=9", "counter = 9", 'counter="9"', f"counter={self.program()}", "counter=-1"
        )
        return (
            self.one(
                f"Diversion: <{self.uri(mine)}>;reason=unconditional;{counter}",
                f"Diversion: {value}",
                f"History-Info: <{self.uri(mine)}>;{self.one('index=1.1', 'Index=1.1.1', f'index={value}')}",
                f"P-Asserted-Identity: {self.one(value, f'<sip:{self.user()}@{self.host(mine)}>')}",
                f"Remote-Party-ID: <{self.uri(mine)}>;privacy={self.one('full', 'off', value)}",
                f"Privacy: {self.one('id', 'user', value)}",
                f"P-Preferred-Identity: {value}",
                f"Referred-By: {value}",
                f"Replaces: {value};to-tag=1;from-tag=2",
                f"Join: {value};to-tag=1;from-tag=2",
                f"User-Agent: {value}",
                f"Alert-Info: {value}",
                f"Call-Info: {value}",
                f"Subject: {value}",
                f'Reason: Q.850;cause=16;text="{value}"',
                f"Route: <sip:{self.one(*self.carriers)};lr>",
                # Of another scheme than SIP it ends Asterisk 22, a fault of its own: docs/asterisk.md.
                f"Record-Route: <sip:{self.user()}@{self.host(mine)};{self.one('lr', 'maddr=127.0.0.9')}>",
                f"Refer-To: <{self.uri(mine)}>",
                f"Accept-Language: {value}",
                f"X-FS-Support: update_display,{value}",
                f"X-{self.one('pbx_todo', 'PBX_TODO', 'a')}: {value}",
                f"P-pbx_origin: {value}",
                f"Max-Forwards: {self.one('0', '1', '255', value)}",
                f"Session-Expires: {value}",
                f"Event: {self.one(*_EVENTS, value)}",
            )
            .replace("\r", " ")
            .replace("\n", " ")
        )

    def method(self) -> str:
        return self.one(*_METHODS)

    def event(self) -> str:
        return self.one(*_EVENTS)
