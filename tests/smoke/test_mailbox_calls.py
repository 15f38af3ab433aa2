"""Mailbox access: a message that a caller left is heard by its owner with the right PIN, and by nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case, Handling
from pbxgen.calls.phone_states import PIN
from pbxgen.flow.machine import EndKind
from pbxgen.lab.media import CALLER_TONE
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.result import Result
from pbxgen.lab.sequence import failure
from pbxgen.targets import load_target
from tests.smoke.offices import OUTSIDE, call, office
from tests.support import prompts
from tests.support.calls import play_twice
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = f"""
users:
  "101": {{did: "+390212345101", voicemail: true, deviations: {{unconditional: voicemail}}}}
  "102": {{did: "+390212345102", voicemail: {{pin: "{PIN}"}}, deviations: {{unconditional: voicemail}}}}
  "103": {{}}
"""
_WRONG = "1111#,,"
# Whose mailbox, caller, dialled, keys (a comma is a pause), is the message heard?
_CALLS = (
    ("101", "101", "*97", "1", True),
    ("102", "102", "*97", f"{PIN}#,,1", True),
    ("102", "102", "*97", f"{_WRONG}{_WRONG}{_WRONG}1", False),
    ("102", "103", "*98", f"102#,,{PIN}#,,1", True),
    ("102", "101", "*98", f"102#,,{_WRONG}{_WRONG}{_WRONG}1", False),
    # A mailbox without a PIN is opened from its owner's phone only.
    ("101", "103", "*98", "101#,,#,,1", False),
    ("101", "103", "*98", f"101#,,{PIN}#,,1", False),
    ("101", "103", "*98", "777#,,#,,1", False),
    # Who has no mailbox does not get into another's by *97.
    ("101", "103", "*97", "101#,,1", False),
)
_AT_ONCE = 8


async def _play(pbx: str, leaving: list[Case], opening: list[Case], folder: Path) -> tuple[list[Result], list[str]]:
    """Results of the calls that open mailboxes, and what went wrong when the messages were left."""
    session = LongSession(laboratory_of(pbx).make, load_target(pbx), leaving, folder)
    room = asyncio.Semaphore(_AT_ONCE)
    async with session:
        if pbx == "freeswitch":
            prompts.install(folder / "pbx")
        left = await session.play(lambda result: None, room)
        # What the caller of before has said is recognised as if it were an announcement.
        said = {"the message": CALLER_TONE}
        await session.follow_up(
            [replace(t, case=c, recordings=said) for t, c in zip(session.tenants, opening, strict=True)]
        )
        opened = await session.play(lambda result: None, room)
    return opened, [failure(result) for result in left if not result.passed]


def _heard(result: Result) -> bool:
    ending = result.observed.ending
    return ending is not None and ending.kind is EndKind.ANNOUNCED


def test_a_message_is_heard_with_the_right_pin_only(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    plan = office(sources, _USERS)
    leaving = [call(plan, OUTSIDE, f"+390212345{owner}", name=f"for {owner}") for owner, *_ in _CALLS]
    opening = [
        call(plan, caller, dialled, name=f"{caller} dials {dialled} and presses {keys}", handling=Handling(keys=keys))
        for _, caller, dialled, keys, _ in _CALLS
    ]
    wanted = dict(zip(map(id, opening), (heard for *_, heard in _CALLS), strict=True))

    def play(folder: Path) -> list[str]:
        opened, wrong = asyncio.run(_play(pbx_name, leaving, opening, folder))
        return wrong + [failure(result) for result in opened if _heard(result) is not wanted[id(result.case)]]

    play_twice("mailbox access", 2 * len(opening), pbx_name, play)
