"""What becomes of codes on both generated texts: the same as on the model, and what the model says is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import LONGEST, Setting, State, read, written
from pbxgen.flow.simulate import Call, simulate
from pbxgen.interpret.asterisk import channel
from pbxgen.interpret.freeswitch import call as freeswitch
from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS
from tests.support.office import plan_of

GERMAN = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: DE, timezone: Europe/Berlin, language: de, outside_line: "0"}
trunks: {carrier: {host: 192.0.2.1, number: "+493012345000"}}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  home: {match: "+49X.", trunk: carrier}
  world: {match: "+X.", trunk: carrier}
classes: {national: [home], all: [home, world]}
self_service:
  profiles:
    staff:
      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd, follow_me]
      to: [extensions, operators, groups, voicemail, mobile, outside]
      expires: 12h
    few: {may: [unconditional], to: [extensions]}
"""
BODY = """\
users:
  "101": {name: A, did: "+493012345101", voicemail: true, class: all, self_service: staff}
  "102": {name: B, voicemail: true, self_service: few}
  "103": {name: C, voicemail: true}
  "104": {name: D, voicemail: true, self_service: staff, follow_me: [{to: "104"}, {to: "103"}]}
"""
PLAN = plan_of(BODY, head=GERMAN)
HERE = Environment(DEFAULT_MOMENT)
OUTSIDE = "+493012345678"
Dialled = Sequence[tuple[str, str, int | None]]
"""Who dials what, and the status that it is refused with; None: it is taken."""
_PASSED_OVER = "is no setting: it is passed over"


def goes(dialled: Dialled, call: Call, *, environment: Environment = HERE, plan: Plan = PLAN) -> tuple[str, ...]:
    """The phones that ring for ``call`` after the codes, on the model and on both texts alike."""
    codes = []
    now = environment
    for extension, text, status in dialled:
        code = Case(text, plan, Call(extension, text), now)
        story = simulate(plan, code.call, now)
        assert str(story.ending) == (f"released {status}" if status else f"set {extension}"), text
        codes.append(code)
        now = now if story.state is None else replace(now, state=story.state)
    so_far = [replace(code, codes=tuple(codes[:n])) for n, code in enumerate(codes)]
    last = Case("call", plan, call, now, codes=tuple(codes))
    for pbx in PBXS:
        told = examine([plan], [*so_far, last], pbx)
        wrong = [(one.case.name, text) for one in told for text in one.differences if _PASSED_OVER not in text]
        assert wrong == [], pbx
    return simulate(plan, call, now).rings


MANY: Dialled = [("101", f"*{code}*{OUTSIDE}#", None) for code in ("21", "67", "61", "62", "167")]


def test_what_both_pbxs_can_read_back_is_kept() -> None:
    assert goes(MANY, Call("103", "101")) == (OUTSIDE,)


def test_what_would_be_longer_is_refused_and_leaves_what_was_set() -> None:
    longer: Dialled = [*MANY, ("101", f"*161*{OUTSIDE}#", 403), ("101", "*26#", 403)]
    assert goes(longer, Call("103", "101")) == (OUTSIDE,)


def test_there_is_room_again_once_something_is_taken_off() -> None:
    less: Dialled = [*MANY, *(("101", code, None) for code in ("##21#", "##67#", "*26#"))]
    assert goes(less, Call("103", "101")) == ()


def test_a_longer_text_in_the_database_is_nothing_set() -> None:
    settings = {key: Setting(f"n{OUTSIDE}", None, 1795608000, 1795698000) for key in ("unconditional", "unreachable")}
    long = {
        **settings,
        **{
            key: Setting("n+49301234567890123", 30, 1795608000, 1795698000) for key in ("no_answer", "return_no_answer")
        },
        "busy": Setting("n+49301234567890123", None, 1795608000, 1795698000),
    }
    assert len(written(long)) > LONGEST
    at = Environment(dt.datetime(2026, 11, 25, 12, 0))
    assert goes([], Call("103", "101"), environment=replace(at, state=State({"101": settings}))) == (OUTSIDE,)
    assert goes([], Call("103", "101"), environment=replace(at, state=State({"101": long}))) == ("101",)


