"""A carrier with several addresses, as real calls: the second one carries what the first does not, and calls itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.lab import sip
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.ports import Address
from pbxgen.targets import load_target
from tests.smoke.offices import OUTSIDE, call, office
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_SOURCE = """
version: 1
pbx: {name: pair, domain: pbx.pair.example, country: IT, timezone: Europe/Rome}
defaults: {ring_timeout: 5, outside_timeout: 8, class: full}
trunks: {carrier: {host: [127.0.0.1, 127.0.0.2], number: "+390212345000"}}
routes:
  help: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {full: [italy]}
users:
  "101": {}
  "102": {deviations: {unconditional: "+390233334444"}}
inbound: {"+390212345000": "101"}
"""


class _FirstIsDeaf(LongSession):
    """The carrier's first address says nothing at all."""

    def __init__(self, pbx_name: str, folder: Path, plan_folder: Path) -> None:
        self.plan = office(plan_folder, _SOURCE)
        case = call(self.plan, "101", "0233334444")
        super().__init__(laboratory_of(pbx_name).make, load_target(pbx_name), [case], folder)

    def _route(self, message: sip.Message, ours: Address) -> int | None:
        return None if ours == self.tenants[0].trunks["carrier"] else super()._route(message, ours)

    async def carried_by(self, caller: str, dialled: str) -> list[int]:
        """The carrier's addresses to which a call was sent, in order; the last one answered."""
        case = call(self.plan, caller, dialled)
        await self.follow_up([replace(self.tenants[0], case=case)])
        result = await self.place(self.tenants[0])
        assert result.observed.answered_at is not None, result.observed
        attempts = sorted(self.call_of(self.tenants[0]).rang(), key=lambda attempt: attempt.at)
        return [attempt.address for attempt in attempts if attempt.trunk is not None]


async def _play_deaf(session: _FirstIsDeaf) -> dict[str, list[int]]:
    async with session:
        calls = {"straight": ("101", "0233334444"), "help": ("101", "112"), "diverted": ("101", "102")}
        return {name: await session.carried_by(*who) for name, who in calls.items()}


def test_a_call_goes_to_the_next_address_where_the_first_is_silent(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    played = asyncio.run(_play_deaf(_FirstIsDeaf(pbx_name, tmp_path, sources)))
    assert played == {"straight": [1, 2], "help": [1, 2], "diverted": [1, 2]}


async def _play_incoming(pbx_name: str, folder: Path, plan_folder: Path) -> bool:
    plan = office(plan_folder, _SOURCE)
    session = LongSession(laboratory_of(pbx_name).make, load_target(pbx_name), [call(plan, "101", "112")], folder)
    async with session:
        (second,) = session.tenants[0].further
        incoming = replace(
            session.tenants[0], case=call(plan, OUTSIDE, "+390212345000"), trunks={"carrier": second}, further={}
        )
        await session.follow_up([incoming])
        return (await session.place(incoming)).observed.answered_at is not None


def test_a_call_from_the_second_address_is_the_trunks(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    assert asyncio.run(_play_incoming(pbx_name, tmp_path, sources))
