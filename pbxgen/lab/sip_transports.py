"""SIP between laboratory and PBX over UDP, TCP and TLS (RFC 3261, 18): each transport has one address of the
laboratory."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pbxgen.lab.ports import Address

Receive = Callable[[bytes, Address], None]
"""Called with each message, and the address that it came from."""

_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)


class SipTransport(Protocol):
    """Sends and receives messages at one address of the laboratory."""

    address: Address

    def send(self, data: bytes, to: Address) -> None: ...

    def close(self) -> None: ...


class UdpTransport(asyncio.DatagramProtocol):
    """SIP over UDP."""

    address: Address

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, address: Address) -> None:
        # A burst of registrations must not overflow the default buffer.
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.setblocking(False)
        sock.bind(address)
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)
        self.address = sock.getsockname()[:2]

    def send(self, data: bytes, to: Address) -> None:
        assert self._transport is not None, "it is open"
        self._transport.sendto(data, to)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._receive(data, (addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """A closed port behind a datagram of ours: the call's own timers deal with it."""


class StreamTransport:
    """SIP over TCP, or over TLS with a ``certificate`` (a file that holds its key too).

    The PBX connects to the laboratory's address (:meth:`open`) or cannot (:meth:`hide`). The laboratory connects to
    ``pbx`` where there is no connection yet. The PBX's certificate is not verified: it is the administrator's, not
    generated.
    """

    address: Address

    def __init__(self, pbx: Address, receive: Receive, certificate: Path | None) -> None:
        self._pbx = pbx
        self._receive = receive
        contexts = (None, None) if certificate is None else _contexts(certificate)
        self._as_server: ssl.SSLContext | None = contexts[0]
        self._as_client: ssl.SSLContext | None = contexts[1]
        self._server: asyncio.Server | None = None
        self._connections: dict[Address, _Connection] = {}
        """By the address of the other side; connections that the laboratory has opened by the address where the PBX
        listens."""
        self._connecting: set[asyncio.Task[None]] = set()
        self._from_port = 0
        """Of connections to the PBX; 0: any."""

    async def open(self, address: Address, *, refuses: bool = False) -> None:
        """Listen at ``address``; ``refuses``: accept no connection."""
        self.address = address
        if refuses:
            return
        loop = asyncio.get_running_loop()
        made = await loop.create_server(
            lambda: _Connection(self._receive, self._connections), *address, ssl=self._as_server
        )
        self._server = made
        self.address = made.sockets[0].getsockname()[:2]

    def hide(self, address: Address) -> None:
        """Have ``address`` without listening there, like a phone behind NAT: the PBX can only use the phone's
        connection."""
        self.address = address
        self._from_port = address[1]

    def send(self, data: bytes, to: Address) -> None:
        connection = self._connections.get(to) or self._connections.get(self._pbx)
        if connection is None:
            connection = self._connections[self._pbx] = _Connection(self._receive, self._connections)
            task = asyncio.get_running_loop().create_task(self._connect(connection))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        connection.send(data)

    async def _connect(self, connection: _Connection) -> None:
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: connection, *self._pbx, local_addr=(self.address[0], self._from_port), ssl=self._as_client
            )
        except OSError:  # nobody is there: the call's own timers deal with it
            self._connections.pop(self._pbx, None)

    def close(self) -> None:
        for task in list(self._connecting):
            task.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections.values()):
            connection.close()


class _Connection(asyncio.Protocol):
    """A stream of messages one after the other (RFC 3261, 18.3)."""

    def __init__(self, receive: Receive, connections: dict[Address, _Connection]) -> None:
        self._receive = receive
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._unread = b""
        self._peer: Address = ("", 0)

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self._unsent.append(data)
        else:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peer = transport.get_extra_info("peername")[:2]
        self._connections[self._peer] = self
        transport.writelines(self._unsent)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connections.get(self._peer) is self:
            del self._connections[self._peer]

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (message := self._next()) is not None:
            self._receive(message, self._peer)

    def _next(self) -> bytes | None:
        """The first message that is complete; blank lines between messages keep NAT open (RFC 5626, 4.4.1)."""
        self._unread = self._unread.lstrip(b"\r\n")
        head, blank, _ = self._unread.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = len(head) + len(blank) + (int(length[1]) if length is not None else 0)
        if not blank or len(self._unread) < size:
            return None
        message, self._unread = self._unread[:size], self._unread[size:]
        return message


def _contexts(certificate: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS contexts for connections that are accepted, and for those that are opened."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    for context in (server, client):
        context.load_cert_chain(certificate)
    return server, client
