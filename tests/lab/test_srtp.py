"""Encrypted sound (RFC 3711)."""

from __future__ import annotations

import struct

import pytest

from pbxgen.lab.srtp import Protected, counter_mode

_MASTER = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
_HEARD = b"\xd5" * 160


def _packet(sequence: int, source: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, sequence, 160 * sequence, source) + _HEARD


def test_the_key_stream_is_that_of_the_standard() -> None:
    """RFC 3711, B.2."""
    key = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
    counter = int("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000", 16)
    stream = counter_mode(key, counter, bytes(48)).hex().upper()
    assert stream == (
        "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0"
    )


def test_the_keys_of_a_call_are_derived_as_the_standard_says() -> None:
    """RFC 3711, B.3."""
    made = Protected(_MASTER)
    assert made._key.hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert f"{made._salt >> 16:X}" == "30CBBC08863D8C85D49DB34A9AE1"
    assert made._authentication.hex().upper() == "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"


def test_what_is_sent_is_understood_by_who_has_the_key_and_by_nobody_else() -> None:
    sent = Protected(_MASTER).protect(_packet(1))
    assert _HEARD not in sent
    assert Protected(_MASTER).unprotect(sent) == _packet(1)
    assert Protected(_MASTER[::-1]).unprotect(sent) is None


@pytest.mark.parametrize("changed", [0, 20, 175])
def test_a_packet_that_was_changed_on_its_way_is_no_packet(changed: int) -> None:
    sent = bytearray(Protected(_MASTER).protect(_packet(1)))
    sent[changed] ^= 1
    assert Protected(_MASTER).unprotect(bytes(sent)) is None


@pytest.mark.parametrize("data", [b"", b"\x80\x08", _packet(1)], ids=["nothing", "a few bytes", "plain sound"])
def test_what_is_not_encrypted_is_no_packet(data: bytes) -> None:
    assert Protected(_MASTER).unprotect(data) is None


def test_numbers_begin_anew_and_packets_may_overtake_each_other() -> None:
    sender, receiver = Protected(_MASTER), Protected(_MASTER)
    packets = [_packet(sequence) for sequence in (65534, 65535, 0, 1, 65535, 2)]
    assert [receiver.unprotect(sender.protect(packet)) for packet in packets] == packets


def test_each_source_counts_by_itself() -> None:
    sender, receiver = Protected(_MASTER), Protected(_MASTER)
    packets = [_packet(65535), _packet(0), _packet(40000, source=8), _packet(1)]
    assert [receiver.unprotect(sender.protect(packet)) for packet in packets] == packets
