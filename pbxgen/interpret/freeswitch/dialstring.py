"""Dial strings, as switch_ivr_originate parses them: ``{^^!name=value!...}[^^!...]endpoint,[...]endpoint``."""

from __future__ import annotations

from dataclasses import dataclass

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.text import end_of_brackets, separated

_QUOTED_COMMA, _COMMA = "\x01", "\x02"


@dataclass(frozen=True, slots=True)
class DialDestination:
    """One leg to dial. ``variables``: by name as written, including those of all legs."""

    endpoint: str
    variables: dict[str, str]


@dataclass(frozen=True, slots=True)
class DialString:
    variables: dict[str, str]
    """Of all legs."""
    destinations: tuple[DialDestination, ...]
    """To be dialled together."""


def parse(text: str) -> DialString:
    """Raises NotUnderstoodError: several alternatives (``|``, ``:_:``), or brackets that do not close."""
    text = text.lstrip(" ")
    common: dict[str, str] = {}
    if ":_:" in text or text.startswith("<"):
        raise NotUnderstoodError(f"bridge {text}")
    while text.startswith("{"):
        variables, text = _variables(text, "{}", ",")
        common |= variables
    text = text.lstrip(" ")
    if not text:
        raise NotUnderstoodError("bridge to nowhere")
    alternatives = separated(text, "|")
    if len(alternatives) != 1:
        raise NotUnderstoodError(f"bridge to one place after the other: {text}")
    parts = separated(_protected(alternatives[0]), ",")
    return DialString(common, tuple(_destination(part, common) for part in parts))


def _protected(text: str) -> str:
    """Replace commas in square brackets by other letters, as the list is separated by commas."""
    letters = list(text)
    end: int | None = None
    quoted = other = False
    for at, letter in enumerate(text):
        if end is None and letter == "[":
            end = end_of_brackets(text, at, "[]")
            other, quoted = text.startswith("^^", at + 1), False
        if letter == "'":
            quoted = not quoted
        if end is not None and at < end and letter == "," and text[at - 1] != "\\":
            letters[at] = _QUOTED_COMMA if quoted or other else _COMMA
        if at == end:
            end = None
    return "".join(letters)


def _destination(part: str, common: dict[str, str]) -> DialDestination:
    part = part.lstrip(" ")
    own: dict[str, str] = {}
    while part.startswith("["):
        end = end_of_brackets(part, 0, "[]")
        inside = part[: end or 0].replace(_QUOTED_COMMA, ",")
        variables, part = _variables(inside + part[end or 0 :], "[]", _COMMA)
        own |= variables
    part = part.lstrip(" ")
    if not part:
        raise NotUnderstoodError("an empty place in a dial string")
    if own.keys() & common.keys():
        raise NotUnderstoodError(f"{', '.join(own.keys() & common.keys())} for all legs, and for one")
    return DialDestination(part, common | own)


def _variables(text: str, pair: str, delimiter: str) -> tuple[dict[str, str], str]:
    """``switch_event_create_brackets``: the variables, and what stands behind the brackets."""
    end = end_of_brackets(text, 0, pair)
    if end is None:
        raise NotUnderstoodError(f"{text}: {pair[0]} is not closed")
    inside = text[1:end]
    if inside.startswith("^^"):
        delimiter, inside = inside[2:3], inside[3:]
    variables: dict[str, str] = {}
    for pair in separated(inside, delimiter):
        parts = separated(pair, "=", 2)
        # FreeSWITCH takes no note of a variable without a value.
        if len(parts) == 2:
            variables[parts[0]] = parts[1]
    return variables, text[end + 1 :]
