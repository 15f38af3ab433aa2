"""What stands under a key that was written twice, so that both texts are checked."""

from __future__ import annotations

from types import MappingProxyType

from pbxgen.source.tree import Entry, Mapping, Node


def joined(first: Node, second: Node) -> Node:
    """The keys of both mappings, of ``first`` where they have the same; ``first`` where one is no mapping."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return first
    entries = dict(first.entries)
    for text, entry in second.entries.items():
        own = entries.get(text)
        entries[text] = entry if own is None else Entry(own.key, joined(own.value, entry.value))
    return Mapping(MappingProxyType(entries), first.location)
