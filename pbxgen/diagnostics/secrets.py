"""Which parts of a source are secrets, so that no message ever shows them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

# Wide on purpose: a mistyped `pasword` is reported with its line, and that line holds the secret all the same.
_SECRET_KEY = re.compile(r"pa?s+w|^pass(code|phrase|$)|pwd|secret|(^|[_-])pins?$", re.IGNORECASE)

# Each word is looked at once: lines can be a million characters long.
_KEY_IN_TEXT = re.compile(r"""(?<![\w-])([\w-]++)["']?+[ \t]*+:[ \t]*+""")
_POINTER_IN_TEXT = re.compile(r"""\{?\s*+["']?+(?:env|file)["']?+[ \t]*+:""")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""")
_FLOW_END = re.compile(r"[,}\]]")
_COMMENT = re.compile(r"[ \t]#")
_BRACKET = re.compile(r"[\[\]{}]")
_LINES_UP = 200


@functools.lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Does a value under ``key`` need hiding?"""
    return _SECRET_KEY.search(key) is not None


def secret_spans(line: str) -> Iterator[tuple[int, int]]:
    """Ranges of characters of ``line`` that look like the value of a secret key, also in a comment."""
    depth = seen = end = 0
    for match in _KEY_IN_TEXT.finditer(line):
        if match.start() >= end and is_secret_key(match.group(1)):
            depth += sum(1 if b.group() in "[{" else -1 for b in _BRACKET.finditer(line, seen, match.start()))
            seen = match.start()
            end = _end_of_value(line, match.end(), in_flow=depth > 0)
            if end > match.end():
                yield match.end(), end


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
