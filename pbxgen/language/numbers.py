"""Outside numbers as people write them -> E.164 (with the metadata of ``phonenumbers``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pbxgen.flow.numbering import Cost, NumberingPlan
from pbxgen.language.numbering import numbering

_WRITTEN = re.compile(r"\+?\(?[0-9][0-9 .()/-]*", re.ASCII)
_SEPARATORS = str.maketrans("", "", " .()/-")
_SEPARATORS_BUT_DOTS = str.maketrans("", "", " ()/-")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SATELLITE = ("+870", "+881", "+882", "+883")
_INTERNATIONAL_PREMIUM = "+979"
_SHARED_BY_COUNTRIES = frozenset({1, 7})
"""Calling codes of countries that are abroad to one another (elsewhere they are shared with dependencies only)."""
_UNITED_STATES = frozenset({"US", "AS", "GU", "MP", "PR", "VI"})


@dataclass(frozen=True, slots=True)
class Number:
    """What a written number is. Exactly one of ``e164`` and ``problem`` is given."""

    e164: str | None
    problem: str = ""
    """Why it is none, as a sentence's end: "has too few digits"."""
    assigned: bool = True
    """Is it in a range that the country is known to use? False needs a look: a slip, or a range newer than we are."""


def is_written_number(text: str) -> bool:
    """Digits, perhaps with a plus and separators?"""
    return _WRITTEN.fullmatch(text) is not None


_IN_BRACKETS = re.compile(r"(\[[^\]]*\])")


def is_written_range(text: str) -> bool:
    """Does it stand for several numbers, by letters of patterns or a closing . or !?"""
    return re.search(r"[XZN\[\]!]|\.$", text) is not None


def compact_range(text: str) -> str:
    """A pattern without what only makes it readable.

    Its closing dot, dots behind its first letter (a pattern has none there) and what stands in brackets mean something.
    """
    ending = text[-1:] if text.endswith((".", "!")) else ""
    begins = re.match(r"[^XZN\[]*", text.removesuffix(ending))
    digits = "" if begins is None else begins.group()
    return compact(digits) + compact_pattern(text.removesuffix(ending)[len(digits) :]) + ending


def compact_pattern(text: str) -> str:
    """A pattern without what only makes it readable; every dot in it means something."""
    parts = _IN_BRACKETS.split(text)
    return "".join(part if part.startswith("[") else part.translate(_SEPARATORS_BUT_DOTS) for part in parts)


def compact(text: str) -> str:
    """``text`` without what only makes a number readable."""
    return text.translate(_SEPARATORS)


def bare_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def countries() -> frozenset[str]:
    """The ISO 3166 codes whose numbers can be read."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


class Numbers:
    """Reads numbers by the habits of one country; None: only numbers with ``+`` can be read."""

    def __init__(self, country: str | None, outside_line: str = "") -> None:
        self.country = country
        self._outside_line = outside_line
        self._read: dict[str, Number] = {}

    def plan(self) -> NumberingPlan:
        """The country's dialling habits. There must be a country."""
        assert self.country is not None
        return replace(numbering(self.country), outside_line=self._outside_line)

    def read(self, text: str) -> Number:
        """The number that ``text`` means. National numbers must exist; one with ``+`` must have the right length."""
        if (known := self._read.get(text)) is None:
            known = self._read[text] = self._parse(text)
        return known

    def _parse(self, text: str) -> Number:
        import phonenumbers

        if text.rstrip()[-1:] in (".", "-", "/", "("):
            return Number(None, "ends with a separator")
        digits = compact(text)
        if _E164.fullmatch(digits) and _surely_valid(digits):
            return Number(digits)
        if not digits.startswith("+") and self.country is None:
            return Number(None, "cannot be read without pbx.country")
        try:
            number = phonenumbers.parse(text, self.country)
        except phonenumbers.NumberParseException as why:
            return Number(None, _PARSE_PROBLEMS.get(why.error_type, "is not a number"))
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return Number(e164)
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
            return Number(None, _LENGTH_PROBLEMS.get(reason, "is not a number of that country"))
        if not digits.startswith("+"):
            return Number(None, f"is not a valid number in {self.country}")
        return Number(e164, assigned=False)


