"""Which parts of a source are secrets, so that no message ever shows them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pbxgen.diagnostics.nearest import distance

# Wide on purpose: a mistyped `pasword` is reported with its line, and that line holds the secret all the same.
_SECRET_KEY = re.compile(
    r"pa?s+w|(^|[_-])pass(code|phrase)?$|pass?wd|pwd|pword|secret|kennwort|credential|parola|segret|geheim|codice"
    r"|kennung|^(clave|senha|nip)$|(^|[_-]|^(vm|sip|trunk|user|auth|login))(pw|psw|pass)$"
    r"|(^|[a-z]{2}|[_-])pins?$|(^|[_-])pin[_-]?code$",
    re.IGNORECASE,
)
_MEANT = (("password", 2), ("passcode", 2), ("passphrase", 3), ("secret", 1), ("pincode", 1))
"""What a key can be misspelt from, and the slips that are still taken for it."""
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*|[A-Za-z_][A-Za-z0-9]*_[A-Za-z0-9_]*")
"""A name that can be shown. ``{env: hunter2}`` does not look like a variable: it may be the secret itself."""

# Each word is looked at once: lines can be a million characters long.
_KEY_IN_TEXT = re.compile(r"""(?<![\w-])([\w-]++)["']?+[ \t]*+:[ \t]*+""")
_POINTER_IN_TEXT = re.compile(
    r"""\{?\s*+["']?+(?:file["']?+[ \t]*+:|env["']?+[ \t]*+:[ \t]*+(["']?+)"""
    r"""(?:[A-Z_][A-Z0-9_]*+|[A-Za-z0-9]++_\w*+)\1[ \t]*+(?:[,}#]|$))"""
)
_NUMBER_IN_TEXT = re.compile(r"""(?:[&!][^\s"']*+[ \t]++)?+["']?+[0-9]{4}""")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""")
_FLOW_END = re.compile(r"[,}\]]")
_COMMENT = re.compile(r"[ \t]#")
_BRACKET = re.compile(r"[\[\]{}]")
_LINES_UP = 200
_LONGEST_KEY = 100


@functools.lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Does a value under ``key`` need hiding?"""
    if not key or key.isdecimal() or len(key) > _LONGEST_KEY:
        return False
    if _SECRET_KEY.search(key) is not None:
        return True
    plain = key.casefold().replace("-", "").replace("_", "")
    return any(
        distance(plain, meant, slips) <= slips for meant, slips in _MEANT if abs(len(plain) - len(meant)) <= slips
    )


def is_shown_variable(name: str) -> bool:
    """Is this the name of a variable, beyond doubt, so that messages may have it?"""
    return _VARIABLE.fullmatch(name) is not None


def secret_spans(line: str) -> Iterator[tuple[int, int]]:
    """Ranges of characters of ``line`` that look like the value of a secret key, also in a comment."""
    depth = seen = end = 0
    for match in _KEY_IN_TEXT.finditer(line):
        if match.start() >= end and (is_secret_key(match.group(1)) or _is_pin_by_looks(line, match)):
            depth += sum(1 if b.group() in "[{" else -1 for b in _BRACKET.finditer(line, seen, match.start()))
            seen = match.start()
            end = _end_of_value(line, match.end(), in_flow=depth > 0)
            if end > match.end():
                yield match.end(), end


def _is_pin_by_looks(line: str, key: re.Match[str]) -> bool:
    name = key.group(1).casefold()
    if not _NUMBER_IN_TEXT.match(line, key.end()):
        return False
    if name in ("voicemail", "mailbox"):
        return line[key.end() - 1] != ":"  # voicemail:1001 is a destination
    return 2 <= len(name) <= 4 and distance(name, "pin", 1) <= 1


def continues_secret(lines: tuple[str, ...], number: int) -> bool:
    """Does line ``number`` (from 1) look like the rest of a secret that begins on a line above, less indented?"""
    line = lines[number - 1]
    if _POINTER_IN_TEXT.match(line.lstrip()):
        return False
    indent = _indent(line)
    for above in reversed(lines[max(0, number - 1 - _LINES_UP) : number - 1]):
        if not above.strip() or _indent(above) >= indent:
            continue
        keys = [match for match in _KEY_IN_TEXT.finditer(above) if is_secret_key(match.group(1))]
        if not keys:
            return False
        start = keys[-1].end()
        return _end_of_value(above, start, in_flow=False) == len(above.rstrip()) and not _closed(above[start:])
    return False


def _end_of_value(line: str, start: int, *, in_flow: bool) -> int:
    if line.startswith("#", start) or _POINTER_IN_TEXT.match(line, start):
        return start
    quoted = _QUOTED.match(line, start)
    if quoted is not None:
        return quoted.end()
    is_plain = not line.startswith(('"', "'"), start)
    stop = _FLOW_END.search(line, start) if in_flow and is_plain else _COMMENT.search(line, start)
    return len(line.rstrip()) if stop is None else stop.start()


def _closed(value: str) -> bool:
    """Is this a value that cannot go on in the next line?"""
    return _QUOTED.match(value) is not None or _POINTER_IN_TEXT.match(value) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
