"""Sound: made, sent, and measured."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from pbxgen.lab.media import CALLER_TONE, Media
from pbxgen.lab.sip import Audio
from pbxgen.lab.sound import recorded, tone


def test_a_tone_is_as_long_and_as_loud_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(tone(440, 1.5))
    message = recorded(path)
    assert message.seconds == pytest.approx(1.5)
    assert message.loudness == pytest.approx(8000 * 2 / 3.1416, rel=0.02)


def test_a_file_that_is_still_being_written_has_no_length(tmp_path: Path) -> None:
    path = tmp_path / "half.wav"
    path.write_bytes(tone(440, 1.0)[:30])
    assert recorded(path).seconds == 0


@pytest.mark.parametrize("codec", [0, 8])
def test_a_tone_sent_to_an_echo_comes_back_and_is_recognised(codec: int) -> None:
    async def talk() -> tuple[int, float, float]:
        media = Media()
        media.start()
        caller, echo = media.stream("caller"), media.stream("echo")
        caller.connect(Audio("127.0.0.1", echo.port, codec, 101), speaks=True)
        echo.connect(Audio("127.0.0.1", caller.port, codec, 101), speaks=False)
        await asyncio.sleep(0.7)
        await media.stop()
        return caller.loud, caller.strength(CALLER_TONE), caller.strength(CALLER_TONE + 300)

    loud, own, other = asyncio.run(talk())
    assert loud > 15
    assert own > 0.9
    assert other < 0.1


def test_keys_are_sent_as_telephone_events() -> None:
    async def press() -> list[bytes]:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind(("127.0.0.1", 0))
            phone.setblocking(False)
            media = Media()
            media.start()
            stream = media.stream("call")
            stream.connect(Audio("127.0.0.1", phone.getsockname()[1], 8, 101), speaks=False)
            stream.press("1#", gap=0.1)
            packets = [await asyncio.wait_for(loop.sock_recv(phone, 2048), 2) for _ in range(16)]
            await media.stop()
            return packets

    packets = asyncio.run(press())
    assert {packet[1] & 0x7F for packet in packets} == {101}
    assert [packet[12] for packet in packets[::8]] == [1, 11]
    assert packets[7][13] & 0x80, "the last packets of a key say that it was let go"
