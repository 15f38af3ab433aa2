"""What all tests share: which real PBXs there are, and a loud word at the end about those that there are not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import laboratory_of
from pbxgen.pbxs import PBXS, SHOWN_NAMES
from tests.support.calls import TALLIES, Tally


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands tell of calls in the language of the environment: here English, whoever runs the tests."""
    monkeypatch.setenv("LC_ALL", "C")


def _required(name: str) -> bool:
    """Must this PBX be there? ``PBXGEN_REQUIRE=asterisk,freeswitch`` makes a missing one a failure."""
    return name in os.environ.get("PBXGEN_REQUIRE", "").split(",")


def real_pbx(name: str) -> Path:
    """The program of a PBX for a test that needs one; without it the test fails or is skipped, and the end says so."""
    try:
        return laboratory_of(name).find()
    except LabError as missing:
        if _required(name):
            pytest.fail(f"{missing}, and PBXGEN_REQUIRE names it")
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def asterisk_program() -> Path:
    return real_pbx("asterisk")


@pytest.fixture(scope="session")
def freeswitch_program() -> Path:
    return real_pbx("freeswitch")


@pytest.fixture(params=sorted(PBXS), scope="session")
def pbx_name(request: pytest.FixtureRequest) -> str:
    """Each PBX in turn, where it is found."""
    name = str(request.param)
    real_pbx(name)
    return name


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its tallies to the process that tells the end."""
    handed: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["tallies"] = {name: (tally.calls, tally.again) for name, tally in TALLIES.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Add up the tallies of workers."""
    for name, (calls, again) in getattr(node, "workeroutput", {}).get("tallies", {}).items():
        tally = TALLIES.setdefault(name, Tally())
        tally.calls += calls
        tally.again += again


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which PBXs the real calls went through, and which were missing."""
    ran = any("real" in getattr(report, "keywords", {}) for report in terminalreporter.getreports("passed"))
    skipped = [r for r in terminalreporter.getreports("skipped") if "real" in getattr(r, "keywords", {})]
    failed = any("real" in getattr(report, "keywords", {}) for report in terminalreporter.getreports("failed"))
    if not (ran or failed or skipped):
        return
    terminalreporter.section("real PBXs")
    for name in PBXS:
        try:
            program = laboratory_of(name).find()
        except LabError as missing:
            terminalreporter.write_line(f"NOT TESTED: {missing}", yellow=True, bold=True)
            continue
        terminalreporter.write_line(f"{SHOWN_NAMES[name]}: {program}, {_version(name, program)}")
        tally = TALLIES.get(name, Tally())
        terminalreporter.write_line(
            f"  {tally.calls} calls were placed, {len(tally.again)} of them a second time, alone"
        )
        for told in tally.again:
            terminalreporter.write_line(f"    {told}", yellow=True)
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests that need a real PBX were not run", yellow=True, bold=True)


def _version(name: str, program: Path) -> str:
    try:
        done = subprocess.run(
            [str(program), laboratory_of(name).version_option], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "which does not say its version"
    return (done.stdout.strip() or done.stderr.strip()).splitlines()[0] if done.stdout or done.stderr else "no version"
