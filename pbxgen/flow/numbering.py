"""How digits become numbers, the same way in the model and in both targets.

This is run-time arithmetic on digits: it never asks whether a number exists (numbers written in the source
are checked with ``phonenumbers`` before they get here).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pbxgen.flow.digits import beginnings, by_length

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
CALLING_CODES = (
    "1|2(?:[07]|1[12368]|[2346][0-9]|5[0-8]|9[01789])|3(?:[0-469]|5[0-9]|7[0-8]|8[0-35679])|4(?:[013-9]|2[013])"
    "|5(?:[1-8]|[09][0-9])|6(?:[0-6]|7[02-9]|8[0-35-9]|9[012])|7|8(?:[1246]|[07][08]|5[02356]|8[0-368])|9(?:[0-58]|6[0-8]|7[0-79]|9[2-68])"
)
"""The country calling codes that are in use."""
FOREIGN = f"(?=[0-9]{{8,15}}$)(?:{CALLING_CODES})[0-9]+$"
"""A number of any country, written without its plus."""
AREA_15_NUMBER = 12
"""Digits of an Argentine mobile as it is dialled: area code, 15 and the rest."""


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
class Dropped:
    """Digits that are dialled before a number and are not part of it: a trunk prefix, a carrier's code."""

    expression: str
    rest: str
    """What may follow; "": any number of the country."""
    length: int = 1


@dataclass(frozen=True, slots=True)
class Writing:
    """A kind of national number, and how it is written."""

    lead: str
    """What it begins with; "" for anything."""
    shortest: int
    longest: int
    before: str
    """The trunk prefix, or nothing."""
    area: int = 0
    """Digits of the area code behind which 15 is put, for the 9 in front (AR); 0: it is no such number."""

    def has(self, national: str) -> bool:
        return self.shortest <= len(national) <= self.longest and _match(self.lead, national)

    def meets(self, other: Writing) -> bool:
        """Can one number be of both kinds? In doubt yes."""
        if self.longest < other.shortest or other.longest < self.shortest:
            return False
        return bool(beginnings(self.lead) & beginnings(other.lead))


