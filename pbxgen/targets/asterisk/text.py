"""Text in Asterisk's configuration files: what a person typed, carried safely.

The reader of these files (main/config.c) knows lines of at most 8,190 bytes, ``;`` as the start of a comment unless a
backslash stands before it, and nothing else: quotes, brackets and ``${}`` mean something only to who reads the value.
"""

from __future__ import annotations

import unicodedata

LINE_LIMIT = 8190
"""Bytes of a line that Asterisk reads; a longer one is cut in two."""
COMMENT_LIMIT = 120
"""Characters of a comment; longer names are shortened there."""
CALLER_NAME_LIMIT = 79
"""Bytes of a display name that res_pjsip keeps of ``callerid`` (it copies into 80)."""

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ESCAPED_BIDI = {ord(mark): f"\\u{ord(mark):04x}" for mark in _BIDI}


def value(text: str) -> str:
    """A value of an option, or data of the dialplan. Raises ValueError for control characters (newlines too)."""
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise ValueError(f"a control character cannot stand in a configuration file of Asterisk: {text!r}")
    return text.replace(";", "\\;")


def comment(text: str) -> str:
    """Text after a semicolon, on one line; marks that change the direction of writing are shown as escapes."""
    return shortened(_one_line(text).translate(_ESCAPED_BIDI), COMMENT_LIMIT)


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shortened_bytes(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, never half a character, with an ellipsis where something was left out."""
    if len(text.encode()) <= limit:
        return text
    room = limit - len("…".encode())
    return text.encode()[:room].decode(errors="ignore").rstrip() + "…"


def caller_name(text: str) -> str:
    """A display name inside the quotes of ``callerid = "…" <101>``, at most 79 bytes long."""
    plain = shortened_bytes(_one_line(text), CALLER_NAME_LIMIT)
    return value(plain.replace("\\", "\\\\").replace('"', '\\"'))


def mailbox_field(text: str) -> str:
    """A field of a line of voicemail.conf, which knows no way to write a comma or a bar: others stand for them."""
    plain = shortened_bytes(_one_line(text), CALLER_NAME_LIMIT)
    return value(plain.replace(",", "\u201a").replace("|", "\u00a6").strip())


def _one_line(text: str) -> str:
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
