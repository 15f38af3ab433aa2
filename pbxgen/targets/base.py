"""What a target is: a folder that turns plans into files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan


class Part(StrEnum):
    DIALPLAN = "dialplan"
    ENDPOINTS = "endpoints"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller of ``pbxgen generate`` may choose."""

    parts: frozenset[Part] = frozenset(Part)
    endpoint_name: str | None = None
    """How phones' endpoints are named: placeholders {extension}, {tenant}, {domain}.

    None: ``{extension}`` where a PBX serves one plan, ``{extension}@{domain}`` where it serves several.
    """
    fleet: bool = False
    """Does one PBX serve several plans?"""
    beside: bool = False
    """Beside an existing installation: only what is the plan's own, everything below ``pbxgen/``."""
    secrets: Mapping[Secret, str] = field(default_factory=dict)
    """Every secret the parts need, already read."""


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file of a target. ``path`` is relative to ``OUT/<target>``, with forward slashes."""

    path: str
    text: str
    secret: bool = False
    """Holds passwords or PINs: written with mode 0640, never shown."""


class Target(Protocol):
    """A PBX that plans are compiled for."""

    name: str

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        """What this target cannot express of ``plan``, secrets aside, as errors with the place in the source."""
        ...

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        """What this target cannot carry of the secrets that ``options`` holds, as errors with the place of each."""
        ...

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        """The files for one PBX that serves ``plans`` (several: tenants of a fleet), in a stable order."""
        ...

    def include_lines(self, plans: tuple[Plan, ...], options: Options) -> tuple[str, ...]:
        """What an administrator writes into files of the installation, so that it includes those of ``beside``."""
        ...

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        """What stands for the services of ``plans`` in tests, as an administrator would write it.

        Each plays the recording ``services/NAME`` of its tenant, or gives the call back where the database of settings
        has ``return`` at ``service.NAME``.
        """
        ...
