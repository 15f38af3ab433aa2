"""The trees of several files -> the tree of one source."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.source.tree import Entry, Mapping, Scalar, joined

_REPEATABLE = "version"


def merge(roots: Iterable[Mapping]) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """One root from those of the files, in their order; None for no file.

    A section (a mapping on the outermost level) may be spread over files, each key of it standing in one. Where a key
    is in two, the first counts and the second is reported; of two mappings everything is kept, to be
    checked. Equal ``version`` lines may be in every file, and a section that is empty in one file (``users:``) takes
    nothing from the others.
    """
    every = tuple(roots)
    if len(every) < 2:
        return (every[0] if every else None), ()
    found: list[Diagnostic] = []
    sections: dict[str, list[Entry]] = {}
    for root in every:
        for name, entry in root.entries.items():
            sections.setdefault(name, []).append(entry)
    entries = {name: _section(name, parts, found) for name, parts in sections.items()}
    return Mapping(MappingProxyType(entries), every[0].location), tuple(found)


def _section(name: str, parts: list[Entry], found: list[Diagnostic]) -> Entry:
    written = [part for part in parts if not _is_empty(part)] or parts[:1]
    first = written[0]
    if len(written) == 1:
        return first
    if not isinstance(first.value, Mapping):
        for part in written[1:]:
            if name != _REPEATABLE or not _same(first, part):
                found.append(_twice(name, first, part))
        return first
    entries: dict[str, Entry] = {}
    for part in written:
        if not isinstance(part.value, Mapping):
            found.append(_twice(name, first, part))
            continue
        for text, entry in part.value.entries.items():
            if text in entries:
                first_entry = entries[text]
                found.append(_twice(f"{name}.{text}", first_entry, entry))
                entries[text] = Entry(first_entry.key, joined(first_entry.value, entry.value))
            else:
                entries[text] = entry
    return Entry(first.key, Mapping(MappingProxyType(entries), first.value.location))


def _is_empty(entry: Entry) -> bool:
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
