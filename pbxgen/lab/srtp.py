"""Encrypted sound (SRTP, RFC 3711): AES in counter mode and HMAC-SHA1 of 80 bits, as SDP agrees on it."""

from __future__ import annotations

import ctypes
import ctypes.util
import hmac
import struct
from functools import cache

from pbxgen.lab.errors import LabError
from pbxgen.lab.sip import Crypto

_HEAD = 12
_TAG = 10
_SALT = 14


class Protected:
    """One direction of a call's sound."""

    def __init__(self, master: bytes) -> None:
        """``master``: key and salt of the SDP."""
        key, salt = master[: Crypto.LENGTH - _SALT], int.from_bytes(master[-_SALT:], "big")

        def derived(label: int, length: int) -> bytes:
            return counter_mode(key, (salt ^ label << 48) << 16, bytes(length))

        self._key, self._authentication = derived(0, 16), derived(1, 20)
        self._salt = int.from_bytes(derived(2, _SALT), "big") << 16
        self._reached: dict[int, int] = {}
        """By SSRC, the greatest index of a packet: its sequence number, and how often that has begun anew."""

    def protect(self, packet: bytes) -> bytes:
        """A packet as it is sent."""
        index = self._index(packet)
        sent = packet[:_HEAD] + self._ciphered(packet, index)
        return sent + self._tag(sent, index)

    def unprotect(self, data: bytes) -> bytes | None:
        """The packet that was sent; None for one that was not sent by who has the key."""
        packet, tag = data[:-_TAG], data[-_TAG:]
        if len(packet) < _HEAD:
            return None
        index = self._index(packet)
        if not hmac.compare_digest(tag, self._tag(packet, index)):
            return None
        return packet[:_HEAD] + self._ciphered(packet, index)

    def _index(self, packet: bytes) -> int:
        sequence, source = int.from_bytes(packet[2:4], "big"), _source(packet)
        reached = self._reached.setdefault(source, sequence)
        # The nearest to what was reached (RFC 3711, 3.3.1).
        index = max(reached + (sequence - reached + 0x8000 & 0xFFFF) - 0x8000, 0)
        self._reached[source] = max(index, reached)
        return index

    def _ciphered(self, packet: bytes, index: int) -> bytes:
        return counter_mode(self._key, self._salt ^ _source(packet) << 64 ^ index << 16, packet[_HEAD:])

    def _tag(self, packet: bytes, index: int) -> bytes:
        return hmac.digest(self._authentication, packet + struct.pack("!I", index >> 16), "sha1")[:_TAG]


def _source(packet: bytes) -> int:
    return int.from_bytes(packet[8:12], "big")


def counter_mode(key: bytes, counter: int, data: bytes) -> bytes:
    """``data`` encrypted, or decrypted, with AES-128 from a counter on."""
    library, cipher = _openssl()
    made = ctypes.create_string_buffer(len(data))
    written = ctypes.c_int(0)
    context = ctypes.c_void_p(library.EVP_CIPHER_CTX_new())
    try:
        begun = library.EVP_EncryptInit_ex(context, cipher, None, key, counter.to_bytes(16, "big"))
        if not begun or not library.EVP_EncryptUpdate(context, made, ctypes.byref(written), data, len(data)):
            raise LabError("OpenSSL's library encrypts nothing with AES")
    finally:
        library.EVP_CIPHER_CTX_free(context)
    return made.raw


@cache
def _openssl() -> tuple[ctypes.CDLL, ctypes.c_void_p]:
    """OpenSSL's library, and the cipher. Raises LabError where there is none."""
    name = ctypes.util.find_library("crypto")
    if name is None:
        raise LabError("no libcrypto found to encrypt the sound of phones with (Debian: package openssl)")
    library = ctypes.CDLL(name)
    for function in (library.EVP_CIPHER_CTX_new, library.EVP_aes_128_ctr):
        function.restype = ctypes.c_void_p
    return library, ctypes.c_void_p(library.EVP_aes_128_ctr())
