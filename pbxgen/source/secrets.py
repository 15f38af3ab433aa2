"""Which values of a source are secrets, so that no message ever shows them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pbxgen.source.location import Location
from pbxgen.source.tree import Mapping, Node, Scalar

# Wide on purpose: a mistyped `pasword` is reported with its line, and that line holds the secret all the same.
_SECRET_KEY = re.compile(r"pas+w|^pass|pwd|passphrase|secret|(^|[_-])pins?$", re.IGNORECASE)
_POINTERS = frozenset({"env", "file"})


@functools.lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Does a value under ``key`` need hiding?"""
    return _SECRET_KEY.search(key) is not None


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