@dataclass(frozen=True, slots=True)
class Reading:
    """A form in which numbers are dialled or named, and what of it is the number in E.164."""

    expression: str
    """What digits begin with; it ends with $ where it is all of them."""
    before: str
    """Of E.164, behind the plus."""
    drop: int
    area: int = 0
    """Digits of the area code that stands before 15 (AR); 0: there is none."""
    none: bool = False
    """Digits of this form are no number."""

    def has(self, digits: str) -> bool:
        return _match(self.expression, digits)

    def number(self, digits: str) -> str:
        if self.area:
            mobile = digits[-AREA_15_NUMBER:]
            return f"+{self.before}{mobile[: self.area]}{mobile[self.area + 2 :]}"
        return f"+{self.before}{digits[self.drop :]}"


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """The dialling habits of ``pbx.country``: what ``phonenumbers`` does with numbers, for digits at run time.

    Expressions are written so that PCRE, POSIX and Python read them alike: digits, classes, groups,
    alternatives and counts.
    """

    country_code: str
    """Without plus, e.g. "39"."""
    international_prefix: str
    """Digits that are sent before a foreign number, e.g. "00"."""
    national_prefix: str
    """What is written before most national numbers; "" where there is nothing (IT, US)."""
    outside_line: str
    """Digits that must precede an outside number dialled without ``+``; "" for none."""
    abroad: str
    """Every international prefix, those of carriers too (``00[1-9]``)."""
    whole: str
    """The numbers of the country, as E.164 has them behind the country code."""
    dropped: tuple[Dropped, ...]
    """Prefixes that a number may be dialled with, the longer first."""
    local: str = ""
    local_before: str = ""
    """Numbers that are dialled without their area code, and what stands before them in E.164."""
    moved: str = ""
    """Area codes behind which 15 makes a mobile of a number (AR)."""
    like_abroad: str = ""
    """Valid numbers of the country that begin like an international prefix (00800… in Bulgaria); "" for none."""
    writings: tuple[Writing, ...] = ()
    """National numbers that are not written behind ``national_prefix``; the first that has a number decides."""

    def dialled(self, dialled: str) -> str | None:
        """E.164 of an outside number as dialled, behind the outside line unless it begins with ``+``; else None."""
        if not dialled.startswith("+"):
            if not dialled.startswith(self.outside_line):
                return None
            dialled = dialled[len(self.outside_line) :]
        return self.read(dialled)

    def read(self, digits: str) -> str | None:
        """E.164 of what is written as +39…, 0039…, 39… or nationally; None: it is no number."""
        if not _DIGITS.fullmatch(digits.removeprefix("+")):
            return None
        form = next((one for one in readings(self) if one.has(digits)), None)
        return None if form is None or form.none else form.number(digits)

    def behind_prefixes(self, digits: str) -> tuple[str, ...]:
        """What is left of digits behind each trunk prefix that they begin with."""
        return tuple(digits[one.length :] for one in self.dropped if _match(one.expression, digits))

    @property
    def international_lengths(self) -> tuple[int, ...]:
        return tuple(sorted(by_length(self.abroad), reverse=True))

    def of_trunk(self, number: str) -> str | None:
        """E.164 of a number that a trunk names: one of the own country, else one of another country."""
        read = self.read(number)
        return f"+{number}" if read is None and _match(FOREIGN, number) else read

    def called_by_trunk(self, number: str) -> tuple[str, ...]:
        """E.164 numbers that a called number coming from a trunk may mean (+39…, 39…, 0039…, national), best first."""
        read = self.read(number)
        bare = f"+{number}" if _DIGITS.fullmatch(number) else None
        if read is None and _DIGITS.fullmatch(number.removeprefix("+")):
            return (bare or number,)
        return tuple(dict.fromkeys(one for one in (read, bare) if one is not None))

    def caller_of_trunk(self, number: str) -> str | None:
        """A caller's number coming from a trunk in E.164; digits that are no number are left as they are."""
        return self.of_trunk(number) or (number if _DIGITS.fullmatch(number.removeprefix("+")) else None)

    def as_sent(self, number: str, form: NumberFormat) -> str:
        """An E.164 number as a trunk with that ``number_format`` is sent it; what is none is left as it is."""
        if not number.startswith("+"):
            return number
        match form:
            case NumberFormat.E164:
                return number
            case NumberFormat.E164_BARE:
                return number[1:]
            case NumberFormat.NATIONAL:
                return self.to_national(number)
            case NumberFormat.INTERNATIONAL:
                return self.international_prefix + number[1:]

    def of_sent(self, digits: str, form: NumberFormat) -> str | None:
        """The E.164 number that a trunk with that ``number_format`` was sent."""
        if form is NumberFormat.E164_BARE and _DIGITS.fullmatch(digits):
            return f"+{digits}"
        return self.read(digits)

    def to_national(self, number: str) -> str:
        """What a trunk with ``number_format: national`` is sent for an E.164 number.

        A number of the own country whose national form begins with an international prefix (+390044… in Italy)
        would be a call abroad, to which the caller may have no right: it is sent in the international form, and so is
        one that the country does not have.
        """
        international = self.international_prefix + number[1:]
        home = f"+{self.country_code}"
        if not number.startswith(home) or not _full(self.whole, number[len(home) :]):
            return international
        written = self._written(number[len(home) :])
        return international if _match(self.abroad, written) else written

    def _written(self, national: str) -> str:
        for one in self.writings:
            if one.has(national):
                if one.area:
                    return f"{one.before}{national[1 : 1 + one.area]}15{national[1 + one.area :]}"
                return one.before + national
        return self.national_prefix + national


@cache
def readings(plan: NumberingPlan) -> tuple[Reading, ...]:
    """The forms of numbers in a country; the first one that digits have is what they mean."""
    return tuple(_readings(plan))


