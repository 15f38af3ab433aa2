"""Sound on the lab's calls: sends a tone, echoes, presses keys, and measures what arrives.

RTP (RFC 3550) with G.711 in packets of 20 ms, encrypted where a phone or a trunk is to. Each phone of each call has a
socket of its own, so that a machine with much else to do loses no packets; SIPp's SDP gets its port on the wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
import socket
import struct
import time
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

from pbxgen.lab.ports import LOOPBACK
from pbxgen.lab.sip import Audio, Crypto
from pbxgen.lab.srtp import Protected

_FRAME_SECONDS = 0.02
_SAMPLES = 160
_RATE = 8000
CALLER_TONE = 440
"""Frequency of the tone that a caller sends, in Hz."""
_KEYS = "0123456789*#"
_HELD_UP_SECONDS = 0.25
_REMEMBERED_FRAMES = 100


def _ulaw_decode(byte: int) -> int:
    byte = ~byte & 0xFF
    value = ((((byte & 0x0F) << 3) + 0x84) << ((byte & 0x70) >> 4)) - 0x84
    return -value if byte & 0x80 else value


def _alaw_decode(byte: int) -> int:
    byte ^= 0x55
    exponent, mantissa = (byte & 0x70) >> 4, byte & 0x0F
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if byte & 0x80 else -value


_DECODED = {0: [_ulaw_decode(b) for b in range(256)], 8: [_alaw_decode(b) for b in range(256)]}
"""Samples of G.711 µ-law (0) and A-law (8), by RTP payload type."""


def _tone_frames(codec: int, hertz: int) -> list[bytes]:
    """Five frames (100 ms) of a tone of a multiple of 10 Hz, repeated without a click."""
    table = _DECODED[codec]
    nearest = sorted(range(256), key=lambda b: table[b])
    levels = [table[b] for b in nearest]

    samples = (8000 * math.sin(2 * math.pi * hertz * n / _RATE) for n in range(5 * _SAMPLES))
    wave = [nearest[bisect_left(levels, sample)] for sample in samples]
    return [bytes(wave[i : i + _SAMPLES]) for i in range(0, len(wave), _SAMPLES)]


@dataclass(slots=True)
class Stream:
    """The sound of one of our phones in one call: a socket of its own, and the PBX's address once it is known."""

    socket: socket.socket
    audio: Audio | None = None
    speaks: bool = False
    """Sends a tone of its own; otherwise echoes what it hears."""
    frames: deque[bytes] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_FRAMES))
    loud: int = 0
    """Packets received that were not silence."""
    keys: list[tuple[float, str]] = field(default_factory=list)
    """Keys still to press, with the moment."""
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(Crypto.LENGTH))
    """The key that sound is encrypted with; None: it is not."""
    _sent: Protected | None = None
    _received: Protected | None = None
    _sequence: int = 0
    _clock: int = 0

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    def connect(self, audio: Audio, *, speaks: bool, encrypted: bool = False) -> None:
        """Begin to exchange sound with the PBX at ``audio``; a phone that must encrypt sends and accepts nothing
        without a key."""
        if encrypted:
            if audio.crypto is None:
                return
            self._sent, self._received = Protected(self.secret), Protected(audio.crypto.key, received=True)
        self.audio = audio
        self.speaks = speaks

    def press(self, keys: str, *, gap: float = 0.35) -> None:
        """Press keys (RFC 4733), the first at once."""
        now = time.monotonic()
        self.keys += [(now + i * gap, key) for i, key in enumerate(keys)]

    def loudness(self) -> int:
        """Mean amplitude (0-32767) of the last two seconds received."""
        samples = self._samples()
        return round(sum(abs(s) for s in samples) / len(samples)) if samples else 0

    def strength(self, hertz: int) -> float:
        """Share (0-1) of the last second's sound that a tone of ``hertz`` has (Goertzel)."""
        samples = self._samples()[-_RATE:]
        energy = sum(s * s for s in samples)
        if not energy:
            return 0.0
        coefficient = 2 * math.cos(2 * math.pi * hertz / _RATE)
        before = last = 0.0
        for sample in samples:
            before, last = last, sample + coefficient * last - before
        power = last * last + before * before - coefficient * last * before
        return min(1.0, 2 * power / (len(samples) * energy))

    def _samples(self) -> list[int]:
        if self.audio is None:
            return []
        table = _DECODED[self.audio.codec]
        return [table[b] for frame in self.frames for b in frame]

    def receive(self) -> None:
        """Take what has arrived: count it, and send it back unless this phone speaks itself."""
        while True:
            try:
                arrived = self.socket.recv(2048)
            except OSError:  # nothing more, or a closed port behind a packet of ours
                return
            data = arrived if self._received is None else self._received.unprotect(arrived)
            if data is None or self.audio is None or len(data) < 12 or data[1] & 0x7F != self.audio.codec:
                continue
            payload = data[12:]
            self.frames.append(payload)
            table = _DECODED[self.audio.codec]
            if any(abs(table[b]) > 200 for b in payload[::8]):
                self.loud += 1
            if not self.speaks:
                self.send(payload)

    def send(self, payload: bytes) -> None:
        """Send 20 ms of sound."""
        if self.audio is not None:
            self._clock = (self._clock + _SAMPLES) & 0xFFFFFFFF
            self._transmit(self.audio, self.audio.codec, payload)

    def press_due(self, now: float) -> None:
        """Press the next key, if its moment has come: a telephone-event of 100 ms, its packets at once."""
        audio = self.audio
        if not self.keys or self.keys[0][0] > now or audio is None or audio.events is None:
            return
        event = _KEYS.index(self.keys.pop(0)[1])
        for number in range(8):
            end = 0x80 if number >= 5 else 0
            marker = 0x80 if number == 0 else 0
            duration = min(number + 1, 5) * _SAMPLES
            self._transmit(audio, marker | audio.events, struct.pack("!BBH", event, end | 10, duration))
        self._clock = (self._clock + 6 * _SAMPLES) & 0xFFFFFFFF

    def _transmit(self, audio: Audio, payload_type: int, payload: bytes) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        packet = struct.pack("!BBHII", 0x80, payload_type, self._sequence, self._clock, self.port) + payload
        if self._sent is not None:
            packet = self._sent.protect(packet)
        with contextlib.suppress(OSError):
            self.socket.sendto(packet, (audio.host, audio.port))


