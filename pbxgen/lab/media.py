"""Sound on the lab's calls: sends a tone, echoes, presses keys, and measures what arrives.

One RTP socket (RFC 3550, G.711 in 20 ms packets) serves every phone; the PBX's port, known from its SDP, tells the
calls apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import struct
import time
from collections import deque
from dataclasses import dataclass, field

from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.sip import Audio
from pbxgen.lab.wire import _open as open_udp

_FRAME_SECONDS = 0.02
_SAMPLES = 160
_RATE = 8000
CALLER_TONE = 440
"""Hz; what a caller says."""
_KEYS = "0123456789*#"
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

    def encode(sample: float) -> int:
        low, high = 0, 255
        while low < high:
            middle = (low + high) // 2
            if levels[middle] < sample:
                low = middle + 1
            else:
                high = middle
        return nearest[low]

    wave = [encode(8000 * math.sin(2 * math.pi * hertz * n / _RATE)) for n in range(5 * _SAMPLES)]
    return [bytes(wave[i : i + _SAMPLES]) for i in range(0, len(wave), _SAMPLES)]


@dataclass(slots=True)
class Stream:
    """Sound between one of our phones and one RTP port of the PBX."""

    audio: Audio
    speaks: bool = False
    """Sends a tone of its own; otherwise echoes what it hears."""
    open: bool = True
    received: int = 0
    sent: int = 0
    frames: deque[bytes] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_FRAMES))
    loud: int = 0
    """Packets received that were not silence."""
    keys: list[tuple[float, str]] = field(default_factory=list)
    """Keys still to press, with the moment."""
    _sequence: int = 0
    _clock: int = 0

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
        table = _DECODED[self.audio.codec]
        return [table[b] for frame in self.frames for b in frame]


class Media:
    """All streams of a laboratory."""

    def __init__(self) -> None:
        self._streams: dict[Address, Stream] = {}
        self._tones = {codec: _tone_frames(codec, CALLER_TONE) for codec in (0, 8)}
        self._transport: asyncio.DatagramTransport | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> Address:
        self._transport = await open_udp((LOOPBACK, 0), self._receive)
        self._ticker = asyncio.create_task(self._tick())
        address: Address = self._transport.get_extra_info("sockname")[:2]
        return address

    async def stop(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        if self._transport is not None:
            self._transport.close()

    def open(self, audio: Audio, *, speaks: bool) -> Stream:
        """Begin to talk with the PBX at ``audio``. A port used before begins a new stream."""
        stream = Stream(audio, speaks)
        self._streams[(audio.host, audio.port)] = stream
        return stream

    def press(self, stream: Stream, keys: str, *, after: float = 0.0, gap: float = 0.35) -> None:
        """Press keys (RFC 4733), the first ``after`` seconds from now."""
        now = time.monotonic()
        stream.keys += [(now + after + i * gap, key) for i, key in enumerate(keys)]

    def _receive(self, data: bytes, source: Address) -> None:
        stream = self._streams.get(source)
        if stream is None or len(data) < 12 or not stream.open:
            return
        payload_type = data[1] & 0x7F
        if payload_type != stream.audio.codec:
            return
        payload = data[12:]
        stream.received += 1
        stream.frames.append(payload)
        table = _DECODED[payload_type]
        if any(abs(table[b]) > 200 for b in payload[::8]):
            stream.loud += 1
        if not stream.speaks:
            self._send(stream, payload)

    def _send(self, stream: Stream, payload: bytes) -> None:
        assert self._transport is not None
        stream._sequence = (stream._sequence + 1) & 0xFFFF
        stream._clock = (stream._clock + _SAMPLES) & 0xFFFFFFFF
        ssrc = (stream.audio.port << 8) | 1
        head = struct.pack("!BBHII", 0x80, stream.audio.codec, stream._sequence, stream._clock, ssrc)
        self._transport.sendto(head + payload, (stream.audio.host, stream.audio.port))
        stream.sent += 1

    def _press(self, stream: Stream, key: str) -> None:
        """One key as a telephone-event of 100 ms: its packets at once, they carry their own times."""
        assert self._transport is not None
        if stream.audio.events is None:
            return
        event = _KEYS.index(key)
        ssrc = (stream.audio.port << 8) | 1
        for number in range(8):
            stream._sequence = (stream._sequence + 1) & 0xFFFF
            last = number >= 5
            marker = 0x80 if number == 0 else 0
            duration = min(number + 1, 5) * _SAMPLES
            head = struct.pack(
                "!BBHII", 0x80, marker | stream.audio.events, stream._sequence, stream._clock, ssrc
            ) + struct.pack("!BBH", event, 0x80 | 10 if last else 10, duration)
            self._transport.sendto(head, (stream.audio.host, stream.audio.port))
        stream._clock = (stream._clock + 6 * _SAMPLES) & 0xFFFFFFFF

    async def _tick(self) -> None:
        turn = 0
        start = time.monotonic()
        while True:
            turn += 1
            await asyncio.sleep(max(0.0, start + turn * _FRAME_SECONDS - time.monotonic()))
            now = time.monotonic()
            for stream in list(self._streams.values()):
                if not stream.open:
                    continue
                if stream.speaks:
                    self._send(stream, self._tones[stream.audio.codec][turn % 5])
                if stream.keys and stream.keys[0][0] <= now:
                    self._press(stream, stream.keys.pop(0)[1])
