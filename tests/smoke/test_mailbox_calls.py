"""Mailbox access: a message that lies there is heard by its owner with the right PIN, and by nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pbxgen.flow.machine import EndKind
from pbxgen.flow.plan import Plan
from pbxgen.lab.case import Case, Handling, Result
from pbxgen.lab.ladder import failure
from pbxgen.lab.run import MAKERS
from pbxgen.lab.sound import tone
from pbxgen.lab.stage import Stage
from pbxgen.lab.tenants import PIN
from pbxgen.targets import load_target
from tests.smoke.offices import call, office

pytestmark = [pytest.mark.real, pytest.mark.slow]

_USERS = f"""
users:
  "101": {{voicemail: true}}
  "102": {{voicemail: {{pin: "{PIN}"}}, deviations: {{busy: "announce:closed"}}}}
  "103": {{}}
"""
_SECONDS = 8.0
_WRONG = "1111#,,"
# Caller, dialled, keys (a comma is a pause), is the message heard?
_CALLS = (
    ("101", "*97", "1", True),
    ("102", "*97", f"{PIN}#,,1", True),
    ("102", "*97", f"{_WRONG}{_WRONG}{_WRONG}1", False),
    ("103", "*98", f"102#,,{PIN}#,,1", True),
    ("101", "*98", f"102#,,{_WRONG}{_WRONG}{_WRONG}1", False),
    # A mailbox without a PIN is opened from its owner's phone only.
    ("103", "*98", "101#,,#,,1", False),
    ("103", "*98", f"101#,,{PIN}#,,1", False),
    ("103", "*98", "777#,,#,,1", False),
)
_HERTZ = 600
"""The tone of a plan's first recording: the laboratory recognises it."""


def _leave_messages(home: Path, plan: Plan) -> None:
    """What a caller would have left, but with a tone that is known."""
    for extension in ("101", "102"):
        folder = home / "spool/voicemail" / plan.name / extension / "INBOX"
        folder.mkdir(parents=True)
        (folder / "msg0000.sln").write_bytes(tone(_HERTZ, _SECONDS)[44:])
        (folder / "msg0000.txt").write_text(
            f"[message]\norigmailbox={extension}\ncontext={plan.name}\nexten={extension}\ncallerid=<121>\n"
            f"origtime=1795000000\nduration={_SECONDS:.0f}\n"
        )


async def _play(cases: list[Case], folder: Path) -> list[Result]:
    stage = Stage(MAKERS["asterisk"], load_target("asterisk"), cases, folder)
    async with stage:
        for plan in stage.plans:
            _leave_messages(folder / "pbx", plan)
        return await stage.play(lambda result: None, asyncio.Semaphore(8))


def _heard(result: Result) -> bool:
    return result.observed.ending is not None and result.observed.ending.kind is EndKind.ANNOUNCED


@pytest.mark.usefixtures("asterisk_program")
def test_a_message_is_heard_with_the_right_pin_only(tmp_path: Path) -> None:
    # FreeSWITCH opens no mailbox where its prompts are not installed, and its packages bring none.
    sources = tmp_path / "sources"
    sources.mkdir()
    plan = office(sources, _USERS)
    wanted: dict[str, bool] = {}
    cases = []
    for caller, dialled, keys, heard in _CALLS:
        name = f"{caller} dials {dialled} and presses {keys}"
        wanted[name] = heard
        cases.append(call(plan, caller, dialled, name=name, handling=Handling(keys=keys)))
    results = asyncio.run(_play(cases, tmp_path / "stage"))
    wrong = [result for result in results if _heard(result) is not wanted[result.case.name]]
    if wrong:
        print("\n\n".join(failure(result) for result in wrong))
        again = asyncio.run(_play([result.case for result in wrong], tmp_path / "again"))
        wrong = [result for result in again if _heard(result) is not wanted[result.case.name]]
    assert not wrong, "\n\n".join(failure(result) for result in wrong)
