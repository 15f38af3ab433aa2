"""Voice prompts for a FreeSWITCH that has none: moments of silence under the names that its phrases ask for."""

from __future__ import annotations

import io
import re
import wave
from pathlib import Path

_NAMED = re.compile(r"\b(?:voicemail|ivr|currency)/[\w-]+\.wav")
_SPOKEN = (
    *(f"digits/{number}" for number in (*range(21), *range(30, 100, 10), "hundred", "thousand")),
    *(f"digits/h-{number}" for number in (*range(21), *range(30, 100, 10))),
    *(f"time/day-{number}" for number in range(7)),
    *(f"time/mon-{number}" for number in range(12)),
    *(f"time/{word}" for word in ("at", "a-m", "p-m", "today", "yesterday", "hour", "hours", "minute", "minutes")),
    *(f"time/{word}" for word in ("oclock", "oh", "second", "seconds")),
    *(f"ascii/{code}" for code in (35, 42)),
    *(f"voicemail/vm-{kind}" for kind in ("new", "saved", "urgent")),
)


def _silence(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * round(8000 * seconds)))
    return out.getvalue()


def install(home: Path) -> None:
    """Give the FreeSWITCH that lives in ``home`` English prompts, unless its host has some."""
    sounds = home / "sounds"
    if (sounds / "en").is_symlink():
        return
    phrases = "".join(path.read_text("utf-8") for path in sorted((home / "conf/lang/en").rglob("*.xml")))
    names = {*_NAMED.findall(phrases), *(f"{name}.wav" for name in _SPOKEN)}
    data = _silence(0.1)
    for name in names:
        kind, _, file = name.partition("/")
        place = sounds / "en/us/callie" / kind / "8000" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
