"""The wire between SIPp and the PBX: passes messages on unchanged, and sees every one of every call.

SIPp speaks UDP; towards the PBX the wire speaks what a phone or a trunk is configured for.
The wire decides which SIPp process a new request goes to. So all phones of a laboratory that come over one transport
share one address, the far ends of trunks have one each, and every message is seen live, by one clock. To SIPp it also
sends *nudges*: requests of the laboratory's own that SIPp's script waits for ("now hang up"). They never reach the PBX.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pbxgen.lab import sip
from pbxgen.lab.ports import LOOPBACK, Address
from pbxgen.lab.sip_transports import SipTransport, StreamTransport, UdpTransport

Router = Callable[[sip.Message, Address], int | None]
"""The SIPp port that a new request from the PBX to one of our addresses goes to; None: it is dropped."""


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message as it passed. ``at`` is in seconds of the monotonic clock."""

    at: float
    from_pbx: bool
    ours: Address
    """The laboratory's address: the phones', or that of a trunk's far end."""
    message: sip.Message


@dataclass(slots=True)
class _Path:
    """The two ends of the messages of one Call-ID."""

    inner_port: int
    outer: SipTransport
    pbx: Address


class Wire:
    """Messages between the addresses that the PBX knows and the SIPp processes behind them."""

    def __init__(self, router: Router, on_message: Callable[[SeenMessage], None]) -> None:
        self._router = router
        self._on_message = on_message
        self._outer: dict[Address, tuple[SipTransport, Address]] = {}
        self._from_inner: dict[int, Address] = {}
        self._paths: dict[str, _Path] = {}
        self._challenges: set[tuple[str, str]] = set()
        self._inner: UdpTransport | None = None
        self.rewrite: Callable[[bytes, str], bytes] | None = None
        """Fills values into SIPp's messages, by Call-ID, that a script cannot know; bodies keep their length."""

    async def start(self) -> None:
        self._inner = UdpTransport(self._from_sipp)
        await self._inner.open((LOOPBACK, 0))

    @property
    def inner_address(self) -> Address:
        """The address that SIPp sends to."""
        assert self._inner is not None
        return self._inner.address

    async def listen(self, ours: Address, pbx: Address) -> Address:
        """Open an address of ours towards the PBX at ``pbx``, over UDP; port 0 picks a free one."""
        transport = UdpTransport(lambda data, source: self._from_pbx(data, source, transport.address))
        await transport.open(ours)
        self._outer[transport.address] = (transport, pbx)
        return transport.address

    async def accept(self, ours: Address, pbx: Address, certificate: Path | None, *, refuses: bool = False) -> None:
        """Open an address of ours over TCP, or over TLS with a certificate. ``refuses``: no connection is accepted."""
        transport = StreamTransport(pbx, lambda data, source: self._from_pbx(data, source, ours), certificate)
        await transport.open(ours, refuses=refuses)
        self._outer[ours] = (transport, pbx)

    def connect(self, ours: Address, pbx: Address, certificate: Path | None) -> None:
        """Speak from an address of ours over TCP, or over TLS with a certificate; the PBX cannot connect to it."""
        transport = StreamTransport(pbx, lambda data, source: self._from_pbx(data, source, ours), certificate)
        transport.hide(ours)
        self._outer[ours] = (transport, pbx)

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
        self._inner.send(text.encode(), (LOOPBACK, path.inner_port))

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
        self._inner.send(data, (LOOPBACK, path.inner_port))

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
        self._on_message(SeenMessage(time.monotonic(), False, path.outer.address, message))
        path.outer.send(data, path.pbx)
