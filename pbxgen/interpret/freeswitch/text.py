"""FreeSWITCH's text functions (switch_utils.c): lists with quotes and escapes, brackets, truth values."""

from __future__ import annotations

import re

from pbxgen.interpret import brackets

_NUMBER = re.compile(r"[ \t\n\r\v\f]*([+-]?[0-9]+)")
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "s": " "}
_TRUE = frozenset({"yes", "on", "true", "t", "enabled", "active", "allow"})


def is_true(text: str | None) -> bool:
    """``switch_true``: yes, on, true, ..., or a number other than 0."""
    if not text:
        return False
    if text.lower() in _TRUE:
        return True
    return is_number(text) and atoi(text) != 0


def is_number(text: str) -> bool:
    """``switch_is_number``: digits and dots after a sign; the empty text too."""
    return re.fullmatch("[+-]?[0-9.]*", text) is not None


def atoi(text: str) -> int:
    """C's ``atoi``: the number a text begins with; 0 where it begins with none."""
    number = _NUMBER.match(text)
    return int(number[1]) if number else 0


def separated(text: str, delimiter: str, most: int = 1024) -> list[str]:
    """``switch_separate_string``: the parts, stripped of outer spaces, quotes and escapes.

    ``^^`` and another delimiter may begin the text. The last of ``most`` parts keeps whatever is left.
    """
    if text[:2] == "^^" and len(text) > 3:
        text, delimiter = text[3:], text[2]
    if delimiter == " ":
        return [_clean(part, "") for part in _by_blanks(text, most)]
    return [_clean(part, delimiter) for part in _by_letter(text, delimiter, most)]


def _by_letter(text: str, delimiter: str, most: int) -> list[str]:
    parts: list[str] = []
    at, begin, quoted = 0, 0, False
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "'" and (quoted or "'" in text[at + 1 :]):
            quoted = not quoted
        elif letter == delimiter and not quoted:
            if len(parts) + 1 == most:
                break
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return [*parts, text[begin:]] if begin < len(text) else parts


def _by_blanks(text: str, most: int) -> list[str]:
    parts: list[str] = []
    at = 0
    while at < len(text) and len(parts) < most:
        begin, quoted = at, False
        while at < len(text) and text[at] == " ":
            at += 1
        while at < len(text):
            letter = text[at]
            if letter == "\\":
                at += 1
            elif letter == "'":
                quoted = not quoted
            elif letter == " " and not quoted:
                break
            at += 1
        last = len(parts) + 1 == most
        parts.append(text[begin:] if last else text[begin:at])
        while at < len(text) and text[at] == " ":
            at += 1
    return parts


def _clean(text: str, delimiter: str) -> str:
    """``cleanup_separated_string``."""
    if "'" not in text and "\\" not in text:
        return text.strip(" ")
    text = text.lstrip(" ")
    letters: list[str] = []
    end: int | None = None
    quoted = False
    at = 0
    while at < len(text):
        letter, following = text[at], text[at + 1 : at + 2]
        if letter == "\\" and following:
            plain = following if following in ("'", '"', "\\", delimiter) else _UNESCAPED.get(following)
            if plain is not None:
                letters.append(plain)
                end = len(letters)
                at += 2
                continue
        if letter == "'" and (quoted or "'" in text[at + 1 :]):
            quoted = not quoted
            if quoted:
                end = len(letters)
        else:
            letters.append(letter)
            if letter != " " or quoted:
                end = len(letters)
        at += 1
    return "".join(letters if end is None else letters[:end])


def end_of_brackets(text: str, at: int, pair: str) -> int | None:
    """``switch_find_end_paren``: where the bracket that opens at ``at``, or behind blanks, closes; None: none does."""
    return brackets.closing(text, len(text) - len(text[at:].lstrip(" ")), pair)
