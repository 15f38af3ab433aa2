"""Numbers: how they are read, who has them, and who must not."""

from __future__ import annotations

import pytest

from pbxgen.flow.numbering import Cost
from pbxgen.language.numbers import Number, Numbers, cost, costs, is_abroad
from tests.language.sources import HEAD, OUTSIDE, clean, findings, only, plan_of


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("+390212345101", "IT", "+390212345101"),
        ("02 1234 5101", "IT", "+390212345101"),
        ("02.1234-5101", "IT", "+390212345101"),
        ("(02) 1234/5101", "IT", "+390212345101"),
        ("333 1234567", "IT", "+393331234567"),
        ("0039 333 1234567", "IT", "+393331234567"),
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", "IT", "+4930901820"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("1 202 555 0143", "US", "+12025550143"),
        ("011 39 02 1234 5101", "US", "+390212345101"),
        ("+442079460958", None, "+442079460958"),
    ],
)
def test_numbers_are_read_by_the_habits_of_the_country(text: str, country: str | None, e164: str) -> None:
    assert Numbers(country).read(text).e164 == e164


def test_a_number_may_begin_with_its_area_code_in_parentheses() -> None:
    head = "defaults: {class: full}\n" + OUTSIDE
    plan = plan_of(head + 'users: {"101": {did: "(02) 1234 5101", deviations: {busy: "(06) 1234 567"}}}\n')
    assert plan.users["101"].dids == ("+390212345101",)
    assert plan.users["101"].deviations.busy[0].places[0].target == "+39061234567"


@pytest.mark.parametrize("text", ["12", "+39 02", "+999123456789", "0212345678901234567", "112", "999999999"])
def test_what_is_no_number_says_why(text: str) -> None:
    number = Numbers("IT").read(text)
    assert number.e164 is None
    assert number.problem


def test_a_possible_number_in_no_known_range_is_let_through_with_a_doubt() -> None:
    assert Numbers("IT").read("+447700900123") == Number("+447700900123", assigned=False)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+39899123456", Cost.PREMIUM),
        ("+449012345678", Cost.PREMIUM),
        ("+19002345678", Cost.PREMIUM),
        ("+398991234567", Cost.PREMIUM),
        ("+39899123456789", Cost.PREMIUM),
        ("+979123456789", Cost.PREMIUM),
        ("+881612345678", Cost.SATELLITE),
        ("+870773111632", Cost.SATELLITE),
        ("+883510001234567", Cost.SATELLITE),
        ("+393331234567", None),
        ("+390212345678", None),
        ("+12025550143", None),
        ("+39800123456", None),
        ("+393990212345", None),
        ("+4990012345", None),
    ],
)
def test_expensive_numbers_are_known(number: str, expected: Cost | None) -> None:
    assert cost(number) is expected


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("+390212345678", "IT", False),
        ("+49301234567", "IT", True),
        ("+13125550123", "US", False),
        ("+18765230123", "US", True),  # Jamaica
        ("+14165550123", "US", True),  # Toronto
        ("+17874510123", "US", False),  # Puerto Rico
        ("+18005551234", "CA", False),  # free of charge in all of +1
        ("+77012345678", "RU", True),  # Kazakhstan
        ("+390669812345", "IT", False),  # Vatican City, dialled and billed as Rome
    ],
)
def test_what_is_abroad(number: str, country: str, expected: bool) -> None:
    assert is_abroad(number, country) is expected


@pytest.mark.parametrize(
    ("country", "code", "international", "national"),
    [
        ("IT", "39", "00", ""),
        ("DE", "49", "00", "0"),
        ("US", "1", "011", ""),
        ("AU", "61", "0011", "0"),
        ("RU", "7", "810", "8"),
        ("SG", "65", "001", ""),
        ("TH", "66", "001", "0"),
        ("CO", "57", "009", "0"),
        ("HU", "36", "00", "06"),
    ],
)
def test_the_dialling_habits_of_a_country(country: str, code: str, international: str, national: str) -> None:
    plan = Numbers(country, "0").plan()
    assert (plan.country_code, plan.international_prefix, plan.national_prefix, plan.outside_line) == (
        code,
        international,
        national,
        "0",
    )


def test_dids_and_mobiles_are_normalised() -> None:
    plan = plan_of('users: {"101": {did: ["02 1234 5101", "+390212345102"], mobile: 333 1234567}}\n')
    user = plan.users["101"]
    assert user.dids == ("+390212345101", "+390212345102")
    assert user.own_number == "+390212345101"
    assert user.mobile == "+393331234567"
    assert plan.dids == {"+390212345101": "101", "+390212345102": "101"}


@pytest.mark.parametrize(
    "body",
    [
        'users: {"101": {did: «"+39 02"»}}\n',
        'users: {"101": {did: ["+390212345101", «"12"»]}}\n',
        'users: {"101": {mobile: «"+999123"»}}\n',
        'trunks: {t: {host: 192.0.2.1, number: «"12"»}}\n',
        'users: {"101": {}}\ninbound: {«"+39 02"»: "101"}\n',
        'users: {"101": {deviations: {busy: «"+39 02"»}}}\n',
        'users: {"101": {deviations: {busy: «02 12»}}}\n',
    ],
)
def test_what_cannot_be_a_number_is_an_error(body: str) -> None:
    only("PBX113", body)


