"""A fleet file -> the paths of its tenants."""

from __future__ import annotations

import glob
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source import files
from pbxgen.source.reader import read_bytes
from pbxgen.source.tree import Mapping, Scalar, Sequence

FLEET_NAME = "fleet.yaml"
_VERSION = 1
_KEYS = ("version", "tenants")
_LOOKS_LIKE_ONE = re.compile(rb"""^["']?tenants["']?[ \t]*:""", re.MULTILINE)
_USE = 'write version: 1 and tenants: ["tenants/*"]'


@dataclass(frozen=True, slots=True)
class FleetFile:
    """A fleet file as read. ``tenants`` are files and folders, each once, in the order of the patterns."""

    file: SourceFile | None
    data: bytes
    tenants: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]


def is_fleet(path: Path) -> bool:
    """Is this a ``fleet.yaml``, a file with ``tenants`` on its outermost level, or a folder of one? Unreadable: no."""
    try:
        if files.is_folder(path):
            return (path / FLEET_NAME).exists()
        if path.name == FLEET_NAME:
            return True
        data = files.read(path)
    except files.UnreadableError:
        return False
    if b"tenants" not in data:
        return False
    root = read_bytes(data, "").root
    return "tenants" in root.entries if root is not None else _LOOKS_LIKE_ONE.search(data) is not None


def read_fleet(path: Path) -> FleetFile:
    """Read a fleet file, or the ``fleet.yaml`` of a folder, and find its tenants. Never raises."""
    try:
        if files.is_folder(path):
            path = path / FLEET_NAME
        data = files.read(path)
    except files.UnreadableError as exc:
        return FleetFile(None, b"", (), (exc.diagnostic,))
    reading = read_bytes(data, files.shown(path))
    problems = list(reading.diagnostics)
    tenants: dict[Path, Path] = {}
    if reading.root is not None:
        for pattern in _patterns(reading.root, problems):
            for match in _matches(path, pattern, problems):
                tenants.setdefault(match.resolve(), match)
    return FleetFile(reading.file, data, tuple(tenants.values()), tuple(problems))


def tenant_roots(path: Path) -> tuple[Path, ...]:
    """The files and folders that a fleet's tenants are looked for in: its patterns up to their first wildcard."""
    try:
        if files.is_folder(path):
            path = path / FLEET_NAME
        root = read_bytes(files.read(path), "").root
    except files.UnreadableError:
        return ()
    patterns = [] if root is None else _patterns(root, [])
    plain = (itertools.takewhile(lambda part: not glob.has_magic(part), Path(p.text).parts) for p in patterns)
    return tuple(path.parent.joinpath(*parts) for parts in plain)


def _patterns(root: Mapping, problems: list[Diagnostic]) -> list[Scalar]:
    for text, entry in root.entries.items():
        if text not in _KEYS:
            ask = did_you_mean(text, _KEYS) or "a fleet file has only version and tenants"
            problems.append(make("PBX030", f"unknown key '{text}' in a fleet file", entry.key.location, help=ask))
    version = root.entries.get("version")
    if version is None:
        problems.append(make("PBX030", "the fleet file has no version", root.location, help=_USE))
    elif not isinstance(version.value, Scalar) or version.value.text != str(_VERSION) or version.value.quoted:
        problems.append(make("PBX030", "the version of a fleet file is 1", version.value.location, help=_USE))
    tenants = root.entries.get("tenants")
    if tenants is None:
        problems.append(make("PBX030", "the fleet file has no tenants", root.location, help=_USE))
        return []
    if not isinstance(tenants.value, Sequence) or not tenants.value.items:
        problems.append(make("PBX030", "tenants is a list of patterns", tenants.value.location, help=_USE))
        return []
    patterns = []
    for item in tenants.value.items:
        if isinstance(item, Scalar) and isinstance(item.value, str) and item.value.strip():
            patterns.append(item)
        else:
            problems.append(make("PBX030", "a pattern of tenants is a text", item.location, help=_USE))
    return patterns


def _matches(fleet: Path, pattern: Scalar, problems: list[Diagnostic]) -> list[Path]:
    base = fleet.parent
    try:
        names = sorted(glob.glob(pattern.text, root_dir=base, recursive=True))  # noqa: PTH207 - takes any pattern
    except (OSError, ValueError):
        names = []
    named = not glob.has_magic(pattern.text)
    own = fleet.resolve()
    matches = [base / name for name in names]
    tenants = [path for path in matches if path.resolve() != own and (named or _is_source(path))]
    if not tenants:
        message = f"'{pattern.text}' matches no file *.yaml and no folder in {files.shown(base)}"
        problems.append(make("PBX031", message, pattern.location, help="patterns are relative to the fleet file"))
    kept = []
    for path in tenants:
        if is_fleet(path):
            message = f"{files.shown(path)} is a fleet, not a tenant"
            problems.append(make("PBX032", message, pattern.location, help="name the tenants themselves"))
        else:
            kept.append(path)
    return kept


def _is_source(path: Path) -> bool:
    yaml = path.name.lower().endswith((".yaml", ".yml"))
    return path.is_dir() or (yaml and not files.is_scenario_file(path))
