"""What users may change from their phones: profiles, switches, and the codes that phones dial."""

from __future__ import annotations

from dataclasses import dataclass

from pbxgen.diagnostics.location import Location


@dataclass(frozen=True, slots=True)
class Profile:
    """What users may change from their phones."""

    name: str
    may: frozenset[str]
    """Keys: the names of :class:`Deviations`' fields, ``dnd`` and ``follow_me``."""
    to: frozenset[str]
    """Kinds of places: extensions, operators, groups, voicemail, mobile, outside."""
    expires: str | None
    """``12h``, or ``18:00`` (of the day on which it is set, else of the next); None: until it is changed."""
    location: Location


@dataclass(frozen=True, slots=True)
class Switch:
    """Set by hand, from a phone of one of its operators."""

    name: str
    number: str
    """``*28``: dialled so it toggles; with a closing # it is on, with # in place of the * it is off."""
    operators: tuple[str, ...]
    on: bool
    """While nobody has set it."""
    location: Location


@dataclass(frozen=True, slots=True)
class Features:
    """Codes that every phone can dial; None: switched off."""

    own_mailbox: str | None = "*97"
    """Opens the caller's own mailbox; the PIN is asked where there is one."""
    any_mailbox: str | None = "*98"
    """Opens a mailbox by number, always with its PIN."""
    pickup: str | None = "*8"
    """Takes a call that rings at a user of one's pickup groups."""
    pickup_of: str | None = "**"
    """In front of an extension: takes the call that rings there, likewise."""


@dataclass(frozen=True, slots=True)
class SelfService:
    """What is the same for all users who may change something from their phones."""

    codes: tuple[Code, ...]
    costly: tuple[tuple[str, str], ...]
    """Calling codes, each with an expression (POSIX and PCRE read it alike): no setting leads to such numbers."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a phone dials to change or hear a setting."""

    head: str
    """What is dialled before the number, or the whole code; without the closing #."""
    action: str
    """set, on, off, clear, ask."""
    key: str
    """The setting's key; "" for all of them."""
    number: bool = False
    """Does a number follow?"""
    seconds: bool = False
    """May seconds follow the number?"""
    closed: bool = True
    """Is the code written with a closing #? Phones may dial it with or without."""
