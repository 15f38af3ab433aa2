"""OPTIONS to trunks, as real calls: a trunk that leaves them unanswered is passed over, but not by calls for help."""

from __future__ import annotations

import asyncio
import collections
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab import sip
from pbxgen.lab.pbx import Pbx, laboratory_of
from pbxgen.lab.ports import Address
from pbxgen.lab.wire import SeenMessage
from pbxgen.targets import load_target
from tests.smoke.offices import call, office
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SOURCE = """
version: 1
pbx: {name: alive, domain: pbx.alive.example, country: IT, timezone: Europe/Rome}
defaults: {ring_timeout: 5, outside_timeout: 5, class: full}
trunks:
  first: {host: 127.0.0.1, number: "+390212345000", keepalive: 5}
  second: {host: 127.0.0.2, number: "+390612345000", keepalive: 5}
  quiet: {host: 127.0.0.3, number: "+390812345000", keepalive: 0}
routes:
  help: {match: ["112"], trunk: first, emergency: true}
  more: {match: ["118"], trunk: [first, second], emergency: true}
  italy: {match: "+39[03]X.", trunk: [first, second, quiet]}
classes: {full: [italy]}
users: {"101": {}}
inbound: {"+390212345000": "101", "+390612345000": "101", "+390812345000": "101"}
"""
_LONGEST = 40.0
"""Seconds until a PBX must have noticed that a trunk leaves its OPTIONS unanswered."""


class _Deaf(LongSession):
    """The trunk `first` leaves OPTIONS unanswered, and takes every call."""

    def __init__(self, pbx_name: str, folder: Path, plan_folder: Path) -> None:
        case = call(office(plan_folder, _SOURCE), "101", "0233334444")
        super().__init__(laboratory_of(pbx_name).make, load_target(pbx_name), [case], folder)
        self.asked: collections.Counter[str] = collections.Counter()

    def _route(self, message: sip.Message, ours: Address) -> int | None:
        return None if self._is_of_trunk(message, ours) == "first" else super()._route(message, ours)

    def _on_message(self, seen: SeenMessage) -> None:
        name = self._is_of_trunk(seen.message, seen.ours)
        if name is not None and seen.from_pbx and seen.message.status is None:
            self.asked[name] += 1
        super()._on_message(seen)

    def _is_of_trunk(self, message: sip.Message, ours: Address) -> str | None:
        """The trunk that an OPTIONS, or a reply to one, is about."""
        return self.tenants[0].trunk_at.get(ours) if message.method == "OPTIONS" else None

    async def carried(self, dialled: str) -> list[str | None]:
        """The trunks over which a call was sent, in order; it must have been answered."""
        case = call(self.tenants[0].case.plan, "101", dialled)
        await self.follow_up([replace(self.tenants[0], case=case)])
        result = await self.place(self.tenants[0])
        assert result.observed.answered_at is not None, result.observed
        return [attempt.trunk for attempt in result.observed.rang]


async def _is_thought_dead(pbx: Pbx, tenant: str) -> bool:
    if pbx.name == "asterisk":
        contacts = (await pbx.command("pjsip show contacts")).splitlines()
        return any(f"{tenant}.trunk.first/" in line and "Unavail" in line for line in contacts)
    return "DOWN" in await pbx.command(f"sofia status gateway {tenant}.first")


async def _play(session: _Deaf) -> dict[str, list[str | None]]:
    async with session:
        pbx, deadline = session.pbx, time.monotonic() + _LONGEST
        assert isinstance(pbx, Pbx)
        before = await session.carried("112")
        while not await _is_thought_dead(pbx, session.tenants[0].plan.name):
            assert time.monotonic() < deadline, "the trunk is not thought dead"
            await asyncio.sleep(0.5)
        return {"before": before} | {to: await session.carried(to) for to in ("0233334444", "118", "112")}


def test_a_trunk_that_leaves_options_unanswered_is_passed_over_but_tried_by_calls_for_help(
    pbx_name: str, tmp_path: Path
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    session = _Deaf(pbx_name, tmp_path, sources)
    assert asyncio.run(_play(session)) == {
        "before": ["first"],
        "0233334444": ["second"],
        "118": ["second"],
        "112": ["first"],
    }
    assert session.asked["first"]
    assert session.asked["second"]
    assert not session.asked["quiet"], "keepalive: 0 sends no OPTIONS"
