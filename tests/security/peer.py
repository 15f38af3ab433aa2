"""A SIP peer that says exactly what it is told, true or not: a phone, a carrier or a stranger of the attacks.

The laboratory of the scenarios speaks through SIPp and can only state what honest phones do. Here every header is text
that the test chooses. A peer owns one UDP socket on loopback and a thread that receives; it replies to requests of the
PBX as its ``answer`` says, and keeps every message that came.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pbxgen.lab import sip
from pbxgen.lab.ports import LOOPBACK, Address

_WAIT_SECONDS = 4.0
_QUALITY = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]+))')
_numbers = itertools.count(1)

SDP_PORT = 39998
"""Where the sound of the attacks would go; nobody listens there."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a phone authenticates with (RFC 2617 digest)."""

    user: str
    password: str
    realm: str | None = None
    """None: the realm of the challenge."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response of a peer to a request of the PBX, ``after`` seconds."""

    status: int
    reason: str = "Told"
    headers: tuple[str, ...] = ()
    body: str = ""
    after: float = 0.0


Answer = Callable[[sip.Message], Sequence[Reply]]
"""Responses to one request, in order; an empty sequence leaves it unanswered."""


def polite(request: sip.Message) -> Sequence[Reply]:
    """Says 200 to all but an INVITE, which it declines as busy."""
    return [Reply(486)] if request.method == "INVITE" else [Reply(200)]


