"""The model in the page gives the model's answers: in a real browser, on the scenarios and on random sources."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pbxgen.flow.codes import dialled_code
from pbxgen.flow.environment import DEFAULT_MOMENT, OUTSIDE_STATES, PHONE_STATES, SERVICE_STATES, Environment
from pbxgen.flow.plan import Outcome, Plan
from pbxgen.flow.settings import KEYS, NOTHING_SET, STATES, State, is_permitted
from pbxgen.flow.simulate import Call, Story, Transfer, simulate
from pbxgen.report.data import plan_data, state_data
from pbxgen.report.page import page
from pbxgen.scenario.run import prepare
from pbxgen.scenario.state import after_codes, setting_of
from pbxgen.scenario.values import WrittenSetting
from tests.flow.analysis.brute import MOMENTS
from tests.support.browser import Browser, browser
from tests.support.office import compiled, plan_of
from tests.support.sources import CALLERS, DIDS, EXTENSIONS, MAIN, OUTSIDE_NUMBERS, sources

ROOT = Path(__file__).parents[2]
SCENARIOS = [*(ROOT / "examples").rglob("*.test.yaml"), *(ROOT / "tests/smoke/suites").rglob("*.test.yaml")]
CALLS_EACH = 150
STATUSES = plan_of(
    """
users:
  "101": {name: Ada, deviations: {busy: "102", no_answer: "103", unreachable: "104"}}
  "102": {name: Bea}
  "103": {name: Carlo}
  "104": {name: Dora}
  "105": {name: Ennio, class: national}
"""
)

_RUN = """
const plan = Engine.load(arguments[0]);
return arguments[1].map(([call, environment, state]) => {
  const story = Engine.simulate(Engine.asSet(plan, state), call, environment);
  return {rings: story.rings, ending: [story.ending.kind, story.ending.value], diverted: story.diverted,
          events: story.events.filter(e => e.kind !== "outcome").map(e => [e.kind, e.subject || "", e.seconds || 0])};
});
"""


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with some page open: its engine takes other plans too."""
    plan = compiled('users: {"101": {name: Ada}}').plan
    assert plan is not None
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page([(plan, (), ())]), encoding="utf-8")
    with browser() as opened:
        opened.open(path)
        yield opened


def told(story: Story) -> dict[str, Any]:
    return {
        "rings": list(story.rings),
        "ending": [story.ending.kind.value, story.ending.value],
        "diverted": [{"by": d.by, "reason": d.reason.value} for d in story.diverted],
        "events": [[e.kind.value, e.subject, e.seconds or 0] for e in story.events if e.kind.value != "outcome"],
    }


def as_data(call: Call, environment: Environment) -> list[Any]:
    transfer = call.transfer
    moment = {
        "date": environment.moment.date().isoformat(),
        "minute": environment.moment.hour * 60 + environment.moment.minute,
    }
    return [
        {
            "from": call.caller,
            "to": call.called,
            "carried": call.carried,
            "transfer": transfer and {"by": transfer.by, "to": transfer.to, "attended": transfer.attended},
        },
        {
            "moment": moment,
            "phones": {e: list(s) for e, s in environment.phones.items()},
            "outside": dict(environment.outside),
            "services": dict(environment.services),
        },
        state_data(environment.state),
    ]


def agree(window: Browser, plan: Plan, calls: list[tuple[Call, Environment]]) -> None:
    data = json.loads(json.dumps(plan_data(plan)))
    seen = window.run(_RUN, data, [as_data(*one) for one in calls])
    for (call, environment), story in zip(calls, seen, strict=True):
        assert story == told(simulate(plan, call, environment)), (call, environment)


@pytest.mark.parametrize("sip_480", ["busy", "unreachable", "no_answer"])
def test_every_final_status_means_the_same_to_page_and_model(window: Browser, sip_480: str) -> None:
    plan = replace(STATUSES, sip_480=Outcome(sip_480))
    environments = [Environment(DEFAULT_MOMENT, {"101": (str(status),)}) for status in range(300, 700)]
    outside = [Environment(DEFAULT_MOMENT, {}, {"+393401112233": str(status)}) for status in range(300, 700)]
    calls = [(Call("105", "101"), environment) for environment in environments] + [
        (Call("105", "+393401112233"), w) for w in outside
    ]
    endings = {simulate(plan, call, environment).ending.value for call, environment in calls[:400]}
    assert {"102", "104"} <= endings, "the source tells busy and unreachable from each other"
    agree(window, plan, calls)


@pytest.mark.parametrize("path", sorted(SCENARIOS), ids=lambda p: f"{p.parent.name}-{p.name.split('.')[0]}")
def test_every_scenario_of_the_examples_and_suites(window: Browser, path: Path) -> None:
    prepared = prepare(path)
    assert prepared.scenarios, prepared.diagnostics
    for scenario, plan in prepared.scenarios:
        if dialled_code(plan, scenario.call.called) is not None:
            continue  # the page plays calls, and codes are none
        if scenario.environment.trunks or any(trunk.max_calls for trunk in plan.trunks.values()):
            continue  # on the page trunks carry every call
        environment, _ = after_codes(plan, scenario)
        agree(window, plan, [(scenario.call, environment)])


