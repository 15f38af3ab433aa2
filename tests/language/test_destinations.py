"""Every written form of a destination, and what is wrong with the others."""

from __future__ import annotations

import pytest

from pbxgen.flow.plan import PlaceKind
from pbxgen.flow.trunk import CallerId
from tests.language.sources import HEAD, OUTSIDE, clean, compile_text, only, plan_of

OFFICE = (
    OUTSIDE
    + """\
defaults: {class: full, voicemail: true}
operators:
  day: {number: "9", members: ["102"], default: true}
  night: {number: "8", members: ["102"]}
groups: {sales: {number: "600", members: ["102"]}}
inbound: {"+390212345000": operator}
"""
)
USERS = """\
users:
  "102": {did: "+390212345102"}
  "103": {voicemail: false}
  "101":
    mobile: "+393331234567"
    did: "+390212345101"
    deviations:
      busy: %s
"""


def place(text: str, body: str = OFFICE) -> tuple[str, str]:
    rule = plan_of(body + USERS % text).users["101"].deviations.busy[0]
    return rule.places[0].kind.value, rule.places[0].target


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ('"102"', "user", "102"),
        ('"600"', "group", "sales"),
        ('"9"', "operator", "day"),
        ("operator", "operator", "day"),
        ("operator:night", "operator", "night"),
        ("group:sales", "group", "sales"),
        ("mobile", "outside", "+393331234567"),
        ("voicemail", "mailbox", "101"),
        ("voicemail:101", "mailbox", "101"),
        ("voicemail:102", "mailbox", "102"),
        ("announce:closed", "announce", "closed"),
        ("busy", "release", "busy"),
        ("hangup", "release", "hangup"),
        ('"+393339876543"', "outside", "+393339876543"),
        ('"333 9876543"', "outside", "+393339876543"),
        ('"3339876543"', "outside", "+393339876543"),
        ('"+33 1 42 68 53 00"', "outside", "+33142685300"),
        ('"02 12345102"', "user", "102"),
        ('"+390212345102"', "user", "102"),
        ('"+390212345000"', "inbound", "+390212345000"),
    ],
)
def test_every_form(text: str, kind: str, target: str) -> None:
    assert place(text) == (kind, target)


def test_an_extension_that_could_be_an_outside_number_is_the_extension() -> None:
    body = OFFICE + USERS % '"80012345"' + '  "80012345": {}\n'
    assert plan_of(body).users["101"].deviations.busy[0].places[0].kind is PlaceKind.USER


def test_the_first_matching_route_carries_an_outside_destination() -> None:
    plan = plan_of(
        "trunks: {a: {host: 192.0.2.1}, b: {host: 192.0.2.2}}\n"
        'routes: {france: {match: "+33.", trunk: b}, all: {match: "+.", trunk: a}}\n'
        "classes: {c: [all, france]}\n"
        'users: {"101": {class: c, deviations: {busy: "+33142685300", no_answer: "+393331234567"}}}\n'
    )
    user = plan.users["101"]
    assert user.deviations.busy[0].places[0].trunk == "b"
    assert user.deviations.no_answer[0].places[0].trunk == "a"
    assert user.routes == ("france", "all")


def test_options_of_a_destination() -> None:
    rule = plan_of(OFFICE + USERS % "{to: mobile, timeout: 25, confirm: true, caller_id: own}").users["101"]
    place = rule.deviations.busy[0].places[0]
    assert (place.timeout, place.confirm, place.caller_id) == (25, True, CallerId.OWN)


def test_options_of_a_rule_are_its_destinations_defaults() -> None:
    text = '{to: [mobile, {to: "102", confirm: false, timeout: 10}, voicemail], timeout: 25, confirm: true}'
    places = plan_of(OFFICE + USERS % text).users["101"].deviations.busy[0].places
    assert [(p.kind.value, p.timeout, p.confirm) for p in places] == [
        ("outside", 25, True),
        ("user", 10, False),
        ("mailbox", None, False),
    ]


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("«voicemial»", "did you mean 'voicemail'?"),
        ("«sales»", "did you mean 'group:sales'?"),
        ("«night»", "did you mean 'operator:night'?"),
        ("«grup:sales»", "did you mean 'group:sales'?"),
        ("[«off», voicemail]", "write off alone, as the value of the whole deviation"),
        ("{to: «off»}", "write off alone, as the value of the whole deviation"),
        ("«announce:../secret»", "write a name of letters, digits, - and _ (40 at most), without an ending"),
        ("«Mobile»", "did you mean 'mobile'?"),
    ],
)
def test_what_is_no_destination(text: str, help: str) -> None:
    diagnostic = only("PBX114", OFFICE + USERS % text)
    assert diagnostic.help == help
    assert diagnostic.subject == ("user", "101")


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ('«"104"»', "did you mean '101'?"),
        ("«group:sale»", "did you mean 'sales'?"),
        ("«operator:nigth»", "did you mean 'night'?"),
        ("«voicemail:1002»", "did you mean '102'?"),
        ('«"601"»', "did you mean '101'?"),
        ('«"9999"»', "did you mean '9'?"),
    ],
)
def test_names_that_do_not_exist(text: str, help: str) -> None:
    diagnostic = only("PBX110", OFFICE + USERS % text)
    assert diagnostic.help == help or text in ('«"9999"»', '«"601"»')


