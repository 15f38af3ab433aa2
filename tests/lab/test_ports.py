"""Ports of laboratories that run side by side."""

from __future__ import annotations

import pytest

from pbxgen.lab import ports
from pbxgen.lab.errors import LabError


def test_a_block_of_ports_belongs_to_one_laboratory_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    # Away from the blocks that laboratories beside this test are given.
    monkeypatch.setattr(ports, "_BLOCKS", range(4000, 4000 + 2 * ports._BLOCK, ports._BLOCK))
    one, other = ports.PortBlock(), ports.PortBlock()
    try:
        assert one.media[1] < other.media[0] or other.media[1] < one.media[0]
        assert len({one.port(), one.port(), other.port(), *one.media, *other.media}) == 7
        with pytest.raises(LabError, match="too many laboratories"):
            ports.PortBlock()
        one.release()
        again = ports.PortBlock()
        again.release()
        assert again.media == one.media
    finally:
        one.release()
        other.release()
