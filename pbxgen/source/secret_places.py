"""Where the secrets of a tree stand."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.diagnostics.location import Location
from pbxgen.source.tree import Mapping, Node, Scalar

_POINTERS = frozenset({"env", "file"})


def secret_places(value: Node) -> Iterator[Location]:
    """The places of what is secret in the value of a secret key; ``{env: NAME}`` and ``{file: path}`` are not."""
    if isinstance(value, Scalar):
        if value.value is not None and not isinstance(value.value, bool):
            yield value.location
    elif isinstance(value, Mapping):
        for text, entry in value.entries.items():
            if text not in _POINTERS:
                yield from secret_places(entry.value)
    else:
        for item in value.items:
            yield from secret_places(item)
