"""Analyse expressions on digits: which part matches texts of a given length, and how these texts may begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_TOKEN = re.compile(r"\(\?:|\(|\)|\||\[[^\]]*\](?:\{[0-9,]+\}|\?)?|[0-9](?:\{[0-9,]+\}|\?)?|\?")


@cache
def by_length(expression: str) -> Mapping[int, str]:
    """What an expression of digits, classes, groups, alternatives and counts matches, by its length."""
    tokens = _TOKEN.findall(expression)
    if "".join(tokens) != expression:
        raise ValueError(f"{expression!r} is no expression on digits")
    forms, at = _alternatives(tokens, 0)
    if at != len(tokens):
        raise ValueError(f"{expression!r} ends at a bracket")
    return {length: joined(choices) for length, choices in forms.items()}


def joined(choices: list[str]) -> str:
    several = list(dict.fromkeys(choices))
    return several[0] if len(several) == 1 else f"(?:{'|'.join(several)})"


def _alternatives(tokens: list[str], at: int) -> tuple[dict[int, list[str]], int]:
    by_length: dict[int, list[str]] = {}
    while True:
        forms, at = _sequence(tokens, at)
        for length, form in forms.items():
            by_length.setdefault(length, []).append(form)
        if at >= len(tokens) or tokens[at] == ")":
            return by_length, at
        at += 1


def _sequence(tokens: list[str], at: int) -> tuple[dict[int, str], int]:
    forms = {0: ""}
    while at < len(tokens) and tokens[at] not in ("|", ")"):
        part, at = _item(tokens, at)
        combined: dict[int, list[str]] = {}
        for length, form in forms.items():
            for more, ending in part.items():
                combined.setdefault(length + more, []).append(form + ending)
        forms = {length: joined(choices) for length, choices in combined.items()}
    return forms, at


def _item(tokens: list[str], at: int) -> tuple[dict[int, str], int]:
    token = tokens[at]
    if token in ("(", "(?:"):
        inside, at = _alternatives(tokens, at + 1)
        forms = {length: joined(choices) for length, choices in inside.items()}
        at += 1
        if at < len(tokens) and tokens[at] == "?":
            return {**forms, 0: ""}, at + 1
        return forms, at
    one = re.match(r"\[[^\]]*\]|[0-9]", token)
    assert one is not None
    fewest, most = _count(token[one.end() :])
    return {n: one.group() + (f"{{{n}}}" if n > 1 else "") if n else "" for n in range(fewest, most + 1)}, at + 1


def _count(text: str) -> tuple[int, int]:
    if text == "?":
        return 0, 1
    fewest, _, most = text.strip("{}").partition(",")
    return (int(fewest or 1), int(most or fewest or 1))


@cache
def beginnings(expression: str, digits: int = 3) -> frozenset[str]:
    """The first digits that a text may have which begins with a match of ``expression``."""
    ended, _ = _begun(_TOKEN.findall(expression), 0, frozenset({""}), digits)
    return frozenset(one + rest for one in ended for rest in _texts(digits - len(one)))


@cache
def _texts(digits: int) -> tuple[str, ...]:
    return tuple(str(n).zfill(digits) for n in range(10**digits)) if digits else ("",)


def _begun(tokens: list[str], at: int, before: frozenset[str], digits: int) -> tuple[frozenset[str], int]:
    """The texts of ``before`` followed by each alternative, cut to ``digits`` digits, and where the alternatives
    end."""
    beginnings: frozenset[str] = frozenset()
    texts = before
    while at < len(tokens) and tokens[at] != ")":
        token = tokens[at]
        if token == "|":
            beginnings |= texts
            texts = before
        elif token in ("(", "(?:"):
            inside, at = _begun(tokens, at + 1, texts, digits)
            optional = at + 1 < len(tokens) and tokens[at + 1] == "?"
            texts = texts | inside if optional else inside
            at += optional
        else:
            texts = _followed(texts, token, digits)
        at += 1
    return beginnings | texts, at


def _followed(texts: frozenset[str], token: str, digits: int) -> frozenset[str]:
    short = frozenset(text for text in texts if len(text) < digits)
    joined = texts - short  # already cut: what follows changes nothing
    if not short:
        return texts
    one = re.match(r"\[[^\]]*\]|[0-9]", token)
    assert one is not None
    allowed = _digits(one.group())
    fewest, most = _count(token[one.end() :])
    for times in range(most + 1):
        if times >= fewest:
            joined |= short
        if times == most or not short:
            break
        longer = frozenset(text + digit for text in short for digit in allowed)
        short = frozenset(text for text in longer if len(text) < digits)
        joined |= longer - short
    return joined


@cache
def _digits(one: str) -> tuple[str, ...]:
    return tuple(digit for digit in "0123456789" if re.fullmatch(one, digit))