@pytest.mark.parametrize(
    "text", ['«"101"»', '«"+390212345101"»', '["102", «"101"»]', '{to: «"02 12345101"», timeout: 20}']
)
def test_nobody_diverts_to_themselves(text: str) -> None:
    only("PBX115", OFFICE + USERS % text)


def test_a_mailbox_must_exist() -> None:
    only("PBX116", OFFICE + USERS % "«voicemail:103»")
    only("PBX116", 'users: {"101": {deviations: {busy: «voicemail»}}}\n')
    clean('users: {"101": {voicemail: {email: ada@acme.example}, deviations: {busy: voicemail}}}\n')


def test_mobile_must_be_set() -> None:
    only("PBX117", OUTSIDE + 'defaults: {class: full}\nusers: {"101": {deviations: {busy: {to: «mobile»}}}}\n')


def test_an_outside_destination_needs_a_route() -> None:
    only("PBX118", OFFICE + USERS % '«"+12025550143"»')


def test_an_outside_destination_needs_a_class_that_allows_it() -> None:
    diagnostic = only("PBX119", OFFICE + USERS % '«"+33142685300"»' + "    class: national\n")
    assert diagnostic.message == "class national of user 101 does not allow +33142685300 (route europe)"
    only("PBX119", OFFICE + USERS % "«mobile»" + "    class: null\n")


def test_calls_are_not_diverted_to_emergency_numbers() -> None:
    only("PBX120", OFFICE + USERS % '«"112"»')
    only("PBX120", OFFICE + USERS % '["102", {to: «"118"»}]')
    only("PBX120", OFFICE + USERS % '«"0112"»', head=HEAD.replace("language: it", 'outside_line: "0"'))


@pytest.mark.parametrize("number", ["899 123456", "+39899123456", "+881612345678", "+870773111632"])
def test_expensive_destinations_need_leave(number: str) -> None:
    only("PBX121", OFFICE + USERS % f'{{to: «"{number}"»}}')
    only("PBX121", OFFICE + USERS % f'{{to: «"{number}"», allow_premium: false}}')
    clean(OFFICE + USERS % f'{{to: "{number}", allow_premium: true}}')
    clean(OFFICE + USERS % f'{{to: ["{number}", "102"], allow_premium: true}}')


def test_an_expensive_mobile_is_reported_where_it_is_used() -> None:
    body = (OFFICE + USERS % "{to: «mobile»}").replace("+393331234567", "+39899123456")
    diagnostic = only("PBX121", body)
    assert "the mobile of user 101" in diagnostic.message


def test_a_bare_operator_must_mean_one() -> None:
    only("PBX124", 'users: {"101": {deviations: {busy: «operator»}}}\n')
    two = 'operators: {a: {number: "8", members: ["102"]}, b: {number: "9", members: ["102"]}}\n'
    diagnostic = only("PBX124", two + 'users: {"102": {}, "101": {deviations: {busy: «operator»}}}\n')
    assert "operator:a" in diagnostic.help
    plan = plan_of('operators: {a: {number: "8", members: ["102"]}}\nusers: {"102": {deviations: {busy: operator}}}\n')
    assert plan.users["102"].deviations.busy[0].places[0].target == "a"


def test_only_one_operator_can_be_the_default() -> None:
    only(
        "PBX130",
        'users: {"102": {}}\noperators: {a: {number: "8", members: ["102"], default: true}, '
        'b: {number: "9", members: ["102"], default: «true»}}\n',
    )


@pytest.mark.parametrize(
    "text",
    [
        "{to: voicemail, «confirm»: true}",
        "{to: voicemail:102, «timeout»: 20}",
        "{to: announce:closed, «timeout»: 20}",
        "{to: busy, «confirm»: true}",
        '{to: "102", «caller_id»: own}',
        "[mobile, {to: voicemail, «confirm»: true}]",
        '[{to: "+390212345000", «confirm»: true}]',
    ],
)
def test_options_that_a_destination_cannot_follow(text: str) -> None:
    only("PBX156", OFFICE + USERS % text)


def test_an_option_of_a_rule_is_fine_if_one_destination_can_follow_it() -> None:
    clean(OFFICE + USERS % "{to: [mobile, voicemail], confirm: true, timeout: 20, caller_id: own}")


def test_places_keep_the_line_they_were_written_on() -> None:
    compiled = compile_text(HEAD + OFFICE + USERS % "[mobile, voicemail]")
    assert compiled.plan is not None
    places = compiled.plan.users["101"].deviations.busy[0].places
    line = (HEAD + OFFICE + USERS % "").count("\n")
    assert [(p.location.line, p.location.column) for p in places] == [(line, 14), (line, 22)]
