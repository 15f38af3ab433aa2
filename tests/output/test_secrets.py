"""What the output folder's bookkeeping and previews say of files that hold secrets: nothing of what is in them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from pbxgen.language.secrets import needed
from pbxgen.output.errors import OutputError
from pbxgen.output.manifest import JOURNAL, MANIFEST, mark
from pbxgen.output.preview import diff
from pbxgen.output.writer import survey_trees, write_trees
from pbxgen.pbxs import PBXS
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options, Part
from tests.support.calls import plan_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Trees = dict[str, list[GeneratedFile]]


def voicemail(pin: str, *, secret: bool = True) -> Trees:
    return {"pbx": [GeneratedFile("vm", f"101 => {pin}\n", secret=secret), GeneratedFile("plan", "open\n")]}


NOTHING: Trees = {"pbx": [GeneratedFile("plan", "open\n")]}


def test_nothing_about_a_pin_can_be_computed_from_the_manifest(tmp_path: Path) -> None:
    kept = set()
    for pin in ("471133", "998877"):
        write_trees(tmp_path, voicemail(pin))
        kept.add((tmp_path / "pbx" / MANIFEST).read_text())
    assert len(kept) == 1, "it is the same whatever the PIN"


@pytest.mark.parametrize("name", PBXS)
def test_what_is_kept_of_a_generated_file_does_not_depend_on_its_secrets(name: str) -> None:
    plan = plan_of(EXAMPLES / "studio")
    wanted = [secret for secret, _ in needed(plan, frozenset(Part))]
    assert wanted

    def kept(value: str) -> dict[str, str]:
        files = load_target(name).render((plan,), Options(secrets=dict.fromkeys(wanted, value)))
        assert any(value in file.text for file in files)
        assert not any(value in file.text for file in files if not file.secret)
        return {file.path: mark(file.text.encode(), file.secret) for file in files}

    assert kept("471133") == kept("99887766")


def test_manifest_and_journal_are_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: dict[str, int] = {}
    real = os.fsync

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        modes[name] = stat.S_IMODE(os.fstat(descriptor).st_mode)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write_trees(tmp_path, voicemail("471133"))
    assert {modes[f".{name}.pbxgen-new"] for name in (MANIFEST, JOURNAL)} == {0o640}
    assert stat.S_IMODE((tmp_path / "pbx" / MANIFEST).stat().st_mode) == 0o640


def test_a_loosened_manifest_is_closed_again(tmp_path: Path) -> None:
    write_trees(tmp_path, voicemail("471133"))
    (tmp_path / "pbx" / MANIFEST).chmod(0o644)
    write_trees(tmp_path, voicemail("471133"))
    assert stat.S_IMODE((tmp_path / "pbx" / MANIFEST).stat().st_mode) == 0o640


def test_a_manifest_of_before_loses_its_digests_of_secrets(tmp_path: Path) -> None:
    write_trees(tmp_path, voicemail("471133"))
    place = tmp_path / "pbx" / MANIFEST
    content = json.loads(place.read_text())
    content["format"] = 1
    content["files"]["vm"] = hashlib.sha256(b"101 => 471133\n").hexdigest()
    place.write_text(json.dumps(content))
    assert "471133" not in "\n".join(diff(survey_trees(tmp_path, NOTHING))), "any file of then may hold secrets"
    write_trees(tmp_path, voicemail("471133"))
    assert hashlib.sha256(b"101 => 471133\n").hexdigest() not in place.read_text()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666])
@pytest.mark.parametrize("wanted", [NOTHING, voicemail("998877"), voicemail("none", secret=False)])
def test_no_diff_shows_what_a_file_with_secrets_held(tmp_path: Path, mode: int, wanted: Trees) -> None:
    write_trees(tmp_path, voicemail("471133"))
    (tmp_path / "pbx/vm").chmod(mode)
    shown = "\n".join(diff(survey_trees(tmp_path, wanted)))
    assert "pbx/vm" in shown
    assert "471133" not in shown
    assert "998877" not in shown


def test_a_removed_file_without_secrets_is_shown_whatever_its_mode(tmp_path: Path) -> None:
    write_trees(tmp_path, voicemail("471133"))
    (tmp_path / "pbx/plan").chmod(0o640)
    assert "-open" in list(diff(survey_trees(tmp_path, {"pbx": []})))


@pytest.mark.parametrize("wanted", [NOTHING, voicemail("998877")], ids=["removed", "overwritten"])
def test_an_edit_by_hand_of_a_file_with_secrets_is_not_lost_in_silence(tmp_path: Path, wanted: Trees) -> None:
    write_trees(tmp_path, voicemail("471133"))
    (tmp_path / "pbx/vm").write_text("101 => 471133,attach=no\n")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, wanted)
    assert [d.code for d in error.value.diagnostics] == ["PBX412"]
    write_trees(tmp_path, wanted, force=True)


def test_a_new_secret_replaces_the_one_that_pbxgen_wrote(tmp_path: Path) -> None:
    for pin in ("471133", "998877", "112358"):
        write_trees(tmp_path, voicemail(pin))
        assert (tmp_path / "pbx/vm").read_text() == f"101 => {pin}\n"


@pytest.mark.parametrize("killed", range(1, 12))
def test_a_run_killed_at_any_rename_knows_its_files_with_secrets_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: int
) -> None:
    class KilledError(BaseException):
        pass

    write_trees(tmp_path, voicemail("471133"))
    count = 0
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == killed:
            raise KilledError
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        patch.setattr("pbxgen.output.writer._Writing.undo", lambda self: None)
        try:
            write_trees(tmp_path, voicemail("998877"))
        except KilledError:
            journal = tmp_path / "pbx" / JOURNAL
            assert not journal.exists() or hashlib.sha256(b"101 => 998877\n").hexdigest() not in journal.read_text()
    write_trees(tmp_path, voicemail("112358"))
    assert (tmp_path / "pbx/vm").read_text() == "101 => 112358\n"


@pytest.mark.parametrize("name", [MANIFEST, JOURNAL])
@pytest.mark.parametrize("kind", ["pipe", "device", "kernel", "folder", "nowhere", "surrogate"])
def test_what_is_no_ordinary_file_is_no_manifest(tmp_path: Path, name: str, kind: str) -> None:
    write_trees(tmp_path, NOTHING)
    place = tmp_path / "pbx" / name
    place.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "surrogate":
        place.write_text('{"format": 2, "files": {"\\ud800": "secret"}, "folders": []}')
    else:
        place.symlink_to({"device": "/dev/zero", "kernel": "/proc/kmsg", "nowhere": "/nowhere"}[kind])
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, voicemail("471133"))
    assert [d.code for d in error.value.diagnostics] == ["PBX414"]


def test_an_empty_folder_behind_a_link_is_not_removed(tmp_path: Path) -> None:
    write_trees(tmp_path, {"pbx": [GeneratedFile("sub/deep/a", "1\n")]})
    (tmp_path / "pbx/sub/deep/a").unlink()
    (tmp_path / "pbx/sub/deep").rmdir()
    (tmp_path / "pbx/sub").rmdir()
    (tmp_path / "theirs/deep").mkdir(parents=True)
    (tmp_path / "pbx/sub").symlink_to(tmp_path / "theirs")
    place = tmp_path / "pbx" / MANIFEST
    content = json.loads(place.read_text())
    content["files"] = {}
    place.write_text(json.dumps(content))
    write_trees(tmp_path, NOTHING)
    assert (tmp_path / "theirs/deep").is_dir()
