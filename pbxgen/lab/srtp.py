"""Encrypted sound (SRTP, RFC 3711), by libsrtp: AES in counter mode and HMAC-SHA1 of 80 bits, as SDP agrees on it."""

from __future__ import annotations

from pylibsrtp import Error, Policy, Session


class Protected:
    """One direction of a call's sound."""

    def __init__(self, master: bytes, *, received: bool = False) -> None:
        """``master``: key and salt of the SDP."""
        kind = Policy.SSRC_ANY_INBOUND if received else Policy.SSRC_ANY_OUTBOUND
        self._session = Session(Policy(key=master, ssrc_type=kind))

    def protect(self, packet: bytes) -> bytes:
        """A packet as it is sent."""
        return self._session.protect(packet)

    def unprotect(self, data: bytes) -> bytes | None:
        """The packet that was sent; None for one that was not sent by who has the key, or has come already."""
        try:
            return self._session.unprotect(data)
        except Error:
            return None
