"""Numbers of every country, and what libphonenumber says of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A valid number of a country."""

    e164: str
    national: str
    """Its digits in the national format."""
    country_code: str

    def forms(self, international_prefix: str) -> dict[str, str]:
        return {
            "E.164": self.e164,
            "bare": self.e164[1:],
            "international": international_prefix + self.e164[1:],
            "national": self.national,
            "E.164 with trunk prefix": f"+{self.country_code}{self.national}",
            "international with trunk prefix": f"{international_prefix}{self.country_code}{self.national}",
        }


@cache
def numbers_of(region: str, each: int, seed: int = 20261129) -> tuple[Known, ...]:
    """The example of every type of number, and up to ``each`` random valid ones like it.

    Left out are those whose national format libphonenumber itself reads as another number.
    """
    draw = random.Random(f"{region}-{seed}")
    known_by_e164: dict[str, Known] = {}
    for kind in sorted(phonenumbers.supported_types_for_region(region)):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        for number in (example, *_alike(region, example, each, draw)):
            known = Known(_written(number, PhoneNumberFormat.E164), _digits(number), str(number.country_code))
            if reads(known.national, region) == known.e164:
                known_by_e164.setdefault(known.e164, known)
    return tuple(known_by_e164.values())


def _alike(region: str, example: PhoneNumber, each: int, draw: random.Random) -> Iterator[PhoneNumber]:
    digits = phonenumbers.national_significant_number(example)
    for _ in range(_TRIES if each else 0):
        kept = draw.randrange(1, len(digits))
        rest = "".join(draw.choices("0123456789", k=len(digits) - kept))
        number = phonenumbers.parse(f"+{example.country_code}{digits[:kept]}{rest}")
        if each and phonenumbers.is_valid_number_for_region(number, region):
            each -= 1
            yield number


def is_valid(e164: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def reads(digits: str, region: str) -> str | None:
    """E.164 of digits as libphonenumber reads them."""
    try:
        return _written(phonenumbers.parse(digits, region), PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return None


def _written(number: PhoneNumber, form: int) -> str:
    return phonenumbers.format_number(number, form)


def _digits(number: PhoneNumber) -> str:
    return "".join(filter(str.isdigit, _written(number, PhoneNumberFormat.NATIONAL)))
