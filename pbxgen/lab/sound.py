"""Sound files: made for announcements, measured in mailboxes."""

from __future__ import annotations

import array
import io
import math
import sys
import wave
from pathlib import Path

from pbxgen.lab.pbx import RecordedMessage

_RATE = 8000


def tone(hertz: int, seconds: float) -> bytes:
    """A WAV file (8 kHz, 16 bits, mono) with a tone."""
    step = 2 * math.pi * hertz / _RATE
    samples = array.array("h", (round(8000 * math.sin(step * n)) for n in range(int(seconds * _RATE))))
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def recorded(path: Path) -> RecordedMessage:
    """Length and loudness of a WAV file (16-bit PCM); zero where it cannot be read (yet)."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, count = file.getframerate(), file.getnframes()
            samples = array.array("h", file.readframes(count))
    except (OSError, EOFError, wave.Error, ValueError):
        return RecordedMessage(0.0, 0)
    if sys.byteorder == "big":
        samples.byteswap()
    loudness = round(sum(abs(s) for s in samples) / len(samples)) if samples else 0
    return RecordedMessage(len(samples) / rate, loudness)
