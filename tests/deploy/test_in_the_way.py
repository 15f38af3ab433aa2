"""What a deployment finds in its way, what it says of it, and what it leaves for the next."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy import shell as shells
from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.output import plan_document, plan_lines, plan_markdown
from pbxgen.deploy.running import load_deployable
from pbxgen.deploy.session import session_at
from pbxgen.deploy.status import Standing
from pbxgen.deploy.target_folder import TargetFolder
from pbxgen.phrases import phrases
from pbxgen.targets.base import Part
from tests.deploy.fake_asterisk import FakeAsterisk, fake, place
from tests.deploy.killed import killed
from tests.deploy.places import Place, refusal

__all__ = ["fake", "place"]


def _says_no(fake: FakeAsterisk, command: str) -> None:
    fake.says[command] = "no"


# -- what is in the way -----------------------------------------------------------------------------------------------


def test_a_link_at_the_top_level_is_read_and_kept_as_a_link(place: Place, fake: FakeAsterisk) -> None:
    link = place.folder / "extensions.conf"
    (place.folder / "mine.conf").write_text("[mine]\n")
    link.symlink_to("mine.conf")
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX614"
    assert "extensions.conf does not lead to a release" in str(refused)
    _says_no(fake, "dialplan reload")
    assert refusal(lambda: place.deploy(force=True)).diagnostic.code == "PBX619"  # the fake says no to both
    assert (link.readlink(), link.read_text()) == (Path("mine.conf"), "[mine]\n")
    fake.says.clear()
    done = place.deploy(force=True)
    assert (place.folder / f"extensions.conf.before-{done.release}").readlink() == Path("mine.conf")
    assert (place.folder / "mine.conf").read_text() == "[mine]\n"
    assert not link.is_symlink()


def test_a_link_that_leads_to_the_release_is_left_alone(place: Place) -> None:
    (place.folder / "mine.conf").write_text('#include "pbxgen/extensions.conf"\n')
    (place.folder / "extensions.conf").symlink_to("mine.conf")
    place.deploy()
    assert (place.folder / "extensions.conf").readlink() == Path("mine.conf")


def test_a_folder_and_a_link_to_nothing_are_in_the_way(place: Place, fake: FakeAsterisk) -> None:
    (place.folder / "extensions.conf").mkdir()
    (place.folder / "pjsip.conf").symlink_to("nothing")
    refused = refusal(place.deploy)
    assert "extensions.conf does not lead to a release" in str(refused)
    assert "pjsip.conf does not lead to a release" in refused.lines[0]
    fake.says["pjsip list endpoints"] = ""
    assert refusal(lambda: place.deploy(force=True)).diagnostic.code == "PBX616"
    assert (place.folder / "extensions.conf").is_dir()
    assert (place.folder / "pjsip.conf").readlink() == Path("nothing")


def test_a_link_of_somebody_to_elsewhere_comes_back(place: Place, fake: FakeAsterisk) -> None:
    link = place.folder / "pbxgen"
    (place.folder / "elsewhere").mkdir()
    link.symlink_to("elsewhere")
    assert "pbxgen is no link to a release" in str(refusal(place.deploy))
    fake.says["pjsip list endpoints"] = ""
    assert refusal(lambda: place.deploy(force=True)).diagnostic.code == "PBX616"
    assert link.readlink() == Path("elsewhere")
    fake.says.clear()
    done = place.deploy(force=True)
    assert (place.folder / f"pbxgen.before-{done.release}").readlink() == Path("elsewhere")


def test_what_an_earlier_deployment_of_the_same_has_kept_stays(place: Place) -> None:
    file = place.folder / "extensions.conf"
    file.write_text("[first]\n")
    release = place.deploy(force=True).release
    file.write_text("[second]\n")
    place.deploy(force=True)
    aside = f"extensions.conf.before-{release}"
    assert (place.folder / aside).read_text() == "[second]\n"
    assert (place.folder / f"{aside}-2").read_text() == "[first]\n"


def test_folders_of_somebody_beside_the_releases_stay(place: Place) -> None:
    for name in ("my-backup", "0123456789ab-old"):
        (place.folder / "releases" / name).mkdir(parents=True)
        (place.folder / "releases" / name / "release.json").write_text("mine")
    (place.folder / "releases/0123456789ab").mkdir()
    place.deploy()
    assert {"my-backup", "0123456789ab-old", "0123456789ab"} <= set(place.releases)


def test_nothing_is_written_through_a_link_that_somebody_has_planted(place: Place, tmp_path: Path) -> None:
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_text("mine")
    victim.chmod(0o600)
    folder.mkdir()
    (place.folder / "releases").mkdir()
    for name in ("extensions.conf.new", "pbxgen.new", "releases/journal.new", "releases/history.new"):
        (place.folder / name).symlink_to(victim)
    (place.folder / "releases/new").symlink_to(folder)
    place.deploy()
    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("mine", 0o600)
    assert not list(folder.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_where_the_folder_is_roots_the_files_get_the_group_of_those_that_the_pbx_reads(place: Place) -> None:
    (place.folder / "pjsip.conf").write_text('#include "pbxgen/pjsip.conf"\n')
    os.chown(place.folder / "pjsip.conf", 0, 12345)
    place.deploy()
    assert (place.folder / "pbxgen/office/pjsip.conf").stat().st_gid == 12345
    os.chown(place.folder, 0, 23456)
    place.change("name: Eve", "name: Eva")
    place.deploy()
    assert (place.folder / "pbxgen/office/pjsip.conf").stat().st_gid == 23456


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_files_that_the_pbx_could_not_read_are_not_made_current(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o111)
    monkeypatch.setattr(
        shells, "_SHELL", ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *shells._SHELL)
    )
    os.chown(place.folder, 0, 12345)
    place.folder.chmod(0o777)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX612"
    assert "cannot be given to the group 12345" in str(refused)
    assert not (place.folder / "pbxgen").exists()


def test_a_link_to_a_release_that_is_gone_is_in_the_way(place: Place) -> None:
    first = place.deploy().release
    shutil.rmtree(place.folder / f"releases/{first}")
    assert place.status().standing is Standing.NONE
    assert any("pbxgen is no link to a release" in line for line in place.plan().force)
    place.deploy(force=True)
    assert place.status().standing is Standing.IN_STEP


def test_a_hand_edit_that_nobody_understands_is_a_hand_edit(place: Place) -> None:
    place.deploy()
    file = place.folder / "pbxgen/office/voicemail.conf"
    file.write_text(f"{file.read_text()}[broken\n")
    plan = place.plan()
    assert plan.state.edited == ("office/voicemail.conf",)
    assert "office/voicemail.conf of the current release was changed by hand" in plan.force[0]
    assert place.deploy(force=True).changed
    assert place.status().standing is Standing.IN_STEP


@pytest.mark.parametrize("text", ["", "{", '{"format": 2}'])
def test_a_release_that_does_not_describe_itself_any_more_was_changed_by_hand(place: Place, text: str) -> None:
    first = place.deploy().release
    (place.folder / "pbxgen/release.json").write_text(text)
    assert (place.status().standing, place.status().details) == (Standing.EDITED, ("release.json",))
    assert "release.json of the current release was changed by hand" in place.plan().force[0]
    assert refusal(place.deploy).diagnostic.code == "PBX614"
    assert place.deploy(force=True).release == f"{first}-2"
    assert place.status().standing is Standing.IN_STEP
    assert not place.deploy().changed


# -- what is said -----------------------------------------------------------------------------------------------------


def test_what_cannot_be_asked_is_said_in_the_plan_in_each_form(place: Place, fake: FakeAsterisk) -> None:
    fake.says["logger show channels"] = "nothing\n"
    told = [
        "passwords, and the settings of endpoints: Asterisk is asked for their names only",
        "PINs of mailboxes: Asterisk does not tell them",
        "new warnings and errors: it has no log with both that can be read here",
    ]
    plan = place.plan()
    lines = plan_lines(plan, phrases())
    begin = lines.index("  Not verified") + 1
    assert lines[begin : begin + 3] == [f"    {line}" for line in told]
    assert plan_document([plan])["targets"]["hq"]["not_verified"] == told
    assert "### Not verified\n" in plan_markdown(plan, phrases())


def test_what_freeswitch_does_not_tell_is_said_where_that_is_deployed() -> None:
    pbx = load_deployable("freeswitch")
    assert pbx.unverified({Part.DIALPLAN}) == []
    assert pbx.unverified(set(Part)) == [
        "settings of the SIP profiles, and passwords of gateways: FreeSWITCH does not tell which it uses"
    ]


def test_users_who_go_are_counted_without_a_dialplan_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from pbxgen.targets.base import Part

    place.target = replace(place.target, parts=frozenset({Part.ENDPOINTS}))
    place.deploy()
    place.write("".join(line for line in place.text.splitlines(True) if '"10' not in line or '"101"' in line))
    assert "3 of 5 users change or go" in str(refusal(place.deploy))


# -- the history ------------------------------------------------------------------------------------------------------


def test_a_history_that_cannot_be_written_is_a_note_once_the_release_runs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remember(self: TargetFolder, event: object) -> None:
        raise DeployError("PBX612", "it cannot be written: No space left on device", "make room")

    monkeypatch.setattr(TargetFolder, "remember", remember)
    done = place.deploy()
    assert place.current == done.release
    assert "the history does not tell of it: it cannot be written" in done.told[0]
    assert place.status().standing is Standing.IN_STEP


def test_a_history_that_cannot_be_written_is_seen_before_anything_is_switched(place: Place) -> None:
    (place.folder / "releases/history").mkdir(parents=True)
    assert "releases/history is a folder" in str(refusal(place.deploy))
    assert not (place.folder / "pbxgen").exists()
    assert not (place.folder / "releases/journal").exists()


def test_a_torn_line_of_the_history_swallows_no_other(place: Place) -> None:
    first = place.deploy().release
    history = place.folder / "releases/history"
    history.write_text(f'{history.read_text()}{{"at": "2026')
    place.change("name: Eve", "name: Eva")
    second = place.deploy().release
    with session_at(place.target) as session:
        events = session.state().history
    assert [event.release for event in events] == [first, None, second]
    assert place.rollback().release == first


# -- locks ------------------------------------------------------------------------------------------------------------


def _lock(place: Place, text: str) -> Path:
    (place.folder / "releases").mkdir(exist_ok=True)
    lock = place.folder / "releases/lock"
    lock.symlink_to(text)
    return lock


def test_a_process_that_has_the_number_of_one_that_is_gone_does_not_hold_its_lock(place: Place) -> None:
    _lock(place, f"{os.getpid()} {os.uname().nodename} pbxgen-deploy-0123456789abcdef ada")
    assert place.deploy().changed


def test_force_takes_away_an_old_lock_of_another_machine(place: Place) -> None:
    lock = _lock(place, "1 elsewhere pbxgen-deploy-0123456789abcdef ada")
    refused = refusal(lambda: place.deploy(force=True))  # it may be under way
    assert refused.diagnostic.code == "PBX613"
    assert "(by ada)" in str(refused)
    os.utime(lock, (1, 1), follow_symlinks=False)
    assert refusal(place.deploy).diagnostic.code == "PBX613"
    assert place.deploy(force=True).changed


def test_a_deployment_that_is_under_way_is_no_drift(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    honest, seen = RunningAsterisk.reload, []

    def reload(self: RunningAsterisk, *files: dict[str, str], **how: bool) -> list[str]:
        seen.append((place.status(), place.plan()))
        return honest(self, *files, **how)

    monkeypatch.setattr(RunningAsterisk, "reload", reload)
    monkeypatch.setenv("PBXGEN_DEPLOYED_BY", "ada@ci")
    place.deploy()
    ((status, plan),) = seen
    assert (status.standing, status.details) == (Standing.UNDER_WAY, ("by ada@ci",))
    lines = plan_lines(plan, phrases())
    assert f"release {place.current} " in lines[1]
    assert "it runs" not in lines[1]
    told = f"a deploy of {place.current} by ada@ci is under way: once it has ended, something else may be to be done"
    assert f"    {told}" in lines


def test_one_that_was_killed_is_something_to_do_though_its_release_runs(place: Place) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    assert killed(place.deploy, lambda _, script: "rm -f pending" in script, sent=False)
    plan = place.plan()
    assert not plan.nothing
    told = f"    a deploy of {place.current} was killed: it is finished or undone first"
    assert told in plan_lines(plan, phrases())


# -- what is put off --------------------------------------------------------------------------------------------------


def test_what_the_pbx_is_still_to_do_is_told_and_done_by_the_next_deployment(
    place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = RunningAsterisk.reload
    calls = True

    def reload(self: RunningAsterisk, *files: dict[str, str], **how: bool) -> list[str]:
        honest(self, *files, **how)
        return ["calls are up: a restart is to be done"] if calls else []

    monkeypatch.setattr(RunningAsterisk, "reload", reload)
    first = place.deploy()
    assert first.told == ("calls are up: a restart is to be done",)
    assert place.status().standing is Standing.DRIFTED
    assert place.status().details == first.told
    plan = place.plan()
    assert not plan.nothing
    assert not plan.force
    assert "    calls are up: a restart is to be done" in plan_lines(plan, phrases())
    place.change("name: Eve", "name: Eva")
    fake.says["pjsip list endpoints"] = ""
    place.change("name: Dan", "name: Daniel")
    refused = refusal(lambda: place.deploy(force=True))
    assert "calls are up: a restart is to be done" in refused.lines
    fake.says.clear()
    calls = False
    place.deploy()
    assert place.status().standing is Standing.IN_STEP
    assert not (place.folder / "releases/pending").exists()


# -- saved plans ------------------------------------------------------------------------------------------------------


def test_a_plan_of_somebody_else_that_would_stay_needs_force_once(place: Place, fake: FakeAsterisk) -> None:
    own = "\n[ Context 'night' created by 'pbx_ael' ]\n  's' =>            1. Hangup()        [pbx_ael]\n"
    honest = fake.answer
    fake.answer = lambda text: honest(text) + (own if text == "dialplan show" else "")  # type: ignore[method-assign]
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX614"
    assert "the PBX runs context night of extensions.ael, which pbxgen did not write" in str(refused)
    assert not list((place.folder / "releases").iterdir())
    assert place.deploy(force=True).changed
    place.change("name: Eve", "name: Eva")
    assert place.deploy().changed


def test_beside_another_plan_nobody_asks_whose_it_is(place: Place, fake: FakeAsterisk) -> None:
    fake.says["dialplan show"] = "[ Context 'night' created by 'pbx_ael' ]\n"
    place.target = replace(place.target, beside=True)
    assert place.plan().force == ()


def test_who_may_not_write_there_is_shown_a_plan_all_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = TargetFolder.state
    monkeypatch.setattr(TargetFolder, "state", lambda self, top: replace(honest(self, top), writable=False))
    assert place.plan().notes == (f"this user cannot write in {place.folder}: deploy as one who may",)


def test_scenarios_are_run_on_the_model_where_no_dialplan_is_deployed(place: Place) -> None:
    (place.source / "calls.test.yaml").write_text(
        'source: .\nscenarios: [{name: x, call: {from: "101", to: "102"}, expect: {rings: ["103"]}}]\n'
    )
    place.target = replace(place.target, parts=frozenset({Part.ENDPOINTS}))
    assert list(refusal(place.deploy).lines) == [f"{place.source}/calls.test.yaml: x (on the model)"]


@pytest.mark.parametrize("part", list(Part))
def test_each_part_alone_is_deployed_and_changed(place: Place, part: Part) -> None:
    place.target = replace(place.target, parts=frozenset({part}))
    first = place.deploy().release
    assert place.status().standing is Standing.IN_STEP
    place.change('voicemail: {pin: "481516"}', 'voicemail: {pin: "481516"}, deviations: {busy: voicemail}')
    place.deploy()
    assert place.status().standing is Standing.IN_STEP
    assert place.rollback().release in (first, place.current)


def test_a_saved_plan_is_of_one_target_as_deploy_yaml_has_it(place: Place) -> None:
    from dataclasses import replace

    from pbxgen.deploy.engine import as_shown

    shown = json.loads(json.dumps(as_shown(place.plan())))
    honest, place.target = place.target, replace(place.target, beside=True)
    refused = refusal(lambda: place.deploy(shown=shown))
    assert refused.diagnostic.code == "PBX615"
    assert "the target is another in deploy.yaml" in str(refused)
    place.target = honest
    assert place.deploy(shown=shown).changed


def test_the_same_source_is_the_same_release_wherever_it_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    far = place.new_release()[0]
    monkeypatch.chdir(place.source)
    place.source = Path()
    here = place.new_release()[0]
    assert here.info.digest == far.info.digest
    assert any("(pbx.yaml:" in file.text for file in here.files.values())
