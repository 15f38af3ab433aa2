"""One attempt to reach somebody: an INVITE that a PBX sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """One INVITE that reached a phone or the outside world. Times are seconds after the caller's INVITE."""

    target: str
    """Extension or E.164 number."""
    at: float
    ended: float | None
    """When it was answered, refused or cancelled; None: never before the call was over."""
    status: int | None
    """Its final reply; None: none (or cancelled)."""
    headers: tuple[tuple[str, str], ...]
    """Of the INVITE; names in lower case."""
    request_user: str
    """User part of the request URI as it was sent."""
    heard: int = 0
    """RTP packets received that were not silence, after the answer."""
    sent: int = 0

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else self.ended - self.at
