"""Entry point of the laboratory: places the calls of many scenarios on each requested PBX."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.calls.case import Case
from pbxgen.flow.plan import Plan
from pbxgen.lab import sipp
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.result import LabReport, Result
from pbxgen.lab.session import PbxSession
from pbxgen.lab.tenants import in_browsers
from pbxgen.targets.base import Target

_CALLS_PER_CORE = 8
"""Calls that one core can play with sound and exact ring times; half as many on a busy machine."""
_MOST_CALLS = 128
"""With all their legs they need no more media ports than one PBX of the laboratory has."""
TENANTS_AT_ONCE = 60
"""Scenarios on one start of a PBX."""
_SESSIONS_AT_ONCE = 2
_SCRATCH = "pbxgen-lab-"
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2 << 30
_FEW = 6
"""Maximum of failed calls that are repeated one after the other; more are repeated side by side."""


def run(
    cases: Sequence[Case],
    on: Mapping[str, Target],
    *,
    done: Callable[[Result], None] = lambda result: None,
    keep: Path | None = None,
    calls_at_once: int | None = None,
    second_try: bool = True,
    language: str = "en",
) -> LabReport:
    """Place every case as a real call on each PBX of ``on`` (its name: the target that renders for it).

    ``done`` is given each result as it comes. ``keep``: a folder where the scratch folders (configuration, logs, SIPp's
    scripts) stay. ``second_try``: failed calls are placed once more, alone. ``language``: of the differences. Raises
    LabError where a PBX, SIPp or libfaketime is missing or does not start; everything started is stopped in any case.
    """
    for name in on:
        laboratory_of(name).find()
    sipp.find()
    try:
        return _until_cancelled(_run(cases, on, done, keep, calls_at_once or _capacity(), second_try, language))
    except* LabError as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None


def _until_cancelled(work: Coroutine[object, object, LabReport]) -> LabReport:
    try:
        return asyncio.run(work)
    except asyncio.CancelledError:  # SIGTERM
        raise KeyboardInterrupt from None


def _capacity() -> int:
    """How many calls this machine can play at once."""
    cores = os.cpu_count() or 1
    return min(cores * _CALLS_PER_CORE, _MOST_CALLS) // (2 if os.getloadavg()[0] > 2 * cores else 1)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Cases that share one start of one PBX."""

    pbx: str
    moment: dt.datetime | None
    cases: tuple[Case, ...]


async def _run(
    cases: Sequence[Case], on: Mapping[str, Target], done: Callable[[Result], None], keep: Path | None,
    calls_at_once: int, second_try: bool, language: str,
) -> LabReport:  # fmt: skip
    start = time.monotonic()
    _end_by_sigterm()
    sessions = asyncio.Semaphore(_SESSIONS_AT_ONCE)
    complaints: list[tuple[str, Case | None, str]] = []

    async def play(
        batch: _Batch, folder: Path, done: Callable[[Result], None], room: asyncio.Semaphore
    ) -> list[Result]:
        async with sessions:
            folder.mkdir()
            make = laboratory_of(batch.pbx).make
            target, moment = on[batch.pbx], batch.moment
            session = PbxSession(make, target, batch.cases, folder, moment=moment, language=language)
            async with session:
                results = await session.play(done, room)
            complaints.extend((batch.pbx, case, line) for case, line in session.complaints())
            return results

    with scratch(keep) as folder:
        batches = list(_batches(cases, on))
        room = asyncio.Semaphore(calls_at_once)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(play(batch, folder / f"{batch.pbx}-{number}", done, room))
                for number, batch in enumerate(batches, 1)
            ]
        results: list[Result] = []
        for number, (batch, task) in enumerate(zip(batches, tasks, strict=True), 1):
            first = task.result()
            failed = [result for result in first if second_try and not result.passed]
            results += [result for result in first if result.passed or not second_try]
            if failed:
                # Ring times and sound are measured by a machine that plays many calls at once: what failed among them
                # gets a second try, with nothing beside it. A PBX that does the wrong thing does it again.
                alone = replace(batch, cases=tuple(result.case for result in failed))
                quiet = asyncio.Semaphore(1 if len(failed) <= _FEW else calls_at_once // 2)
                second = await play(alone, folder / f"{batch.pbx}-{number}-again", lambda result: None, quiet)
                before = {id(result.case): result for result in failed}
                results += [replace(result, before=before[id(result.case)]) for result in second]
    order = {id(case): number for number, case in enumerate(cases)}
    results.sort(key=lambda result: order[id(result.case)])
    return _report(results, tuple(on), complaints, time.monotonic() - start)


def _report(
    results: Sequence[Result], pbxs: tuple[str, ...], complaints: Sequence[tuple[str, Case | None, str]], seconds: float
) -> LabReport:
    """The results with the log lines of the PBXs, each with the call that it is about."""
    problems: dict[str, tuple[str, ...]] = {}
    strays: dict[str, tuple[str, ...]] = {}
    for pbx in pbxs:
        logged = [(case, line) for of, case, line in complaints if of == pbx]
        problems[pbx] = tuple(dict.fromkeys(line if case is None else f"{case.name}: {line}" for case, line in logged))
        strays[pbx] = tuple(dict.fromkeys(line for case, line in logged if case is None))
    complete = tuple(
        replace(result, complaints=tuple(line for pbx, c, line in complaints if pbx == result.pbx and c is result.case))
        for result in results
    )
    return LabReport(complete, pbxs, problems, seconds, strays, in_browsers(result.case for result in results))


def _batches(cases: Sequence[Case], on: Mapping[str, Target]) -> Iterator[_Batch]:
    """Group cases by PBX and time of day; plans that do not use the clock form one group."""
    groups: dict[dt.datetime | None, list[Case]] = {}
    for case in cases:
        moment = case.moment if uses_clock(case.plan) else None
        groups.setdefault(moment, []).append(case)
    for name in on:
        for moment, at_moment in groups.items():
            for first in range(0, len(at_moment), TENANTS_AT_ONCE):
                yield _Batch(name, moment, tuple(at_moment[first : first + TENANTS_AT_ONCE]))


def uses_clock(plan: Plan) -> bool:
    """Does any rule of a plan depend on the time?"""
    conditions = (rule.condition for _, _, rules in plan.rules() for rule in rules)
    return any(condition.hours or condition.until is not None for condition in conditions)


@contextlib.contextmanager
def scratch(keep: Path | None) -> Iterator[Path]:
    """A folder for a run, removed afterwards; below ``keep``, where one is named, it stays."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield Path(tempfile.mkdtemp(prefix="run-", dir=keep))
        return
    # A short path: sockets of PBXs live in it, and their names are limited to some 100 characters.
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=_room()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _room() -> Path:
    """Where scratch folders are: in memory where there is enough, as databases of PBXs wait for slow disks."""
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
        return _MEMORY
    return Path(tempfile.gettempdir())


def _sweep() -> None:
    """Remove the scratch folders of laboratories that were killed."""
    rooms = {_room(), Path(tempfile.gettempdir())}
    for folder in (path for room in rooms for path in room.glob(f"{_SCRATCH}*-*")):
        owner = folder.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _end_by_sigterm() -> None:
    """SIGTERM ends a run as Ctrl-C does: everything is stopped first."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