def test_the_own_mailbox_is_no_number_of_seconds() -> None:
    dialled: Dialled = [("101", "*61**97#", None), ("101", "*61**979#", 404), ("101", "*21**979#", 404)]
    assert goes(dialled, Call("103", "101")) == ("101",)


ITALIAN = GERMAN.replace("country: DE", "country: IT").replace("+49", "+39").replace("Berlin", "Rome")


@pytest.mark.parametrize(
    ("head", "dialled"),
    [
        (GERMAN, "+49112"),
        (GERMAN, "+112"),
        (GERMAN, "000112"),
        (ITALIAN, "+39112"),
        (ITALIAN, "0112"),
        (ITALIAN, "00039112"),
        (ITALIAN, "+112"),
    ],
)
def test_an_emergency_number_cannot_be_set_in_whatever_way_it_is_spelt(head: str, dialled: str) -> None:
    plan = plan_of(BODY.replace("+49", "+39") if head == ITALIAN else BODY, head=head)
    assert goes([("101", f"*21*{dialled}#", 403)], Call("103", "101"), plan=plan) == ("101",)


def test_a_short_premium_number_of_the_own_country_cannot_be_set() -> None:
    plan = plan_of(BODY.replace("+49", "+39"), head=ITALIAN)
    dialled: Dialled = [("101", "*21*01240#", 404), ("101", "*21*+391240#", 403), ("101", "*21*+3912401#", None)]
    assert goes(dialled, Call("103", "101"), plan=plan) == ("+3912401",)


@pytest.mark.parametrize("number", ["+39112", "+112"])
def test_a_setting_that_leads_to_an_emergency_number_is_passed_over(number: str) -> None:
    plan = plan_of(BODY.replace("+49", "+39"), head=ITALIAN)
    environment = replace(HERE, state=State({"101": {"unconditional": Setting(f"n{number}")}}))
    assert goes([], Call("103", "101"), environment=environment, plan=plan) == ("101",)


def test_numbers_that_only_begin_so_are_ordinary_ones() -> None:
    assert goes([("101", "*21*+491121234#", None)], Call("103", "101")) == ("+491121234",)


def test_a_number_that_the_text_has_no_room_for_is_none_and_what_was_set_stays() -> None:
    dialled: Dialled = [("101", "*26#", None), ("101", "*67*+493012345678901234567890123#", 404)]
    assert goes(dialled, Call("103", "101")) == ()


def test_a_number_of_twenty_digits_can_be_set_and_one_of_twenty_one_is_none() -> None:
    longest = f"+49{'1' * 18}"
    assert goes([("101", f"*21*{longest}#", None), ("101", f"*21*{longest}1#", 404)], Call("103", "101")) == (longest,)


OWN = GERMAN.replace("self_service:\n", "self_service:\n  codes: CODES\n")


def test_codes_of_your_own_do_the_same() -> None:
    own = OWN.replace("CODES", '{no_answer: {set: "*5*N*S#", off: "#5#"}, dnd: {on: "*7#"}, all: {clear: "*0#"}}')
    plan = plan_of(BODY, head=own)
    dialled: Dialled = [("101", "*7#", None), ("101", "*0#", None), ("101", "*5*103*10", None), ("101", "*7", None)]
    assert goes(dialled[:3], Call("102", "101"), plan=plan) == ("101",)
    assert goes(dialled, Call("102", "101"), plan=plan) == ()


def test_where_no_code_is_there_what_is_set_otherwise_counts_all_the_same() -> None:
    plan = plan_of(BODY, head=OWN.replace("CODES", "{}"))
    environment = replace(HERE, state=State({"102": {"unconditional": Setting("x103")}}))
    assert goes([], Call("101", "102"), environment=environment, plan=plan) == ("103",)


