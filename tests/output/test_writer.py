"""Writing generated trees: all or nothing, ours only, safe to kill."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from pbxgen.output.changes import Kind
from pbxgen.output.errors import OutputError
from pbxgen.output.manifest import JOURNAL, MANIFEST
from pbxgen.output.writer import survey_trees, write_trees
from pbxgen.targets.base import GeneratedFile


def tree(**files: str) -> dict[str, list[GeneratedFile]]:
    return {"pbx": [GeneratedFile(path.replace("__", "/"), text) for path, text in files.items()]}


def contents(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` but pbxgen's own bookkeeping."""
    return {
        p.relative_to(folder).as_posix(): p.read_text()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != MANIFEST
    }


def identity(path: Path) -> tuple[int, int, int, int]:
    """What changes when a file is written anew or touched (its time of access may change by looking)."""
    status = path.stat()
    return (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode)


def codes(error: pytest.ExceptionInfo[OutputError]) -> list[str]:
    return [d.code for d in error.value.diagnostics]


def test_creates_files_and_folders(tmp_path: Path) -> None:
    write_trees(tmp_path / "out", tree(main="1\n", sub__deep__file="2\n"))
    assert contents(tmp_path / "out") == {"pbx/main": "1\n", "pbx/sub/deep/file": "2\n"}


def test_second_run_touches_nothing(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(main="1\n", sub__file="2\n"))
    before = {p: identity(p) for p in tmp_path.rglob("*") if p.is_file()}
    (changes,) = write_trees(tmp_path, tree(main="1\n", sub__file="2\n"))
    assert changes.nothing_to_do
    assert {p: identity(p) for p in tmp_path.rglob("*") if p.is_file()} == before


def test_only_the_changed_file_is_replaced(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(a="1\n", b="1\n"))
    kept = identity(tmp_path / "pbx/a")
    write_trees(tmp_path, tree(a="1\n", b="2\n"))
    assert identity(tmp_path / "pbx/a") == kept
    assert contents(tmp_path) == {"pbx/a": "1\n", "pbx/b": "2\n"}


def test_files_no_longer_needed_go_with_their_folder(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(a="1\n", sub__deep__b="1\n"))
    write_trees(tmp_path, tree(a="1\n"))
    assert contents(tmp_path) == {"pbx/a": "1\n"}
    assert not (tmp_path / "pbx/sub").exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(a="1\n", sub__b="1\n"))
    (tmp_path / "pbx/mine.conf").write_text("mine\n")
    (tmp_path / "pbx/sub/mine.conf").write_text("mine\n")
    write_trees(tmp_path, tree(a="2\n"))
    assert contents(tmp_path) == {"pbx/a": "2\n", "pbx/mine.conf": "mine\n", "pbx/sub/mine.conf": "mine\n"}


def test_a_folder_of_others_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "pbx/sub").mkdir(parents=True)
    write_trees(tmp_path, tree(a="1\n", sub__b="1\n"))
    write_trees(tmp_path, tree(a="1\n"))
    assert (tmp_path / "pbx/sub").is_dir()


def test_a_file_of_others_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pbx").mkdir()
    (tmp_path / "pbx/a").write_text("mine\n")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, tree(a="1\n", b="1\n"))
    assert codes(error) == ["PBX411"]
    assert str(tmp_path / "pbx/a") in str(error.value)
    assert contents(tmp_path) == {"pbx/a": "mine\n"}


def test_force_takes_a_file_over(tmp_path: Path) -> None:
    (tmp_path / "pbx").mkdir()
    (tmp_path / "pbx/a").write_text("mine\n")
    write_trees(tmp_path, tree(a="1\n"), force=True)
    assert contents(tmp_path) == {"pbx/a": "1\n"}
    write_trees(tmp_path, tree(a="2\n"))
    assert contents(tmp_path) == {"pbx/a": "2\n"}


def test_a_foreign_file_with_the_same_content_is_adopted(tmp_path: Path) -> None:
    (tmp_path / "pbx").mkdir()
    (tmp_path / "pbx/a").write_text("1\n")
    write_trees(tmp_path, tree(a="1\n"))
    write_trees(tmp_path, tree(b="1\n"))
    assert contents(tmp_path) == {"pbx/b": "1\n"}


@pytest.mark.parametrize("wanted", [{"a": "2\n"}, {"b": "1\n"}], ids=["overwritten", "removed"])
def test_an_edit_by_hand_is_not_lost_in_silence(tmp_path: Path, wanted: dict[str, str]) -> None:
    write_trees(tmp_path, tree(a="1\n"))
    (tmp_path / "pbx/a").write_text("edited\n")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, tree(**wanted))
    assert codes(error) == ["PBX412"]
    assert contents(tmp_path) == {"pbx/a": "edited\n"}
    write_trees(tmp_path, tree(**wanted), force=True)
    assert contents(tmp_path) == {f"pbx/{name}": text for name, text in wanted.items()}


def test_all_obstacles_are_named_at_once(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(a="1\n"))
    (tmp_path / "pbx/a").write_text("edited\n")
    (tmp_path / "pbx/b").write_text("mine\n")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, tree(a="2\n", b="1\n"))
    assert codes(error) == ["PBX412", "PBX411"]


