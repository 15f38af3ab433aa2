"""Keys of a far end without telephone-event (RFC 4733), as real calls: tones are heard where somebody must press 1."""

from __future__ import annotations

import math
import re
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from pbxgen.lab import sip
from tests.security.laboratory import laboratory, trunk_host
from tests.security.peer import Reply, sdp

pytestmark = [pytest.mark.real, pytest.mark.slow]

_ONE = (697, 1209)
"""What the key 1 sounds like (ITU-T Q.23), in Hz."""


def _alaw(sample: int) -> int:
    """ITU-T G.711."""
    sign, size = (0x80, sample) if sample >= 0 else (0, -sample - 1)
    size = min(size >> 4, 0x7FF)
    segment = max(size.bit_length() - 5, 0)
    step = size >> 1 if segment == 0 else size >> segment
    return (sign | segment << 4 | step & 0x0F) ^ 0x55


def _frames() -> list[bytes]:
    """Silence, then 200 ms of the key 1, then silence, over and over: in frames of 20 ms."""
    tone = [round(sum(5000 * math.sin(2 * math.pi * hertz * n / 8000) for hertz in _ONE)) for n in range(1600)]
    samples = bytes(map(_alaw, [0] * 2400 + tone + [0] * 2400))
    return [samples[first : first + 160] for first in range(0, len(samples), 160)]


class _Person:
    """Answers a call without telephone-event, and sends keys as tones."""

    def __init__(self, host: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._host = host
        self._over = threading.Event()
        self.offered = ""

    def answer(self, request: sip.Message) -> Sequence[Reply]:
        if request.method != "INVITE":
            self._over.set()
            return [Reply(200)]
        self.offered = request.body
        port = int(re.findall(r"m=audio (\d+)", request.body)[0])
        threading.Thread(target=self._speak, args=(("127.0.0.1", port),), daemon=True).start()
        mine = sdp(self._host, self._socket.getsockname()[1])
        plain = mine.replace(" RTP/AVP 8 0 101", " RTP/AVP 8").replace("a=rtpmap:101 telephone-event/8000\r\n", "")
        return [Reply(180), Reply(200, body=plain)]

    def _speak(self, to: tuple[str, int]) -> None:
        frames, began = _frames(), time.monotonic()
        for number in range(500):
            if self._over.is_set():
                break
            head = bytes([0x80, 8]) + number.to_bytes(2, "big") + (160 * number).to_bytes(4, "big") + b"keys"
            self._socket.sendto(head + frames[number % len(frames)], to)
            time.sleep(max(0.0, began + 0.02 * (number + 1) - time.monotonic()))
        self._socket.close()


def _source(host: str, port: int, keys: str) -> str:
    return f"""\
version: 1
pbx: {{name: keys, domain: keys.lab, country: IT, timezone: Europe/Rome}}
defaults: {{class: italy}}
trunks: {{carrier: {{host: "{host}:{port}", number: "+390212345000"{keys}}}}}
routes:
  emergency: {{match: "112", trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
classes: {{italy: italy}}
users:
  "101": {{did: "+390212345101", mobile: "+393335550101", deviations: {{unconditional: {{to: mobile, confirm: true}}}}}}
inbound: {{"+390212345000": "101"}}
"""


@pytest.mark.parametrize("keys", ["", ", dtmf: inband"])
def test_tones_are_heard_where_somebody_must_press_1(pbx_name: str, tmp_path: Path, keys: str) -> None:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, _source(host, port, keys)) as running:
        carrier, person = running.trunks["keys.carrier"], _Person(host)
        carrier.answer = person.answer
        status = carrier.call("+390212345101", host, sender=f"<sip:+393471112222@{host}>", seconds=16.0)
        assert status == 200
        assert ("telephone-event" in person.offered) is (keys == "")


def test_tones_are_not_heard_where_a_trunk_has_keys_by_rfc_4733(pbx_name: str, tmp_path: Path) -> None:
    host, port = trunk_host()
    with laboratory(pbx_name, tmp_path, _source(host, port, ", dtmf: rfc4733")) as running:
        carrier, person = running.trunks["keys.carrier"], _Person(host)
        carrier.answer = person.answer
        status = carrier.call("+390212345101", host, sender=f"<sip:+393471112222@{host}>", seconds=16.0)
        assert status == 480
