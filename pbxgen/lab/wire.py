"""The wire between SIPp and the PBX: passes datagrams on unchanged, and sees every message of every call.

The wire decides which SIPp process a new request goes to. So all phones of a laboratory share one address, the far
ends of trunks have one each, and every message is seen live, by one clock. To SIPp it also sends *nudges*: requests of
the laboratory's own that SIPp's script waits for ("now hang up"). They never reach the PBX.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pbxgen.lab import sip
from pbxgen.lab.ports import LOOPBACK, Address

Router = Callable[[sip.Message, Address], int | None]
"""The SIPp port that a new request from the PBX to one of our addresses goes to; None: it is dropped."""


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message as it passed. ``at`` is in seconds of the monotonic clock."""

    at: float
    from_pbx: bool
    ours: Address
    """Our end: the phones' address or that of a trunk's far end."""
    message: sip.Message


@dataclass(slots=True)
class _Path:
    """The two ends of the messages of one Call-ID."""

    inner_port: int
    outer: asyncio.DatagramTransport
    pbx: Address


class Wire:
    """Datagrams between the addresses that the PBX knows and the SIPp processes behind them."""

    def __init__(self, router: Router, on_message: Callable[[SeenMessage], None]) -> None:
        self._router = router
        self._on_message = on_message
        self._outer: dict[Address, tuple[asyncio.DatagramTransport, Address]] = {}
        self._from_inner: dict[int, Address] = {}
        self._paths: dict[str, _Path] = {}
        self._challenges: set[tuple[str, str]] = set()
        self._inner: asyncio.DatagramTransport | None = None
        self.rewrite: Callable[[bytes, str], bytes] | None = None
        """Fills values into SIPp's messages, by Call-ID, that a script cannot know; bodies keep their length."""

    async def start(self) -> None:
        self._inner = await _open((LOOPBACK, 0), self._from_sipp)

    @property
    def inner_address(self) -> Address:
        """The address that SIPp sends to."""
        assert self._inner is not None
        address: Address = self._inner.get_extra_info("sockname")[:2]
        return address

    async def listen(self, ours: Address, pbx: Address) -> Address:
        """Open an address of ours towards the PBX at ``pbx``; port 0 picks a free one."""
        opened: list[Address] = []
        transport = await _open(ours, lambda data, source: self._from_pbx(data, source, opened[0]))
        address: Address = transport.get_extra_info("sockname")[:2]
        opened.append(address)
        self._outer[address] = (transport, pbx)
        return address

    def attach(self, inner_port: int, ours: Address) -> None:
        """New requests of the SIPp process at ``inner_port`` go out from ``ours``."""
        self._from_inner[inner_port] = ours

    def nudge(self, call_id: str, method: str) -> None:
        """Make the SIPp script of a call go on; does nothing for a call that has not passed yet."""
        path = self._paths.get(call_id)
        if path is None or self._inner is None:
            return
        text = (
            f"{method} sip:lab SIP/2.0\r\nVia: SIP/2.0/UDP lab;branch=z9hG4bK-{time.monotonic_ns()}\r\n"
            f"From: <sip:lab>;tag=lab\r\nTo: <sip:lab>;tag=lab\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n"
            "Max-Forwards: 1\r\nContent-Length: 0\r\n\r\n"
        )
        self._inner.sendto(text.encode(), (LOOPBACK, path.inner_port))

    def knows(self, call_id: str) -> bool:
        """Has any message of this call passed?"""
        return call_id in self._paths

    def close(self) -> None:
        for transport, _ in self._outer.values():
            transport.close()
        if self._inner is not None:
            self._inner.close()

    def _from_pbx(self, data: bytes, source: Address, ours: Address) -> None:
        message = sip.parse(data)
        if message is None or not message.call_id:
            return
        self._on_message(SeenMessage(time.monotonic(), True, ours, message))
        path = self._paths.get(message.call_id)
        if path is None:
            port = self._router(message, ours) if message.status is None else None
            if port is None:
                return
            path = self._paths[message.call_id] = _Path(port, self._outer[ours][0], source)
        path.pbx = source
        if message.status in (401, 407):
            # SIPp would take a repeated challenge for the refusal of the answer to it.
            challenge = (message.call_id, message.cseq)
            if challenge in self._challenges:
                return
            self._challenges.add(challenge)
        assert self._inner is not None
        self._inner.sendto(data, (LOOPBACK, path.inner_port))

    def _from_sipp(self, data: bytes, source: Address) -> None:
        message = sip.parse(data)
        if message is None or not message.call_id:
            return
        path = self._paths.get(message.call_id)
        if path is None:
            ours = self._from_inner.get(source[1])
            if ours is None:
                return
            transport, pbx = self._outer[ours]
            path = self._paths[message.call_id] = _Path(source[1], transport, pbx)
        path.inner_port = source[1]  # a contact is signed off by another process than it was registered by
        if self.rewrite is not None:
            data = self.rewrite(data, message.call_id)
        ours = path.outer.get_extra_info("sockname")[:2]
        self._on_message(SeenMessage(time.monotonic(), False, ours, message))
        path.outer.sendto(data, path.pbx)


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, receive: Callable[[bytes, Address], None]) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._receive(data, (addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """A closed port behind a datagram of ours: the call's own timers deal with it."""


async def _open(address: Address, receive: Callable[[bytes, Address], None]) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    # A burst of registrations must not overflow the default buffer.
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.setblocking(False)
    sock.bind(address)
    transport, _ = await loop.create_datagram_endpoint(lambda: _Receiver(receive), sock=sock)
    return transport