@pytest.mark.parametrize(
    "body",
    [
        'users: {"101": {did: «"+447700900123"»}}\n',
        'users: {"101": {mobile: «"+447700900123"»}}\n',
        'users: {"101": {}}\ninbound: {«"+447700900123"»: "101"}\n',
    ],
)
def test_a_number_in_no_known_range_is_a_warning(body: str) -> None:
    only("PBX158", body)


@pytest.mark.parametrize(
    "body",
    [
        'users: {"101": {}, "102": {}}\ngroups: {g: {number: «"102"», members: ["101"]}}\n',
        'users: {"101": {}}\ngroups: {g: {number: "600", members: ["101"]}, h: {number: «"600"», members: ["101"]}}\n',
        'users: {"101": {}}\n'
        'operators: {o: {number: "9", members: ["101"]}}\ngroups: {g: {number: «"9"», members: ["101"]}}\n',
        'users: {"101": {}}\noperators: {o: {number: «"*97"», members: ["101"]}}\n',
        'users: {"101": {did: "+390212345101"}, "102": {did: «"02 12345101"»}}\n',
        'users: {"101": {did: ["+390212345101", «"+390212345101"»]}}\n',
        'users: {"101": {did: "+390212345101"}}\ninbound: {«"+390212345101"»: "101"}\n',
        'users: {"101": {}}\ninbound: {"+390212345101": "101", «"02 12345101"»: "101"}\n',
    ],
)
def test_a_number_used_twice_is_an_error_at_the_second_place(body: str) -> None:
    diagnostic = only("PBX111", body)
    assert diagnostic.related or "*97" in body


@pytest.mark.parametrize("extension", ["112", "118"])
def test_an_extension_that_is_an_emergency_number_is_an_error(extension: str) -> None:
    diagnostic = only("PBX112", OUTSIDE + f'defaults: {{class: full}}\nusers: {{«"{extension}"»: {{}}}}\n')
    assert diagnostic.related[0].location.line == 5


@pytest.mark.parametrize("extension", ["11", "1120", "1184567"])
def test_an_extension_that_begins_like_an_emergency_number_is_a_warning_about_that_user(extension: str) -> None:
    diagnostic = only("PBX170", OUTSIDE + f'defaults: {{class: full}}\nusers: {{«"{extension}"»: {{}}}}\n')
    assert diagnostic.subjects == (("user", extension),)
    assert diagnostic.related[0].location.line == 5


def test_a_position_that_begins_like_an_emergency_number_is_a_warning() -> None:
    body = OUTSIDE + 'defaults: {class: full}\nusers: {"201": {}}\n'
    diagnostic = only("PBX170", body + 'operators: {o: {number: «"1"», members: ["201"]}}\n')
    assert diagnostic.subjects == (("operator", "o"),)


def test_numbers_that_begin_like_emergency_numbers_are_told_once() -> None:
    diagnostic = only(
        "PBX170", OUTSIDE + 'defaults: {class: full}\nusers: {«"1120"»: {}, "1121": {}, "11234": {}, "201": {}}\n'
    )
    assert diagnostic.message == "1120, 1121 and 11234 and emergency number 112 begin alike"


def test_the_outside_line_can_make_a_number_an_emergency_number() -> None:
    head = HEAD.replace("language: it", 'outside_line: "0"')
    body = OUTSIDE + "defaults: {class: full}\n"
    assert "(dialled 0112)" in only("PBX112", body + 'users: {«"0112"»: {}}\n', head=head).message
    assert "(dialled 0112)" in only("PBX170", body + 'users: {«"01"»: {}}\n', head=head).message


def test_extensions_beside_emergency_numbers_are_fine() -> None:
    clean(OUTSIDE + 'defaults: {class: full}\nusers: {"101": {}, "113": {}, "201": {}}\n')


def test_emergency_patterns_are_written_out_in_the_plan() -> None:
    plan = plan_of('trunks: {t: {host: 192.0.2.1}}\nroutes: {e: {match: "11[258]", trunk: t, emergency: true}}\n')
    assert plan.emergency == {"112": ("t",), "115": ("t",), "118": ("t",)}


@pytest.mark.parametrize("pattern", ["11.", "11!", "+39112"])
def test_emergency_patterns_must_be_numbers(pattern: str) -> None:
    route = f'routes: {{e: {{match: «"{pattern}"», trunk: t, emergency: true}}}}\n'
    only("PBX127", "trunks: {t: {host: 192.0.2.1}}\n" + route)


def test_national_numbers_cannot_be_read_without_a_country() -> None:
    head = HEAD.replace("country: IT", "country: XX")
    diagnostics = findings(head + 'users: {"101": {did: "02 12345101"}, "102": {did: "+390212345102"}}\n')
    assert [d.code for d in diagnostics] == ["PBX105", "PBX113"]


