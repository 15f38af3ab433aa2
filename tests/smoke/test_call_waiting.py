"""Call waiting of somebody who has taken a call, however it reached them: without it the next one finds them busy."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case, Handling
from pbxgen.flow.plan import Plan
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.result import Result
from pbxgen.lab.sequence import failure
from pbxgen.targets import load_target
from tests.smoke.offices import OUTSIDE, call, office
from tests.support.calls import play_twice
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = """
operators: {reception: {number: "9", members: ["101"]}}
groups: {in-turn: {number: "600", members: ["101"], strategy: linear}}
users:
  "101": {did: "+390212345101", call_waiting: false, deviations: {busy: "120"}}
  "102": {did: "+390212345102", deviations: {unconditional: "101"}}
  "103": {did: "+390212345103", follow_me: [{to: "101"}]}
  "104": {did: "+390212345104", deviations: {unconditional: {to: "101", confirm: true}}}
  "105": {did: "+390212345105"}
  "120": {}
  "121": {}
inbound: {"+390212345000": operator}
"""
_TALK = 9.0
_MEANWHILE = 4.0
"""Seconds after which the second caller calls, while the first ones talk."""


def _firsts(plan: Plan) -> list[Case]:
    """Ways in which a call reaches 101, who takes it; and one that does not."""
    ways = {
        "called directly": (OUTSIDE, "+390212345101"),
        "called by a colleague": ("105", "101"),
        "diverted to": (OUTSIDE, "+390212345102"),
        "rung by follow_me": (OUTSIDE, "+390212345103"),
        "asked to press 1": (OUTSIDE, "+390212345104"),
        "rung as an operator": (OUTSIDE, "+390212345000"),
        "rung in turn": ("105", "600"),
        "not called at all": (OUTSIDE, "+390212345105"),
    }
    return [
        call(plan, caller, called, name=name, handling=Handling(talk_for=_TALK))
        for name, (caller, called) in ways.items()
    ]


async def _play(pbx: str, firsts: Sequence[Case], folder: Path) -> tuple[list[Result], list[Result], list[Result]]:
    """The first calls, those to 101 while they last, and those when they are over."""
    session = LongSession(laboratory_of(pbx).make, load_target(pbx), firsts, folder)
    async with session:
        tenants = session.tenants
        going = [asyncio.create_task(session.place(tenant)) for tenant in tenants]
        await asyncio.sleep(_MEANWHILE)

        async def again(name: str) -> list[Result]:
            await session.follow_up(
                [replace(t, case=call(t.case.plan, "121", "101", name=f"{t.case.name}, {name}")) for t in tenants]
            )
            return list(await asyncio.gather(*(session.place(tenant) for tenant in session.tenants)))

        meanwhile = await again("meanwhile")
        before = list(await asyncio.gather(*going))
        return before, meanwhile, await again("afterwards")


def _wrong(before: list[Result], meanwhile: list[Result], after: list[Result]) -> list[str]:
    failures = [failure(result) for result in (*before, *after) if not result.passed]
    for first, result in zip(before, meanwhile, strict=True):
        reached = "101" if first.case.name == "not called at all" else "120"
        if [leg.target for leg in result.observed.rang] != [reached]:
            failures.append(f"{reached} should have rung alone: {failure(result)}")
    return failures


def test_who_has_taken_a_call_is_busy_until_it_is_over(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    firsts = _firsts(office(sources, _USERS))

    def play(folder: Path) -> list[str]:
        return _wrong(*asyncio.run(_play(pbx_name, firsts, folder)))

    play_twice("call waiting", 3 * len(firsts), pbx_name, play)
