"""Digits to numbers, as phones dial them and as trunks send them."""

import re
from dataclasses import replace

import phonenumbers
import pytest

from pbxgen.flow.numbering import CALLING_CODES, NumberFormat, NumberingPlan
from pbxgen.language.numbering import numbering
from pbxgen.targets.templates import templates_folder

ITALY, GERMANY, USA, RUSSIA = map(numbering, ("IT", "DE", "US", "RU"))
ITALY_BEHIND_ZERO = replace(ITALY, outside_line="0")


@pytest.mark.parametrize(
    ("plan", "dialled", "number"),
    [
        (ITALY, "0212345101", "+390212345101"),
        (ITALY, "390212345101", "+390212345101"),
        (ITALY, "3331234567", "+393331234567"),
        (ITALY, "0049301234", "+49301234"),
        (ITALY, "+49301234", "+49301234"),
        (ITALY, "00", None),
        (ITALY, "000123456", "+39000123456"),
        (ITALY, "+39000123456", "+39000123456"),
        (ITALY, "+390044791112", None),
        (ITALY, "0039004420794600", None),
        (ITALY, "390044791112", None),
        (ITALY, "+390000447911", None),
        (ITALY, "3900441234", "+393900441234"),
        (ITALY, "1240", None),
        (ITALY, "+", None),
        (ITALY, "+*39", None),
        (ITALY, "*43", None),
        (ITALY, "٣٤", None),
        (ITALY_BEHIND_ZERO, "00212345101", "+390212345101"),
        (ITALY_BEHIND_ZERO, "3331234567", None),
        (ITALY_BEHIND_ZERO, "+3933312", "+3933312"),
        (GERMANY, "0301234", "+49301234"),
        (GERMANY, "301234", "+49301234"),
        (GERMANY, "+490301234", "+49301234"),
        (GERMANY, "00490301234", "+49301234"),
        (GERMANY, "+4909001234567", "+499001234567"),
        (GERMANY, "+390212345101", "+390212345101"),
        (GERMANY, "+490112", None),
        (ITALY, "+390212345101", "+390212345101"),
        (ITALY_BEHIND_ZERO, "+390212345101", "+390212345101"),
        (USA, "12125550100", "+12125550100"),
        (USA, "+112125550100", "+12125550100"),
        (USA, "2125550100", "+12125550100"),
        (USA, "01139021234", "+39021234"),
        (USA, "+1011442079460018", None),
        (USA, "1011442079460018", None),
        (GERMANY, "+4900442079460018", None),
        (RUSSIA, "8122345101", "+78122345101"),
        (RUSSIA, "88122345101", "+78122345101"),
        (RUSSIA, "78122345101", "+78122345101"),
        (RUSSIA, "810442079460018", "+442079460018"),
        (RUSSIA, "+78005553535", "+78005553535"),
        (RUSSIA, "+788005553535", "+78005553535"),
        (RUSSIA, "810788005553535", "+78005553535"),
        (RUSSIA, "+7810442079460", None),
        (RUSSIA, "88104420794", None),
        (RUSSIA, "881081231234567", "+781081231234567"),
        (numbering("IL"), "+97201255401", "+9721255401"),
        (RUSSIA, "+781081231234567", "+781081231234567"),
        (numbering("BG"), "+359008001234567", "+359008001234567"),
        (numbering("TH"), "001442079460018", "+442079460018"),
        (numbering("CO"), "00913055550123", "+13055550123"),
        (numbering("AU"), "1300975707", "+611300975707"),
        (numbering("BR"), "0151123456789", "+551123456789"),
        (numbering("AR"), "0111523456789", "+5491123456789"),
        (numbering("AR"), "111523456789", "+5491123456789"),
        (numbering("AR"), "01123456789", "+541123456789"),
        (numbering("AR"), "+540111523456789", "+5491123456789"),
        (numbering("AR"), "0054111523456789", "+5491123456789"),
        (numbering("SM"), "886377", "+3780549886377"),
        (numbering("GG"), "02079460018", "+442079460018"),
        (numbering("GA"), "011730123", "+24111730123"),
    ],
)
def test_a_phone_dials(plan: NumberingPlan, dialled: str, number: str | None) -> None:
    assert plan.dialled(dialled) == number


