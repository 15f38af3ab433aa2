"""Places of the secrets in a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import distance
from pbxgen.diagnostics.secrets import is_secret_key, is_shown_variable
from pbxgen.source.tree import Mapping, Node, Scalar

_POINTERS = frozenset({"env", "file"})
_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_SWITCHES = frozenset({"", "yes", "no", "on", "off", "true", "false", "none", "null", "y", "n", "enabled", "disabled"})


def places_to_hide(key: str, value: Node) -> Iterator[Location]:
    """The places within ``value`` that must not be shown, as it stands under ``key``."""
    if is_secret_key(key):
        yield from secret_places(value)
    elif hides(key, value):
        yield value.location


def hides(key: str, value: Node) -> bool:
    """Is ``value`` a secret by its looks: a text for a mailbox, or digits under a slip for `pin`?"""
    if not isinstance(value, Scalar) or isinstance(value.value, bool) or value.value is None:
        return False
    if key.casefold() in ("voicemail", "mailbox"):
        return value.text.strip().casefold() not in _SWITCHES
    return (
        2 <= len(key) <= 4 and _FOUR_DIGITS.search(value.text) is not None and distance(key.casefold(), "pin", 1) <= 1
    )


def secret_places(value: Node) -> Iterator[Location]:
    """The places of what is secret in the value of a secret key; ``{env: NAME}`` and ``{file: path}`` are not."""
    if isinstance(value, Scalar):
        if value.value is not None and not isinstance(value.value, bool):
            yield value.location
    elif isinstance(value, Mapping):
        for text, entry in value.entries.items():
            named = entry.value
            if text == "file" and isinstance(named, Scalar):
                continue
            if text not in _POINTERS or not isinstance(named, Scalar) or not is_shown_variable(named.text):
                yield from secret_places(entry.value)
    else:
        for item in value.items:
            yield from secret_places(item)