def test_what_costs_more_than_a_call_at_home() -> None:
    at_home, premium, satellite, abroad = "+390212345100", "+39899123456", "+881612345678", "+41446681800"
    assert costs([premium, at_home, satellite, abroad, premium], "IT") == {
        premium: Cost.PREMIUM,
        satellite: Cost.SATELLITE,
        abroad: Cost.ABROAD,
    }


USERS = 'users: {"21": {}, "22": {did: "+390212345222"}, "200": {}}\n'


def inbound(text: str) -> dict[str, list[list[str]]]:
    plan = plan_of(USERS + f"inbound: {{{text}}}\n")
    return {number: [[p.target for p in r.places] for r in i.rules] for number, i in plan.inbound.items()}


def test_a_narrower_range_stands_before_a_wider_one() -> None:
    places_by_number = inbound('"+3902123.": "21", "+39 02 1234-[2-4]XX": "200", "+39021234X!": "22"')
    assert list(places_by_number) == ["+39021234[2-4]XX", "+39021234X!", "+3902123."]


def test_a_range_of_extensions_gives_users_their_numbers() -> None:
    plan = plan_of(USERS + 'inbound: {"+3902123452XX": extension}\n')
    assert plan.dids == {"+390212345222": "22", "+390212345221": "21"}
    assert plan.users["21"].dids == ("+390212345221",)
    assert plan.users["21"].own_number == "+390212345221"
    assert plan.users["22"].dids == ("+390212345222",)
    assert plan.inbound == {}


def test_only_what_an_x_stands_for_is_of_the_extension() -> None:
    plan = plan_of(USERS + 'inbound: {"+390212345[34]2XX": extension}\n')
    assert plan.users["21"].dids == ("+3902123453221", "+3902123454221")
    assert plan.users["22"].dids == ("+390212345222", "+3902123453222", "+3902123454222")


def test_what_stands_behind_the_extension_is_tried_for_every_number_of_the_range() -> None:
    assert inbound('"+3902123452XX": [extension, "200"]') == {
        "+390212345221": [["21", "200"]],
        "+3902123452XX": [["200"]],
    }


def test_a_narrower_range_keeps_its_numbers_from_the_extensions() -> None:
    places_by_number = inbound('"+3902123452XX": extension, "+39021234522X": "200"')
    assert places_by_number == {"+39021234522X": [["200"]]}


def test_a_destination_of_a_range_is_that_number() -> None:
    body = 'users: {"21": {deviations: {busy: "+390212345299"}}, "200": {}}\ninbound: {"+3902123452XX": "200"}\n'
    plan = plan_of(body)
    assert [p.key for p in plan.users["21"].deviations.busy[0].places] == [("inbound", "+390212345299")]
    assert [p.target for p in plan.inbound["+390212345299"].rules[0].places] == ["200"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("PBX127", "«02 12345 2XX»: '200'"),
        ("PBX127", '«"+39021234[42"»: "200"'),
        ("PBX127", '«"+3902123452X.5"»: "200"'),
        ("PBX105", '«"X"»: "200"'),
        ("PBX105", '«"+3902*XX"»: "200"'),
        ("PBX172", '"+39021234[12]XX": "21", «"+39021234[23]XX"»: "200"'),
        ("PBX172", '"+3902123452XX": "21", «"+39 02 123452XX"»: "200"'),
        ("PBX125", '"+3902123452X.": «extension»'),
        ("PBX125", '"+390212345200": «extension»'),
        ("PBX125", '"+3902123452[0-9]N": «extension»'),
        ("PBX125", '"+3902ZZZ452XX": «extension»'),
        ("PBX175", '"+3902123452X": «extension»'),
        ("PBX175", '"+390212345XXXX": {to: [«extension», "200"]}'),
        ("PBX115", '"+3902123452XX": {to: «"+390212345299"»}'),
        ("PBX115", '"+3902123452XX": ["200", «"02 12345299"»]'),
        ("PBX113", '«"+390212345-"»: "200"'),
    ],
)
def test_a_range_that_is_none(code: str, text: str) -> None:
    only(code, USERS + f"inbound: {{{text}}}\n")


@pytest.mark.parametrize("written", ["+39 02.1234.52XX", "+39 (02) 1234-52 XX", "+3902/123452XX"])
def test_separators_of_a_range_do_not_count(written: str) -> None:
    assert list(plan_of(USERS + f'inbound: {{"{written}": "200"}}\n').inbound) == ["+3902123452XX"]


@pytest.mark.parametrize("ending", [".", "-", "/", " ("])
def test_a_number_does_not_end_with_a_separator(ending: str) -> None:
    assert Numbers("IT").read(f"02 1234 5101{ending}").problem == "ends with a separator"


def test_the_main_number_of_a_trunk_may_be_in_a_range() -> None:
    trunk = 'trunks: {carrier: {host: 192.0.2.1, number: "+390212345299"}}\n'
    clean(
        OUTSIDE.replace("trunks: {carrier: {host: 192.0.2.1}}\n", trunk) + USERS + 'inbound: {"+3902123452XX": "200"}\n'
    )
