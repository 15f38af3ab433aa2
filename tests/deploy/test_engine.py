"""Deployments to a folder whose PBX is made up: every step, every way to fail."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pbxgen.deploy import plan as plans
from pbxgen.deploy import shell as shells
from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.plan import FileKind
from pbxgen.deploy.session import session_at
from pbxgen.deploy.status import Standing
from pbxgen.deploy.target_folder import TargetFolder
from pbxgen.diff.result import Made, Result
from pbxgen.phrases import phrases
from tests.deploy.fake_asterisk import FakeAsterisk, fake
from tests.deploy.killed import killed
from tests.deploy.places import OFFICE, PASSWORD, Place, refusal, target

__all__ = ["fake"]


@pytest.fixture
def place(fake: FakeAsterisk, tmp_path: Path) -> Place:
    made_place = Place(target("asterisk", fake.etc, ("asterisk", "-rx")), tmp_path / "source")
    made_place.write(OFFICE.replace("TRUNK", "192.0.2.1"))
    return made_place


def test_the_first_deployment_writes_lines_that_lead_to_the_release_and_nothing_else(place: Place) -> None:
    done = place.deploy()
    assert place.current == done.release
    assert sorted(path.name for path in place.folder.iterdir()) == [
        "extensions.conf", "modules.conf", "pbxgen", "pjsip.conf", "releases", "voicemail.conf",
    ]  # fmt: skip
    assert '#include "pbxgen/pjsip.conf"' in (place.folder / "pjsip.conf").read_text()
    assert place.status().standing is Standing.IN_STEP


def test_what_holds_secrets_is_0640_and_the_rest_0644(place: Place) -> None:
    place.deploy()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (place.folder / "pbxgen/office").iterdir()}
    assert modes == {"extensions.conf": 0o644, "pjsip.conf": 0o640, "voicemail.conf": 0o640}


def test_the_same_again_is_nothing(place: Place) -> None:
    first = place.deploy()
    again = place.deploy()
    assert (again.changed, again.release) == (False, first.release)
    assert place.plan().nothing


def test_files_of_somebody_are_in_the_way_and_are_kept_with_force(place: Place) -> None:
    (place.folder / "extensions.conf").write_text("[mine]\n")
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX614"
    assert "extensions.conf does not lead to a release" in str(refused)
    assert not (place.folder / "pbxgen").exists()
    done = place.deploy(force=True)
    assert (place.folder / f"extensions.conf.before-{done.release}").read_text() == "[mine]\n"


def test_a_folder_that_generate_wrote_is_kept_with_force(place: Place) -> None:
    (place.folder / "pbxgen").mkdir()
    (place.folder / "pbxgen/library.conf").write_text("; old\n")
    assert "pbxgen is no link to a release" in str(refusal(place.deploy))
    done = place.deploy(force=True)
    assert (place.folder / f"pbxgen.before-{done.release}/library.conf").read_text() == "; old\n"


def test_what_the_administrator_added_to_the_top_level_stays(place: Place) -> None:
    place.deploy()
    file = place.folder / "extensions.conf"
    file.write_text(file.read_text() + "[mine]\nexten => 9,1,NoOp()\n")
    place.change("name: Eve", "name: Eva")
    place.deploy()
    assert file.read_text().endswith("[mine]\nexten => 9,1,NoOp()\n")


def test_only_what_has_changed_is_reloaded(place: Place, fake: FakeAsterisk) -> None:
    place.deploy()
    asked: list[str] = []
    honest = fake.answer

    def answer(text: str) -> str:
        asked.append(text)
        return honest(text)

    fake.answer = answer  # type: ignore[method-assign]
    place.change('{busy: "101"}', '{busy: "102"}')
    kinds = {change.path: change.kind for change in place.plan().files}
    assert kinds["office/extensions.conf"] is FileKind.CHANGED
    assert kinds["office/pjsip.conf"] is FileKind.COMMENTS
    place.deploy()
    assert [text for text in asked if "reload" in text] == ["dialplan reload"]


def test_a_changed_password_alone_is_another_release_of_the_same_digest(place: Place) -> None:
    first = place.deploy().release
    place.change('Ada, password: "a long enough secret"', "Ada, password: {env: PBXGEN_TEST_ADA}")
    assert first is not None
    os.environ["PBXGEN_TEST_ADA"] = "another long secret"
    try:
        second = place.deploy().release
        os.environ["PBXGEN_TEST_ADA"] = "a third long secret"
        plan = place.plan()
        assert [(change.kind, change.path) for change in plan.files] == [(FileKind.SECRETS, "office/pjsip.conf")]
        third = place.deploy().release
    finally:
        del os.environ["PBXGEN_TEST_ADA"]
    assert third == f"{second}-2"
    assert "a third long secret" in (place.folder / "pbxgen/office/pjsip.conf").read_text()


def test_passwords_are_in_no_plan_and_no_message(place: Place, fake: FakeAsterisk) -> None:
    from pbxgen.deploy.output import plan_document, plan_lines, plan_markdown

    plan = place.plan()
    text = f"{plan_lines(plan, phrases())}{plan_markdown(plan, phrases())}{plan_document([plan])}"
    fake.says["dialplan show"] = ""
    refused = refusal(place.deploy)
    assert "a long enough secret" not in text + str(refused) + str(refused.lines)
    assert "481516" not in text + str(refused) + str(refused.lines)


def test_what_a_log_says_of_a_password_is_not_repeated(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload(
        "Error parsing password=a long enough secret at line 7, and 481516 in 0481516", lambda: place.current != before
    )
    refused = refusal(place.deploy)
    assert "Error parsing password=*** at line 7, and *** in 0481516" in f"{refused} {refused.lines}"
    assert "enough" not in f"{refused} {refused.lines}"


def test_users_who_change_are_counted_where_git_has_no_source_of_what_runs(place: Place) -> None:
    place.deploy()
    shutil.rmtree(place.source / ".git")
    # Moved, renamed, and with another password, PIN and e-mail address: nothing of it is for callers.
    text = place.text.replace("users:", "# more\nusers:").replace("{name: ", "{name: D")
    text = text.replace("Doffice", "office").replace(PASSWORD, f"{PASSWORD} too")
    text = text.replace('"481516"', '"662917", email: cleo@office.example').replace('"623423"', '"117355"')
    for name, force in (("Eve", ()), ("Dan", ("2 of 5 users change or go, more than 30%",))):
        text = text.replace(f"name: D{name}", f"name: D{name}, call_waiting: false")
        (place.source / "pbx.yaml").write_text(text)
        plan = place.plan()
        assert plan.force == force
        assert "those are counted whose own rules, numbers and rights change, and those who go" in plan.notes[0]
    assert "2 of 5 users change or go" in str(refusal(place.deploy))
    release = place.folder / "pbxgen/release.json"
    release.write_text(json.dumps(json.loads(release.read_text()) | {"marks": {}}))  # as of an earlier version
    plan = place.plan()
    assert plan.force == ()
    assert "which users change is not known, as git has no source of what runs, and its release is of" in plan.notes[0]
    assert place.deploy().changed


def test_more_than_a_third_of_the_users_need_force(place: Place) -> None:
    place.deploy()
    place.change(
        '  "104": {name: Dan, voicemail: {pin: "623423"}, deviations: {busy: voicemail}}\n'
        '  "105": {name: Eve, deviations: {busy: "101"}}\n',
        "",
    )
    refused = refusal(place.deploy)
    assert "2 of 5 users change or go, more than 30%" in str(refused)
    plan = place.plan()
    assert plan.lost == ("mailbox office/104 and the messages in it: nobody can open it any more",)
    assert place.deploy(force=True).changed


def test_a_plan_is_done_as_it_was_shown_or_not_at_all(place: Place) -> None:
    from pbxgen.deploy.engine import as_shown

    place.deploy()
    place.change("name: Eve", "name: Eva")
    shown = as_shown(place.plan())
    place.change("name: Dan", "name: Daniel")
    refused = refusal(lambda: place.deploy(shown=shown))
    assert refused.diagnostic.code == "PBX615"
    assert "other files would be written, and the source has changed" in str(refused)
    place.change("name: Daniel", "name: Dan")
    assert place.deploy(shown=shown).changed
    assert refusal(lambda: place.deploy(shown=shown)).diagnostic.code == "PBX615"  # it is done


def test_a_hand_edit_in_between_makes_a_plan_void(place: Place) -> None:
    from pbxgen.deploy.engine import as_shown

    place.deploy()
    place.change("name: Eve", "name: Eva")
    shown = as_shown(place.plan())
    file = place.folder / "pbxgen/library.conf"
    file.write_text(file.read_text() + "; by hand\n")
    refused = refusal(lambda: place.deploy(shown=shown, force=True))
    assert "files of the current release were changed by hand" in str(refused)


def test_a_complaint_in_the_log_is_the_way_back(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    fake.complain_at_reload("something is wrong", lambda: place.current != before)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"
    assert "pbx_config.c: something is wrong" in str(refused)
    assert f"{before} runs again" in str(refused)
    assert place.current == before
    assert place.status().standing is Standing.BEHIND
    assert place.releases == [before]


def test_mailboxes_without_the_application_are_no_deployment(place: Place, fake: FakeAsterisk) -> None:
    """In Debian's package one module takes it away from another."""
    fake.says["core show applications like VoiceMail"] = "    -= 0 Applications Matching =-\n"
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX616"
    assert "noload = app_voicemail_odbc.so" in str(refused)
    assert place.current is None


