"""Encrypted sound (SRTP, RFC 3711), by libsrtp: AES in counter mode and HMAC-SHA1 of 80 bits, as SDP agrees on it.

libsrtp is loaded where sound is encrypted and nowhere else: deployments and calls in the clear do without it.
"""

from __future__ import annotations

from pbxgen.lab.errors import LabError


def require() -> None:
    """Raise LabError where sound cannot be encrypted."""
    try:
        import pylibsrtp  # noqa: F401
    except ImportError as error:
        raise LabError(
            f"encrypted sound (srtp: required) needs the Python package pylibsrtp, which cannot be loaded: {error}"
        ) from None


class Protected:
    """One direction of a call's sound."""

    def __init__(self, master: bytes, *, received: bool = False) -> None:
        """``master``: key and salt of the SDP. Raises LabError where sound cannot be encrypted."""
        require()
        from pylibsrtp import Policy, Session

        kind = Policy.SSRC_ANY_INBOUND if received else Policy.SSRC_ANY_OUTBOUND
        self._session = Session(Policy(key=master, ssrc_type=kind))

    def protect(self, packet: bytes) -> bytes:
        """A packet as it is sent."""
        return self._session.protect(packet)

    def unprotect(self, data: bytes) -> bytes | None:
        """The packet that was sent; None if it was not encrypted with the key, or is a repetition."""
        from pylibsrtp import Error

        try:
            return self._session.unprotect(data)
        except Error:
            return None
