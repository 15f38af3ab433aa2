"""Ports of laboratories that run side by side."""

from __future__ import annotations

import pytest

from pbxgen.lab import ports
from pbxgen.lab.errors import LabError


def test_a_block_of_media_ports_belongs_to_one_laboratory_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    # Away from the blocks that laboratories beside this test are given.
    monkeypatch.setattr(ports, "_BLOCKS", range(4000, 4000 + 2 * ports._BLOCK, ports._BLOCK))
    one, other = ports.MediaPorts(), ports.MediaPorts()
    try:
        assert one.last < other.first or other.last < one.first
        with pytest.raises(LabError, match="too many laboratories"):
            ports.MediaPorts()
        one.release()
        again = ports.MediaPorts()
        again.release()
        assert (again.first, again.last) == (one.first, one.last)
    finally:
        one.release()
        other.release()
