"""Free addresses on the loopback network; several laboratories may run at once."""

from __future__ import annotations

import random
import socket
from collections import deque

from pbxgen.lab.errors import LabError

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
_PICK = random.SystemRandom()
# Below the ephemeral ports (Linux: from 32768): a program that connects to one of these before its owner listens may be
# given that very port as its own, and is then connected to itself.
_SINGLE = range(10000, 16000)
_BLOCK = 1600
_BLOCKS = range(16000, 32000, _BLOCK)
"""First port of each block of media ports."""

_issued: deque[int] = deque(maxlen=2000)


def free_port() -> int:
    """A port that is free for UDP and TCP and was not given out lately, so that the caller may bind it later."""
    while True:
        port = _PICK.choice(_SINGLE)
        if port not in _issued and _is_free(port, socket.SOCK_DGRAM) and _is_free(port, socket.SOCK_STREAM):
            _issued.append(port)
            return port


class MediaPorts:
    """A block of UDP ports for the media of one PBX, which no other laboratory is given until it is released.

    A PBX binds a port of its block only for a call, so that the block looks free meanwhile: what reserves it is its
    first port over TCP, which no media use.
    """

    def __init__(self) -> None:
        """Raises LabError where all blocks are taken."""
        for first in _PICK.sample(_BLOCKS, len(_BLOCKS)):
            self._reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                self._reservation.bind((LOOPBACK, first))
            except OSError:
                self._reservation.close()
                continue
            self.first, self.last = first, first + _BLOCK - 2
            """Both even: RTP."""
            return
        raise LabError(f"all {len(_BLOCKS)} blocks of media ports are taken: too many laboratories run at once")

    def release(self) -> None:
        self._reservation.close()


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
