"""The judge in the page gives the model's answers: in a real browser, on the scenarios and on random sources."""

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
from pbxgen.flow.plan import Outcome, Plan
from pbxgen.flow.settings import NOTHING_SET, applied
from pbxgen.flow.simulate import Call, Story, Transfer, simulate
from pbxgen.flow.world import DEFAULT_MOMENT, OUTSIDE_STATES, PHONE_STATES, SERVICE_STATES, World
from pbxgen.report.data import plan_data
from pbxgen.report.page import page
from pbxgen.scenario.run import prepare
from pbxgen.scenario.state import after_codes
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
return arguments[1].map(([call, world]) => {
  const story = Engine.simulate(plan, call, world);
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
    with browser() as found:
        found.open(path)
        yield found


def told(story: Story) -> dict[str, Any]:
    return {
        "rings": list(story.rings),
        "ending": [story.ending.kind.value, story.ending.value],
        "diverted": [{"by": d.by, "reason": d.reason.value} for d in story.diverted],
        "events": [[e.kind.value, e.subject, e.seconds or 0] for e in story.events if e.kind.value != "outcome"],
    }


def as_data(call: Call, world: World) -> list[Any]:
    transfer = call.transfer
    moment = {"date": world.moment.date().isoformat(), "minute": world.moment.hour * 60 + world.moment.minute}
    return [
        {
            "from": call.caller,
            "to": call.called,
            "carried": call.carried,
            "transfer": transfer and {"by": transfer.by, "to": transfer.to, "attended": transfer.attended},
        },
        {
            "moment": moment,
            "phones": {e: list(s) for e, s in world.phones.items()},
            "outside": dict(world.outside),
            "services": dict(world.services),
        },
    ]


def agree(window: Browser, plan: Plan, calls: list[tuple[Call, World]]) -> None:
    data = json.loads(json.dumps(plan_data(plan)))
    seen = window.run(_RUN, data, [as_data(*one) for one in calls])
    for (call, world), story in zip(calls, seen, strict=True):
        assert story == told(simulate(plan, call, world)), (call, world)


@pytest.mark.parametrize("sip_480", ["busy", "unreachable", "no_answer"])
def test_every_final_status_means_the_same_to_page_and_model(window: Browser, sip_480: str) -> None:
    plan = replace(STATUSES, sip_480=Outcome(sip_480))
    worlds = [World(DEFAULT_MOMENT, {"101": (str(status),)}) for status in range(300, 700)]
    outside = [World(DEFAULT_MOMENT, {}, {"+393401112233": str(status)}) for status in range(300, 700)]
    calls = [(Call("105", "101"), world) for world in worlds] + [(Call("105", "+393401112233"), w) for w in outside]
    endings = {simulate(plan, call, world).ending.value for call, world in calls[:400]}
    assert {"102", "104"} <= endings, "the source tells busy and unreachable from each other"
    agree(window, plan, calls)


@pytest.mark.parametrize("path", sorted(SCENARIOS), ids=lambda p: f"{p.parent.name}-{p.name.split('.')[0]}")
def test_every_scenario_of_the_examples_and_suites(window: Browser, path: Path) -> None:
    prepared = prepare(path)
    assert prepared.scenarios, prepared.diagnostics
    for scenario, plan in prepared.scenarios:
        if dialled_code(plan, scenario.call.called) is not None:
            continue  # the page plays calls, and codes are none
        if scenario.world.trunks:
            continue  # on the page trunks carry every call
        world, _ = after_codes(plan, scenario)
        as_set = applied(plan, world.state, world.moment)
        agree(window, as_set, [(scenario.call, replace(world, state=NOTHING_SET))])


@settings(
    max_examples=int(os.environ.get("PBXGEN_EXAMPLES", "10")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(text=sources())
def test_random_calls_into_random_sources(window: Browser, text: str) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    dice = random.Random(text)
    agree(window, plan, [random_call(dice) for _ in range(CALLS_EACH)])


def random_call(dice: random.Random) -> tuple[Call, World]:
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
    world = World(dice.choice(MOMENTS), phones, outside, services=services)
    return Call(caller, called, transfer, dice.choice((0, 0, 0, 5))), world