def _readings(plan: NumberingPlan) -> Iterator[Reading]:
    forms = by_length(plan.abroad)
    abroad = [(forms[length], length) for length in plan.international_lengths]
    code, prefix = plan.country_code, any_prefix(plan)
    # +49 (0)30…: left as it is, it would be none of the numbers that a route, a class or a contact knows.
    for before, length in (("[+]", 1), *abroad):
        yield from _valid_like_abroad(plan, before + code, length + len(code))
        if prefix:
            yield from _abroad_behind(plan, before + code + prefix)
        yield from _with_prefix(plan, before + code, length + len(code), shortest=2)
        if prefix:  # +49 (0)0900…: an exchange may drop what is too much, and no route has asked for that number
            yield Reading(f"{before}{code}{prefix}{{2,}}(?:{plan.whole})$", "", 0, none=True)
        yield from _with_prefix(plan, before + code, length + len(code), longest=1)
        yield from _with_moved_digits(plan, before + code)
        yield from _abroad_behind(plan, before + code)
        if prefix:
            yield Reading(f"{before}{code}(?:{plan.whole})$", code, length + len(code))
            yield Reading(f"{before}{code}{prefix}", "", 0, none=True)
    yield Reading("[+][1-9]", "", 1)
    for before, length in abroad:
        yield Reading(f"{before}[1-9]", "", length)
    if plan.local:
        yield Reading(f"(?:{plan.local})$", code + plan.local_before, 0)
    for before in ("", code):
        yield from _valid_like_abroad(plan, before, len(before))
        if prefix:
            yield from _abroad_behind(plan, before + prefix)
        yield from _with_prefix(plan, before, len(before))
        if before:
            yield from _abroad_behind(plan, before)
        yield Reading(f"{before}(?:{plan.whole})$", code, len(before))
        yield from _with_moved_digits(plan, before)


def _valid_like_abroad(plan: NumberingPlan, before: str, length: int) -> Iterator[Reading]:
    """Valid numbers that begin like an international prefix (+359 00800…), with a trunk prefix or without."""
    if not plan.like_abroad:
        return
    for prefix, more in (("", 0), *((one.expression, one.length) for one in plan.dropped)):
        if before + prefix:
            yield Reading(f"{before}{prefix}(?:{plan.like_abroad})$", plan.country_code, length + more)


def _abroad_behind(plan: NumberingPlan, before: str) -> Iterator[Reading]:
    """The form that is no number: an international prefix behind the country code or a trunk prefix.

    An exchange that strips the digits before it (of +39 0044…) would call abroad, although no route leads there.
    """
    prefixes = abroad_behind_code(plan)
    if prefixes:
        yield Reading(f"{before}{prefixes}", "", 0, none=True)


@cache
def abroad_behind_code(plan: NumberingPlan) -> str:
    """International prefixes that would be taken for the beginning of a number behind the country code; "": none."""
    prefix = any_prefix(plan)
    numbers = "|".join(dict.fromkeys((plan.whole, *(one.rest for one in plan.dropped if one.rest))))
    begins = beginnings(plan.abroad)
    # +49 (0)044…: what begins with a trunk prefix and is no number behind it is none already.
    if prefix and begins <= beginnings(prefix) and not begins & beginnings(f"(?:{prefix})?(?:{numbers})"):
        return ""
    return f"(?:{plan.abroad})+[1-9]"


def _with_prefix(
    plan: NumberingPlan, before: str, length: int, shortest: int = 1, longest: int = 99
) -> Iterator[Reading]:
    """A number of the country behind a prefix that is dropped; before both stands ``before``, of that ``length``."""
    for dropped in plan.dropped:
        rest = dropped.rest or plan.whole
        if shortest <= dropped.length <= longest:
            yield Reading(f"{before}{dropped.expression}(?:{rest})$", plan.country_code, length + dropped.length)


def any_prefix(plan: NumberingPlan) -> str:
    """A prefix that is dropped before a number; "" where there is none."""
    return f"(?:{'|'.join(dict.fromkeys(one.expression for one in plan.dropped))})" if plan.dropped else ""


def _with_moved_digits(plan: NumberingPlan, before: str) -> Iterator[Reading]:
    for length, area in by_length(plan.moved).items() if plan.moved else ():
        behind = AREA_15_NUMBER - 2 - length
        yield Reading(f"{before}0?{area}15[0-9]{{{behind}}}$", f"{plan.country_code}9", 0, length)


def _match(expression: str, digits: str) -> bool:
    return re.match(f"(?:{expression})", digits) is not None


def _full(expression: str, digits: str) -> bool:
    return re.fullmatch(f"(?:{expression})", digits) is not None
