"""What a carrier is sent, as real calls: the number's form, the caller's number, the diversions and their count."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case, Handling
from pbxgen.calls.headers import AnnouncedDiversion, last_diversion, user_of
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import Plan, Reason
from pbxgen.flow.simulate import Transfer
from pbxgen.flow.trunk import DiversionHeader
from pbxgen.lab.result import LabReport
from tests.smoke.offices import HEAD, OUTSIDE, call, office
from tests.support.calls import place, rang, shown

pytestmark = [pytest.mark.real, pytest.mark.slow]

_TRUNK = """
version: 1
pbx: {{name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}}
defaults: {{ring_timeout: 5, outside_timeout: 5, class: full}}
trunks:
  carrier: {{host: 127.0.0.1, number: "+390212345000", {options}}}
routes:
  emergency: {{match: ["112"], trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
  germany: {{match: "+49.", trunk: carrier}}
classes: {{full: [italy, germany]}}
users:
  "101":
    did: "+390212345101"
    mobile: "+393331110101"
    deviations: {{unconditional: "+4930123456"}}
  "102": {{did: "+390212345102", deviations: {{busy: "+393331110102", unreachable: "103"}}}}
  "103": {{deviations: {{no_answer: "+393331110103", unreachable: "+393331110103", busy: "104"}}}}
  "104": {{did: "+390212345104", deviations: {{unconditional: {{to: "+393331110104", caller_id: own}}}}}}
  "105": {{did: "+390212345105", deviations: {{unconditional: {{to: "+393331110105", caller_id: original}}}}}}
  "106": {{did: "+390212345106", deviations: {{busy: ["group:sales", "103"]}}}}
  "120": {{did: "+390212345120"}}
  "121": {{}}
groups:
  sales: {{number: "600", members: ["121"], overflow: "+393331110600"}}
inbound:
  "+390212345600": "+393331110601"
"""


_WITHHELD = f"""
contacts: {{friends: ["{OUTSIDE}"]}}
users:
  "101": {{did: "+390212345101", deviations: {{unconditional: {{to: "102", from: friends}}}}}}
  "102": {{}}
"""

_IN_TURN = """
version: 1
pbx: {name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}
defaults: {ring_timeout: 5, outside_timeout: 5, class: full}
trunks:
  carrier: {host: 127.0.0.1, number: "+390212345000", caller_id: own, diversion: diversion}
  silent: {host: 127.0.0.2, diversion: none}
  numberless: {host: 127.0.0.3, caller_id: own, diversion: history_info}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
  germany: {match: "+49.", trunk: silent}
  france: {match: "+33.", trunk: numberless}
classes: {full: [italy, germany, france]}
users:
  "101": {did: "+390212345101", deviations: {busy: ["+393331110101", "+4930123456", "+33140205050", "103"]}}
  "102": {deviations: {busy: ["+393331110101", "+4930123456", "+33140205050", "103"]}}
  "103": {}
  "104": {}
  "120": {did: "+390212345120"}
  "121": {}
groups:
  sales: {number: "600", members: ["104"], overflow: "+393331110102"}
"""


@dataclass(frozen=True)
class _Sent:
    """One number that a call reaches outside, and what its INVITE says; numbers in E.164."""

    case: Case
    number: str
    shows: str
    by: str | None = None
    """Number of who diverted last; None: no diversion is announced."""
    reason: Reason | None = None
    count: int = 0


def _plan(folder: Path, options: str) -> Plan:
    return office(folder, _TRUNK.format(options=options))


def _diverted(plan: Plan, own: bool) -> list[_Sent]:
    """Calls that are diverted outside; ``own``: the trunk shows the diverting user's number."""
    main, ada = "+390212345000", "+390212345120"
    sent = []
    for caller, theirs in ((OUTSIDE, OUTSIDE), ("120", ada), ("121", main)):
        inside = caller != OUTSIDE

        def to(did: str, *, inside: bool = inside) -> str:
            return did[-3:] if inside else did

        def one(
            did: str, number: str, by: str, reason: Reason, count: int, *, caller: str = caller, theirs: str = theirs,
            shows: str | None = None, carried: int = 0, **phones: str,
        ) -> _Sent:  # fmt: skip
            states: dict[str, str | list[str]] = {name[1:]: state for name, state in phones.items()}
            name = f"{caller} to {did}, {reason}, {count} diversions"
            case = call(plan, caller, to(did), name=name, phones=states, carried=carried)
            return _Sent(case, number, shows or (by if own else theirs), by, reason, count)

        sent += [
            one("+390212345101", "+4930123456", "+390212345101", Reason.UNCONDITIONAL, 1),
            one("+390212345102", "+393331110102", "+390212345102", Reason.BUSY, 1, _102="busy"),
            one("+390212345102", "+393331110103", main, Reason.NO_ANSWER, 2, _102="unregistered", _103="ring"),
            one("+390212345102", "+393331110103", main, Reason.UNREACHABLE, 2, _102="error", _103="unregistered"),
            one("+390212345102", "+393331110104", "+390212345104", Reason.UNCONDITIONAL, 3, _102="error", _103="busy",
                shows="+390212345104"),
            one("+390212345105", "+393331110105", "+390212345105", Reason.UNCONDITIONAL, 1, shows=theirs),
        ]  # fmt: skip
        if not inside:
            sent.append(one("+390212345102", "+393331110102", "+390212345102", Reason.BUSY, 3, carried=2, _102="busy"))
    return sent


def _straight(plan: Plan) -> list[_Sent]:
    """Calls that are dialled: nothing was diverted."""
    numbers = ("+393331110101", "+4930123456")
    straight = [_Sent(call(plan, "120", n, name=f"120 dials {n}"), n, "+390212345120") for n in numbers]
    straight += [_Sent(call(plan, "121", n, name=f"121 dials {n}"), n, "+390212345000") for n in numbers]
    return straight


def _check(sent: list[_Sent], report: LabReport, style: DiversionHeader) -> None:
    wrong = []
    for wanted in sent:
        legs = [leg for leg in rang(report, wanted.case) if leg.target == wanted.number]
        if len(legs) != 1:
            wrong.append(f"{wanted.case.name}: {wanted.number} was called {len(legs)} times")
            continue
        wrong += [f"{wanted.case.name}: {what}" for what in _differences(wanted, legs[0], style)]
    assert not wrong, "\n".join(wrong)


def _differences(wanted: _Sent, leg: Attempt, style: DiversionHeader) -> list[str]:
    plan = wanted.case.plan
    form = plan.trunks["carrier"].number_format
    headers = dict(leg.headers)
    differences = []
    if leg.request_user != _sent_as(plan, form, wanted.number):
        differences.append(f"sent as {leg.request_user}")
    if shown(leg) != _sent_as(plan, form, wanted.shows):
        differences.append(f"shows {shown(leg)} instead of {wanted.shows}")
    for other in set(DiversionHeader) - {style, DiversionHeader.NONE}:
        if other.value.replace("_", "-") in headers:
            differences.append(f"has a header {other}")
    if style is DiversionHeader.NONE:
        return differences
    said = last_diversion(leg.headers, style)
    if style is DiversionHeader.HISTORY_INFO and said is not None:
        history = ", ".join(value for name, value in leg.headers if name == "history-info")
        if user_of(history.rpartition("<")[2]) != leg.request_user:
            differences.append(f"a history that does not end at {leg.request_user}: {history}")
    if wanted.by is None or wanted.reason is None:
        return differences if said is None else [*differences, f"tells of {said}"]
    expected = AnnouncedDiversion(_sent_as(plan, form, wanted.by), wanted.reason, wanted.count)
    if said != expected:
        differences.append(f"tells of {said} instead of {expected}")
    return differences


def _sent_as(plan: Plan, form: NumberFormat, number: str) -> str:
    match form:
        case NumberFormat.E164:
            return number
        case NumberFormat.E164_BARE:
            return number[1:]
        case NumberFormat.INTERNATIONAL:
            return f"00{number[1:]}"
        case NumberFormat.NATIONAL:
            return plan.numbering.to_national(number)


def test_a_carrier_is_sent_numbers_caller_and_diversions_as_the_trunk_says(pbx_name: str, tmp_path: Path) -> None:
    sent: list[tuple[DiversionHeader, _Sent]] = []
    for form in NumberFormat:
        plan = _plan(tmp_path, f"number_format: {form.value}")
        sent += [(DiversionHeader.DIVERSION, s) for s in _straight(plan)[:4] + _diverted(plan, own=False)[:3]]
    for style, caller_id in product(DiversionHeader, ("original", "own")):
        plan = _plan(tmp_path, f"caller_id: {caller_id}, diversion: {style.value}")
        calls = _diverted(plan, own=caller_id == "own")
        # From outside every one; from inside those that show who calls.
        sent += [(style, s) for s in calls[:7] + calls[7:9] + calls[13:15]]
        sent += [(style, s) for s in _straight(plan)[:3]]
    report = place([s.case for _, s in sent], pbx_name)
    for style in DiversionHeader:
        _check([s for mine, s in sent if mine is style], report, style)


def _nobody_diverts(plan: Plan, overflow_shows: str, straight_shows: str) -> list[_Sent]:
    called = "+390212345600"
    busy: dict[str, str | list[str]] = dict.fromkeys(("103", "104", "106", "121"), "busy")
    nobody = {"+393331110104": "busy"}
    overflow = call(plan, OUTSIDE, "+390212345106", name="overflow", phones=busy, outside=nobody)
    straight = call(plan, OUTSIDE, called, name="an inbound number that is an outside number")
    again = call(plan, OUTSIDE, called, name="the same, diverted before", carried=2)
    return [
        _Sent(straight, "+393331110601", straight_shows, called, Reason.UNCONDITIONAL, 1),
        _Sent(again, "+393331110601", straight_shows, called, Reason.UNCONDITIONAL, 3),
        _Sent(overflow, "+393331110600", overflow_shows, "+390212345104", Reason.UNCONDITIONAL, 3),
    ]


def test_what_nobody_diverts_carries_the_last_diversion_of_the_call(pbx_name: str, tmp_path: Path) -> None:
    main = "+390212345000"
    sent = _nobody_diverts(_plan(tmp_path, "diversion: diversion"), OUTSIDE, OUTSIDE)
    # There is no number of who diverts to show: the trunk's own stands for it.
    sent += _nobody_diverts(_plan(tmp_path, "diversion: diversion, caller_id: own"), main, main)
    report = place([s.case for s in sent], pbx_name)
    _check(sent, report, DiversionHeader.DIVERSION)


_CAME_WITH: list[tuple[int, tuple[str, ...]]] = [
    (1, ("Diversion: <sip:+390000@h>;reason=user-busy",)),
    (3, ("Diversion: <sip:+390000@h>;reason=user-busy;counter=3",)),
    (3, ('Diversion: "Ada, at home" <sip:+390000@h>;counter=2;reason=no-answer, <sip:+390001@h>;reason=deflection',)),
    (3, ("Diversion: <sip:+390000@h>;counter=1;limit=9, <sip:+390001@h>;counter=2 ;limit=9",)),
    (1, ("Diversion: <sip:+390000@h>;counter=two;reason=user-busy",)),
    (0, ("History-Info: <sip:+390000@h>;index=1",)),
    (2, ("History-Info: <sip:+390000@h>;index=1, <sip:+390001@h>;index=1.1.1;np=1.1.1.1",)),
    (1, ("History-Info: <sip:+390000@h>;index=1", "History-Info: <sip:+390001@h;cause=302>;index=1.1;mp=1")),
    (3, ("History-Info: <sip:+390000@h>;index=1, <sip:+390001@h>;index=1.1, <sip:+390002@h>;index=1.1.1.1",)),
    (2, ("Diversion: <sip:+390000@h>;reason=user-busy", "History-Info: <sip:+390001@h>;index=1.1.1")),
]


def test_diversions_that_a_call_came_with_are_counted(pbx_name: str, tmp_path: Path) -> None:
    plan = _plan(tmp_path, "diversion: diversion")
    sent = []
    for carried, headers in _CAME_WITH:
        handling = Handling(headers=headers)
        name = f"came with {'; '.join(headers)}"
        case = call(
            plan, OUTSIDE, "+390212345102", name=name, phones={"102": "busy"}, carried=carried, handling=handling
        )
        sent.append(_Sent(case, "+393331110102", OUTSIDE, "+390212345102", Reason.BUSY, carried + 1))
    _check(sent, place([s.case for s in sent], pbx_name), DiversionHeader.DIVERSION)


def test_who_diverts_and_has_no_number_is_told_by_the_extension(pbx_name: str, tmp_path: Path) -> None:
    numberless = _TRUNK.format(options="diversion: diversion").replace('number: "+390212345000", ', "")
    plan = office(tmp_path, numberless)
    phones: dict[str, str | list[str]] = {"102": "unregistered", "103": "ring"}
    case = call(plan, OUTSIDE, "+390212345102", name="a trunk without a number", phones=phones)
    sent = [_Sent(case, "+393331110103", OUTSIDE, "103", Reason.NO_ANSWER, 2)]
    _check(sent, place([case], pbx_name), DiversionHeader.DIVERSION)


def test_nothing_that_one_number_is_told_holds_for_the_next(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _IN_TURN)
    busy: dict[str, str | list[str]] = dict.fromkeys(("101", "102", "104"), "busy")
    first, second, third, overflow = "+393331110101", "+4930123456", "+33140205050", "+393331110102"
    nobody = dict.fromkeys((first, second, third), "busy")
    main, mine, busy_why = "+390212345000", "+390212345101", Reason.BUSY
    numbered = call(plan, "120", "101", name="everybody has a number", phones=busy, outside=nobody)
    nameless = call(plan, "121", "102", name="nobody has a number", phones=busy, outside=nobody)
    given_on, to_sales = (
        call(
            plan, "120", "101", name=f"who takes over gives the caller on to {to}", phones=busy, outside=nobody,
            transfer=Transfer("103", to),
        )
        for to in (overflow, "600")
    )  # fmt: skip
    report = place([numbered, nameless, given_on, to_sales], pbx_name)
    told = [
        _Sent(numbered, first, mine, mine, busy_why, 1),
        _Sent(nameless, first, main, main, busy_why, 1),
        # Who transfers diverts, and has no number.
        _Sent(given_on, overflow, main, main, Reason.UNCONDITIONAL, 1),
        _Sent(to_sales, overflow, main, main, Reason.UNCONDITIONAL, 1),
    ]
    _check(told, report, DiversionHeader.DIVERSION)
    _check([_Sent(numbered, third, mine, mine, busy_why, 1)], report, DiversionHeader.HISTORY_INFO)
    legs = {leg.target: leg for leg in rang(report, nameless)}
    for number in (second, third):
        assert shown(legs[number]) == "anonymous"
    assert last_diversion(legs[third].headers, DiversionHeader.HISTORY_INFO) == AnnouncedDiversion("102", busy_why, 1)
    for result in report.results:
        (silent,) = (leg for leg in result.observed.rang if leg.target == second)
        assert not {"diversion", "history-info"} & set(dict(silent.headers))


def test_an_emergency_number_is_sent_bare_with_the_users_number(pbx_name: str, tmp_path: Path) -> None:
    plan = _plan(tmp_path, "number_format: international")
    cases = [call(plan, "120", "112"), call(plan, "121", "112"), call(plan, "101", "112")]
    report = place(cases, pbx_name)
    for case, number in zip(cases, ("00390212345120", "00390212345000", "00390212345101"), strict=True):
        (leg,) = rang(report, case)
        assert leg.request_user == "112"
        assert shown(leg) == number


def test_who_calls_is_what_the_carrier_asserts_unless_withheld(pbx_name: str, tmp_path: Path) -> None:
    plan = office(tmp_path, _WITHHELD)
    asserted = f"P-Asserted-Identity: <sip:{OUTSIDE}@h>"
    switchboard = Handling(caller_shows="+390699999999", headers=(asserted,))
    withheld = Handling(caller_shows="anonymous", headers=(asserted, "Privacy: id"))
    other = "+390699999999"
    preferred = f"P-Preferred-Identity: <sip:{OUTSIDE}@h>"
    beside = Handling(headers=(f"P-Asserted-Identity: <sip:{other}@h>", preferred))
    cases = [
        call(plan, other, "+390212345101", name="the number of the carrier, not the preferred one", handling=beside),
        call(plan, other, "+390212345101", name="only preferred", handling=Handling(headers=(preferred,))),
        call(plan, OUTSIDE, "+390212345101"),
        call(plan, OUTSIDE, "+390212345101", name="a number that the carrier asserts", handling=switchboard),
        call(plan, "anonymous", "+390212345101", name="the same, withheld", handling=withheld),
    ]
    report = place(cases, pbx_name)
    hidden = rang(report, cases[-1])[0]
    assert OUTSIDE[1:] not in dict(hidden.headers)["from"]


def test_numbers_stay_whatever_digits_they_hold(pbx_name: str, tmp_path: Path) -> None:
    """The laboratory puts the ports of its sound into what SIPp sends, which names 99999 for them."""
    plan = office(
        tmp_path,
        HEAD.replace("+390212345000", "+390699999900", 1)
        + """
contacts: {friends: ["+390699999999"]}
users:
  "201": {did: "+390699999901", deviations: {unconditional: {to: "202", from: friends}}}
  "202": {}
""",
    )
    place([call(plan, caller, "+390699999901") for caller in (OUTSIDE, "+390699999999")], pbx_name)


def test_a_caller_is_known_in_every_form_of_the_number(pbx_name: str, tmp_path: Path) -> None:
    abroad = "+4930123456"
    forms = {
        "e164": {OUTSIDE: (OUTSIDE, "3471112222", "00393471112222"), abroad: (abroad, "004930123456")},
        "e164_bare": {OUTSIDE: (OUTSIDE, "393471112222", "00393471112222"), abroad: (abroad, "4930123456")},
    }
    cases = []
    for form, callers in forms.items():
        text = HEAD.replace("number:", f"number_format: {form}, number:", 1) + _WITHHELD.replace(
            OUTSIDE, f'{OUTSIDE}", "{abroad}'
        )
        plan = office(tmp_path, text)
        for caller, written in callers.items():
            cases += [
                call(plan, caller, "+390212345101", name=f"{form}: {one}", handling=Handling(caller_shows=one))
                for one in written
            ]
    report = place(cases, pbx_name)
    for result in report.results:
        (leg,) = result.observed.rang
        assert leg.target == "102", result.case.name
        assert shown(leg) == result.case.call.caller, result.case.name


def test_what_is_no_number_reaches_nobody(pbx_name: str, tmp_path: Path) -> None:
    plan = _plan(tmp_path, "number_format: e164")
    dialled = ("office", "12a", "+", "+39", "*99", "#", "120x", "1" * 33, "1" * 60, "s", "h", "release", "mailbox")
    place([call(plan, caller, number) for caller in ("120", OUTSIDE) for number in dialled], pbx_name)
