"""Services: parts of the plan that are written by hand."""

from __future__ import annotations

import datetime as dt

from pbxgen.flow.analysis.findings import analyse
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.explain import Teller
from pbxgen.flow.simulate import Call, Story, simulate
from pbxgen.phrases import phrases
from tests.support.office import OUTSIDE, plan_of, told

DID = "+390212345101"
PLAN = plan_of(f"""
services:
  queue: {{number: "700", returns: true}}
  menu: {{}}
users:
  "101": {{name: A, did: "{DID}", deviations: {{busy: [service:queue, "102"], no_answer: [service:menu, "102"]}}}}
  "102": {{name: B}}
""")


def _call(caller: str, called: str, phones: dict[str, tuple[str, ...]], **services: str) -> Story:
    return simulate(PLAN, Call(caller, called), Environment(DEFAULT_MOMENT, phones, services=services))


def test_a_service_takes_the_call_or_gives_it_back() -> None:
    busy = {"101": ("busy",)}
    assert told(_call(OUTSIDE, DID, busy)) == "101 -> service queue"
    assert told(_call(OUTSIDE, DID, busy, queue="return")) == "101, 102 -> answered 102"


def test_nothing_is_tried_behind_a_service_that_ends_every_call() -> None:
    assert told(_call(OUTSIDE, DID, {"101": ("ring",)}, menu="return")) == "101 -> service menu"


def test_a_service_has_no_outcome() -> None:
    silent = {"101": ("busy",), "102": ("ring",)}
    assert told(_call(OUTSIDE, DID, silent, queue="return")) == "101, 102 -> released 486"
    assert told(_call("102", "700", {}, queue="return")) == "nobody -> released 480"


def test_the_story_tells_that_the_call_came_back() -> None:
    story = _call("102", "700", {}, queue="return")
    sentences = Teller(PLAN, phrases("en")).tell(story.events, Call("102", "700"))
    assert [s.text for s in sentences] == [
        "Service queue gives the call back.",
        "Nothing is left to try: released with 480.",
    ]


def _lost(source: str) -> list[str]:
    diagnostics = analyse(plan_of(source), dt.date(2026, 1, 1))
    return [d.message for d in diagnostics if d.code == "PBX210"]


def test_a_call_that_a_service_takes_is_not_lost() -> None:
    assert not _lost(f'services: {{menu: {{}}}}\nusers: {{"101": {{name: A}}}}\ninbound: {{"{DID}": service:menu}}\n')


def test_a_call_that_a_service_gives_back_can_be_lost() -> None:
    source = f"""
services: {{queue: {{returns: true}}}}
users: {{"101": {{name: A, voicemail: true}}}}
inbound: {{"{DID}": service:queue, "+390212345102": ["service:queue", "voicemail:101"]}}
"""
    assert _lost(source) == [f"a call from outside to {DID} can be lost"]
