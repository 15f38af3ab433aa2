"""Class of service: however a number is spelt, what leaves is what the rights were asked about."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from pbxgen.calls.observed import Observed
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


@pytest.mark.parametrize("pbx", PBXS)
def test_generated_text_sends_what_the_rights_were_asked_about(pbx: str) -> None:
    forms = list(NumberFormat)
    found = [
        wrong for at, country in enumerate(_PECULIAR) for wrong in _on_text(country, pbx, forms[at % len(forms)], 8)
    ]
    assert found == []