_PARSE_PROBLEMS = {
    0: "has no country code that exists",
    1: "is not a number",
    2: "has too few digits after the international prefix",
    3: "has too few digits",
    4: "has too many digits",
}
_LENGTH_PROBLEMS = {
    1: "has no country code that exists",
    2: "has too few digits",
    3: "has too many digits",
    4: "has a length that no number there has",
    5: "has a length that no number there has",
}


@cache
def cost(e164: str) -> Cost | None:
    """Is it a number that may cost far more than a call?"""
    import phonenumbers

    if e164.startswith(_SATELLITE):
        return Cost.SATELLITE
    if e164.startswith(_INTERNATIONAL_PREMIUM):
        return Cost.PREMIUM
    habits, national = _split(e164)
    overdialled = habits is not None and habits.premium.begins(national)
    if habits is not None and habits.alone and not habits.prefixed.match(national) and not overdialled:
        return Cost.PREMIUM if habits.premium.matches(national) else None
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
    premium = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    if premium or (overdialled and not phonenumbers.is_valid_number(number)):
        return Cost.PREMIUM
    return None


def costs(numbers: Iterable[str], country: str) -> dict[str, Cost]:
    """Those of E.164 numbers that may cost far more than a call within ``country`` (ISO 3166)."""
    costly: dict[str, Cost] = {}
    for number in dict.fromkeys(numbers):
        why = cost(number) or (Cost.ABROAD if is_abroad(number, country) else None)
        if why is not None:
            costly[number] = why
    return costly


def is_abroad(e164: str, country: str) -> bool:
    """Is it a number of another country than ``country`` (ISO 3166)? Within +1 and +7 the area code decides."""
    import phonenumbers

    code = phonenumbers.country_code_for_region(country)
    if not e164.startswith(f"+{code}"):
        return True
    if code not in _SHARED_BY_COUNTRIES:
        return False
    number = phonenumbers.parse(e164, None)
    region = phonenumbers.region_code_for_number(number)
    if region is None or {region, country} <= _UNITED_STATES:
        return False
    return not phonenumbers.is_valid_number_for_region(number, country)


@dataclass(frozen=True, slots=True)
class _Kind:
    """National numbers of one kind in one country."""

    pattern: re.Pattern[str]
    lengths: frozenset[int]

    def matches(self, national: str) -> bool:
        return len(national) in self.lengths and self.pattern.fullmatch(national) is not None

    def begins(self, national: str) -> bool:
        """Is it a number of this kind with further digits behind it? Exchanges take the call and ignore them."""
        return any(self.pattern.fullmatch(national, 0, n) is not None for n in self.lengths if n < len(national))


@dataclass(frozen=True, slots=True)
class _Habits:
    """The numbers behind a calling code. ``alone``: no other country of weight shares it."""

    alone: bool
    prefixed: re.Pattern[str]
    """What begins like this may carry a national prefix that E.164 drops."""
    ordinary: tuple[_Kind, ...]
    """Fixed lines and mobiles."""
    premium: _Kind


def _surely_valid(e164: str) -> bool:
    """Quick check of E.164, most of the time saved with 100,000 numbers; False: phonenumbers must decide."""
    habits, national = _split(e164)
    if habits is None or not habits.alone or habits.prefixed.match(national):
        return False
    return any(kind.matches(national) for kind in habits.ordinary)


def _split(e164: str) -> tuple[_Habits | None, str]:
    """The habits of a number's country, and its national part. No calling code begins another one."""
    for length in (2, 3, 1):
        habits = _habits(e164[1 : 1 + length])
        if habits is not None:
            return habits, e164[1 + length :]
    return None, ""


@cache
def _habits(code: str) -> _Habits | None:
    import phonenumbers

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code or "0"))
    if not regions or regions[0] == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return None
    data: Any = phonenumbers.PhoneMetadata.metadata_for_region(regions[0])
    if data is None:
        return None

    def kind(wanted: Any) -> _Kind:
        if wanted is None or not wanted.national_number_pattern:
            return _NONE
        lengths = wanted.possible_length or data.general_desc.possible_length
        return _Kind(re.compile(wanted.national_number_pattern), frozenset(lengths))

    return _Habits(
        alone=len(regions) == 1 or regions == ("IT", "VA"),
        prefixed=re.compile(data.national_prefix_for_parsing or r"(?!)"),
        ordinary=(kind(data.fixed_line), kind(data.mobile)),
        premium=kind(data.premium_rate),
    )


_NONE = _Kind(re.compile(r"(?!)"), frozenset())