def sdp(host: str = LOOPBACK, port: int = SDP_PORT) -> str:
    """A session description (RFC 4566) with G.711 and telephone-event."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 0 101\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
    )


@dataclass
class Peer:
    """A UDP socket that speaks raw SIP to ``pbx``. Use it as a context manager."""

    pbx: Address
    host: str = LOOPBACK
    port: int = 0
    answer: Answer = polite
    received: list[sip.Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self.host, self.port))
        self._socket.settimeout(0.2)
        self.port = self._socket.getsockname()[1]
        self._registered = f"registration-{next(_numbers)}-{time.monotonic_ns()}"
        self._came = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self._socket.close()

    @property
    def at(self) -> str:
        """``host:port`` of this peer."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    # -- what came ----------------------------------------------------------------------------------------------------

    def requests(self, method: str) -> list[sip.Message]:
        """Requests of the PBX with a method, in order."""
        with self._came:
            return [message for message in self.received if message.status is None and message.method == method]

    @property
    def invited(self) -> list[sip.Message]:
        """Calls that the PBX placed to this peer: one message for each Call-ID."""
        return list({message.call_id: message for message in self.requests("INVITE")}.values())

    def wait(self, wanted: Callable[[sip.Message], bool], seconds: float = _WAIT_SECONDS) -> sip.Message | None:
        """The first message that ``wanted`` accepts, already here or within ``seconds``; else None."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self._came:
            while True:
                for message in self.received[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.received)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._came.wait(left)

    # -- what is said -------------------------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        """Text as it is (lone surrogates stand for bytes that are no UTF-8)."""
        self._socket.sendto(text.encode("utf-8", "surrogateescape"), self.pbx)

    def ask(
        self,
        method: str,
        uri: str,
        *,
        sender: str,
        to: str | None = None,
        contact: str | None = None,
        headers: Sequence[str] = (),
        body: str = "",
        content: str = "application/sdp",
        login: Login | None = None,
        call_id: str | None = None,
        to_tag: str = "",
        cseq: int = 1,
        seconds: float = _WAIT_SECONDS,
    ) -> sip.Message | None:
        """Send a request and return the final response (None: silence); a challenge is answered with ``login``.

        ``sender``, ``to`` and ``contact`` are the texts of From (without tag), To and Contact as they are.
        ``contact=""`` leaves the header out; None names this peer.
        """
        call_id = call_id or f"attack-{next(_numbers)}-{time.monotonic_ns()}"
        proof = ""
        final: sip.Message | None = None
        for number in range(cseq, cseq + 3):
            branch = f"z9hG4bK-{call_id}-{number}"
            lines = [
                f"{method} {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.at};rport;branch={branch}",
                f"From: {sender};tag=t{call_id}",
                f"To: {to or f'<{uri}>'}{to_tag}",
                f"Call-ID: {call_id}",
                f"CSeq: {number} {method}",
                "Max-Forwards: 70",
            ]
            if contact != "":
                lines.append(f"Contact: {contact or f'<sip:peer@{self.at}>'}")
            lines += [*headers, *([proof] if proof else [])]
            if body:
                lines.append(f"Content-Type: {content}")
            lines.append(f"Content-Length: {len(body.encode('utf-8', 'surrogateescape'))}")
            self.send("\r\n".join(lines) + "\r\n\r\n" + body)
            final = self._final(call_id, number, method, seconds)
            if final is None:
                return None
            if method == "INVITE" and final.status is not None and final.status >= 300:
                self._ack(uri, branch, sender, call_id, number, final)
            if final.status not in (401, 407) or login is None or number >= cseq + 2:
                return final
            name = "www-authenticate" if final.status == 401 else "proxy-authenticate"
            answers = "Authorization" if final.status == 401 else "Proxy-Authorization"
            if proof and "stale=true" not in final.header(name).lower():
                return final
            proof = f"{answers}: {digest(final.header(name), method, uri, login)}"
        return final

    def register(
        self,
        user: str,
        domain: str,
        login: Login | None,
        contact: str | None = None,
        headers: Sequence[str] = (),
        *,
        anew: bool = False,
    ) -> int | None:
        """Register with a Contact as it is; returns the status (None: silence).

        All with one Call-ID, as phones do (RFC 3261, 10.2.4) until they begin ``anew``.
        """
        if anew:
            self._registered = f"registration-{next(_numbers)}-{time.monotonic_ns()}"
        address = f"<sip:{user}@{domain}>"
        reply = self.ask(
            "REGISTER",
            f"sip:{domain}",
            sender=address,
            to=address,
            contact=contact or f"<sip:{user}@{self.at}>",
            headers=("Expires: 600", *headers),
            login=login,
            call_id=self._registered,
            cseq=5 * next(_numbers),
        )
        return None if reply is None else reply.status

    def call(
        self,
        to: str,
        domain: str,
        *,
        sender: str,
        login: Login | None = None,
        headers: Sequence[str] = (),
        seconds: float = 8.0,
    ) -> int | None:
        """Place a call to ``to`` (the user part, as it is); returns the final status (None: silence).

        A call that is answered is hung up at once; one that is still up after ``seconds`` is cancelled.
        """
        call_id = f"call-{next(_numbers)}-{time.monotonic_ns()}"
        uri = f"sip:{to}@{domain}"
        reply = self.ask(
            "INVITE", uri, sender=sender, headers=headers, body=sdp(self.host), login=login, call_id=call_id,
            seconds=seconds,
        )  # fmt: skip
        if reply is None:
            self._cancel(uri, sender, call_id)
            return None
        if reply.status is not None and reply.status < 300:
            number = int(reply.cseq.split()[0])
            self._in_dialog("ACK", uri, sender, call_id, number, reply)
            self._in_dialog("BYE", uri, sender, call_id, number + 1, reply)
        return reply.status

    def acknowledge(self, uri: str, sender: str, call_id: str, number: int, final: sip.Message) -> None:
        """ACK the 200 of a call that was placed with ``ask`` and shall stay up."""
        self._in_dialog("ACK", uri, sender, call_id, number, final)

    def forget(self, user: str, domain: str, login: Login) -> None:
        """Take all contacts of a user away."""
        address = f"<sip:{user}@{domain}>"
        self.ask(
            "REGISTER", f"sip:{domain}", sender=address, to=address, contact="*", headers=("Expires: 0",), login=login,
            call_id=self._registered, cseq=5 * next(_numbers),
        )  # fmt: skip

    def _cancel(self, uri: str, sender: str, call_id: str) -> None:
        with self._came:
            numbers = [int(m.cseq.split()[0]) for m in self.received if m.call_id == call_id and m.status is not None]
        number = max(numbers, default=1)
        self._say("CANCEL", uri, f"z9hG4bK-{call_id}-{number}", sender, f"<{uri}>", call_id, number)

    def _ack(self, uri: str, branch: str, sender: str, call_id: str, number: int, final: sip.Message) -> None:
        self._say("ACK", uri, branch, sender, final.header("to"), call_id, number)

    def _in_dialog(self, method: str, uri: str, sender: str, call_id: str, number: int, final: sip.Message) -> None:
        self._say(method, uri, f"z9hG4bK-{call_id}-{method}-{number}", sender, final.header("to"), call_id, number)

    def _say(self, method: str, uri: str, branch: str, sender: str, to: str, call_id: str, number: int) -> None:
        """Send a request without a body that no response is waited for."""
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.at};rport;branch={branch}",
            f"From: {sender};tag=t{call_id}",
            f"To: {to}",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:peer@{self.at}>",
            "Content-Length: 0",
        )
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def _final(self, call_id: str, number: int, method: str, seconds: float) -> sip.Message | None:
        return self.wait(
            lambda m: (
                m.status is not None
                and m.status >= 200
                and m.call_id == call_id
                and m.cseq.split() == [str(number), method]
            ),
            seconds,
        )

    # -- receiving ----------------------------------------------------------------------------------------------------

    def _receive(self) -> None:
        while not self._closing:
            try:
                data, source = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:  # an ICMP error of something sent before
                continue
            message = sip.parse(data)
            if message is None:
                continue
            with self._came:
                again = message.status is None and any(
                    m.status is None
                    and (m.method, m.call_id, m.cseq) == (message.method, message.call_id, message.cseq)
                    for m in self.received
                )
                self.received.append(message)
                self._came.notify_all()
            if message.status is None and message.method != "ACK" and not again:
                threading.Thread(target=self._reply, args=(message, source), daemon=True).start()

    def _reply(self, request: sip.Message, source: Address) -> None:
        replies = [Reply(200)] if request.method == "CANCEL" else self.answer(request)
        for reply in replies:
            if reply.after:
                time.sleep(reply.after)
            copied = [f"{n.title()}: {v}" for n, v in request.headers if n in ("via", "from", "call-id", "cseq")]
            to = request.header("to")
            tag = "" if ";tag=" in to.lower() or reply.status == 100 else f";tag=p{self.port}"
            lines = [f"SIP/2.0 {reply.status} {reply.reason}", *copied, f"To: {to}{tag}", *reply.headers]
            if not any(header.lower().startswith("contact:") for header in reply.headers):
                lines.append(f"Contact: <sip:peer@{self.at}>")
            if reply.body:
                lines.append("Content-Type: application/sdp")
            lines.append(f"Content-Length: {len(reply.body.encode('utf-8', 'surrogateescape'))}")
            if self._closing:
                return
            self._socket.sendto(
                ("\r\n".join(lines) + "\r\n\r\n" + reply.body).encode("utf-8", "surrogateescape"), source
            )


def digest(challenge: str, method: str, uri: str, login: Login) -> str:
    """The credentials that answer a challenge (RFC 2617, MD5, qop auth or none)."""
    told = {name: quoted or bare for name, quoted, bare in _QUALITY.findall(challenge)}
    realm, nonce = told.get("realm", "") if login.realm is None else login.realm, told.get("nonce", "")

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    one, two = md5(login.user, realm, login.password), md5(method, uri)
    text = f'Digest username="{login.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "auth" in told.get("qop", ""):
        text += f', qop=auth, nc=00000001, cnonce="c0", response="{md5(one, nonce, "00000001", "c0", "auth", two)}"'
    else:
        text += f', response="{md5(one, nonce, two)}"'
    return text + (f', opaque="{told["opaque"]}"' if "opaque" in told else "")
