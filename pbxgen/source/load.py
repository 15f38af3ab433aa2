"""Files and folders -> one source; a fleet file -> its tenants' sources."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as PathMapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source import files
from pbxgen.source.fleet import is_fleet, read_fleet, tenant_roots
from pbxgen.source.reader import Reading, read_bytes
from pbxgen.source.tree import Entry, Mapping, Scalar, joined

__all__ = ["Loaded", "LoadedFleet", "is_fleet", "load_fleet", "load_source", "tenant_roots"]

_EMPTY = "PBX006"
_REPEATABLE = "version"
_NOTHING_LOST = frozenset({"PBX012", "PBX015", "PBX016", "PBX017", "PBX018"})
"""Errors of single keys and values, after which everything else of the file is there."""


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
    """A fleet file with its own ``files`` and ``diagnostics``; its tenants, each once, by path in each pattern."""

    path: Path
    tenants: tuple[Loaded, ...]
    files: tuple[SourceFile, ...]
    digest: str
    diagnostics: tuple[Diagnostic, ...]


def load_source(path: Path, instead: PathMapping[Path, bytes] | None = None) -> Loaded:
    """Read a file, or all ``*.yaml`` of a folder as one tree. Never raises. ``instead``: content not yet written."""
    instead = instead or {}
    try:
        base, listed = _listed(path)
    except files.UnreadableError as exc:
        return _assemble(path, path, (), (exc.diagnostic,), instead)
    return _assemble(path, base, listed.files, listed.diagnostics, instead)


def load_fleet(path: Path) -> LoadedFleet:
    """Read a fleet file, or a folder's ``fleet.yaml``, and every tenant its patterns match. Never raises."""
    fleet = read_fleet(path)
    tenants = tuple(load_source(tenant) for tenant in fleet.tenants)
    parts = [("", fleet.data), *((str(index), tenant.digest.encode()) for index, tenant in enumerate(tenants))]
    shown = (fleet.file,) if fleet.file is not None else ()
    return LoadedFleet(path, tenants, shown, files.digest(parts), fleet.diagnostics)


def source_digests(path: Path) -> frozenset[str]:
    """The ``digest`` that a source has when loaded, or those of a fleet's tenants; none of what cannot be read."""
    if is_fleet(path):
        return frozenset().union(*(source_digests(tenant) for tenant in read_fleet(path).tenants))
    try:
        base, listed = _listed(path)
        contents = ((name, files.read(name)) for name in listed.files)
        told = ((_relative(name, base), _told(data, read_bytes(data, str(name)).file)) for name, data in contents)
        return frozenset({files.digest(told)})
    except files.UnreadableError:
        return frozenset()


def _listed(path: Path) -> tuple[Path, files.Listing]:
    """The folder that a source's files are named in, and those. Raises UnreadableError."""
    if files.is_folder(path):
        return path, files.listing(path)
    return path.parent, files.Listing((path,), ())


def _relative(name: Path, base: Path) -> str:
    """What a file is called in the source's digest."""
    return name.relative_to(base).as_posix()


def _told(data: bytes, file: SourceFile) -> bytes:
    """What the digest is of: everybody may read it, and a PIN of six digits is found from it in seconds."""
    return file.masked().encode("utf-8", "surrogatepass") if file.secrets else data


def _assemble(
    path: Path,
    base: Path,
    names: tuple[Path, ...],
    diagnostics: tuple[Diagnostic, ...],
    instead: PathMapping[Path, bytes],
) -> Loaded:
    """Read the files ``names`` below ``base`` and merge them; ``diagnostics`` is what listing them found."""
    problems = list(diagnostics)
    readings: list[Reading] = []
    contents: list[tuple[str, bytes]] = []
    room = files.MAX_BYTES
    for name in names:
        try:
            data = instead[name] if name in instead else files.read(name)
        except files.UnreadableError as exc:
            problems.append(exc.diagnostic)
            continue
        room -= len(data)
        if room < 0:
            problems.append(files.too_large(path))
            break
        reading = read_bytes(data, files.shown(name))
        contents.append((_relative(name, base), _told(data, reading.file)))
        readings.append(reading)
    if any(reading.root is not None for reading in readings):
        # An empty file says nothing, which is only wrong where no other says anything either.
        readings = [reading for reading in readings if not _is_empty(reading)]
    for reading in readings:
        problems.extend(reading.diagnostics)
    root, twice = _merge(reading.root for reading in readings if reading.root is not None)
    complete = root is not None and not any(d.severity == "error" and d.code not in _NOTHING_LOST for d in problems)
    return Loaded(
        path=path,
        root=root,
        files=tuple(reading.file for reading in readings),
        digest=files.digest(contents),
        diagnostics=(*problems, *twice),
        complete=complete,
    )


def _is_empty(reading: Reading) -> bool:
    return [diagnostic.code for diagnostic in reading.diagnostics] == [_EMPTY]


def _merge(roots: Iterable[Mapping]) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """One root from those of the files, in their order; None for no file.

    A section (a mapping on the outermost level) may be spread over files, each key of it standing in one. Where a key
    is in two, the first counts and the second is reported; of two mappings everything is kept, to be
    checked. Equal ``version`` lines may be in every file, and a section that is empty in one file (``users:``) takes
    nothing from the others.
    """
    every = tuple(roots)
    if len(every) < 2:
        return (every[0] if every else None), ()
    problems: list[Diagnostic] = []
    sections: dict[str, list[Entry]] = {}
    for root in every:
        for name, entry in root.entries.items():
            sections.setdefault(name, []).append(entry)
    entries = {name: _section(name, parts, problems) for name, parts in sections.items()}
    return Mapping(MappingProxyType(entries), every[0].location), tuple(problems)


def _section(name: str, parts: list[Entry], problems: list[Diagnostic]) -> Entry:
    written = [part for part in parts if not _is_empty_entry(part)] or parts[:1]
    first = written[0]
    if len(written) == 1:
        return first
    if not isinstance(first.value, Mapping):
        for part in written[1:]:
            if name != _REPEATABLE or not _same(first, part):
                problems.append(_twice(name, first, part))
        return first
    entries: dict[str, Entry] = {}
    for part in written:
        if not isinstance(part.value, Mapping):
            problems.append(_twice(name, first, part))
            continue
        for text, entry in part.value.entries.items():
            if text in entries:
                first_entry = entries[text]
                problems.append(_twice(f"{name}.{text}", first_entry, entry))
                entries[text] = Entry(first_entry.key, joined(first_entry.value, entry.value))
            else:
                entries[text] = entry
    return Entry(first.key, Mapping(MappingProxyType(entries), first.value.location))


def _is_empty_entry(entry: Entry) -> bool:
    return isinstance(entry.value, Scalar) and entry.value.value is None


def _same(first: Entry, second: Entry) -> bool:
    left, right = first.value, second.value
    if not isinstance(left, Scalar) or not isinstance(right, Scalar):
        return False
    return type(left.value) is type(right.value) and left.value == right.value


def _twice(name: str, first: Entry, second: Entry) -> Diagnostic:
    return make(
        "PBX023",
        f"'{name}' is in two files of this source",
        second.key.location,
        help="remove one of them",
        related=(Related("first written here", first.key.location),),
    )
