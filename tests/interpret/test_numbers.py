"""One number is one number: in every country, in every form, called, calling, dialled and sent."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import cycle, islice

import pytest

from pbxgen.calls.observed import Observed
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import Plan
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.generated_calls import files_of
from pbxgen.language.numbering import numbering
from pbxgen.pbxs import PBXS
from tests.smoke.offices import call
from tests.support.numbers import REGIONS, Known, is_valid, numbers_of, reads
from tests.support.office import plan_of

FORMS = (
    "E.164",
    "bare",
    "international",
    "national",
    "E.164 with trunk prefix",
    "international with trunk prefix",
)
PECULIAR = [
    "AR",
    "AU",
    "BO",
    "BR",
    "BY",
    "CN",
    "CO",
    "CR",
    "GA",
    "GB",
    "GG",
    "HU",
    "IT",
    "JP",
    "KR",
    "MX",
    "NF",
    "RU",
    "SM",
    "TH",
    "US",
    "UY",
]
"""Their dialplans have each kind of rule; all other countries have some of these."""
_HEAD = """
version: 1
pbx: {{name: office, domain: pbx.office.example, country: {country}, timezone: Europe/Rome}}
defaults: {{class: all}}
trunks: {{carrier: {{host: 192.0.2.1, number_format: national}}}}
routes: {{all: {{match: "+.", trunk: carrier}}}}
classes: {{all: [all]}}
users:
  "98101": {{did: [{dids}], deviations: {{unconditional: {{to: "{away}", allow_premium: true}}}}}}
  "98102": {{}}
"""


def _office(country: str, numbers: tuple[Known, ...], away: str) -> Plan:
    """98101 has all those numbers, and diverts every call to ``away``."""
    dids = ", ".join(f'"{known.e164}"' for known in numbers)
    return plan_of("", head=_HEAD.format(country=country, dids=dids, away=away))


def _wrong_in_model(country: str, each: int) -> Iterator[str]:
    plan = numbering(country)
    for known in numbers_of(country, each):
        for form, digits in known.forms(plan.international_prefix).items():
            other = reads(digits, country)
            if form not in ("E.164", "national") and other != known.e164 and plan.dialled(digits) == other:
                continue  # to libphonenumber, too, it is another number
            for what, got in (("dialled", plan.dialled(digits)), ("calling", plan.caller_of_trunk(digits))):
                if got != known.e164 and not (form == "bare" and is_valid(got or "")):
                    yield f"{country} {what} {form} {digits}: {got}, not {known.e164}"
            if known.e164 not in plan.called_by_trunk(digits):
                yield f"{country} called {form} {digits}: {plan.called_by_trunk(digits)}, not {known.e164}"
        if plan.to_national(known.e164) != known.national:
            yield f"{country} sent {known.e164}: {plan.to_national(known.e164)}, not {known.national}"


def test_every_form_of_a_number_is_that_number_in_every_country() -> None:
    assert [wrong for country in REGIONS for wrong in _wrong_in_model(country, 2)] == []


@pytest.mark.slow
def test_so_is_every_form_of_many_numbers() -> None:
    assert [wrong for country in REGIONS for wrong in _wrong_in_model(country, 15)] == []


def _wrong_on_text(country: str, pbx: str, each: int, forms: int) -> Iterator[str]:
    """``forms``: in how many of the forms each number is tried, in turn."""
    numbers = numbers_of(country, each)
    away, *rest = sorted(numbers, key=lambda known: known.e164)
    if not rest:
        return
    ours, others = tuple(rest[::2]), tuple(rest[1::2]) or tuple(rest)
    plan = _office(country, ours, away.e164)
    interpreter = load_interpreter(pbx, files_of([plan], pbx))
    prefix = plan.numbering.international_prefix
    turn = cycle(FORMS)
    for known, caller in zip(ours, cycle(others), strict=False):
        for form in islice(turn, forms):
            called, calling = known.forms(prefix)[form], caller.forms(prefix)[form]
            if known.e164 not in plan.numbering.called_by_trunk(called):
                continue  # to libphonenumber, too, it is another number: the model decides
            leg = next(iter(interpreter.place(call(plan, calling, called)).rang), None)
            shown = None if leg is None else _shown(dict(leg.headers)["from"])
            told = None if leg is None else leg.request_user
            wanted = plan.numbering.as_sent(plan.numbering.caller_of_trunk(calling) or "", NumberFormat.NATIONAL)
            if told != away.national or shown not in (caller.national, wanted):
                yield f"{pbx} {country} {form}: {calling} calls {called}: {shown} on {told}, not {caller.national}"
    for known in others if others[0] not in ours else ():
        for form in islice(turn, forms):
            dialled = known.forms(prefix)[form]
            if plan.numbering.dialled(dialled) != known.e164:
                continue  # a bare number that is another one too: the model decides
            seen = _sent(interpreter.place(call(plan, "98102", dialled)))
            if seen != known.national:
                yield f"{pbx} {country} {form}: dialled {dialled}: {seen}, not {known.national}"


def _sent(observed: Observed) -> str | None:
    return observed.rang[0].request_user if observed.rang else None


def _shown(header: str) -> str | None:
    user = re.search(r"sips?:([^@;>]*)@", header)
    return user[1] if user else None


@pytest.mark.parametrize("pbx", PBXS)
def test_generated_text_reads_and_writes_numbers_as_their_country_does(pbx: str) -> None:
    countries = sorted({*PECULIAR, *REGIONS[::16]})
    assert [wrong for country in countries for wrong in _wrong_on_text(country, pbx, 0, 1)] == []


@pytest.mark.slow
@pytest.mark.parametrize("pbx", PBXS)
def test_so_it_does_with_numbers_of_every_country(pbx: str) -> None:
    """Each number in one form, in turn; ``PBXGEN_EXAMPLES=3`` takes three more of each type, in every form."""
    more = int(os.environ.get("PBXGEN_EXAMPLES", "0"))
    forms = len(FORMS) if more else 1
    assert [wrong for country in REGIONS for wrong in _wrong_on_text(country, pbx, more, forms)] == []
