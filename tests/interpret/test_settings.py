"""What stands in the database of settings is believed by neither text unless it is exactly what it must be."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, State, expiry
from pbxgen.flow.simulate import Call
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.asterisk import channel
from pbxgen.interpret.base import Interpreter
from pbxgen.interpret.freeswitch import call as freeswitch
from pbxgen.interpret.generated_calls import examine, files_of, place
from pbxgen.pbxs import PBXS
from pbxgen.pipeline import compile_path
from tests.support.hostile_settings import TEXTS

OFFICE = Path(__file__).resolve().parents[1] / "smoke/suites/self_service/office.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_path(OFFICE).plans[0]


@pytest.fixture(scope="module", params=PBXS)
def interpreter(request: pytest.FixtureRequest, plan: Plan) -> Interpreter:
    return load_interpreter(request.param, files_of([plan], request.param))


@pytest.mark.parametrize("called", ["102", "600", "101"])
def test_a_call_goes_as_if_nothing_were_set(
    called: str, interpreter: Interpreter, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = (*plan.users, "switch.night")
    for text in TEXTS:
        kept = {f"pbxgen/office/{key}": text for key in keys}, {("pbxgen.office", key): text for key in keys}
        monkeypatch.setattr(channel, "database_of", lambda case, kept=kept: dict(kept[0]))
        monkeypatch.setattr(freeswitch, "database_of", lambda case, kept=kept: dict(kept[1]))
        examined = place(interpreter, Case("hostile", plan, Call("104", called), Environment(DEFAULT_MOMENT)))
        told = [d for d in examined.differences if "is no setting: it is passed over" not in d]
        assert not told, text


@pytest.mark.parametrize("pbx", PBXS)
def test_who_has_no_profile_pays_nothing(pbx: str, plan: Plan) -> None:
    """The lines of a call to 104 are those of a plan in which nobody may set anything."""
    users = {extension: replace(user, self_service=None) for extension, user in plan.users.items()}
    without = replace(plan, users=users, self_service=None, switches={}, inbound={})
    case = Case("pays", plan, Call("100", "104"), Environment(DEFAULT_MOMENT))
    (paying,) = examine([plan], [case], pbx)
    (nothing,) = examine([without], [replace(case, plan=without)], pbx)
    assert [ran.text for ran in paying.trace] == [ran.text for ran in nothing.trace]


@pytest.mark.parametrize("pbx", PBXS)
def test_one_look_up_is_paid_for_a_user_with_a_profile(pbx: str, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counted(dict[object, str]):
        def get(self, key: object, default: str = "") -> str:  # type: ignore[override]
            asked.append(str(key))
            return default

    monkeypatch.setattr(channel, "database_of", lambda case: Counted())
    monkeypatch.setattr(freeswitch, "database_of", lambda case: Counted())
    (examined,) = examine([plan], [Case("pays", plan, Call("104", "102"), Environment(DEFAULT_MOMENT))], pbx)
    assert examined.passed
    assert len(asked) == 1


@pytest.mark.parametrize("pbx", PBXS)
def test_a_setting_whose_time_is_over_is_passed_over(pbx: str, plan: Plan) -> None:
    since = int(DEFAULT_MOMENT.timestamp()) - 86_400 * 2
    state = State({"102": {"unconditional": Setting("x103", None, since, since + 10)}})
    (examined,) = examine(
        [plan], [Case("over", plan, Call("104", "102"), Environment(DEFAULT_MOMENT, state=state))], pbx
    )
    assert examined.passed
    assert examined.observed is not None
    assert examined.observed.rings == ("102",)


@pytest.mark.parametrize("pbx", PBXS)
@pytest.mark.parametrize(("at", "rings"), [("17:59", ("102",)), ("18:01", ("105",))])
def test_a_setting_ends_at_its_time_of_day(at: str, rings: tuple[str, ...], pbx: str, plan: Plan) -> None:
    """Set at 10:00 on the phone; the call comes at ``at``."""
    set_at = Environment(DEFAULT_MOMENT)
    code = Case("code", plan, Call("105", "*21*102#"), set_at)
    hour, minute = map(int, at.split(":"))
    later = DEFAULT_MOMENT.replace(hour=hour, minute=minute)
    zone = 3600  # Rome, in winter
    ends = int(DEFAULT_MOMENT.replace(hour=18).timestamp()) - zone
    kept = State({"105": {"unconditional": Setting("x102", None, ends - 8 * 3600, ends)}})
    case = Case("call", plan, Call("104", "105"), Environment(later, state=kept), codes=(code,))
    (examined,) = examine([plan], [case], pbx)
    assert examined.passed, examined.differences
    assert examined.observed is not None
    assert examined.observed.rings == rings


@pytest.mark.parametrize("pbx", PBXS)
@pytest.mark.parametrize(
    ("zone", "expires", "at"),
    [
        ("Europe/Rome", "18:00", "2026-03-28 19:00"),  # the night in which an hour is left out
        ("Europe/Rome", "18:00", "2026-03-29 01:00"),
        ("Europe/Rome", "18:00", "2026-10-24 19:00"),  # the night that has an hour twice
        ("Europe/Rome", "18:00", "2026-10-25 01:00"),
        ("Europe/Rome", "08:30", "2026-10-25 01:00"),
        ("Europe/Rome", "02:30", "2026-03-28 19:00"),  # a time that is not there
        ("Europe/Rome", "02:30", "2026-03-29 01:00"),
        ("Europe/Rome", "02:30", "2026-10-24 19:00"),  # a time that is there twice
        ("Europe/Rome", "00:30", "2026-10-25 02:45"),
        ("Europe/Rome", "23:30", "2026-10-25 00:15"),
        ("Europe/Rome", "00:15", "2026-10-25 00:20"),
        ("Europe/Rome", "23:45", "2026-03-28 23:50"),
        ("Australia/Lord_Howe", "18:00", "2026-04-04 19:00"),  # half an hour
        ("America/Santiago", "00:30", "2026-09-05 19:00"),  # left out at midnight
        ("America/Santiago", "18:00", "2026-09-05 19:00"),
        ("Asia/Kolkata", "18:00", "2026-10-24 19:00"),
    ],
)
def test_a_time_of_day_is_one_of_the_clock_also_where_clocks_are_changed(
    zone: str, expires: str, at: str, pbx: str, plan: Plan
) -> None:
    moment = dt.datetime.fromisoformat(at)
    user = plan.users["105"]
    assert user.self_service is not None
    profile = replace(user.self_service, expires=expires)
    there = replace(plan, timezone=zone, users={**plan.users, "105": replace(user, self_service=profile)})
    (examined,) = examine([there], [Case("code", there, Call("105", "*21*102#"), Environment(moment))], pbx)
    assert examined.passed, examined.differences
    kept = [one for ran in examined.trace for one in re.findall(r"unconditional:x102:0:\d+:(\d+)", ran.text)]
    assert set(kept) == {str(expiry(profile, moment, zone))}


PAID = """\
version: 1
pbx: {name: office, domain: office.example, country: IT, timezone: Europe/Rome, language: it}
trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {national: [italy]}
defaults: {class: national, voicemail: true}
self_service:
  codes: etsi
  profiles:
    staff:
      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd, follow_me]
      to: [extensions, operators, groups, voicemail, mobile, outside]
users:
  "101": {name: Ada, did: "+390212345101", self_service: staff}
  "102": {name: Ben}
"""
SELF_SERVICE = Path(__file__).resolve().parents[2] / "docs/self-service.md"


def test_the_page_tells_what_a_call_costs_with_and_without_a_profile(tmp_path: Path) -> None:
    told = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|$", SELF_SERVICE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(told) == 4
    settings = ({}, {}, {"busy": Setting("x102")}, {"unconditional": Setting("x102")})
    for (name, *figures), given in zip(told, settings, strict=True):
        path = tmp_path / "pbx.yaml"
        path.write_text(PAID if name != "without a profile" else PAID.replace(", self_service: staff", ""))
        (plan,) = compile_path(path, analysis=False).plans
        environment = Environment(DEFAULT_MOMENT, state=State({"101": given} if given else {}))
        case = Case(name, plan, Call("+393471112222", "+390212345101"), environment)
        ran = [len(examine([plan], [case], pbx)[0].trace) for pbx in ("asterisk", "freeswitch")]
        assert ran == [*map(int, figures)], name
