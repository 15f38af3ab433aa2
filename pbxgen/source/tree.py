"""The nodes of a YAML source: plain values with their places in the text.

YAML 1.2 core schema: ``no``, ``on``, ``off`` and ``12:30`` are strings; dates are strings too.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from pbxgen.diagnostics.location import Location


class Scalar(NamedTuple):
    """A leaf. ``text`` is what stood in the file, ``quoted`` whether it stood in quotes (or was a block scalar)."""

    value: str | int | float | bool | None
    text: str
    quoted: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    location: Location


class Entry(NamedTuple):
    """One key of a mapping and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries by the key's text, in the order of the source (those that came in through ``<<`` after its own)."""

    entries: MappingType[str, Entry]
    location: Location
    merged: tuple[tuple[Scalar, Mapping], ...] = ()
    """The keys ``<<``, each with a mapping whose entries it brings in."""


Node: TypeAlias = Scalar | Sequence | Mapping


def joined(first: Node, second: Node) -> Node:
    """The keys of two mappings, those of ``first`` winning, so that both texts of a double key are checked."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return first
    entries = dict(first.entries)
    for text, entry in second.entries.items():
        own = entries.get(text)
        entries[text] = entry if own is None else Entry(own.key, joined(own.value, entry.value))
    return Mapping(MappingProxyType(entries), first.location)
