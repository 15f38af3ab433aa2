"""Reading SIP messages (RFC 3261): just enough to watch a call. SIPp writes them and does the talking."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import ClassVar

from pbxgen.calls.headers import user_of

_COMPACT = {
    "i": "call-id", "f": "from", "t": "to", "m": "contact", "v": "via", "l": "content-length", "c": "content-type",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One SIP message. Header names are lower case; values keep their order."""

    method: str
    """Of a request: its method. Of a response: the method of its CSeq."""
    status: int | None
    """None for a request."""
    reason: str
    """Reason phrase of a response, request URI of a request."""
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        """The first value of a header, "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def call_id(self) -> str:
        return self.header("call-id")

    @property
    def cseq(self) -> str:
        return self.header("cseq")

    @property
    def uri_user(self) -> str:
        """User part of the request URI, without parameters."""
        return user_of(self.reason)

    @property
    def start_line(self) -> str:
        return f"{self.method} {self.reason}" if self.status is None else f"{self.status} {self.reason}"


def parse(data: bytes) -> Message | None:
    """The message in a datagram; None for keep-alives and anything else that is no SIP."""
    text = data.decode("utf-8", "replace")
    head, _, body = text.partition("\r\n\r\n")
    lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    headers = tuple(_header(line) for line in lines[1:] if ":" in line)
    first = lines[0].split(" ", 2)
    if len(first) < 2:
        return None
    if first[0].upper().startswith("SIP/"):
        if not first[1].isdigit():
            return None
        cseq = next((value for key, value in headers if key == "cseq"), "")
        method = cseq.split(" ")[-1] if cseq else ""
        return Message(method, int(first[1]), first[2] if len(first) > 2 else "", headers, body)
    if len(first) < 3:
        return None
    return Message(first[0], None, first[1], headers, body)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    key = name.strip().lower()
    return _COMPACT.get(key, key), value.strip()


@dataclass(frozen=True, slots=True)
class Crypto:
    """What one side of a call encrypts its sound with (RFC 4568): a key for AES_CM_128_HMAC_SHA1_80."""

    tag: int
    """The same in the answer as in the offer."""
    key: bytes
    """Master key and salt."""

    LENGTH: ClassVar[int] = 30

    @property
    def line(self) -> str:
        return f"a=crypto:{self.tag} AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(self.key).decode()}"


@dataclass(frozen=True, slots=True)
class Audio:
    """The audio stream of an SDP (RFC 4566)."""

    host: str
    port: int
    codec: int
    """RTP payload type of the first G.711 codec: 0 (PCMU) or 8 (PCMA)."""
    events: int | None
    """Payload type of telephone-event (RFC 4733)."""
    crypto: Crypto | None = None
    """None: the sound is not encrypted, or in a way that the laboratory does not know."""


def audio_of(body: str) -> Audio | None:
    """Where a message's SDP wants its audio; None without one in G.711."""
    host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    media = re.search(r"^m=audio (\d+) \S+ (.*)$", body, re.MULTILINE)
    if host is None or media is None:
        return None
    codecs = [int(t) for t in media.group(2).split() if t in ("0", "8")]
    if not codecs:
        return None
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", body, re.MULTILINE)
    keyed = re.search(r"^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:([\w+/]{40})", body, re.MULTILINE)
    crypto = None if keyed is None else Crypto(int(keyed.group(1)), base64.b64decode(keyed.group(2)))
    return Audio(host.group(1), int(media.group(1)), codecs[0], int(events.group(1)) if events else None, crypto)