class Media:
    """All streams of a laboratory, by Call-ID."""

    def __init__(self, host: str = LOOPBACK) -> None:
        self._host = host
        self._streams: dict[str, Stream] = {}
        self._tones = {codec: _tone_frames(codec, CALLER_TONE) for codec in (0, 8)}
        self._ticker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        for call_id in list(self._streams):
            self.close(call_id)

    def stream(self, call_id: str) -> Stream:
        """The stream of a call, opened when it is first asked for."""
        if call_id not in self._streams:
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            made.setblocking(False)
            made.bind((self._host, 0))
            stream = self._streams[call_id] = Stream(made)
            asyncio.get_running_loop().add_reader(made, stream.receive)
        return self._streams[call_id]

    def close(self, call_id: str) -> None:
        """The call is over; what was measured stays readable in the stream."""
        stream = self._streams.pop(call_id, None)
        if stream is not None:
            asyncio.get_running_loop().remove_reader(stream.socket)
            stream.socket.close()

    async def _tick(self) -> None:
        """Every 20 ms the next frame of each caller's tone, and keys that are due."""
        turn = 0
        start = time.monotonic()
        while True:
            turn += 1
            await asyncio.sleep(max(0.0, start + turn * _FRAME_SECONDS - time.monotonic()))
            now = time.monotonic()
            if now - (start + turn * _FRAME_SECONDS) > _HELD_UP_SECONDS:
                start, turn = now, 0  # what was missed is not caught up in a burst
            for stream in list(self._streams.values()):
                if stream.audio is not None and stream.speaks:
                    stream.send(self._tones[stream.audio.codec][turn % 5])
                stream.press_due(now)
