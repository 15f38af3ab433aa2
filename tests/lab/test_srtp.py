"""Encrypted sound (RFC 3711)."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest

from pbxgen.lab.errors import LabError
from pbxgen.lab.srtp import Protected

_MASTER = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
_HEARD = b"\xd5" * 160


def _packet(sequence: int, source: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, sequence, 160 * sequence, source) + _HEARD


def _unprotected(sent: bytes, master: bytes = _MASTER) -> bytes | None:
    return Protected(master, received=True).unprotect(sent)


def test_what_is_sent_is_understood_by_who_has_the_key_and_by_nobody_else() -> None:
    sent = Protected(_MASTER).protect(_packet(1))
    assert _HEARD not in sent
    assert len(sent) == len(_packet(1)) + 10
    assert _unprotected(sent) == _packet(1)
    assert _unprotected(sent, _MASTER[::-1]) is None


@pytest.mark.parametrize("changed", [0, 20, 175])
def test_a_packet_that_was_changed_on_its_way_is_no_packet(changed: int) -> None:
    sent = bytearray(Protected(_MASTER).protect(_packet(1)))
    sent[changed] ^= 1
    assert _unprotected(bytes(sent)) is None


@pytest.mark.parametrize("data", [b"", b"\x80\x08", _packet(1)], ids=["nothing", "a few bytes", "plain sound"])
def test_what_is_not_encrypted_is_no_packet(data: bytes) -> None:
    assert _unprotected(data) is None


def test_numbers_begin_anew_and_packets_may_overtake_each_other() -> None:
    sender, receiver = Protected(_MASTER), Protected(_MASTER, received=True)
    packets = [_packet(sequence) for sequence in (65534, 65535, 0, 1, 2)]
    sent = [sender.protect(packet) for packet in packets]
    assert [receiver.unprotect(sent[at]) for at in (0, 2, 1, 4, 3)] == [packets[at] for at in (0, 2, 1, 4, 3)]


def test_what_has_come_already_is_no_packet() -> None:
    receiver = Protected(_MASTER, received=True)
    sent = Protected(_MASTER).protect(_packet(1))
    assert [receiver.unprotect(sent), receiver.unprotect(sent)] == [_packet(1), None]


def test_each_source_counts_by_itself() -> None:
    sender, receiver = Protected(_MASTER), Protected(_MASTER, received=True)
    packets = [_packet(65535), _packet(0), _packet(40000, source=8), _packet(1)]
    assert [receiver.unprotect(sender.protect(packet)) for packet in packets] == packets


def test_deployments_load_no_libsrtp() -> None:
    code = "import sys, pbxgen.deploy.engine; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pbxgen.lab.srtp" in out.split()
    assert "pylibsrtp" not in out.split()


def test_where_there_is_no_libsrtp_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylibsrtp", None)
    with pytest.raises(LabError, match=r"needs the Python package pylibsrtp, which cannot be loaded: "):
        Protected(_MASTER)
