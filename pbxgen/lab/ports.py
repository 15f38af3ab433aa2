"""Free addresses on the loopback network; several laboratories may run at once."""

from __future__ import annotations

import random
import socket

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
_PICK = random.SystemRandom()


_issued: set[int] = set()


def free_port() -> int:
    """A port that nobody uses now, by UDP or TCP, and that nobody was given before: who asked may bind it later."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        ):
            udp.bind((LOOPBACK, 0))
            port: int = udp.getsockname()[1]
            try:
                tcp.bind((LOOPBACK, port))
            except OSError:
                continue
        if port not in _issued:
            _issued.add(port)
            return port


def free_range(count: int) -> tuple[int, int]:
    """First and last (both even: RTP) of some ``count`` adjoining UDP ports, likely to be free."""
    while True:
        # Below the ports that the system gives out by itself.
        first = _PICK.randrange(10000, 32000 - count) & ~1
        try:
            for port in (first, first + 1, first + count // 2, first + count - 1):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind((LOOPBACK, port))
        except OSError:
            continue
        return first, first + count - 2


def loopback_network() -> str:
    """First three bytes of a network below 127/8 for this laboratory's trunks, e.g. "127.83.201"."""
    return f"127.{_PICK.randrange(16, 250)}.{_PICK.randrange(1, 250)}"
