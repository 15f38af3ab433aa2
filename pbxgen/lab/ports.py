"""Free addresses on the loopback network; several laboratories may run at once."""

from __future__ import annotations

import random
import socket
from collections import deque

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
_PICK = random.SystemRandom()
# Below the ephemeral ports (Linux: from 32768): a program that connects to one of these before its owner listens may be
# given that very port as its own, and is then connected to itself.
_SINGLE = range(10000, 16000)
_RTP = range(16000, 32000)

_issued: deque[int] = deque(maxlen=2000)


def free_port() -> int:
    """A port that is free for UDP and TCP and was not given out lately, so that the caller may bind it later."""
    while True:
        port = _PICK.choice(_SINGLE)
        if port not in _issued and _is_free(port, socket.SOCK_DGRAM) and _is_free(port, socket.SOCK_STREAM):
            _issued.append(port)
            return port


def free_range(count: int) -> tuple[int, int]:
    """First and last (both even: RTP) of some ``count`` adjoining UDP ports, likely to be free."""
    while True:
        first = _PICK.randrange(_RTP.start, _RTP.stop - count) & ~1
        if all(_is_free(port, socket.SOCK_DGRAM) for port in (first, first + 1, first + count // 2, first + count - 1)):
            return first, first + count - 2


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def loopback_network() -> str:
    """First three bytes of a network below 127/8 for this laboratory's trunks, e.g. "127.83.201"."""
    return f"127.{_PICK.randrange(16, 250)}.{_PICK.randrange(1, 250)}"
