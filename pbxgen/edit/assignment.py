"""Changes to make in a source: which value under which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pbxgen.language import rules

OFF = "off"
RETURN = "operator_return"
KEYS = (*rules.KEYS, *(f"{RETURN}.{key}" for key in rules.RETURN_KEYS))
DND = "dnd"
"""Beside the deviations: on or off."""
CONDITIONS = ("when", "from", "until", "enabled")


@dataclass(frozen=True, slots=True)
class NewRule:
    """The new rule for a key."""

    destinations: tuple[str, ...]
    """As written in a source; none: `off`."""
    after: int | None = None
    """Seconds the phone rings first."""
    when: str | None = None
    origin: str | None = None
    """Whose calls: the rule's `from`."""
    until: str | None = None
    confirm: bool = False
    keeps_options: bool = True
    """Does a single rule keep its `after` and `confirm`, where nothing is said of them here?"""

    @property
    def is_short(self) -> bool:
        """Can it be written without a rule's keys?"""
        return self.after is None and not (self.when or self.origin or self.until or self.confirm)


@dataclass(frozen=True, slots=True)
class Flag:
    """The new value of `dnd`."""

    on: bool


@dataclass(frozen=True, slots=True)
class Inherit:
    """No value: the policies apply again."""


NewValue: TypeAlias = NewRule | Flag | Inherit


@dataclass(frozen=True, slots=True)
class Assignment:
    """A change: the value for ``key`` of a user ("users") or policy ("policies")."""

    section: str
    name: str
    key: str
    """One of KEYS, `operator_return`, or `dnd` of a user."""
    value: NewValue

    @property
    def keys(self) -> list[str]:
        """Each of the three, where the key is all of `operator_return`."""
        return [f"{RETURN}.{key}" for key in rules.RETURN_KEYS] if self.key == RETURN else [self.key]

    @property
    def path(self) -> list[str]:
        """Below the user or policy."""
        if self.key == DND:
            return [DND]
        return [*(["deviations"] if self.section == "users" else []), *self.key.split(".")]
