"""The laboratory's ends over TCP and TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from pbxgen.lab import sip
from pbxgen.lab.certificates import issue
from pbxgen.lab.ports import LOOPBACK, Address, free_port
from pbxgen.lab.sip_transports import StreamTransport

_OPTIONS = b"OPTIONS sip:lab SIP/2.0\r\nCall-ID: one\r\nCSeq: 1 OPTIONS\r\nContent-Length: 5\r\n\r\nhello"
_BYE = b"BYE sip:lab SIP/2.0\r\ni: two\r\nCSeq: 2 BYE\r\nl: 0\r\n\r\n"


class _Pbx:
    """Something that listens where a PBX would, and says what it is given to say to whoever connects."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.connections = 0

    async def open(self) -> Address:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        address: Address = self._server.sockets[0].getsockname()
        return address

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while data := await reader.read(4096):
            self.heard.put_nowait(data)
        writer.close()

    def close(self) -> None:
        self._server.close()


async def _transport(
    pbx: Address, certificate: Path | None = None, *, refuses: bool = False
) -> tuple[StreamTransport, asyncio.Queue[tuple[bytes, Address]]]:
    heard: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
    transport = StreamTransport(pbx, lambda data, source: heard.put_nowait((data, source)), certificate)
    await transport.open((LOOPBACK, free_port()), refuses=refuses)
    return transport, heard


def _run(play: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(5):
            await play()

    asyncio.run(limited())


@pytest.mark.parametrize(
    "parts",
    [
        (_OPTIONS + _BYE,),
        (_OPTIONS[:30], _OPTIONS[30:-2], _OPTIONS[-2:] + _BYE),
        (b"\r\n\r\n" + _OPTIONS + b"\r\n\r\n", _BYE),
    ],
    ids=["both in one segment", "one in three segments", "blank lines between them"],
)
def test_messages_are_found_in_a_stream(parts: tuple[bytes, ...]) -> None:
    async def play() -> None:
        transport, heard = await _transport((LOOPBACK, 9))
        _, writer = await asyncio.open_connection(*transport.address)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.02)
        messages = [(await heard.get())[0] for _ in range(2)]
        assert messages == [_OPTIONS, _BYE]
        assert [message and message.call_id for message in map(sip.parse, messages)] == ["one", "two"]
        transport.close()
        writer.close()

    _run(play)


def test_a_reply_goes_back_over_the_connection_that_the_request_came_on() -> None:
    async def play() -> None:
        pbx = _Pbx()
        transport, heard = await _transport(await pbx.open())
        reader, writer = await asyncio.open_connection(*transport.address)
        writer.write(_OPTIONS)
        _, source = await heard.get()
        transport.send(_BYE, source)
        assert await reader.readexactly(len(_BYE)) == _BYE
        assert not pbx.connections
        writer.close()
        transport.close()
        pbx.close()

    _run(play)


def test_where_no_connection_is_one_is_made_and_used_again() -> None:
    async def play() -> None:
        pbx = _Pbx()
        at = await pbx.open()
        transport, _ = await _transport(at)
        transport.send(_OPTIONS, at)
        transport.send(_BYE, at)
        heard = b""
        while len(heard) < len(_OPTIONS + _BYE):
            heard += await pbx.heard.get()
        assert (heard, pbx.connections) == (_OPTIONS + _BYE, 1)
        transport.close()
        pbx.close()

    _run(play)


def test_an_end_that_refuses_is_connected_to_by_nobody_but_connects_itself() -> None:
    async def play() -> None:
        pbx = _Pbx()
        at = await pbx.open()
        transport, _ = await _transport(at, refuses=True)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*transport.address)
        transport.send(_OPTIONS, at)
        assert await pbx.heard.get() == _OPTIONS
        transport.close()
        pbx.close()

    _run(play)


def test_a_hidden_end_speaks_from_its_address_and_is_connected_to_by_nobody() -> None:
    async def play() -> None:
        heard: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
        came_from: asyncio.Queue[Address] = asyncio.Queue()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came_from.put_nowait(writer.get_extra_info("peername"))
            await reader.readexactly(len(_OPTIONS))
            writer.write(_BYE)
            writer.close()

        pbx = await asyncio.start_server(serve, LOOPBACK, 0)
        transport = StreamTransport(
            pbx.sockets[0].getsockname(), lambda data, source: heard.put_nowait((data, source)), None
        )
        ours = (LOOPBACK, free_port())
        transport.hide(ours)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*ours)
        transport.send(_OPTIONS, (LOOPBACK, 9))
        assert await came_from.get() == ours
        assert await heard.get() == (_BYE, pbx.sockets[0].getsockname())
        transport.close()
        pbx.close()

    _run(play)


def test_a_pbx_that_is_not_there_is_tried_again_with_the_next_message() -> None:
    async def play() -> None:
        pbx = _Pbx()
        at = (LOOPBACK, free_port())
        transport, _ = await _transport(at)
        transport.send(_OPTIONS, at)
        await asyncio.sleep(0.1)
        pbx._server = await asyncio.start_server(pbx._serve, *at)
        transport.send(_BYE, at)
        assert await pbx.heard.get() == _BYE
        transport.close()
        pbx.close()

    _run(play)


def test_over_tls_the_authority_vouches_for_the_end_and_for_nobody_else(tmp_path: Path) -> None:
    made = issue(tmp_path, ["127.0.0.1", "127.9.9.9"])
    trusting = ssl.create_default_context(cafile=str(made.authority))

    async def play() -> None:
        transport, heard = await _transport((LOOPBACK, 9), made.shown)
        reader, writer = await asyncio.open_connection(*transport.address, ssl=trusting, server_hostname=LOOPBACK)
        writer.write(_OPTIONS)
        data, source = await heard.get()
        assert data == _OPTIONS
        transport.send(_BYE, source)
        assert await reader.readexactly(len(_BYE)) == _BYE
        writer.close()
        with contextlib.suppress(ssl.SSLError):
            await writer.wait_closed()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(*transport.address, ssl=trusting, server_hostname="127.1.1.1")
        transport.close()

    _run(play)
