"""The wire between SIPp and a PBX."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.wire import SeenMessage, Wire


class _Peer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.heard.put_nowait((data, addr))


async def _peer() -> tuple[asyncio.DatagramTransport, _Peer, Address]:
    made = await asyncio.get_running_loop().create_datagram_endpoint(_Peer, local_addr=(LOOPBACK, 0))
    return made[0], made[1], made[0].get_extra_info("sockname")[:2]


def _message(start: str, call_id: str, cseq: str) -> bytes:
    return f"{start}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n\r\n".encode()


def _on_wire(play: Callable[..., object]) -> list[SeenMessage]:
    """Run ``play`` with a wire between a PBX and a SIPp that are simple sockets; what was seen."""
    seen: list[SeenMessage] = []

    async def run() -> None:
        pbx, pbx_peer, pbx_at = await _peer()
        sipp, sipp_peer, sipp_at = await _peer()
        wire = Wire(lambda message, ours: sipp_at[1], seen.append)
        await wire.start()
        ours = await wire.listen((LOOPBACK, 0), pbx_at)
        wire.attach(sipp_at[1], ours)
        try:
            made = play(wire, pbx, pbx_peer, sipp, sipp_peer, ours)
            assert asyncio.iscoroutine(made)
            await asyncio.wait_for(made, 3)
        finally:
            wire.close()
            pbx.close()
            sipp.close()

    asyncio.run(run())
    return seen


def test_a_call_from_the_pbx_reaches_sipp_and_its_reply_goes_back_unchanged() -> None:
    async def play(wire: Wire, pbx, pbx_peer, sipp, sipp_peer, ours) -> None:  # type: ignore[no-untyped-def]
        invite = _message("INVITE sip:x.101.0@h SIP/2.0", "one", "1 INVITE")
        pbx.sendto(invite, ours)
        data, source = await sipp_peer.heard.get()
        assert data == invite
        ringing = _message("SIP/2.0 180 Ringing", "one", "1 INVITE")
        sipp.sendto(ringing, source)
        assert await pbx_peer.heard.get() == (ringing, ours)

    assert [(s.from_pbx, s.message.start_line) for s in _on_wire(play)] == [
        (True, "INVITE sip:x.101.0@h"),
        (False, "180 Ringing"),
    ]


def test_a_nudge_reaches_sipp_only_and_is_no_part_of_the_trace() -> None:
    async def play(wire: Wire, pbx, pbx_peer, sipp, sipp_peer, ours) -> None:  # type: ignore[no-untyped-def]
        sipp.sendto(_message("INVITE sip:101@h SIP/2.0", "two", "1 INVITE"), wire.inner_address)
        await pbx_peer.heard.get()
        wire.nudge("two", "HANGUP")
        data, _ = await sipp_peer.heard.get()
        assert data.startswith(b"HANGUP ")
        await asyncio.sleep(0.05)
        assert pbx_peer.heard.empty()

    assert len(_on_wire(play)) == 1


def test_a_stray_response_of_the_pbx_is_dropped() -> None:
    async def play(wire: Wire, pbx, pbx_peer, sipp, sipp_peer, ours) -> None:  # type: ignore[no-untyped-def]
        pbx.sendto(_message("SIP/2.0 200 OK", "nobody", "1 BYE"), ours)
        await asyncio.sleep(0.1)
        assert sipp_peer.heard.empty()

    _on_wire(play)
