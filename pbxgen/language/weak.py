"""Passwords and PINs that somebody who tries will find. No message holds the value."""

from __future__ import annotations

import re

from pbxgen.pbxs import PBXS

SHORTEST = 10
_COMMON = frozenset(
    {
        "password",
        "passw0rd",
        "passwort",
        "kennwort",
        "changeme",
        "change-me",
        "secret",
        "geheim",
        "segreto",
        "qwerty",
        "qwertyuiop",
        *PBXS,
        *(f"{name}123" for name in PBXS),
        "letmein",
        "welcome",
        "admin",
        "administrator",
        "default",
        "telephone",
        "telefono",
        "telefon",
        "1234567890",
        "0123456789",
        "0987654321",
        "1q2w3e4r5t",
        "password1",
        "password12",
        "password123",
        "qwerty1234",
        "abcdefghij",
        "administrator1",
        "iloveyou123",
        "sippassword",
    }
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_UP = "01234567890123456789"


def weak_password(value: str, extension: str) -> str:
    """Why a password is weak, as the end of a sentence that does not tell it; "" if it is not."""
    plain = value.casefold()
    if extension and plain == extension:
        return "is the extension itself"
    if plain in _COMMON:
        return "is one of those that are tried first"
    if len(value) < SHORTEST:
        return f"has fewer than {SHORTEST} characters"
    if len(set(value)) == 1:
        return "is one character over and over"
    return ""


def weak_pin(value: str, extension: str) -> str:
    """Why a PIN is weak, as the end of a sentence that does not tell it; "" if it is not."""
    if extension and value == extension:
        return "is the extension itself"
    if len(set(value)) == 1:
        return "is one digit over and over"
    if value in _UP or value in _UP[::-1]:
        return "is digits in a row"
    if _YEAR.fullmatch(value):
        return "is a year"
    return ""