_SETTING = """
const plan = Engine.load(arguments[0]);
return arguments[1].map(([extension, key, written, after]) => {
  const setting = Engine.settingOf(plan, extension, key, written, after || 0);
  return setting && [setting, Engine.isPermitted(plan, plan.users.get(extension), key, setting)];
});
"""
_WRITTEN = (
    *("on", "off", "mobile", "voicemail", "*97", "*77", "101", "102", "105", "9", "600", "777", "112", "0112", ""),
    *("+390212345102", "00390212345103", "0212345101", "+390212345000", "3335550199", "+393335550199", "+442079460000"),
    *("899123456", "+39899123456", "+390112", "+39112", "+3900212345101", "00000", "+99912345678901234567890"),
)


@pytest.mark.parametrize("features", ["", 'features: {own_mailbox: "*77"}\n', "features: {own_mailbox: null}\n"])
def test_what_can_be_set_and_what_is_permitted(window: Browser, features: str) -> None:
    """Every key of every user of an office with self-service, to places of every kind."""
    plan = compiled((ROOT / "tests/smoke/suites/self_service/office.yaml").read_text() + features, head="").plan
    assert plan is not None
    asked = [(e, k, w, a) for e in plan.users for k in KEYS for w in _WRITTEN for a in (None, 3, 10)]
    expected = []
    for extension, key, written, after in asked:
        after = None if key in STATES else after
        setting = setting_of(plan, WrittenSetting(extension, key, written, after))
        user = plan.users[extension]
        expected.append(None if setting is None else (setting.to, is_permitted(plan, user, key, setting, 0)))
    seen = window.run(_SETTING, json.loads(json.dumps(plan_data(plan))), asked)
    permitted = [None if one is None else (one[0]["to"], one[1]) for one in seen]
    assert [pair for pair in zip(asked, permitted, expected, strict=True) if pair[1] != pair[2]] == []
    assert {None} < {one and one[1] for one in expected}


@pytest.mark.parametrize("name", ["office", "block", "switch"])
def test_calls_with_random_settings_and_switches(window: Browser, name: str) -> None:
    plan = compiled((ROOT / f"tests/smoke/suites/self_service/{name}.yaml").read_text(), head="").plan
    assert plan is not None
    dice = random.Random(name)
    callers = [*plan.users, "+393471112222", "anonymous"]
    called = [*plan.users, *plan.dids, *plan.inbound, *(group.number for _, group in plan.positions())]
    calls = []
    for _ in range(400):
        environment = Environment(
            dice.choice(MOMENTS), {e: (dice.choice([*PHONE_STATES]),) for e in plan.users}, state=set_by(dice, plan)
        )
        calls.append((Call(dice.choice(callers), dice.choice(called)), environment))
    agree(window, plan, calls)
    plain = [told(simulate(plan, call, replace(environment, state=NOTHING_SET))) for call, environment in calls]
    assert [told(simulate(plan, call, environment)) for call, environment in calls] != plain, "what is set counts"


def set_by(dice: random.Random, plan: Plan) -> State:
    state = State(switches={name: dice.random() < 0.5 for name in plan.switches if dice.random() < 0.7})
    for extension in plan.users:
        for key in KEYS:
            if dice.random() < 0.2:
                after = dice.choice((None, 10))
                setting = setting_of(plan, WrittenSetting(extension, key, dice.choice(_WRITTEN), after))
                if setting is not None:
                    state = state.with_user(extension, {**state.users.get(extension, {}), key: setting})
    return state


@settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "10")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(text=sources())
def test_random_calls_into_random_sources(window: Browser, text: str) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    dice = random.Random(text)
    agree(window, plan, [random_call(dice) for _ in range(CALLS_EACH)])


def random_call(dice: random.Random) -> tuple[Call, Environment]:
    insiders = [
        *EXTENSIONS,
        "9",
        "600",
        "700",
        "701",
        "*97",
        "*98",
        "112",
        "777",
        "0212345101",
        "00442079460000",
        OUTSIDE_NUMBERS[0],
    ]
    if dice.random() < 0.5:
        caller, called = dice.choice(EXTENSIONS), dice.choice(insiders)
    else:
        numbers = [*DIDS.values(), MAIN, "+390299999999"]
        number = dice.choice(numbers)
        forms = [number, number[1:], "00" + number[1:], number[3:]]
        caller, called = dice.choice([*CALLERS, "anonymous", "3471112222"]), dice.choice(forms)
    transfer = None
    if dice.random() < 0.25:
        transfer = Transfer(dice.choice(EXTENSIONS), dice.choice(insiders), dice.random() < 0.3)
    states = [*PHONE_STATES, "404", "600"]
    phones = {e: tuple(dice.choices(states, k=dice.choice((1, 1, 2)))) for e in EXTENSIONS if dice.random() < 0.8}
    outside = {n: dice.choice([*OUTSIDE_STATES, "503"]) for n in (*OUTSIDE_NUMBERS, *CALLERS) if dice.random() < 0.7}
    services = {"queue": dice.choice(list(SERVICE_STATES))}
    environment = Environment(dice.choice(MOMENTS), phones, outside, services=services)
    return Call(caller, called, transfer, dice.choice((0, 0, 0, 5))), environment
