"""Digits to numbers, as phones dial them and as trunks send them."""

import pytest

from pbxgen.flow.numbering import NumberingPlan

ITALY = NumberingPlan("39", "00", "", "")
ITALY_BEHIND_ZERO = NumberingPlan("39", "00", "", "0")
GERMANY = NumberingPlan("49", "00", "0", "")
USA = NumberingPlan("1", "011", "1", "")


@pytest.mark.parametrize(
    ("plan", "dialled", "number"),
    [
        (ITALY, "0212345101", "+390212345101"),
        (ITALY, "3331234567", "+393331234567"),
        (ITALY, "0049301234", "+49301234"),
        (ITALY, "+49301234", "+49301234"),
        (ITALY, "00", None),
        (ITALY, "+", None),
        (ITALY, "+*39", None),
        (ITALY, "*43", None),
        (ITALY, "٣٤", None),
        (ITALY_BEHIND_ZERO, "00212345101", "+390212345101"),
        (ITALY_BEHIND_ZERO, "3331234567", None),
        (ITALY_BEHIND_ZERO, "+3933312", "+3933312"),
        (GERMANY, "0301234", "+49301234"),
        (GERMANY, "301234", "+49301234"),
        (USA, "12125550100", "+12125550100"),
        (USA, "2125550100", "+12125550100"),
        (USA, "01139021234", "+39021234"),
    ],
)
def test_a_phone_dials(plan: NumberingPlan, dialled: str, number: str | None) -> None:
    assert plan.dialled(dialled) == number


@pytest.mark.parametrize("form", ["+390212345101", "390212345101", "00390212345101", "0212345101"])
def test_a_trunk_may_call_a_number_in_four_forms(form: str) -> None:
    assert "+390212345101" in ITALY.called_by_trunk(form)


def test_what_begins_as_an_international_number_is_read_as_no_other() -> None:
    assert ITALY.called_by_trunk("+390212345101") == ("+390212345101",)
    assert ITALY.called_by_trunk("00390212345101") == ("+390212345101",)
    assert ITALY.called_by_trunk("390212345101") == ("+390212345101", "+39390212345101")
    assert ITALY.called_by_trunk("*43") == ()


def test_the_outside_line_is_for_phones_only() -> None:
    assert "+390212345101" in ITALY_BEHIND_ZERO.called_by_trunk("0212345101")


@pytest.mark.parametrize(
    ("number", "bare", "caller"),
    [
        ("+393471112222", False, "+393471112222"),
        ("00393471112222", False, "+393471112222"),
        ("3471112222", False, "+393471112222"),
        ("393471112222", True, "+393471112222"),
        ("00493012", True, "+493012"),
        ("anonymous", False, None),
        ("", False, None),
    ],
)
def test_a_trunk_shows_a_caller(number: str, bare: bool, caller: str | None) -> None:
    assert ITALY.caller_of_trunk(number, bare=bare) == caller


def test_national_form_keeps_foreign_numbers_international() -> None:
    assert GERMANY.to_national("+49301234") == "0301234"
    assert GERMANY.to_national("+390212") == "00390212"
    assert ITALY.to_national("+390212345") == "0212345"


RUSSIA = NumberingPlan("7", "810", "8", "")


@pytest.mark.parametrize(
    ("plan", "number", "sent", "digits"),
    [
        (ITALY, "+39004412345", "0039004412345", "00"),
        (GERMANY, "+490044123", "00490044123", "0"),
        (GERMANY, "+49044123", "0049044123", "0"),
        (RUSSIA, "+71044123", "81071044123", "10"),
    ],
)
def test_a_number_at_home_never_becomes_one_abroad(plan: NumberingPlan, number: str, sent: str, digits: str) -> None:
    assert plan.to_national(number) == sent
    assert plan.read_as_abroad == digits
    assert plan.dialled(sent) == number


def test_where_national_numbers_begin_otherwise_than_those_abroad_every_one_is_sent_so() -> None:
    assert USA.read_as_abroad is None
    assert USA.to_national("+1011441234") == "1011441234"