def test_a_file_removed_by_hand_comes_back(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(a="1\n", b="1\n"))
    (tmp_path / "pbx/a").unlink()
    write_trees(tmp_path, tree(a="1\n", b="1\n"))
    assert contents(tmp_path) == {"pbx/a": "1\n", "pbx/b": "1\n"}


def test_secret_files_are_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    secret = {"pbx": [GeneratedFile("pw", "s\n", secret=True), GeneratedFile("open", "o\n")]}
    for mask in (0o000, 0o077):
        before = os.umask(mask)
        try:
            write_trees(tmp_path / str(mask), secret)
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / str(mask) / "pbx/pw").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "0/pbx/open").stat().st_mode) == 0o666


def test_a_secret_file_is_closed_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        seen.append((name, stat.S_IMODE(os.fstat(descriptor).st_mode)))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    write_trees(tmp_path, {"pbx": [GeneratedFile("pw", "s\n", secret=True)]})
    assert (".pw.pbxgen-new", 0o640) in seen


def test_a_loosened_secret_file_is_closed_again(tmp_path: Path) -> None:
    secret = {"pbx": [GeneratedFile("pw", "s\n", secret=True)]}
    write_trees(tmp_path, secret)
    place = tmp_path / "pbx/pw"
    place.chmod(0o644)
    before = place.stat().st_mtime_ns
    write_trees(tmp_path, secret)
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert place.stat().st_mtime_ns == before


def test_the_group_of_a_file_stays(tmp_path: Path) -> None:
    group = 12345 if os.geteuid() == 0 else next((g for g in os.getgroups() if g != os.getegid()), os.getegid())
    write_trees(tmp_path, {"pbx": [GeneratedFile("pw", "1\n", secret=True)]})
    os.chown(tmp_path / "pbx/pw", -1, group)
    write_trees(tmp_path, {"pbx": [GeneratedFile("pw", "2\n", secret=True)]})
    assert (tmp_path / "pbx/pw").stat().st_gid == group


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("theirs\n")
    (tmp_path / "out/pbx").mkdir(parents=True)
    (tmp_path / "out/pbx/a").symlink_to(outside / "a")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path / "out", tree(a="1\n"))
    assert codes(error) == ["PBX411"]
    write_trees(tmp_path / "out", tree(a="1\n"), force=True)
    assert (outside / "a").read_text() == "theirs\n"
    assert not (tmp_path / "out/pbx/a").is_symlink()


def test_a_linked_folder_is_refused_even_with_force(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out/pbx").mkdir(parents=True)
    (tmp_path / "out/pbx/sub").symlink_to(outside)
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path / "out", tree(sub__a="1\n"), force=True)
    assert codes(error) == ["PBX413"]
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "", ".", "a//b", "./a", "a\\b", "a\0b", MANIFEST, "x/.."])
def test_a_target_cannot_write_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        write_trees(tmp_path, {"pbx": [GeneratedFile(path, "x")]})


@pytest.mark.parametrize("hostile", ["../victim", "/etc/passwd", "a/../../victim"])
def test_a_hostile_manifest_removes_nothing(tmp_path: Path, hostile: str) -> None:
    write_trees(tmp_path / "out", tree(a="1\n"))
    (tmp_path / "out/victim").write_text("")
    place = tmp_path / "out/pbx" / MANIFEST
    manifest = json.loads(place.read_text())
    manifest["files"][hostile] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    place.write_text(json.dumps(manifest))
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path / "out", tree(a="1\n"), force=True)
    assert codes(error) == ["PBX414"]
    assert (tmp_path / "out/victim").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "\x00", '{"files": 1, "folders": 2, "format": 1}', "[" * 9999]
)
def test_a_broken_manifest_is_an_error(tmp_path: Path, text: str) -> None:
    write_trees(tmp_path, tree(a="1\n"))
    (tmp_path / "pbx" / MANIFEST).write_text(text)
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, tree(a="2\n"))
    assert codes(error) == ["PBX414"]


def test_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pbx/a").mkdir(parents=True)
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path, tree(a="1\n"), force=True)
    assert codes(error) == ["PBX411"]


@pytest.mark.parametrize("where", ["out", "out/pbx", "out/pbx/sub"])
def test_a_file_where_a_folder_is_needed_is_an_error(tmp_path: Path, where: str) -> None:
    place = tmp_path / where
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("")
    with pytest.raises(OutputError) as error:
        write_trees(tmp_path / "out", tree(sub__a="1\n"))
    assert codes(error) == ["PBX410"]


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    (changes,) = survey_trees(tmp_path / "out", tree(a="1\n"))
    assert [c.kind for c in changes.changes] == [Kind.CREATE]
    assert not (tmp_path / "out").exists()


def test_the_manifest_says_which_files_are_ours(tmp_path: Path) -> None:
    write_trees(tmp_path, tree(b="1\n", a="1\n"))
    manifest = json.loads((tmp_path / "pbx" / MANIFEST).read_text())
    assert list(manifest["files"]) == ["a", "b"]
    assert not (tmp_path / "pbx" / JOURNAL).exists()
