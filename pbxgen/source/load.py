"""Files and folders -> one source; a fleet file -> its tenants' sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.source.text import SourceFile
from pbxgen.source.tree import Mapping


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read of one source.

    ``root`` is None where nothing could. ``complete`` is False where a file (or a part of it) could not be read:
    names that seem unknown may stand in what is missing, so do not report those then. ``digest`` is 12 hexadecimal
    digits over the files' relative names and bytes. ``path`` is as the user gave it; ``files`` are in the order
    they were merged in, each with its text for rendering.
    """

    path: Path
    root: Mapping | None
    files: tuple[SourceFile, ...]
    digest: str
    diagnostics: tuple[Diagnostic, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class LoadedFleet:
    """A fleet file and its tenants, sorted by path within each pattern, each once.

    ``diagnostics`` are the fleet file's own; each tenant keeps its own. ``files`` holds the fleet file.
    """

    path: Path
    tenants: tuple[Loaded, ...]
    files: tuple[SourceFile, ...]
    digest: str
    diagnostics: tuple[Diagnostic, ...]


def load_source(path: Path) -> Loaded:
    """Read a YAML file, or every ``*.yaml`` of a folder merged into one tree. Never raises for what is on disk."""
    raise NotImplementedError


def is_fleet(path: Path) -> bool:
    """Is this a fleet file (it has a top-level ``tenants``) or a folder that holds a ``fleet.yaml``?"""
    raise NotImplementedError


def load_fleet(path: Path) -> LoadedFleet:
    """Read a fleet file, or a folder's ``fleet.yaml``, and every tenant its patterns match."""
    raise NotImplementedError
