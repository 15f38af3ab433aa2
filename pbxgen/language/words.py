"""What each key expects, in words, for the messages of wrong values."""

from __future__ import annotations

from pbxgen.language.model_base import LONGEST_RING, SHORTEST_RING

_NUMBER = 'a number in quotes, such as "+390212345101" or "02 1234 5101"'
_SECONDS = f"whole seconds from {SHORTEST_RING} to {LONGEST_RING}"
_DESTINATION = 'a destination: "102", "+393331234567", mobile, voicemail, operator, group:NAME, announce:NAME, busy …'
_DEVIATION = "off, a destination, a list of destinations, a rule or a list of rules"
_SLUG = "a name of letters, digits, - and _ (40 at most)"
_SECRET = "{env: NAME}, {file: path}, or a text in quotes"

EXPECTED: dict[str, str] = {
    "version": "1, without quotes",
    "domain": "a host name, such as pbx.acme.example",
    "country": "a country's two capital letters, such as IT",
    "timezone": "a time zone, such as Europe/Rome",
    "language": "a language, such as it or en",
    "outside_line": 'one to four digits in quotes, such as "0", or null',
    "ring_timeout": _SECONDS,
    "outside_timeout": _SECONDS,
    "timeout": _SECONDS,
    "after": _SECONDS,
    "delay": f"whole seconds from 0 to {LONGEST_RING}",
    "max_diversions": "a whole number from 1 to 10",
    "host": "a host or host:port, such as sip.carrier.example:5060",
    "username": "a text",
    "password": _SECRET,
    "pin": _SECRET,
    "env": "the name of an environment variable, such as CARRIER_PASSWORD",
    "file": "a path",
    "accept_from": 'a list of addresses or networks, such as ["192.0.2.0/28"]',
    "match": 'a pattern or a list of patterns, such as "+39[03]X."',
    "trunk": "the name of a trunk",
    "weekly": 'windows by day, such as {mon-fri: "08:30-18:00"}',
    "holidays": "a country or subdivision, such as IT or IT-BZ",
    "closed": 'a list of dates, such as ["2026-12-24", "2027-08-09..2027-08-20"]',
    "open": 'a list of dated windows, such as ["2026-12-27 09:00-12:00"]',
    "number": _NUMBER,
    "did": _NUMBER + ", or a list of them",
    "mobile": _NUMBER,
    "members": 'a list of extensions in quotes, such as ["101", "102"]',
    "overflow": "a destination or a list of destinations",
    "to": _DESTINATION,
    "else": "a destination or a list of destinations",
    "when": "a schedule's name, or not NAME",
    "from": "internal, external, or the name of a contacts set",
    "until": "a date, such as 2026-12-31",
    "unconditional": _DEVIATION,
    "busy": _DEVIATION,
    "no_answer": _DEVIATION,
    "unreachable": _DEVIATION,
    "operator_return": "off, or {busy, no_answer, unreachable}",
    "voicemail": "true, false, or {pin, email}",
    "email": "an address, such as ada@acme.example",
    "class": "the name of a class, or null",
    "policy": "the name of a policy, or a list of names",
    "name": "a text",
    "follow_me": "a list of destinations",
    "accept": 'codes with reasons, such as {PBX210: "night calls end here"}',
    **dict.fromkeys(
        ("emergency", "register", "call_waiting", "dnd", "default", "enabled", "confirm", "allow_premium"),
        "true or false",
    ),
}
"""By key, wherever it stands."""

IN_SECTION: dict[tuple[str, str], str] = {
    ("pbx", "name"): "small letters, digits and dashes (40 at most), such as acme",
    ("operators", "number"): 'digits in quotes, such as "9"',
    ("groups", "number"): 'digits in quotes, such as "600"',
    ("defaults", "voicemail"): "true or false",
}
"""By section and key, where a key means something else there."""

ITEM: dict[str, str] = {
    "users": 'an extension: 2 to 8 digits in quotes, such as "101"',
    "inbound": _NUMBER,
    "accept": "a code, such as PBX210",
    "weekly": "a day or days, such as mon, mon-thu",
    "members": 'an extension in quotes, such as "101"',
    "follow_me": _DESTINATION,
    "classes": "the name of a route",
    "contacts": 'a pattern in quotes, such as "+4420*"',
    "trunks": _SLUG,
    "routes": _SLUG,
    "schedules": _SLUG,
    "operators": _SLUG,
    "groups": _SLUG,
    "policies": _SLUG,
}
"""By section or key: what its own keys or items must be."""


_VALUES: dict[str, str] = {
    "weekly": 'a window or a list of windows, such as ["08:30-13:00", "14:00-18:00"]',
    "accept": "the reason, a text in quotes",
}
"""By the key above: what each of its values must be, whatever its name."""


def expected(path: tuple[str | int, ...], *, key: bool = False) -> str | None:
    """What stands at ``path`` (``key``: its last key itself), in words; None where pydantic's type must do."""
    names = [step for step in path if isinstance(step, str)]
    if key:
        return _SLUG if names[:1] in (["classes"], ["contacts"]) else ITEM.get(names[-2]) if len(names) > 1 else None
    if not names:
        return None
    last = names[-1]
    if len(names) > 1 and names[-2] in _VALUES:
        return _VALUES[names[-2]]
    special = IN_SECTION.get((names[0], last))
    if special is not None:
        return special
    if path and isinstance(path[-1], int) and last in ITEM:
        return ITEM[last]
    if len(names) == 2 and names[0] in ("contacts", "classes"):
        return ITEM[names[0]]
    if len(names) == 2 and names[0] == "inbound":
        return _DESTINATION
    if isinstance(path[-1], int) and last in ("unconditional", "busy", "no_answer", "unreachable", "overflow", "else"):
        return _DESTINATION
    return EXPECTED.get(last) if len(names) > 1 or last in ("version", "accept") else None
