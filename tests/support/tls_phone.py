"""Phones that speak SIP over TLS: plainly, or on a websocket (RFC 7118), as browsers do; without sound of their own."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import socket
import ssl
import struct
import time
from types import TracebackType
from typing import Self

from pbxgen.lab import sip

_SECONDS = 30.0
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class TlsPhone:
    """Connects at once. Whoever answers is believed: the certificate of a test's PBX is nobody's."""

    _via = "TLS"

    def __init__(self, at: tuple[str, int], user: str, domain: str, password: str) -> None:
        self.user, self._domain, self._password = user, domain, password
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._socket = context.wrap_socket(socket.create_connection(at, _SECONDS))
        self._received = b""
        self._sequence = 0
        own = self._socket.getsockname()
        self._host, self.contact = f"{own[0]}:{own[1]}", f"<sip:{user}@{own[0]}:{own[1]};transport=tls>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._socket.close()

    def register(self) -> int:
        """The final reply."""
        call_id = secrets.token_hex(8)
        return self._asked("REGISTER", f"sip:{self._domain}", self.user, call_id, "Expires: 600\r\n", "").status or 0

    def call(self, number: str, offer: str) -> sip.Message:
        """The final reply to an INVITE, which is acknowledged."""
        return self._asked("INVITE", f"sip:{number}@{self._domain}", number, secrets.token_hex(8), "", offer)

    def called(self) -> sip.Message:
        """The next INVITE that comes."""
        while True:
            message = self._message()
            if message.method == "INVITE" and message.status is None:
                return message
            self._answer_other(message)

    def answer(self, invite: sip.Message, answer: str) -> None:
        self._reply(invite, "200 OK", answer)

    def _asked(self, method: str, uri: str, to: str, call_id: str, further: str, body: str) -> sip.Message:
        tag, authorization = secrets.token_hex(4), ""
        for _ in range(2):
            self._sequence += 1
            own = (
                f"From: <sip:{self.user}@{self._domain}>;tag={tag}\r\nCall-ID: {call_id}\r\nMax-Forwards: 70\r\n"
                f"Contact: {self.contact}\r\n"
            )
            asked_to = f"To: <sip:{to}@{self._domain}>\r\n"
            self._send(method, uri, f"{own}{asked_to}{further}{authorization}", body)
            reply = self._final(method, call_id)
            if method == "INVITE":
                self._send("ACK", uri, f"{own}To: {reply.header('to')}\r\n{authorization}", "")
            challenge = reply.header("www-authenticate") or reply.header("proxy-authenticate")
            if reply.status not in (401, 407) or authorization:
                return reply
            name = "Authorization" if reply.status == 401 else "Proxy-Authorization"
            authorization = f"{name}: {self._digest(challenge, method, uri)}\r\n"
        return reply

    def _digest(self, challenge: str, method: str, uri: str) -> str:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        md5 = lambda text: hashlib.md5(text.encode()).hexdigest()  # noqa: E731
        own = md5(f"{self.user}:{given['realm']}:{self._password}")
        asked, count, client = md5(f"{method}:{uri}"), "00000001", secrets.token_hex(8)
        response = md5(f"{own}:{given['nonce']}:{count}:{client}:auth:{asked}")
        opaque = f', opaque="{given["opaque"]}"' if "opaque" in given else ""
        return (
            f'Digest username="{self.user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, qop=auth, nc={count}, cnonce="{client}"{opaque}'
        )

    def _final(self, method: str, call_id: str) -> sip.Message:
        while True:
            message = self._message()
            if message.status is None:
                self._answer_other(message)
            elif message.status >= 200 and (message.method, message.call_id) == (method, call_id):
                return message

    def _answer_other(self, message: sip.Message) -> None:
        if message.status is None and message.method != "ACK":
            self._reply(message, "200 OK", "")

    def _send(self, method: str, uri: str, headers: str, body: str) -> None:
        via = f"Via: SIP/2.0/{self._via} {self._host};branch=z9hG4bK{secrets.token_hex(8)}\r\n"
        self._write(f"{method} {uri} SIP/2.0\r\n{via}CSeq: {self._sequence} {method}\r\n{headers}", body)

    def _reply(self, request: sip.Message, status: str, body: str) -> None:
        copied = [
            f"{name}: {value}\r\n" for name, value in request.headers if name in ("via", "from", "call-id", "cseq")
        ]
        to = request.header("to")
        tagged = to if ";tag=" in to else f"{to};tag={self._host[:8]}"
        self._write(f"SIP/2.0 {status}\r\n{''.join(copied)}To: {tagged}\r\nContact: {self.contact}\r\n", body)

    def _write(self, head: str, body: str) -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self._put(f"{head}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())

    def _message(self) -> sip.Message:
        while True:
            message = sip.parse(self._take())
            if message is not None:
                return message

    def _put(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _take(self) -> bytes:
        """The next message; between messages there may be empty lines (RFC 5626)."""
        while True:
            self._received = self._received.lstrip(b"\r\n")
            head, end, rest = self._received.partition(b"\r\n\r\n")
            match = re.search(rb"^(?:content-length|l)\s*:\s*(\d+)", head, re.IGNORECASE | re.MULTILINE)
            length = int(match[1]) if match else 0
            if end and len(rest) >= length:
                self._received = rest[length:]
                return head + end + rest[:length]
            self._read()

    def _read(self) -> None:
        deadline = time.monotonic() + _SECONDS
        data = self._socket.recv(65536)
        assert data, "the PBX has closed the connection"
        assert time.monotonic() < deadline + 1
        self._received += data


class WebSocketPhone(TlsPhone):
    """The same on a websocket."""

    _via = "WSS"

    def __init__(self, at: tuple[str, int], path: str, user: str, domain: str, password: str) -> None:
        super().__init__(at, user, domain, password)
        self._host = f"{secrets.token_hex(6)}.invalid"
        self.contact = f"<sip:{user}@{self._host};transport=ws>"
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {at[0]}:{at[1]}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._received:
            self._read()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        assert head.split()[1] == b"101", head

    def _put(self, data: bytes) -> None:
        self._frame(_TEXT, data)

    def _take(self) -> bytes:
        while True:
            kind, data = self._next_frame()
            if kind == _PING:
                self._frame(_PONG, data)
            assert kind != _CLOSE, "the PBX has closed the websocket"
            if kind == _TEXT:
                return data

    def _frame(self, kind: int, data: bytes) -> None:
        """RFC 6455, 5.2; what clients send is masked."""
        length = len(data)
        size = bytes([0x80 | length]) if length < 126 else struct.pack("!BH", 0x80 | 126, length)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._socket.sendall(bytes([0x80 | kind]) + size + mask + masked)

    def _next_frame(self) -> tuple[int, bytes]:
        first, second = self._bytes(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._bytes(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._bytes(8))
        data = self._bytes(length)
        if first & 0x80:
            return first & 0x0F, data
        _, rest = self._next_frame()
        return first & 0x0F, data + rest

    def _bytes(self, count: int) -> bytes:
        while len(self._received) < count:
            self._read()
        taken, self._received = self._received[:count], self._received[count:]
        return taken
