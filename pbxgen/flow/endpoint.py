"""What phones and trunks have in common: logins, encryption and settings that are handed on as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pbxgen.diagnostics.location import Location


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password or PIN is found. ``source`` is env, file or inline; ``value`` the name, path or text."""

    source: str
    value: str
    location: Location

    def __repr__(self) -> str:
        shown = "***" if self.source == "inline" else self.value
        return f"Secret({self.source}: {shown})"


@dataclass(frozen=True, slots=True)
class RawSetting:
    """A setting that is handed on to a PBX as it is."""

    pbx: str
    part: str
    """The section of that PBX's configuration that it belongs to."""
    name: str
    value: str
    location: Location

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pbx, self.part, self.name


class Srtp(StrEnum):
    """Is the sound encrypted (RFC 3711, with keys in the session description, RFC 4568)?"""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


PHONE_CODECS = ("g722", "alaw", "ulaw")


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """What a PBX expects of a user's phones."""

    transport: str = "udp"
    """udp, tcp, tls or wss."""
    codecs: tuple[str, ...] = PHONE_CODECS
    """Those that are offered, best first."""
    srtp: Srtp = Srtp.OFF
    max_contacts: int | None = None
    """How many phones may be registered at once; None: the source does not say."""
    max_contacts_at: Location | None = field(default=None, compare=False)
    """Where ``max_contacts`` is written."""

    @property
    def webrtc(self) -> bool:
        """Is it a browser, whose sound is always encrypted (DTLS-SRTP)?"""
        return self.transport == "wss"
