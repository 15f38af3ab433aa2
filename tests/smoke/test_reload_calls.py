"""A changed plan is loaded while calls are up in every stage: none is cut, none is misrouted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan, RingGroup, Secret, Strategy, User
from pbxgen.lab.case import Case, Result
from pbxgen.lab.ladder import failure
from pbxgen.lab.run import MAKERS
from pbxgen.lab.stage import Stage
from pbxgen.source.location import Location
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.smoke.offices import OUTSIDE, call, office

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
operators:
  reception: {number: "9", members: ["103", "104"], ring_timeout: 7, overflow: "voicemail:101"}
groups:
  in-turn:
    {number: "600", members: ["103", "104", "105"], strategy: linear, ring_timeout: 5, overflow: "announce:closed"}
users:
  "101":
    did: "+390212345101"
    mobile: "+393331110101"
    voicemail: true
    deviations:
      {busy: ["102", mobile], no_answer: {after: 8, to: operator}, unreachable: [{to: mobile, confirm: true}, "102"]}
  "102": {did: "+390212345102", deviations: {no_answer: "group:in-turn", busy: "105"}}
  "103": {}
  "104": {}
  "105": {}
  "106": {did: "+390212345106", follow_me: [{to: "106"}, {to: "105", delay: 4}], deviations: {no_answer: voicemail:101}}
  "121": {}
"""
_CALLS = 50
_RELOADS = (2.0, 6.0, 10.0)
"""Seconds after the first call."""
_AT_ONCE = 50


def _cases(plan: Plan) -> list[Case]:
    ways: list[tuple[str, dict[str, str | list[str]], dict[str, str]]] = [
        ("101", {}, {}),
        ("101", {"101": "busy", "102": "ring", "103": "ring", "104": "ring", "105": "ring"}, {}),
        ("101", {"101": "busy", "102": "busy", "105": "busy"}, {}),
        ("101", {"101": "ring", "103": "ring", "104": "ring"}, {}),
        ("101", {"101": "ring", "103": "busy", "104": "answer"}, {}),
        ("101", {"101": "unregistered"}, {"+393331110101": "mailbox"}),
        ("101", {"101": "unregistered"}, {}),
        ("102", {"102": "ring", "103": "ring", "104": "ring"}, {}),
        ("106", {"106": "ring"}, {}),
        ("106", {"106": "ring", "105": "ring"}, {}),
    ]
    found = []
    for number in range(_CALLS):
        extension, phones, outside = ways[number % len(ways)]
        inside = number // len(ways) % 2
        caller, called = ("121", extension) if inside else (OUTSIDE, f"+390212345{extension}")
        found.append(call(plan, caller, called, name=f"call {number + 1}", phones=phones, outside=outside))
    return found


def _changed(plan: Plan) -> Plan:
    """More users before and behind, another group: every line of the generated files moves."""
    where = Location("changed", 1, 1, 1, 1)

    def user(extension: str) -> User:
        return User(extension, "New", where, password=Secret("inline", f"new-{extension}", where))

    first = {extension: user(extension) for extension in ("090", "091", "100")}
    last = {extension: user(extension) for extension in ("107", "1234", "900")}
    group = RingGroup("new", "601", ("090", "900"), Strategy.ALL, 20, (), where)
    return replace(plan, users={**first, **plan.users, **last}, groups={"new": group, **plan.groups}, digest="0" * 12)


def _options(plans: list[Plan]) -> Options:
    secrets = [user.password for plan in plans for user in plan.users.values()]
    secrets += [user.mailbox.pin for plan in plans for user in plan.users.values() if user.mailbox is not None]
    secrets += [trunk.password for plan in plans for trunk in plan.trunks.values()]
    return Options(secrets={secret: secret.value for secret in secrets if secret is not None})


async def _play(pbx: str, cases: list[Case], folder: Path) -> list[Result]:
    target = load_target(pbx)
    stage = Stage(MAKERS[pbx], target, cases, folder)
    async with stage:
        playing = asyncio.create_task(stage.play(lambda result: None, asyncio.Semaphore(_AT_ONCE)))
        waited = 0.0
        for number, moment in enumerate(_RELOADS):
            await asyncio.sleep(moment - waited)
            waited = moment
            plans = [plan if number % 2 else _changed(plan) for plan in stage.plans]
            await stage.pbx.reload(target.render(tuple(plans), _options(plans)))
        results = await playing
        assert not stage.pbx.problems(), "\n".join(stage.pbx.problems())
    return results


def test_calls_in_every_stage_live_through_a_reload(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    cases = _cases(office(sources, _USERS))
    failures: list[str] = []
    # Fifty calls at once are much for a small machine to measure: a second go, with fewer, tells who is to blame.
    for go, number in enumerate((_CALLS, _CALLS // 2)):
        results = asyncio.run(_play(pbx_name, cases[:number], tmp_path / f"stage-{go}"))
        failures = [failure(result) for result in results if not result.passed]
        if not failures:
            return
        print(f"{len(failures)} of {number} calls went wrong\n\n" + "\n\n".join(failures))
    pytest.fail("\n\n".join(failures))
