"""What the language says of settings, codes and switches, and what is wrong with them."""

from __future__ import annotations

import itertools

import phonenumbers
import pytest

from pbxgen.flow.codes import Dialled, SwitchCode, Unclear, dialled_code
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import is_costly
from pbxgen.language.numbers import cost
from tests.support.office import codes, compiled, plan_of

STAFF = "self_service: {profiles: {staff: {may: [busy, operator_return], to: [extensions]}}}\n"
USERS = 'users: {"101": {self_service: staff}, "102": {}}\n'


def wrong(body: str) -> list[tuple[str, str]]:
    result = compiled(body)
    return [(d.code, d.message) for d in result.diagnostics if d.code not in ("PBX152", "PBX155")]


def test_a_user_has_the_profile_that_is_written_else_the_default_and_null_is_none() -> None:
    plan = plan_of(
        STAFF + "defaults: {self_service: staff}\n"
        'users: {"101": {}, "102": {self_service: null}, "103": {self_service: staff}}\n'
    )
    profiles = {extension: user.self_service and user.self_service.name for extension, user in plan.users.items()}
    assert profiles == {"101": "staff", "102": None, "103": "staff"}


def test_operator_return_stands_for_its_three_keys() -> None:
    profile = plan_of(STAFF + USERS).users["101"].self_service
    assert profile is not None
    assert profile.may == {"busy", "return_busy", "return_no_answer", "return_unreachable"}


def test_a_profile_that_does_not_exist_is_told_with_the_nearest() -> None:
    result = compiled(STAFF + 'users: {"101": {self_service: staf}}\n')
    (error,) = [d for d in result.diagnostics if d.code == "PBX110"]
    assert error.help == "did you mean 'staff'?"


def test_a_default_profile_that_does_not_exist_is_told() -> None:
    assert ("PBX110", "there is no profile 'x'") in wrong(STAFF + USERS + "defaults: {self_service: x}\n")


def test_a_profile_that_nobody_has_is_told() -> None:
    assert "PBX155" in codes(compiled(STAFF + 'users: {"101": {}}\n').diagnostics)


def test_a_switch_that_nothing_asks_for_is_told() -> None:
    body = 'switches: {night: {number: "*28", operators: ["101"]}}\nusers: {"101": {}}\n'
    assert "PBX155" in codes(compiled(body).diagnostics)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            STAFF + USERS + 'groups: {g: {number: "*21", members: ["101"]}}\n',
            "the code *21 is used twice: group g and the code to on unconditional",
        ),
        (
            STAFF + USERS + 'switches: {night: {number: "*62", operators: ["101"]}}\n',
            "the code *62 is used twice: switch night and the code to on unreachable",
        ),
        (
            USERS.replace("{self_service: staff}", "{}")
            + 'switches: {a: {number: "*28", operators: ["101"]}, b: {number: "*28", operators: ["101"]}}\n',
            "the code *28 is used twice: switch b and switch a",
        ),
        (
            USERS.replace("{self_service: staff}", "{}") + 'switches: {a: {number: "*97", operators: ["101"]}}\n',
            "the code *97 is used twice: switch a and the code for the own mailbox",
        ),
        (
            'self_service: {codes: {busy: {set: "*9N#"}}, profiles: {staff: {may: [busy], to: [extensions]}}}\n'
            + USERS,
            "the code *9 is used twice: the code for the own mailbox and the code to set busy",
        ),
        (
            'self_service: {codes: {busy: {set: "*2N#", off: "*21#"}}, '
            "profiles: {staff: {may: [busy], to: [extensions]}}}\n" + USERS,
            "the code *21 is used twice: the code to off busy and the code to set busy",
        ),
    ],
)
def test_one_number_means_one_thing(body: str, message: str) -> None:
    assert ("PBX111", message) in wrong(body)


def test_a_switch_and_a_schedule_have_different_names() -> None:
    body = 'switches: {night: {number: "*28", operators: ["101"]}}\nschedules: {night: {}}\nusers: {"101": {}}\n'
    assert any(code == "PBX111" and "night" in message for code, message in wrong(body))


def test_who_sets_a_switch_is_a_user() -> None:
    body = 'switches: {night: {number: "*28", operators: ["109"]}}\nusers: {"101": {}}\n'
    assert ("PBX122", "operator 109 of switch night is not a user") in wrong(body)


def test_an_operator_of_a_switch_is_named_once() -> None:
    body = 'switches: {night: {number: "*28", operators: ["101", "101"]}}\nusers: {"101": {}}\n'
    assert ("PBX123", "101 is twice an operator of switch night") in wrong(body)


