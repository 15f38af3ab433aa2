"""Scenarios as plain values, and how a call differs from what one expects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pbxgen.diagnostics.location import Location
from pbxgen.flow.environment import Environment
from pbxgen.flow.machine import Ending
from pbxgen.flow.plan import ANONYMOUS
from pbxgen.flow.simulate import Call, Diverted, Story


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a call; None: not looked at."""

    rings: tuple[str, ...] | None
    ending: Ending | None
    diverted: tuple[Diverted, ...] | None
    shown: Mapping[str, str] | None = None
    """By outside number that rings: the number that it is shown as the caller, or ``anonymous``."""
    via: str | None = None
    """Name of the trunk that carries the call to the outside number that is tried last."""


@dataclass(frozen=True, slots=True)
class DialledBefore:
    """A code that is dialled before the call."""

    extension: str
    dialled: str
    ending: Ending | None
    """None: not looked at."""


@dataclass(frozen=True, slots=True)
class WrittenSetting:
    """A setting as a scenario writes it: what the user would dial, or off, on, mobile, voicemail, operator:NAME …"""

    extension: str
    key: str
    to: str
    after: int | None


@dataclass(frozen=True, slots=True)
class Sip:
    """What the caller's INVITE says, where it is not what follows from the call."""

    request: str | None = None
    """User part of the request's URI."""
    sender: str | None = None
    """User part of From."""
    to: str | None = None
    """User part of To."""
    headers: tuple[str, ...] = ()


def asks_for_privacy(headers: Sequence[str]) -> bool:
    """Does an INVITE ask that its caller's number be withheld (RFC 3323, 3325)?"""
    fields = (header.partition(":") for header in headers)
    said = (value.lower() for name, _, value in fields if name.strip().lower() == "privacy")
    return any(word in ("id", "user", "header") for value in said for word in re.split(r"[;,\s]+", value))


AS_CALLED = Sip()
"""The INVITE says what the call says."""


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    tenant: str | None
    call: Call
    environment: Environment
    expect: Expectation
    location: Location
    settings: tuple[WrittenSetting, ...] = ()
    switches: Mapping[str, bool] = field(default_factory=dict)
    before: tuple[DialledBefore, ...] = ()
    sip: Sip = AS_CALLED


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """``source`` is resolved against the scenario file's folder."""

    path: Path
    source: Path
    scenarios: tuple[Scenario, ...]


def differences(expect: Expectation, seen: Story) -> Mapping[str, tuple[str, str]]:
    """Each aspect in which ``seen`` is not as expected: (expected, seen)."""
    by_aspect: dict[str, tuple[str, str]] = {}
    if expect.rings is not None and expect.rings != seen.rings:
        by_aspect["rings"] = (_list(expect.rings), _list(seen.rings))
    # Whether a release was written in the source cannot be seen from outside.
    if expect.ending is not None and str(expect.ending) != str(seen.ending):
        by_aspect["ends"] = (str(expect.ending), str(seen.ending))
    if expect.diverted is not None and expect.diverted != seen.diverted:
        by_aspect["diverted"] = (_diverted(expect.diverted), _diverted(seen.diverted))
    told = {target: number or ANONYMOUS for target, number in seen.shown.items()}
    wanted = expect.shown or {}
    if any(told.get(target) != number for target, number in wanted.items()):
        by_aspect["shown"] = (_shown(wanted), _shown({target: told.get(target, "nothing") for target in wanted}))
    if expect.via is not None and expect.via != seen.via:
        by_aspect["via"] = (expect.via, seen.via or "no trunk")
    return by_aspect


def _shown(numbers: Mapping[str, str]) -> str:
    return ", ".join(f"{number} to {target}" for target, number in numbers.items())


def _list(rings: tuple[str, ...]) -> str:
    return ", ".join(rings) if rings else "nobody"


def _diverted(diverted: tuple[Diverted, ...]) -> str:
    return ", ".join(f"by {d.by} ({d.reason.value})" for d in diverted) if diverted else "not diverted"
