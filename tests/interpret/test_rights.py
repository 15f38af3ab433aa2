"""Class of service: however a number is spelt, what leaves is what the rights were asked about."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, is_valid_number

from pbxgen.calls.observed import Observed
from pbxgen.flow.digits import by_length
from pbxgen.flow.numbering import NumberFormat, NumberingPlan
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.generated_calls import files_of
from pbxgen.language.numbering import numbering
from pbxgen.pbxs import PBXS
from tests.smoke.offices import call
from tests.support.numbers import REGIONS, Known, is_valid, numbers_of
from tests.support.office import plan_of

_HEAD = """
version: 1
pbx: {{name: office, domain: pbx.office.example, country: {country}, timezone: Europe/Rome}}
trunks: {{carrier: {{host: 192.0.2.1, number_format: {format}}}}}
routes: {{barred: {{match: "{barred}.", trunk: carrier}}, all: {{match: "+.", trunk: carrier}}}}
classes: {{most: [all], every: [barred]}}
users: {{"98102": {{class: most}}, "98103": {{class: every}}}}
"""
_PECULIAR = ("AR", "AU", "BR", "CN", "DE", "GB", "HU", "IT", "JP", "KR", "RU", "SM", "TH", "US")


def _barred(country: str) -> Known | None:
    """A number that costs more than others, where the country has one; else any."""
    numbers = sorted(numbers_of(country, 0), key=lambda known: known.e164)
    return next((known for known in numbers if known.national.lstrip("0").startswith("9")), next(iter(numbers), None))


def _spelt(draw: random.Random, plan: NumberingPlan, known: Known) -> str:
    """The number behind prefixes of all kinds, in any order, and sometimes before digits that nobody needs."""
    own = known.e164[1 + len(plan.country_code) :]
    # Japan has numbers of up to 17 digits that begin with 00: one with a digit too much is one of those.
    longer = draw.choice(("", "", "" if "00[1-9]" in plan.whole else "1"))
    pieces = (
        plan.international_prefix,
        plan.country_code,
        plan.national_prefix,
        *_prefixes(plan),
        "0",
        "00",
        "+",
        "+0",
        "011",
    )
    before = "".join(draw.choice(pieces) for _ in range(draw.randrange(5)))
    begins = draw.choice(("", "+", f"+{plan.country_code}", f"{plan.international_prefix}{plan.country_code}"))
    return f"{begins}{before.replace('+', '') if begins.startswith('+') else before}{own}{longer}"


@cache
def _prefixes(plan: NumberingPlan) -> tuple[str, ...]:
    """Of what is dropped before a number, the shorter ones."""
    short = [one for one in plan.dropped if one.length <= 4]
    texts = (next(t for n in range(10000) if re.fullmatch(one.expression, t := f"{n:0{one.length}}")) for one in short)
    return tuple(texts) or ("0",)


def _rings(plan: NumberingPlan, known: Known, form: NumberFormat) -> re.Pattern[str]:
    """What rings the number at an exchange that drops prefixes that are too much: as E.164, from abroad, nationally."""
    own = known.e164[1 + len(plan.country_code) :]
    prefixes = "|".join(one.expression for one in plan.dropped) or "(?!)"
    abroad = f"(?:{plan.abroad})"
    begins = {
        NumberFormat.E164: "[+]",
        NumberFormat.E164_BARE: f"(?:{abroad})*",
        NumberFormat.NATIONAL: abroad,
        NumberFormat.INTERNATIONAL: abroad,
    }[form]
    nationally = f"|(?!{abroad})" if form is NumberFormat.NATIONAL else ""
    return re.compile(f"(?:{begins}{plan.country_code}{nationally})(?:{prefixes})*{own}1?$")


def _passed_by(country: str, each: int) -> Iterator[str]:
    plan, known = numbering(country), _barred(country)
    if known is None:
        return
    draw = random.Random(country)
    for _ in range(each):
        dialled = _spelt(draw, plan, known)
        read = plan.dialled(dialled)
        if read is None or read.startswith(known.e164) or is_valid(read):
            continue  # no number, the number itself (whose rights are asked for), or that of another
        for form in NumberFormat:
            sent = plan.as_sent(read, form)
            if _rings(plan, known, form).match(sent):
                yield f"{country} {form}: {dialled} is {read} for the class of service, and {sent} rings {known.e164}"


def test_no_spelling_of_a_number_passes_the_rights_by_in_any_country() -> None:
    assert [wrong for country in REGIONS for wrong in _passed_by(country, 60)] == []


def _on_text(country: str, pbx: str, form: NumberFormat, each: int) -> Iterator[str]:
    known = _barred(country)
    if known is None:
        return
    plan = plan_of("", head=_HEAD.format(country=country, format=form, barred=known.e164[:-1]))
    interpreter = load_interpreter(pbx, files_of([plan], pbx))
    rings, draw = _rings(plan.numbering, known, form), random.Random(f"{country} {form}")
    assert _sent(interpreter.place(call(plan, "98103", known.e164))) is not None
    assert _sent(interpreter.place(call(plan, "98102", known.e164))) is None
    for _ in range(each):
        dialled = _spelt(draw, plan.numbering, known)
        sent = _sent(interpreter.place(call(plan, "98102", dialled)))
        read = plan.numbering.dialled(dialled)
        wanted = None if read is None or read.startswith(known.e164[:-1]) else plan.numbering.as_sent(read, form)
        if sent != wanted:
            yield f"{pbx} {country} {form}: {dialled} is sent as {sent}, and as {wanted} by the model"
        if sent is not None and rings.match(sent) and not is_valid(str(read)):
            yield f"{pbx} {country} {form}: {dialled} is sent as {sent}, which rings {known.e164}"


def _sent(observed: Observed) -> str | None:
    return observed.rang[0].request_user if observed.rang else None


_ABROAD = ("442079460018", "12125550100", "3545551234", "6834000")
_LIKE_ABROAD = {
    "BG": "+359008001234567",
    "IN": "+910008001234567",
    "KR": "+82003081234567",
    "PA": "+50700800123456",
    "QA": "+97400800123456",
    "RU": "+781081231234567",
    "TH": "+660018001234567",
    "UY": "+5980004123456",
}
"""Valid numbers that begin like an international prefix of their country, or with the first digits of one."""
_BEHIND = sorted({*_PECULIAR, *_LIKE_ABROAD, "BY", "CL", "FI", "GA", "IL"})


@cache
def _international(plan: NumberingPlan) -> tuple[str, ...]:
    """International prefixes, but for those of carriers that have more than five digits."""
    forms = [(length, re.compile(form)) for length, form in by_length(plan.abroad).items() if length <= 5]
    return tuple(text for length, form in forms for n in range(10**length) if form.fullmatch(text := f"{n:0{length}}"))


def _has(plan: NumberingPlan, e164: str) -> bool:
    """Is it a valid number of the country, behind whose code no trunk prefix is looked for (810… in Belarus)?"""
    digits = e164[1 + len(plan.country_code) :]
    zeros = len(digits) - len(digits.lstrip("0"))
    number = PhoneNumber(int(plan.country_code), int(digits), None, zeros > 0, zeros or None)
    return is_valid_number(number)


def _called_abroad(country: str) -> Iterator[str]:
    """Numbers of the country that an exchange would call abroad, once it has dropped the country code."""
    plan = numbering(country)
    code, abroad = plan.country_code, re.compile(f"(?:{plan.abroad})[1-9]")
    ways = [f"+{code}", f"{plan.international_prefix}{code}", code, ""]
    before = [
        way + prefix for way in ways for prefix in ("", *(_prefixes(plan) if plan.dropped else ())) if way + prefix
    ]
    for dialled in (f"{one}{idd}{number}" for one in before for idd in _international(plan) for number in _ABROAD):
        read = plan.dialled(dialled) or ""
        if read.startswith(f"+{code}") and abroad.match(read[1 + len(code) :]) and not _has(plan, read):
            yield f"{country}: {dialled} is {read}"


def test_behind_the_own_country_code_stands_no_international_prefix() -> None:
    assert [wrong for country in _BEHIND for wrong in _called_abroad(country)] == []


@pytest.mark.slow
def test_so_it_does_in_no_country() -> None:
    assert [wrong for country in REGIONS for wrong in _called_abroad(country)] == []


def test_a_valid_number_that_begins_like_one_is_that_number() -> None:
    assert [number for number in _LIKE_ABROAD.values() if not is_valid(number)] == []
    assert {country: numbering(country).dialled(number) for country, number in _LIKE_ABROAD.items()} == _LIKE_ABROAD


def _refused(country: str) -> Iterator[str]:
    """Valid numbers that are none to the plan: behind each international prefix any two digits, and any others."""
    plan, draw = numbering(country), random.Random(country)
    data: Any = phonenumbers.PhoneMetadata.metadata_for_region(country)
    lengths = data.general_desc.possible_length
    for prefix in _international(plan):
        for length in (one for one in lengths if one > len(prefix) + 2):
            for n in range(100):
                rest = "".join(draw.choices("0123456789", k=length - len(prefix) - 2))
                number = f"+{plan.country_code}{prefix}{n:02}{rest}"
                if plan.dialled(number) is None and is_valid(number):
                    yield f"{country}: {number}"


@pytest.mark.slow
def test_no_valid_number_is_refused_for_what_it_begins_with_in_any_country() -> None:
    assert [wrong for country in REGIONS for wrong in _refused(country)] == []


def _otherwise_on_text(country: str, pbx: str) -> Iterator[str]:
    head = _HEAD.format(country=country, format=NumberFormat.E164, barred="+88")
    plan = plan_of("", head=head)
    interpreter, code = load_interpreter(pbx, files_of([plan], pbx)), plan.numbering.country_code
    prefix = _international(plan.numbering)[0]
    spelt = [f"{b}{code}{prefix}{n}" for b in ("+", "", plan.numbering.international_prefix) for n in _ABROAD[:3]]
    behind = plan.numbering.national_prefix + prefix
    more = (f"+{code}{prefix}{prefix}{_ABROAD[0]}", f"+{code}{behind}{_ABROAD[2]}", f"{behind}{_ABROAD[3]}")
    for dialled in (*spelt, *more, *filter(None, [_LIKE_ABROAD.get(country)])):
        sent = _sent(interpreter.place(call(plan, "98102", dialled)))
        if sent != plan.numbering.dialled(dialled):
            yield f"{pbx} {country}: {dialled} is sent as {sent}, not as {plan.numbering.dialled(dialled)}"


@pytest.mark.parametrize("pbx", PBXS)
def test_generated_text_takes_an_international_prefix_behind_the_country_code_as_the_model_does(pbx: str) -> None:
    assert [wrong for country in _BEHIND for wrong in _otherwise_on_text(country, pbx)] == []


@pytest.mark.parametrize("pbx", PBXS)
def test_generated_text_sends_what_the_rights_were_asked_about(pbx: str) -> None:
    forms = list(NumberFormat)
    sent = [
        wrong for at, country in enumerate(_PECULIAR) for wrong in _on_text(country, pbx, forms[at % len(forms)], 8)
    ]
    assert sent == []