def test_the_name_of_a_profile_is_one_that_a_user_can_name() -> None:
    body = 'self_service: {profiles: {"all staff": {may: [dnd]}}}\nusers: {"101": {}}\n'
    assert ("PBX105", "'all staff' is not a name of a profile") in wrong(body)


def test_a_code_of_your_own_that_means_two_things_is_told_where_it_stands() -> None:
    body = 'self_service:\n  codes:\n    dnd:\n      on: "*26#"\n      off: "*26#"\nusers: {"101": {}}\n'
    (diagnostic,) = [d for d in compiled(body).diagnostics if d.code == "PBX111"]
    (other,) = diagnostic.related
    assert diagnostic.location is not None
    assert (diagnostic.location.line - other.location.line, diagnostic.location.column) == (1, len("      off: ") + 1)


@pytest.mark.parametrize(
    "section",
    [
        "{codes: itu}", "{profiles: {staff: {may: []}}}", "{profiles: {staff: {may: [ringing], to: [extensions]}}}",
        "{profiles: {staff: {may: [busy], to: [premium]}}}", "{profiles: {staff: {may: [busy], expires: soon}}}",
        "{profiles: {staff: {may: [busy], expires: '24:00'}}}", "{codes: {busy: {set: 21N}}}",
        "{codes: {busy: {set: '*21*N*N#'}}}", "{codes: {ringing: {set: '*21*N#'}}}",
        "{codes: {busy: {set: '*67#'}}}", "{codes: {busy: {off: '#67N#'}}}",
        "{codes: {busy: {set: '*67*N*S#'}}}", "{codes: {no_answer: {set: '*61*N#S'}}}",
        "{codes: {all: {set: '*002*N#'}}}", "{codes: {all: {off: '#002#'}}}", "{codes: {dnd: {set: '*26*N#'}}}",
        "{codes: {dnd: {off: '#'}}}",
    ],
)  # fmt: skip
def test_other_forms_are_errors(section: str) -> None:
    assert compiled(f'self_service: {section}\nusers: {{"101": {{}}}}\n').plan is None


US = plan_of("self_service: {codes: us, profiles: {staff: {may: [busy, dnd], to: [extensions]}}}\n" + USERS)
ETSI = plan_of(STAFF + USERS + 'switches: {night: {number: "*28", operators: ["101"]}}\n')


@pytest.mark.parametrize(
    ("plan", "dialled", "action", "key", "number", "seconds"),
    [
        (US, "*72102", "set", "unconditional", "102", None),
        (US, "*90102#", "set", "busy", "102", None),
        (US, "*92102", "set", "no_answer", "102", None),
        (US, "*94102", "set", "unreachable", "102", None),
        (US, "*73", "off", "unconditional", "", None),
        (US, "*91", "off", "busy", "", None),
        (US, "*74", "clear", "", "", None),
        (US, "*78", "on", "dnd", "", None),
        (US, "*79", "off", "dnd", "", None),
        (ETSI, "*21*102#", "set", "unconditional", "102", None),
        (ETSI, "*67*+390212345678", "set", "busy", "+390212345678", None),
        (ETSI, "*61*102*20#", "set", "no_answer", "102", 20),
        (ETSI, "*61**97*20%23", "set", "no_answer", "*97", 20),
        (ETSI, "*62*#", "set", "unreachable", "", None),
        (ETSI, "*21#", "on", "unconditional", "", None),
        (ETSI, "#21#", "off", "unconditional", "", None),
        (ETSI, "%2321%23", "off", "unconditional", "", None),
        (ETSI, "##21#", "clear", "unconditional", "", None),
        (ETSI, "##002#", "clear", "", "", None),
        (ETSI, "*#21#", "ask", "unconditional", "", None),
        (ETSI, "*161*9*15#", "set", "return_no_answer", "9", 15),
        (ETSI, "*26", "on", "dnd", "", None),
        (ETSI, "#25#", "off", "follow_me", "", None),
    ],
)
def test_codes(plan: Plan, dialled: str, action: str, key: str, number: str, seconds: int | None) -> None:
    code = dialled_code(plan, dialled)
    assert isinstance(code, Dialled)
    assert (code.code.action, code.code.key, code.number, code.seconds) == (action, key, number, seconds)


