"""Rollback, from wherever a deployment ends: it is proven by trunks, the calls of `verify` and the log."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.deploy import proof, verify
from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.session import session_at
from pbxgen.deploy.status import Standing
from pbxgen.deploy.target_folder import Journal, TargetFolder
from pbxgen.lab.running_pbx import CaseWithPasswords
from tests.deploy.fake_asterisk import FakeAsterisk, fake, place
from tests.deploy.killed import killed
from tests.deploy.places import PASSWORD, Place, refusal

__all__ = ["fake", "place"]
_TRUNK = "office.trunk.carrier"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_REGISTERED_SECONDS", 0.0)


def _says_no(fake: FakeAsterisk, command: str) -> None:
    fake.says[command] = "no"


def _is_registered(monkeypatch: pytest.MonkeyPatch, when: Callable[[], bool]) -> None:
    monkeypatch.setattr(RunningAsterisk, "trunks", lambda self: {_TRUNK: when()})


def _drops_an_endpoint(place: Place, fake: FakeAsterisk, before: str | None) -> None:
    """Whatever is deployed beside ``before``."""
    honest = fake.answer
    fake.answer = lambda text: (  # type: ignore[method-assign]
        "" if text == "pjsip list endpoints" and place.current != before else honest(text)
    )


# -- where it begins, and where it fails itself -----------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError("no such device"), RuntimeError("a fault"), SystemExit(3)])
def test_whatever_goes_wrong_before_the_proof_is_the_way_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    honest = RunningAsterisk.digests

    def digests(self: RunningAsterisk) -> object:
        if place.current != before:
            raise error
        return honest(self)

    monkeypatch.setattr(RunningAsterisk, "digests", digests)
    with pytest.raises((DeployError, SystemExit)) as raised:
        place.deploy()
    if isinstance(raised.value, DeployError):
        assert raised.value.diagnostic.code == "PBX616"
        assert f"{error}; {before} runs again" in str(raised.value)
    assert place.current == before
    assert place.status().standing is Standing.BEHIND


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_goes_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    file = place.source / "deploy.yaml"
    file.write_text(f"version: 1\nsource: .\ntargets: {{hq: {{target: asterisk, folder: {place.folder}}}}}\n")
    honest = TargetFolder.make_current

    def make_current(self: TargetFolder, release: str) -> None:
        honest(self, release)
        if release != before:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(TargetFolder, "make_current", make_current)
    inherited = signal.signal(number, signal.SIG_DFL)  # tests that nohup runs ignore SIGHUP, and so does a deployment
    try:
        ended = CliRunner().invoke(app, ["deploy", "--to", "hq", "-f", str(file)])
        assert ended.exit_code != 0
        assert ended.stderr.endswith(f"interrupted: hq: {before} runs again\n")
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, inherited)
    assert place.current == before
    assert place.status().standing is Standing.BEHIND


def test_a_proof_that_cannot_be_written_is_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    honest = TargetFolder.write_journal

    def write_journal(self: TargetFolder, journal: Journal) -> None:
        if journal.proven:
            raise DeployError("PBX612", "it cannot be written: No space left on device", "make room")
        honest(self, journal)

    monkeypatch.setattr(TargetFolder, "write_journal", write_journal)
    assert f"No space left on device; {before} runs again" in str(refusal(place.deploy))
    assert place.current == before
    assert place.status().standing is Standing.BEHIND


def test_the_way_back_asks_for_no_more_than_what_was_there_before(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    fake.says["pjsip list endpoints"] = ""  # drift, before anything is done
    place.change("name: Eve", "name: Eva")
    refused = refusal(lambda: place.deploy(force=True))
    assert refused.diagnostic.code == "PBX616"
    assert f"{before} runs again" in str(refused)


def test_force_goes_on_where_a_way_back_has_failed_and_fails_again(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _says_no(fake, "dialplan reload")
    assert refusal(place.deploy).diagnostic.code == "PBX619"
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX619"
    assert "it was killed" not in str(refused)
    assert "deploy --force" in refused.diagnostic.help
    honest, answers = fake.answer, iter(["no"])
    fake.says.clear()
    fake.answer = lambda text: next(answers, None) or honest(text) if text == "dialplan reload" else honest(text)  # type: ignore[method-assign]
    done = place.deploy(force=True)
    assert f"{before} runs again; not proven: `dialplan reload` answers: no" in done.told[0]
    assert place.current == done.release
    assert place.status().standing is Standing.IN_STEP
    with session_at(place.target) as session:
        assert [event.action for event in session.state().history] == ["deploy", "undone", "deploy"]


def test_what_was_undone_is_told_where_what_comes_then_fails(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _says_no(fake, "dialplan reload")
    refusal(place.deploy)
    fake.says.clear()
    (place.folder / "pjsip.conf").write_text("[mine]\n")
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX614"
    assert refused.lines[0].endswith(f"; {before} runs again")


def test_a_release_before_that_is_gone_is_not_gone_back_to(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _says_no(fake, "dialplan reload")
    refusal(place.deploy)
    shutil.rmtree(place.folder / f"releases/{before}")
    fake.says.clear()
    assert f"release {before} is gone" in str(refusal(place.deploy))
    assert refusal(place.rollback).diagnostic.code == "PBX619"
    done = place.deploy(force=True)
    assert place.current == done.release
    assert place.status().standing is Standing.IN_STEP


# -- trunks -----------------------------------------------------------------------------------------------------------


def test_a_trunk_that_was_registered_is_waited_for_on_the_way_back(
    place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _drops_an_endpoint(place, fake, before)
    monkeypatch.setattr(proof, "_REGISTERED_SECONDS", 40.0)
    told = iter([True, False, False, True])
    _is_registered(monkeypatch, lambda: next(told))
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"
    assert f"{before} runs again" in str(refused)
    assert next(told, None) is None  # it was asked until it was so


def test_a_trunk_that_stays_away_is_told_and_nothing_is_left_to_be_undone(
    place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    told = iter([True])
    _is_registered(monkeypatch, lambda: next(told, False))
    refused = refusal(place.deploy)
    lost = f"trunk {_TRUNK} was registered, and is not any more"
    assert refused.diagnostic.code == "PBX619"
    assert str(refused) == f"hq: {lost}; {before} runs again, but {lost}"
    assert "nothing left to be undone" in refused.diagnostic.help
    assert place.current == before
    assert place.status().standing is Standing.BEHIND
    with session_at(place.target) as session:
        assert session.state().history[-1].why.endswith(f"{lost}; not proven: {lost}")
    assert place.deploy().changed  # it is not asked for any more


def test_what_a_killed_deployment_had_found_registered_is_asked_for_by_the_next_command(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _is_registered(monkeypatch, lambda: True)
    assert killed(place.deploy, lambda _, script: "ln -s releases/" in script, sent=True)
    _is_registered(monkeypatch, lambda: False)
    done = place.rollback()
    lost = f"trunk {_TRUNK} was registered, and is not any more"
    assert done.told[0].endswith(f"had been killed; {before} runs again; not proven: {lost}")
    assert place.current == before


def test_a_trunk_that_no_release_registers_any_more_is_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    told = iter([{_TRUNK: True}])
    monkeypatch.setattr(RunningAsterisk, "trunks", lambda self: next(told, {}))
    assert place.deploy().changed


def test_a_trunk_of_somebody_else_that_was_registered_is_to_be_so_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = iter([{"mine": True}])
    monkeypatch.setattr(RunningAsterisk, "trunks", lambda self: next(told, {"mine": False}))
    refused = refusal(place.deploy)
    assert "trunk mine was registered, and is not any more; what was there before runs again, but" in str(refused)
    assert place.current is None


@pytest.mark.parametrize("registered", [[1], [None], [["x"]]])
def test_a_journal_with_other_things_than_names_of_trunks_is_none(place: Place, registered: list[object]) -> None:
    release = place.deploy().release
    assert release is not None
    journal = Journal(None, release, (), (), "deploy", "ada", None, registered=tuple(registered))  # type: ignore[arg-type]
    (place.folder / "releases/journal").write_text(journal.text())
    with session_at(place.target) as session:
        assert session.state().journal is None


# -- calls ------------------------------------------------------------------------------------------------------------

_SCENARIOS = """\
source: .
scenarios: [{name: to Ben, call: {from: "101", to: "102"}, expect: {rings: ["102"]}}]
"""
_PASSWORD = "no-blanks-in-it"


@pytest.fixture
def calls(place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str]]:
    """What is placed: the release that is current then, and the name of the call."""
    placed: list[tuple[str | None, str]] = []

    def place_calls(pbx: str, at: object, cases: Sequence[CaseWithPasswords], language: str) -> list[object]:
        placed.extend((place.current, one.case.name) for one in cases)
        wrong = fake.says.get("calls go wrong", "").split()
        differences = ("it rings nobody",) if str(place.current) in wrong else ()
        return [SimpleNamespace(case=one.case, passed=not differences, differences=differences) for one in cases]

    monkeypatch.setattr(verify, "place_calls", place_calls)
    monkeypatch.setattr(verify.sipp, "find", lambda: "sipp")
    fake.says["pjsip list contacts"] = "No objects found.\n"
    monkeypatch.setattr(RunningAsterisk, "sip", lambda self: ("127.0.0.1", 5060))
    (place.source / "calls.test.yaml").write_text(_SCENARIOS)
    place.target = replace(place.target, verify=(place.source / "calls.test.yaml",))
    place.write(place.text.replace(PASSWORD, _PASSWORD))
    return placed


def test_the_calls_of_verify_are_placed_on_the_way_back_as_they_were_then(
    place: Place, fake: FakeAsterisk, calls: list[tuple[str | None, str]]
) -> None:
    before = place.deploy().release
    (place.source / "calls.test.yaml").write_text(_SCENARIOS.replace("to Ben", "to Benjamin"))
    place.change("name: Ben", "name: Benjamin")
    new, _ = place.new_release()
    fake.says["calls go wrong"] = new.info.digest
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"
    assert "the call 'to Benjamin': it rings nobody" in str(refused)
    assert calls == [(before, "to Ben"), (new.info.digest, "to Benjamin"), (before, "to Ben")]


def test_a_call_that_fails_with_the_release_before_too_is_told(
    place: Place, fake: FakeAsterisk, calls: list[tuple[str | None, str]]
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    fake.says["calls go wrong"] = f"{before} {place.new_release()[0].info.digest}"
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX619"
    assert f"{before} runs again, but the call 'to Ben': it rings nobody" in str(refused)
    assert place.status().standing is Standing.BEHIND


def test_a_rollback_that_fails_comes_back_with_the_calls_of_what_ran(
    place: Place, fake: FakeAsterisk, calls: list[tuple[str | None, str]]
) -> None:
    first = place.deploy().release
    place.change("name: Eve", "name: Eva")
    second = place.deploy().release
    fake.says["calls go wrong"] = str(first)
    calls.clear()
    refused = refusal(place.rollback)
    assert f"{second} runs again" in str(refused)
    assert calls == [(first, "to Ben"), (second, "to Ben")]
    assert place.current == second


def test_the_next_command_places_them_for_one_that_was_killed(
    place: Place, calls: list[tuple[str | None, str]]
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    calls.clear()
    assert killed(place.deploy, lambda _, script: "ln -s releases/" in script, sent=True)
    assert place.rollback().release == before
    assert calls == [(before, "to Ben")]


def test_a_way_back_whose_calls_are_not_known_is_gone_all_the_same(
    place: Place, fake: FakeAsterisk, calls: list[tuple[str | None, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _drops_an_endpoint(place, fake, before)

    def raises(*words: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("pbxgen.deploy.engine.earlier_calls", raises)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"
    assert "not verified: the calls of verify: a fault" in refused.lines
    assert place.current == before


# -- the log ----------------------------------------------------------------------------------------------------------


def test_what_the_log_says_on_the_way_back_alone_is_told(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload("new is wrong", lambda: place.current != before)
    fake.complain_at_reload("old is wrong", lambda: place.current == before)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX619"
    assert f"{before} runs again, but its log says:" in str(refused)
    assert "old is wrong" in str(refused)


def test_what_it_says_each_time_is_told_once(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload("mine is wrong since 1999", lambda: place.current != before)
    fake.complain_at_reload("mine is wrong since 2024", lambda: place.current == before)
    assert refusal(place.deploy).diagnostic.code == "PBX616"


_UNREACHED = f"Error 120022 'Invalid argument' sending OPTIONS request to endpoint {_TRUNK}"


def test_a_trunk_that_was_there_before_and_cannot_be_reached_is_no_fault_of_the_release(
    place: Place, fake: FakeAsterisk
) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload(_UNREACHED, lambda: True)
    assert place.deploy().changed


def test_a_trunk_that_is_changed_and_cannot_be_reached_is_one(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("192.0.2.1", "192.0.2.2")
    fake.complain_at_reload(_UNREACHED, lambda: True)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"  # in a rollback it is no news
    assert f"OPTIONS request to endpoint {_TRUNK}" in str(refused)
    assert place.current == before


def test_a_build_that_the_console_has_lost_once_is_asked_for_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    honest, lost = RunningAsterisk.digests, iter([None])

    def digests(self: RunningAsterisk) -> dict[str, str]:
        by_tenant = honest(self)
        if by_tenant == place.new_release()[0].info.tenants and next(lost, "no") is None:
            return {}
        return by_tenant

    monkeypatch.setattr(RunningAsterisk, "digests", digests)
    assert place.deploy().changed
    assert next(lost, "no") == "no"
