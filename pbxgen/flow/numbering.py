"""How digits become numbers, the same way in the model and in both targets.

This is run-time arithmetic on digits: it never asks whether a number exists (numbers written in the source
are checked with ``phonenumbers`` before they get here).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


class NumberFormat(StrEnum):
    E164 = "e164"  # +390212345101
    E164_BARE = "e164_bare"  # 390212345101
    NATIONAL = "national"  # 0212345101; foreign numbers with the international prefix
    INTERNATIONAL = "international"  # 00390212345101


class Cost(StrEnum):
    """Why a call to an outside number may cost far more than one at home."""

    PREMIUM = "premium"
    SATELLITE = "satellite"
    """A satellite or global network."""
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """The dialling habits of ``pbx.country`` (ITU-T E.164, from the metadata of phonenumbers)."""

    country_code: str
    """Without plus, e.g. "39"."""
    international_prefix: str
    """Digits before a foreign number, e.g. "00"."""
    national_prefix: str
    """Trunk prefix that national numbers are dialled with and E.164 drops ("0" in DE); "" where there is none (IT)."""
    outside_line: str
    """Digits that must precede an outside number dialled without ``+``; "" for none."""

    def from_national(self, digits: str) -> str:
        """E.164 of a national number, with or without the national prefix."""
        prefix = self.national_prefix
        rest = digits[len(prefix) :] if prefix and digits.startswith(prefix) else digits
        return f"+{self.country_code}{rest}"

    def dialled(self, dialled: str) -> str | None:
        """E.164 of an outside number as dialled, behind the outside line unless it begins with ``+``; else None."""
        if not dialled.startswith("+"):
            if not dialled.startswith(self.outside_line):
                return None
            dialled = dialled[len(self.outside_line) :]
        return self._read(dialled)

    def _read(self, digits: str) -> str | None:
        if digits.startswith("+"):
            return digits if _DIGITS.fullmatch(digits[1:]) else None
        if not _DIGITS.fullmatch(digits):
            return None
        if digits.startswith(self.international_prefix):
            rest = digits[len(self.international_prefix) :]
            return f"+{rest}" if rest else None
        return self.from_national(digits)

    def called_by_trunk(self, number: str) -> tuple[str, ...]:
        """E.164 numbers that a called number coming from a trunk may mean (+39…, 39…, 0039…, national), best first."""
        bare = f"+{number}"
        read = self._read(number)
        if read is None:
            return ()
        if number.startswith(("+", self.international_prefix)):
            return (read,)
        return (bare, read)

    def caller_of_trunk(self, number: str, *, bare: bool) -> str | None:
        """E.164 of a caller's number coming from a trunk; ``bare``: the trunk's ``number_format`` is e164_bare."""
        if bare and _DIGITS.fullmatch(number) and not number.startswith(self.international_prefix):
            return f"+{number}"
        return self._read(number)

    def as_sent(self, number: str, form: NumberFormat) -> str:
        """An E.164 number as a trunk with that ``number_format`` is sent it."""
        match form:
            case NumberFormat.E164:
                return number
            case NumberFormat.E164_BARE:
                return number[1:]
            case NumberFormat.NATIONAL:
                return self.to_national(number)
            case NumberFormat.INTERNATIONAL:
                return self.international_prefix + number[1:]

    def to_national(self, number: str) -> str:
        """What a trunk with ``number_format: national`` is sent for an E.164 number.

        A number of the own country whose national form begins with the international prefix (+390044… in Italy)
        would be a call abroad, to which the caller may have no right: it is sent in the international form.
        """
        home = f"+{self.country_code}"
        national = self.national_prefix + number[len(home) :]
        if number.startswith(home) and not national.startswith(self.international_prefix):
            return national
        return self.international_prefix + number[1:]

    @property
    def read_as_abroad(self) -> str | None:
        """Digits after the country code with which a number of the own country has no national form; None: none has."""
        national, international = self.national_prefix, self.international_prefix
        if national.startswith(international):
            return ""
        return international[len(national) :] if international.startswith(national) else None