def test_a_first_deployment_that_fails_leaves_what_was_there(place: Place, fake: FakeAsterisk) -> None:
    (place.folder / "extensions.conf").write_text("[mine]\n")
    (place.folder / "pbxgen").mkdir()
    fake.says["pjsip list endpoints"] = ""
    refused = refusal(lambda: place.deploy(force=True))
    assert "what was there before runs again" in str(refused)
    assert sorted(path.name for path in place.folder.iterdir()) == ["extensions.conf", "pbxgen", "releases"]
    assert (place.folder / "extensions.conf").read_text() == "[mine]\n"
    assert not (place.folder / "pbxgen").is_symlink()


def test_a_way_back_that_fails_says_so_and_is_gone_again_by_the_next_command(place: Place, fake: FakeAsterisk) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    honest = fake.answer

    def answer(text: str) -> str:
        if text == "dialplan reload":
            fake.says["pjsip list endpoints"] = ""
        return honest(text)

    fake.answer = answer  # type: ignore[method-assign]
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX619"
    assert place.current == before
    assert place.status().standing is Standing.KILLED
    fake.answer = honest  # type: ignore[method-assign]
    fake.says.clear()
    done = place.deploy()
    assert done.told[0].endswith(
        f"had failed (endpoint 101 is not there), and so had its rollback; {before} runs again"
    )
    assert place.status().standing is Standing.IN_STEP