@pytest.mark.parametrize("form", ["+390212345101", "390212345101", "00390212345101", "0212345101"])
def test_a_trunk_may_call_a_number_in_four_forms(form: str) -> None:
    assert "+390212345101" in ITALY.called_by_trunk(form)


def test_what_a_trunk_calls_is_read_as_the_country_has_it_and_then_as_a_number_without_its_plus() -> None:
    assert ITALY.called_by_trunk("+390212345101") == ("+390212345101",)
    assert ITALY.called_by_trunk("390212345101") == ("+390212345101",)
    assert ITALY.called_by_trunk("0212345101") == ("+390212345101", "+0212345101")
    assert ITALY.called_by_trunk("4930123456") == ("+4930123456",)
    assert ITALY.called_by_trunk("*43") == ()


def test_the_outside_line_is_for_phones_only() -> None:
    assert "+390212345101" in ITALY_BEHIND_ZERO.called_by_trunk("0212345101")


@pytest.mark.parametrize(
    ("number", "caller"),
    [
        ("+393471112222", "+393471112222"),
        ("00393471112222", "+393471112222"),
        ("393471112222", "+393471112222"),
        ("3471112222", "+393471112222"),
        ("00493012", "+493012"),
        ("442079460018", "+442079460018"),
        ("4321", "4321"),
        ("999999999", "999999999"),
        ("anonymous", None),
        ("", None),
    ],
)
def test_a_trunk_shows_a_caller_and_what_is_no_number_stays_as_it_is(number: str, caller: str | None) -> None:
    assert ITALY.caller_of_trunk(number) == caller


@pytest.mark.parametrize(
    ("plan", "number", "national"),
    [
        (GERMANY, "+49301234", "0301234"),
        (GERMANY, "+390212", "00390212"),
        (ITALY, "+390212345", "0212345"),
        (USA, "+12125550100", "2125550100"),
        (RUSSIA, "+78122345101", "88122345101"),
        (numbering("AU"), "+611300975707", "1300975707"),
        (numbering("AU"), "+61131114", "131114"),
        (numbering("AU"), "+61255500199", "0255500199"),
        (numbering("BR"), "+551123456789", "1123456789"),
        (numbering("AR"), "+5491123456789", "0111523456789"),
        (numbering("BY"), "+375152450911", "80152450911"),
        (numbering("BY"), "+3758011234567", "88011234567"),
        (numbering("TH"), "+442079460018", "001442079460018"),
    ],
)
def test_national_form_is_that_of_the_country_and_foreign_numbers_stay_international(
    plan: NumberingPlan, number: str, national: str
) -> None:
    assert plan.to_national(number) == national
    assert plan.dialled(national) == number


@pytest.mark.parametrize(
    ("plan", "number", "sent"),
    [
        (ITALY, "+39004412345", "0039004412345"),
        (ITALY, "+39112", "0039112"),
        (GERMANY, "+490044123", "00490044123"),
        (GERMANY, "+49044123", "0049044123"),
        (RUSSIA, "+71044123", "81071044123"),
    ],
)
def test_a_number_at_home_never_becomes_one_abroad_or_a_short_one(plan: NumberingPlan, number: str, sent: str) -> None:
    assert plan.to_national(number) == sent


def test_what_is_no_number_is_sent_as_it_is() -> None:
    assert [GERMANY.as_sent("4321", form) for form in NumberFormat] == ["4321"] * 4


def test_the_calling_codes_are_those_of_libphonenumber_also_in_both_libraries() -> None:
    known = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    for number in map(str, range(100, 1000)):
        assert bool(re.match(CALLING_CODES, number)) == any(number.startswith(code) for code in known), number
    assert CALLING_CODES in (templates_folder() / "freeswitch/library/trunk.xml").read_text()
    assert CALLING_CODES.replace("(?:", "(") in (templates_folder() / "asterisk/library.conf").read_text()