@pytest.mark.parametrize(
    ("dialled", "on"), [("*28", None), ("*28#", True), ("*28%23", True), ("#28#", False), ("#28", False)]
)
def test_codes_of_a_switch(dialled: str, on: bool | None) -> None:
    code = dialled_code(ETSI, dialled)
    assert isinstance(code, SwitchCode)
    assert code.on is on


@pytest.mark.parametrize("dialled", ["102", "*97", "*98", "*5", "112", "", "+390212345678", "*2", "#", "*"])
def test_other_numbers_are_no_codes(dialled: str) -> None:
    assert dialled_code(ETSI, dialled) is None


@pytest.mark.parametrize("dialled", ["*21*1*2*3#", "*21*102*20#", "*21*1+2#", "*61*102*2000#", "*21*#102#"])
def test_what_begins_as_a_code_and_is_none_is_nothing_else_either(dialled: str) -> None:
    assert isinstance(dialled_code(ETSI, dialled), Unclear)


def test_codes_of_your_own() -> None:
    plan = plan_of(
        'self_service: {codes: {no_answer: {set: "*5N*S#", off: "#5#"}, all: {clear: "*000#"}}, '
        "profiles: {staff: {may: [busy], to: [extensions]}}}\n" + USERS
    )
    assert plan.self_service is not None
    assert [(c.head, c.action, c.key, c.number, c.seconds) for c in plan.self_service.codes] == [
        ("*5", "set", "no_answer", True, True),
        ("#5", "off", "no_answer", False, False),
        ("*000", "clear", "", False, False),
    ]


def test_whatever_costs_as_a_premium_number_does_is_one_that_no_setting_leads_to() -> None:
    """Of every country: its example, prefixes in front that are stripped, digits behind that are ignored."""
    everywhere = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}
routes: {world: {match: "+.", trunk: carrier}}
classes: {all: [world]}
"""
    plan = plan_of(STAFF + USERS, head=everywhere)
    missed, premium = [], 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.PREMIUM_RATE)
        if example is None:
            continue
        national = phonenumbers.national_significant_number(example)
        for before, behind in itertools.product(("", "0", "00", "1", "8", "80"), ("", "1", "12")):
            number = f"+{example.country_code}{before}{national}{behind}"
            if cost(number) is not None:
                premium += 1
                missed += [] if is_costly(plan, number) else [number]
    assert missed == []
    assert premium > 300


@pytest.mark.parametrize(
    ("when", "help"),
    [("nigth", "did you mean 'night'?"), ("offce", "did you mean 'office'?"), ("xxxxxxxx", "known: office, night")],
)
def test_a_condition_that_nothing_is_called_may_mean_a_schedule_or_a_switch(when: str, help: str) -> None:
    result = compiled(
        'schedules: {office: {weekly: {mon-fri: "08:30-18:00"}}}\n'
        'switches: {night: {number: "*28", operators: ["101"]}}\n'
        f'users: {{"101": {{deviations: {{busy: {{to: "102", when: {when}}}}}}}, "102": {{}}}}\n'
    )
    # Nothing is unused: it may have been meant.
    problems = [
        (d.code, d.message, d.help)
        for d in result.diagnostics
        if d.code in ("PBX110", "PBX155") and "class" not in d.message
    ]
    assert problems == [("PBX110", f"there is no schedule or switch '{when}'", help)]


@pytest.mark.parametrize(
    ("codes", "may", "without"),
    [
        ("etsi", "busy, operator_return, dnd, follow_me", []),
        ("us", "unconditional, busy, no_answer, unreachable, dnd", []),
        ("us", "busy, operator_return, follow_me", ["operator_return", "follow_me"]),
        ('{dnd: {on: "*5#"}}', "dnd, busy", ["busy"]),
        ('{busy: {ask: "*5#", clear: "*6#"}}', "busy", ["busy"]),
        ('{return_busy: {off: "*5#"}}', "operator_return", []),
    ],
)
def test_a_key_that_no_code_sets_is_told(codes: str, may: str, without: list[str]) -> None:
    body = f"self_service: {{codes: {codes}, profiles: {{staff: {{may: [{may}], to: [extensions]}}}}}}\n" + USERS
    messages = [message for code, message in wrong(body) if code == "PBX164"]
    assert messages == [f"profile staff lets users set {key}, and no code does that" for key in without]


def test_of_codes_with_an_error_nobody_is_told_which_keys_they_set() -> None:
    body = (
        'self_service: {codes: {busy: {set: "10N"}}, profiles: {staff: {may: [busy, dnd], to: [extensions]}}}\n' + USERS
    )
    assert [code for code, _ in wrong(body)] == ["PBX105"]