def test_a_pbx_that_reads_another_folder_is_not_deployed_to(place: Place, fake: FakeAsterisk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    fake.reads = str(other)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX611"
    assert f"reads {other}, not {place.folder}" in str(refused)
    assert not list(place.folder.iterdir())


def test_a_pbx_that_is_down_is_not_deployed_to(place: Place, fake: FakeAsterisk) -> None:
    fake.down = True
    assert refusal(place.deploy).diagnostic.code == "PBX611"
    assert place.status().standing is Standing.UNREACHABLE
    assert not list(place.folder.iterdir())


def test_a_folder_that_is_not_there_is_said_so(place: Place) -> None:
    shutil.rmtree(place.folder)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX612"
    assert f"has no folder {place.folder}" in str(refused)


def _shell_as(monkeypatch: pytest.MonkeyPatch, *before: str) -> None:
    monkeypatch.setattr(shells, "_SHELL", (*before, *shells._SHELL))


def test_without_permission_nothing_is_changed(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if os.geteuid() == 0:  # who may do everything deploys as nobody
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_mode & 0o001 == 0:
                folder.chmod(folder.stat().st_mode | 0o111)
        _shell_as(monkeypatch, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    else:
        place.folder.chmod(0o555)
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX612"
    assert "cannot be written" in str(refused)
    assert not list(place.folder.iterdir())


def test_a_full_disk_leaves_what_ran(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    _shell_as(monkeypatch, "sh", "-c", 'ulimit -f 4; exec "$0" "$@"')  # blocks of 512 bytes that a file may have
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX612"
    assert place.current == before
    assert place.releases == [before]
    assert place.status().standing is Standing.BEHIND


def test_of_two_at_once_the_second_is_told_who_is_at_it(place: Place) -> None:
    place.deploy()
    place.change("name: Eve", "name: Eva")
    with session_at(place.target) as session, session.folder.locked("ada"):
        refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX613"
    assert "under way (by ada)" in str(refused)
    assert place.deploy().changed


def test_the_lock_of_one_that_was_killed_does_not_hold(place: Place) -> None:
    place.deploy()
    (place.folder / "releases/lock").symlink_to(f"999999 {os.uname().nodename} ada")
    place.change("name: Eve", "name: Eva")
    assert place.deploy().changed
    assert not (place.folder / "releases/lock").is_symlink()


def test_the_lock_of_another_machine_holds(place: Place) -> None:
    place.deploy()
    (place.folder / "releases/lock").symlink_to("1 elsewhere ada")
    place.change("name: Eve", "name: Eva")
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX613"
    assert f"remove {place.folder}/releases/lock" in refused.diagnostic.help


def test_a_rollback_can_be_rolled_back(place: Place) -> None:
    first = place.deploy().release
    assert refusal(place.rollback).diagnostic.code == "PBX618"
    place.change("name: Eve", "name: Eva")
    second = place.deploy().release
    assert place.rollback().release == first == place.current
    assert place.status().standing is Standing.BEHIND
    assert place.rollback().release == second == place.current
    assert place.status().standing is Standing.IN_STEP


def test_a_release_that_was_changed_is_not_gone_back_to(place: Place) -> None:
    first = place.deploy().release
    place.change("name: Eve", "name: Eva")
    place.deploy()
    (place.folder / f"releases/{first}/library.conf").write_text("")
    refused = refusal(place.rollback)
    assert refused.diagnostic.code == "PBX618"
    assert "is not as it was written" in str(refused)


def test_no_more_releases_are_kept_than_are_to_be(place: Place) -> None:
    place.target = replace(place.target, keep=2)
    names: list[str | None] = [place.deploy().release]
    for name in ("Eva", "Evita", "Evelyn"):
        place.change(place.text.partition('"105": {name: ')[2].partition(",")[0], name)
        names.append(place.deploy().release)
    assert place.releases == sorted(filter(None, names[-3:]))


def test_the_history_says_who_what_and_why(place: Place, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PBXGEN_DEPLOYED_BY", "ada@ci")
    first = place.deploy().release
    place.change("name: Eve", "name: Eva")
    honest = fake.answer
    fake.answer = lambda text: honest(text) if text != "dialplan reload" or place.current == first else "no"  # type: ignore[method-assign]
    refusal(place.deploy)
    with session_at(place.target) as session:
        history = session.state().history
    assert [(event.action, event.release, event.by) for event in history] == [
        ("deploy", first, "ada@ci"),
        ("undone", first, "ada@ci"),
    ]
    assert history[1].why.endswith("`dialplan reload` answers: no")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes for callers is looked for in git each time, which takes longest."""
    nothing = Result("what runs", "", True, (), (Made((), {}, None, ""),))
    monkeypatch.setattr(plans, "_callers", lambda *_: nothing)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_killed_at_every_step_it_is_finished_or_undone_by_the_next_command(place: Place, fake: FakeAsterisk) -> None:
    """The far side is given each script, and runs it alone to its end."""
    place.deploy()
    versions = []
    for name in ("Eva", "Eve"):
        place.change(place.text.partition('"105": {name: ')[2].partition(",")[0], name)
        versions.append(place.new_release())
    for step in range(1, 99):
        new_release = versions[step % 2]
        reached = killed(partial(place.send, new_release), lambda count, _, step=step: count == step, sent=True)  # type: ignore[misc]
        assert (place.folder / "pbxgen/release.json").exists(), step  # it would boot
        done = place.send(new_release)
        assert done.release == place.current, step
        with session_at(place.target) as session:
            info = session.state().info
            assert info is not None
            assert info.files == new_release[0].info.files, step
            assert session.running.digests() == new_release[0].info.tenants, step
        left = {path.name for path in (place.folder / "releases").iterdir() if not path.is_dir()}
        assert left == {"history"}, step
        if not reached:
            break
    assert step > 20


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_very_first_one_killed_at_every_step_is_finished_or_undone(place: Place, fake: FakeAsterisk) -> None:
    new_release = place.new_release()
    for step in range(1, 99):
        shutil.rmtree(place.folder)
        place.folder.mkdir()
        (place.folder / "extensions.conf").write_text("[mine]\n")
        (place.folder / "pbxgen").mkdir()
        reached = killed(partial(place.send, new_release, force=True), lambda n, _, step=step: n == step, sent=True)  # type: ignore[misc]
        done = place.send(new_release, force=True)
        assert done.release == place.current, step
        with session_at(place.target) as session:
            assert session.running.digests() == new_release[0].info.tenants, step
        aside = place.folder / f"extensions.conf.before-{place.current}"
        assert aside.read_text() == "[mine]\n", step
        if not reached:
            break
    assert step > 20


def test_what_arrives_is_what_was_sent_whatever_bytes_it_has(place: Place) -> None:
    names = ["Ü; DROP", "'quotes' \\\\\\\\ `id` $HOME $(id)", "Ё\u0081é", "x" * 300]
    users = "".join(f'  "13{number}": {{name: "{name}"}}\n' for number, name in enumerate(names))
    place.write(place.text + users.replace("\u0081", ""))
    place.deploy()
    text = (place.folder / "pbxgen/office/extensions.conf").read_text()
    assert "$HOME $(id)" in text
    assert place.status().standing is Standing.IN_STEP


def test_scenarios_beside_the_source_that_fail_keep_it_here(place: Place) -> None:
    (place.source / "calls.test.yaml").write_text(
        'source: .\nscenarios:\n  - name: wrong\n    call: {from: "101", to: "102"}\n    expect: {rings: ["103"]}\n'
    )
    refused = refusal(place.deploy)
    assert refused.diagnostic.code == "PBX617"
    assert "wrong (on the model)" in refused.lines[0]
    assert not (place.folder / "pbxgen").exists()


def test_beside_an_existing_plan_nothing_of_it_is_touched(place: Place, fake: FakeAsterisk) -> None:
    place.target = replace(place.target, beside=True)
    (place.folder / "extensions.conf").write_text("[mine]\n")
    refused = refusal(place.deploy)
    assert "does the configuration" in str(refused)
    assert "include it?" in str(refused)
    for name in ("extensions", "pjsip", "voicemail"):
        (place.folder / f"{name}.conf").write_text(f'[mine]\n#include "pbxgen/{name}.conf"\n')
    assert place.deploy().changed
    assert sorted(path.name for path in place.folder.iterdir()) == [
        "extensions.conf", "pbxgen", "pjsip.conf", "releases", "voicemail.conf",
    ]  # fmt: skip
    assert (place.folder / "extensions.conf").read_text() == '[mine]\n#include "pbxgen/extensions.conf"\n'


def test_a_plan_without_the_secrets_says_what_it_does_not_know(place: Place, fake: FakeAsterisk) -> None:
    from pbxgen.deploy.new_release import rendered
    from pbxgen.pipeline import compile_path

    place.change('Ada, password: "a long enough secret"', "Ada, password: {env: PBXGEN_NOT_SET}")
    compiled = compile_path(place.source).plans
    new_release, _ = rendered(compiled, place.target, place.source, "", lambda doing: None, for_show=True)
    assert new_release is not None
    assert not new_release.secrets
    refused, problems = rendered(compiled, place.target, place.source, "", lambda doing: None, for_show=False)
    assert refused is None
    assert [problem.code for problem in problems] == ["PBX401"]


def test_an_interrupted_deployment_goes_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    honest = TargetFolder.make_current

    def make_current(self: TargetFolder, release: str) -> None:
        honest(self, release)
        if release != before:
            raise KeyboardInterrupt

    monkeypatch.setattr(TargetFolder, "make_current", make_current)
    with pytest.raises(KeyboardInterrupt) as interrupted:
        place.deploy()
    assert interrupted.value.__notes__ == [f"hq: {before} runs again"]
    assert place.current == before
    assert place.status().standing is Standing.BEHIND


def test_what_is_interrupted_says_how_it_is_then(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **how: bool) -> None:
        raise KeyboardInterrupt

    before = place.deploy().release
    place.change("name: Eve", "name: Eva")
    with monkeypatch.context() as patch:
        patch.setattr(RunningAsterisk, "light", interrupt)  # once it is proven
        with pytest.raises(KeyboardInterrupt) as interrupted:
            place.deploy()
    assert interrupted.value.__notes__ == [f"hq: {place.current} runs; the next deployment or rollback tidies up"]
    assert place.current != before
    assert place.deploy().told[0].endswith("it is finished now")
    place.change("name: Eva", "name: Evita")
    with monkeypatch.context() as patch:
        patch.setattr(RunningAsterisk, "reload", interrupt)
        patch.setattr(TargetFolder, "take_back", interrupt)
        with pytest.raises(KeyboardInterrupt) as interrupted:
            place.deploy()
        again = "hq: the rollback was interrupted: the next deployment or rollback repeats it"
        assert interrupted.value.__notes__ == [again]
        with pytest.raises(KeyboardInterrupt) as interrupted:
            place.deploy()
        assert interrupted.value.__notes__ == [again]
    assert "runs again" in place.deploy().told[0]
    assert place.status().standing is Standing.IN_STEP


def test_nothing_of_another_tenant_or_time_is_in_a_digest(place: Place, tmp_path: Path) -> None:
    first, _ = place.new_release()
    again, _ = place.new_release()
    assert first.info.digest == again.info.digest
    assert first.info.digest != replace(first.info, files=dict(list(first.info.files.items())[1:])).digest