@pytest.mark.parametrize("dialled", ["009001123456", "+499001123456", "+4909001123456"])
def test_a_premium_number_cannot_be_set_with_a_superfluous_national_prefix_either(dialled: str) -> None:
    assert goes([("101", f"*21*{dialled}#", 403)], Call("103", "101")) == ("101",)


def test_with_two_of_them_it_is_no_number() -> None:
    assert goes([("101", "*21*+49009001123456#", 404)], Call("103", "101")) == ("101",)


@pytest.mark.parametrize("seconds", ["0", "00", "000", "4", "004", "181", "999"])
def test_seconds_that_are_too_few_or_too_many_are_refused(seconds: str) -> None:
    assert goes([("101", f"*61*103*{seconds}#", 403)], Call("103", "101")) == ("101",)


@pytest.mark.parametrize("seconds", ["5", "05", "010", "180"])
def test_seconds_between_5_and_180_are_taken(seconds: str) -> None:
    assert goes([("101", f"*61*103*{seconds}#", None)], Call("103", "101")) == ("101",)


@pytest.mark.parametrize("code", ["*25#", "#25#", "##25#", "*#25#"])
def test_who_has_no_list_to_follow_has_nothing_to_change_in_it(code: str) -> None:
    assert goes([("101", code, 403)], Call("103", "101")) == ("101",)
    assert goes([("104", code, None)], Call("102", "104")) == (("104",) if code == "#25#" else ("103+104",))


def now_may(profile: str) -> Plan:
    """The plan in which 101 has another profile."""
    return plan_of(BODY.replace("class: all, self_service: staff", f"class: all, self_service: {profile}"), head=GERMAN)


def kept(**settings: str) -> Environment:
    return replace(HERE, state=State({"101": {key: Setting(to) for key, to in settings.items()}}))


@pytest.mark.parametrize("pbx", PBXS)
def test_a_setting_does_not_come_back_with_the_right_once_a_code_was_dialled_without_it(
    pbx: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = now_may("few")
    past = {"dnd": Setting("on"), "unconditional": Setting("x102"), "unreachable": Setting("off")}
    code = Case("code", few, Call("101", "*21*104#"), replace(HERE, state=State({"101": past})))
    story = simulate(few, code.call, code.environment)
    assert story.state is not None
    assert set(story.state.users["101"]) == {"unconditional"}
    left: list[dict[object, str]] = []
    of = {"asterisk": channel, "freeswitch": freeswitch}[pbx]
    known = of.database_of

    def watched(case: Case) -> object:
        left.append(known(case))
        return left[-1]

    monkeypatch.setattr(of, "database_of", watched)
    (examined,) = examine([few], [code], pbx)
    assert examined.passed
    (text,) = (value for key, value in left[0].items() if "CustomDeviceState" not in str(key))  # these are lamps
    assert set(read(text)) == {"unconditional"}
    assert read(text)["unconditional"].to == "x104"


@pytest.mark.parametrize("code", ["##67#", "*67#", "##002#"])
@pytest.mark.parametrize("profile", ["few", "null"])
def test_what_is_set_can_be_cleared_without_a_right_to_it_and_nothing_else_can(code: str, profile: str) -> None:
    plan = now_may(profile)
    nothing = None if (code, profile) == ("##002#", "few") else 403
    dialled: Dialled = [("101", code, None), ("101", code, nothing), ("101", "#67#", 403), ("101", "*#67#", 403)]
    assert goes(dialled, Call("103", "101"), environment=kept(busy="x103"), plan=plan) == ("101",)


def test_what_is_not_permitted_is_not_there_when_it_is_asked_for() -> None:
    plan = now_may("few")
    assert goes(
        [("101", "*#21#", None)], Call("103", "101"), environment=kept(unconditional="n+4930123456"), plan=plan
    ) == ("101",)
