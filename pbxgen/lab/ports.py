"""Free addresses on the loopback network; several laboratories may run at once."""

from __future__ import annotations

import random
import socket
import weakref
from collections import deque

from pbxgen.lab.errors import LabError

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
_PICK = random.SystemRandom()
# Below the ephemeral ports (Linux: from 32768): a program that connects to one of these before its owner listens may be
# given that very port as its own, and is then connected to itself.
_SINGLE = range(10000, 16000)
_BLOCK = 1000
_SIGNALLING = 100
_BLOCKS = range(16000, 32000, _BLOCK)
"""First port of each block."""

_issued: deque[int] = deque(maxlen=2000)


def free_port() -> int:
    """A port that is free for UDP and TCP and was not given out lately, for a program that binds it at once."""
    while True:
        port = _PICK.choice(_SINGLE)
        if port not in _issued and _is_free(port):
            _issued.append(port)
            return port


class PortBlock:
    """Ports of one PBX, which no other laboratory on this machine is given until they are released.

    A PBX binds a port some seconds after it was chosen, or only for a call, and the port looks free meanwhile: what
    reserves a block is its first port over TCP, which nothing else uses.
    """

    def __init__(self) -> None:
        """Raises LabError where all blocks are taken."""
        for first in _PICK.sample(_BLOCKS, len(_BLOCKS)):
            reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                reservation.bind((LOOPBACK, first))
            except OSError:
                reservation.close()
                continue
            self.release = weakref.finalize(self, reservation.close)
            self._unused = iter(range(first + 1, first + _SIGNALLING))
            self.media = (first + _SIGNALLING, first + _BLOCK - 2)
            """First and last port for media, both even (RTP)."""
            return
        raise LabError(f"all {len(_BLOCKS)} blocks of ports are taken: too many laboratories run at once")

    def port(self) -> int:
        """Another port for signalling or control, free for UDP and TCP."""
        return next(filter(_is_free, self._unused))


def _is_free(port: int) -> bool:
    """For UDP and TCP."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                return False
    return True


def loopback_network() -> str:
    """First three bytes of a network below 127/8 for this laboratory's trunks, e.g. "127.83.201"."""
    return f"127.{_PICK.randrange(16, 250)}.{_PICK.randrange(1, 250)}"
