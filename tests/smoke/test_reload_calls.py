"""A changed plan is generated and loaded while fifty calls are up, one in each session that a call can be in.

None is cut and none is misrouted: each ends as the old plan or the new one says, and every call placed afterwards is
of the new plan.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.calls.verdict import judge
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.result import Result
from pbxgen.lab.sequence import failure
from pbxgen.lab.sipp import Login
from pbxgen.lab.sound import tone
from pbxgen.lab.tenants import Tenant, password
from pbxgen.targets import load_target
from tests.smoke import reloads
from tests.smoke.reloads import Up
from tests.support.calls import play_twice
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

_TOLD_AGAIN = re.compile(r"Ignoring duplicate gateway '[\w.-]+'$")
"""A rescan of FreeSWITCH names every gateway that it has already."""
_RANG = re.compile(r" rang ([\d.]+) s instead of ([\d.]+) s$")
_READING_SECONDS = 5
_STARTS_PER_SECOND = 4
_STAGES_SECONDS = 15.0
"""How long the last of the calls may take to come into their stages."""


def _greet_asterisk(home: Path, tenant: Tenant) -> None:
    folder = home / "spool/voicemail" / tenant.plan.name / "105"
    folder.mkdir(parents=True)
    (folder / "unavail.wav").write_bytes(tone(500, reloads.GREETING_SECONDS))


def _greet_freeswitch(home: Path, tenant: Tenant) -> None:
    greeting = home / "storage/greeting.wav"
    greeting.write_bytes(tone(500, reloads.GREETING_SECONDS))
    with contextlib.closing(sqlite3.connect(home / "db/voicemail_default.db", timeout=30)) as database, database:
        database.execute(
            "insert into voicemail_prefs (username, domain, greeting_path) values ('105', ?, ?)",
            (tenant.plan.domain, str(greeting)),
        )


_GREET = {"asterisk": _greet_asterisk, "freeswitch": _greet_freeswitch}
"""The owner of mailbox 105 has recorded a greeting that lasts."""


class _LateError(Exception):
    """The machine is too slow to bring fifty calls into their stages at once."""


@dataclass
class _Seen:
    """What became of the calls."""

    up: list[Result]
    after: list[Result]
    complaints: list[str]
    returned: str
    """Whose phone registered though the new plan does not have it; empty: nobody's."""


async def _play(pbx: str, up: Sequence[Up], after: Sequence[tuple[Case, Case]], folder: Path) -> _Seen:
    old = [call.case for call in up] + [before for before, _ in after]
    new = [replace(call.case, plan=call.changed) for call in up] + [case for _, case in after]
    session = LongSession(laboratory_of(pbx).make, load_target(pbx), old, folder)
    async with session:
        renewed = session.renewed(new)
        for tenant in session.tenants:
            _GREET[pbx](folder / "pbx", tenant)
        going: list[asyncio.Task[Result]] = []
        # Stages that last only some seconds begin last.
        order = sorted(zip(up, session.tenants, strict=False), key=lambda pair: pair[0].lasts, reverse=True)
        for call, tenant in order:
            if call.short and len(going) == sum(not other.short for other in up):
                await _until_there(session, order[: len(going)])
            going.append(asyncio.create_task(session.place(tenant)))
            await asyncio.sleep(0 if call.short else 1 / _STARTS_PER_SECOND)
        await _until_there(session, order)
        await session.reload(renewed)
        placed = [asyncio.create_task(session.place(tenant)) for tenant in session.tenants[len(up) :]]
        results = await asyncio.gather(*going)
        seen = await asyncio.gather(*placed)
        complaints = [line for _, line in session.complaints() if not _TOLD_AGAIN.search(line)]
        left_behind = next(t for call, t in zip(up, renewed.tenants, strict=False) if reloads.GONE in call.tried)
        assert reloads.GONE not in left_behind.plan.users
        returned = await _returned(session, left_behind, reloads.GONE)
    by_case = {id(result.case): result for result in results}
    return _Seen([by_case[id(call.case)] for call in up], list(seen), complaints, returned)


async def _returned(session: LongSession, tenant: Tenant, gone: str) -> str:
    """Somebody who is gone, whose phone had registered with the old plan, tries once more with the password of then."""
    plan = tenant.plan
    try:
        await session.registrar.register([Login(gone, plan.domain, password(plan, gone), "gone")], rounds=1)
    except LabError:
        return ""
    return f"the phone of {gone}, who is gone, registered"


async def _until_there(session: LongSession, calls: Sequence[tuple[Up, Tenant]]) -> None:
    """Wait until every call is in its session. Raises _LateError."""
    deadline = time.monotonic() + _STAGES_SECONDS
    while late := [call.case.name for call, tenant in calls if not call.there(session.call_of(tenant))]:
        if time.monotonic() > deadline:
            raise _LateError(f"not in their stages when the plan was to be loaded: {', '.join(late)}")
        await asyncio.sleep(0.05)


def _matters(difference: str) -> bool:
    """A PBX that reads thousands of lines may be some seconds late, but not more."""
    rang = _RANG.search(difference)
    return rang is None or abs(float(rang[1]) - float(rang[2])) > _READING_SECONDS


def _wrong(up: Sequence[Up], seen: _Seen) -> list[str]:
    failures = [failure(result) for result in seen.after if not result.passed]
    for call, result in zip(up, seen.up, strict=True):
        if all(any(map(_matters, judge(case, result.observed))) for case in call.right):
            failures.append(failure(result))
    return failures


def test_calls_in_every_stage_live_through_a_reload(pbx_name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    up, after = reloads.calls(sources)
    assert len(up) >= 50

    def play(folder: Path) -> list[str]:
        try:
            seen = asyncio.run(_play(pbx_name, up, after, folder))
        except _LateError as late:
            return [str(late)]
        complaints = [f"{pbx_name} logged: {line}" for line in seen.complaints]
        return _wrong(up, seen) + complaints + ([seen.returned] if seen.returned else [])

    play_twice("reload", len(up) + len(after), pbx_name, play)
