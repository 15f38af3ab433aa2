"""Tree -> plain values, and the checks that need the text as it was written."""

from __future__ import annotations

import re

from pbxgen.language.findings import Findings
from pbxgen.language.positions import Path, within
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Control characters, line separators, lone surrogates and non-characters: neither a line of a configuration file nor
XML 1.0 can carry them."""
_UNSAFE_REASON = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""The same for the reasons of ``accept``, which may have several lines and go nowhere."""


def carried(text: str) -> bool:
    """Can every PBX's configuration carry this text on one line?"""
    return _UNSAFE.search(text) is None


def plain(node: Node) -> object:
    """``node`` as dicts, lists and scalars."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    return [plain(item) for item in node.items]


def unreadable(node: Node, findings: Findings) -> frozenset[Path]:
    """Paths of keys that are not texts, and of texts that cannot be carried."""
    paths: set[Path] = set()
    _scan(node, (), paths, findings)
    return frozenset(paths)


def _scan(node: Node, path: Path, paths: set[Path], findings: Findings) -> None:
    if isinstance(node, Scalar):
        unsafe = _UNSAFE_REASON if "accept" in path else _UNSAFE
        if isinstance(node.value, str) and unsafe.search(node.value):
            unsafe_text(node, findings)
            paths.add(path)
    elif isinstance(node, Mapping):
        for name, entry in node.entries.items():
            inner = (*path, name)
            if not _key_is_text(entry, path, findings):
                paths.add(inner)
            _scan(entry.value, inner, paths, findings)
    elif isinstance(node, Sequence):
        for i, item in enumerate(node.items):
            _scan(item, (*path, i), paths, findings)


def _key_is_text(entry: Entry, path: Path, findings: Findings) -> bool:
    key = entry.key
    if isinstance(key.value, str):
        if _UNSAFE.search(key.value):
            unsafe_text(key, findings)
            return False
        return True
    if key.value is None or isinstance(key.value, bool):
        findings.add(
            "PBX103", f"{key.text or 'null'!r} is not a name", key.location, help=f'write "{key.text}" in quotes'
        )
        return False
    unquoted(key, findings, what="number" if path in (("users",), ("inbound",)) else "key")
    return True  # its text is used as the key, so that the values under it are checked too


def unquoted(scalar: Scalar, findings: Findings, what: str = "number", *, secret: bool = False) -> None:
    """YAML has read digits as a number: plus signs and leading zeros are gone. A ``secret`` one is not shown."""
    findings.add(
        "PBX106",
        "this secret is not quoted" if secret else f"the {what} {scalar.text} is not quoted",
        scalar.location,
        help=("write it in quotes" if secret else f'write "{scalar.text}"')
        + ": without quotes YAML drops a leading + and leading zeros",
    )


def unsafe_text(scalar: Scalar, findings: Findings) -> None:
    value = scalar.value if isinstance(scalar.value, str) else ""
    unsafe = _UNSAFE.search(value)
    letter = ord(unsafe.group()) if unsafe else 0
    what = "a line break" if letter in (10, 13, 0x85, 0x2028, 0x2029) else f"the character U+{letter:04X}"
    findings.add(
        "PBX107",
        f"this text contains {what}, which no PBX's configuration can hold",
        within(scalar, unsafe.start(), 1) if unsafe and letter > 0xFF else scalar.location,
        help="write it on one line, without control characters",
    )
