"""Places of values: the keys and indexes of a model lead through the tree to the place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pbxgen.diagnostics.location import Location
from pbxgen.language.model_base import many
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence

T = TypeVar("T")

Path = tuple[str | int, ...]


def child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        entry = node.entries.get(step)
        return None if entry is None else entry.value
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def at(node: Node, *path: str | int) -> Node:
    """The node at ``path``, or the deepest one on the way to it."""
    for step in path:
        inner = child(node, step)
        if inner is None:
            break
        node = inner
    return node


def key_of(node: Node, key: str) -> Location:
    """Where ``key`` of a mapping stands; the mapping's own place if it has none such."""
    if isinstance(node, Mapping) and key in node.entries:
        return node.entries[key].key.location
    return node.location


def items(node: Node) -> tuple[Node, ...]:
    """The nodes of one-or-many: a sequence's items, or the node alone."""
    return node.items if isinstance(node, Sequence) else (node,)


def each(value: T | list[T], node: Node) -> Iterator[tuple[T, Node]]:
    """One-or-many values, each with its node."""
    return zip(many(value), items(node), strict=True)


def within(scalar: Node, start: int, length: int) -> Location:
    """The place of some characters inside a scalar of one line; the whole scalar where that cannot be told."""
    location = scalar.location
    if not isinstance(scalar, Scalar) or location.line != location.end_line or not isinstance(scalar.value, str):
        return location
    quotes = (location.end_column - location.column) - len(scalar.value)
    if quotes not in (0, 2) or (quotes == 2) != scalar.quoted:
        return location
    column = location.column + quotes // 2 + start
    return location._replace(column=column, end_column=column + max(1, length))


def without(node: Node, paths: frozenset[Path]) -> Node:
    """The tree without what stands at ``paths`` (which must not hold the empty path)."""
    inner: dict[str | int, set[Path]] = {}
    gone = set()
    for path in paths:
        if len(path) == 1:
            gone.add(path[0])
        else:
            inner.setdefault(path[0], set()).add(path[1:])
    if isinstance(node, Mapping):
        kept = {
            name: Entry(entry.key, without(entry.value, frozenset(inner[name]))) if name in inner else entry
            for name, entry in node.entries.items()
            if name not in gone
        }
        return Mapping(kept, node.location)
    if isinstance(node, Sequence):
        return Sequence(
            tuple(
                without(item, frozenset(inner[i])) if i in inner else item
                for i, item in enumerate(node.items)
                if i not in gone
            ),
            node.location,
        )
    return node
