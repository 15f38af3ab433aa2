"""What an unquoted word of YAML means: the core schema of YAML 1.2.2, section 10.3.2, and nothing more."""

from __future__ import annotations

import re

Value = str | int | float | bool | None

MAX_DIGITS = 4000
"""Digits of a number that Python converts without complaint (its own limit is 4300)."""

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("0123456789+-.")
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INF_NAN = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")

BOOL_TAG = "tag:yaml.org,2002:bool"
FLOAT_TAG = "tag:yaml.org,2002:float"
INT_TAG = "tag:yaml.org,2002:int"
NULL_TAG = "tag:yaml.org,2002:null"
STR_TAGS = frozenset({"tag:yaml.org,2002:str", "!"})


class TooLongError(ValueError):
    """A number of more than :data:`MAX_DIGITS` digits."""


def resolve(text: str) -> Value:
    """The value of a plain scalar. Raises TooLongError for absurdly long numbers."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INT.match(text):
        return _integer(text)
    if _FLOAT.match(text):
        return float(text)
    if _INF_NAN.match(text):
        return float(text.replace(".", ""))
    return text


def resolve_tagged(text: str, tag: str) -> Value:
    """The value by a tag of the core schema. Raises KeyError for other tags, ValueError where the text does not fit."""
    if tag in STR_TAGS:
        return text
    value = resolve(text)
    if tag == FLOAT_TAG and type(value) is int:
        return float(text) if _FLOAT.match(text) else float(value)
    if tag not in _TYPES:
        raise KeyError(tag)
    if type(value) is not _TYPES[tag]:
        raise ValueError(text)
    return value


_TYPES = {BOOL_TAG: bool, FLOAT_TAG: float, INT_TAG: int, NULL_TAG: type(None)}


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise TooLongError(text[:20])
    if text.startswith("0o"):
        return int(text[2:], 8)
    if text.startswith("0x"):
        return int(text[2:], 16)
    return int(text)
