"""Reading the headers of an INVITE: the user of a URI, and the diversions that a carrier is told of.

Diversion is RFC 5806, History-Info RFC 7044.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pbxgen.flow.plan import Reason
from pbxgen.flow.trunk import DiversionHeader

_REASONS = {
    "unconditional": Reason.UNCONDITIONAL,
    "user-busy": Reason.BUSY,
    "no-answer": Reason.NO_ANSWER,
    "unavailable": Reason.UNREACHABLE,
}
_CAUSES = {"302": Reason.UNCONDITIONAL, "486": Reason.BUSY, "408": Reason.NO_ANSWER, "503": Reason.UNREACHABLE}
"""RFC 4458."""
_USER_HOST = re.compile(r"sips?:(?:([^@>]*)@)?(\[[^\]]*\]|[^;:>?]+)(?::(\d+))?", re.IGNORECASE)


def user_of(uri: str) -> str:
    """User part of the first SIP URI in a text."""
    match = _USER_HOST.search(uri)
    return (match.group(1) or "").split(";")[0].split(":")[0] if match else ""


def number_of(header: str) -> str:
    """User part of the first SIP or tel URI of an identity header."""
    match = re.search(r"(?:sips?|tel):([^@;>]*)", header, re.IGNORECASE)
    return match.group(1) if match else ""


@dataclass(frozen=True, slots=True)
class AnnouncedDiversion:
    """The last diversion that a header tells of."""

    number: str
    reason: Reason | None
    count: int


def last_diversion(headers: tuple[tuple[str, str], ...], kind: DiversionHeader) -> AnnouncedDiversion | None:
    """The last diversion announced in headers of this kind; None where they tell of none."""
    name = "diversion" if kind is DiversionHeader.DIVERSION else "history-info"
    values = [part for key, value in headers if key == name for part in _split(value)]
    if not values:
        return None
    if kind is DiversionHeader.DIVERSION:
        counts = [int(match.group(1)) if (match := re.search(r"counter=(\d+)", v)) else 1 for v in values]
        reason = re.search(r"reason=\"?([\w-]+)", values[0])
        return AnnouncedDiversion(user_of(values[0]), _REASONS.get(reason.group(1)) if reason else None, sum(counts))
    # The entry before the last is the diverting user; the last one is where the call goes, and why.
    depth = max(len(match.group(1).split(".")) for v in values if (match := re.search(r"index=([\d.]+)", v)))
    cause = re.search(r"cause(?:%3D|=)(\d+)", values[-1])
    by = values[-2] if len(values) > 1 else values[-1]
    return AnnouncedDiversion(user_of(by), _CAUSES.get(cause.group(1)) if cause else None, depth - 1)


def _split(value: str) -> list[str]:
    """Comma-separated entries of one header line; commas inside <…> or quotes do not separate."""
    return [part.strip() for part in re.findall(r'(?:<[^>]*>|"[^"]*"|[^,<"])+', value) if part.strip()]
