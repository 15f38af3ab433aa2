"""``git:REV`` and ``git:REV:PATH``: which source is meant, and what is taken of it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.diff import git as unpack
from pbxgen.diff.git import git as ask

EXAMPLES = Path(__file__).parents[2] / "examples"
MINIMAL = EXAMPLES / "minimal" / "pbx.yaml"
SAME = "nothing changes for callers\n"


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["diff", *map(str, words)])
    assert result.exit_code == code, result.output
    assert "fatal" not in result.output
    return result.output


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.org", *words], check=True
    )


def commit(folder: Path, message: str = "a state") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """``conf/office/pbx.yaml`` in a repository."""
    path = tmp_path / "conf" / "office" / "pbx.yaml"
    path.parent.mkdir(parents=True)
    shutil.copy(MINIMAL, path)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return path


def renumbered(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"101"', '"205"'), encoding="utf-8")


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../../etc/hostname", "nowhere"])
def test_links_beside_the_source_do_no_harm(office: Path, tmp_path: Path, target: str) -> None:
    (office.parent / "abs").symlink_to(target)
    commit(tmp_path)
    assert run("git:HEAD", office) == SAME
    assert run("git:HEAD", office.parent) == SAME


def test_a_link_of_the_source_that_leads_out_is_left_out_and_told(office: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.yaml"
    outside.write_text('users: {"300": {name: Carla}}\n', encoding="utf-8")
    (office.parent / "more.yaml").symlink_to(outside)
    commit(tmp_path)
    told = run("git:HEAD", office.parent)
    assert "git:HEAD:conf/office/more.yaml leads out of the repository" in told
    assert "+ Carla (300)" in told


def test_a_link_leads_out_where_it_does_so_on_disk(
    office: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (temporary / "outside.yaml").write_text('users: {"300": {name: Carla}}\n', encoding="utf-8")
    (office.parent / "m").symlink_to("..")
    (office.parent / "u.yaml").symlink_to("m/../../../outside.yaml")
    commit(tmp_path)
    (office.parent / "u.yaml").unlink()
    told = run("git:HEAD", office.parent)
    assert "git:HEAD:conf/office/u.yaml leads out of the repository" in told
    assert SAME in told


def test_links_inside_the_repository_are_followed(office: Path, tmp_path: Path) -> None:
    (tmp_path / "shared" / "deep").mkdir(parents=True)
    (tmp_path / "shared" / "deep" / "more.yaml").write_text('users: {"300": {name: Carla}}\n', encoding="utf-8")
    (office.parent / "linked").symlink_to("../../shared")
    (tmp_path / "current").symlink_to("conf")
    commit(tmp_path)
    assert run("git:HEAD", office.parent) == SAME
    assert run("git:HEAD:current/office", office.parent) == SAME


def test_a_link_of_today_to_what_was_there_already(office: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("conf/office")
    (tmp_path / "loop").symlink_to("loop")
    assert run("git:HEAD", tmp_path / "current") == SAME
    commit(tmp_path)
    assert "is a link to nothing" in run("git:HEAD:loop", office, code=2)


def test_links_into_themselves_end(office: Path, tmp_path: Path) -> None:
    (office.parent / "loop").symlink_to("loop/b.yaml")
    (office.parent / "a").symlink_to("b/c")
    (office.parent / "b").symlink_to("a/c")
    commit(tmp_path)
    assert run("git:HEAD", office.parent) == SAME


def test_all_links_are_had_from_one_process(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_of_links(tmp_path, {f"conf/office/link{i}": f"../nothing{i}" for i in range(9)})
    asked: list[str] = []

    def counted(folder: Path, *arguments: str, given: bytes = b"", index: Path | None = None) -> bytes:
        asked.append(arguments[0])
        return ask(folder, *arguments, given=given, index=index)

    monkeypatch.setattr(unpack, "git", counted)
    assert run("git:HEAD", office.parent) == SAME
    assert asked.count("cat-file") == 1


def test_there_may_be_many_linked_folders(office: Path, tmp_path: Path) -> None:
    commit_of_links(tmp_path, {f"n{i}/next": f"../n{i + 1}" for i in range(1000)} | {"conf/office/n": "../../n0"})
    assert run("git:HEAD", office) == SAME
    from pbxgen.diff.revisions import checked_out

    with checked_out("git:HEAD", str(office.parent)) as revision:
        assert (revision.folder / "n999" / "next").is_symlink()


def commit_of_links(folder: Path, links: dict[str, str]) -> None:
    for name, target in links.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(target)
    commit(folder)


def test_a_linked_folder_is_left_by_way_of_what_it_leads_to(office: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "fleet" / "tenants", tmp_path / "deep" / "tens")
    fleet = tmp_path / "deep" / "fleet" / "fleet.yaml"
    fleet.parent.mkdir()
    fleet.write_text('version: 1\ntenants: ["../tens/*"]\n', encoding="utf-8")
    (tmp_path / "current").symlink_to("deep/fleet")
    commit(tmp_path)
    assert run("git:HEAD:current", fleet) == SAME


def test_a_link_may_be_wanted_twice(office: Path, tmp_path: Path) -> None:
    fleet = shutil.copytree(EXAMPLES / "fleet", tmp_path / "deep" / "fleet")
    (fleet / "fleet.yaml").write_text('version: 1\ntenants: ["../fleet/tenants/*"]\n', encoding="utf-8")
    (tmp_path / "current").symlink_to("deep")
    commit(tmp_path)
    assert run("git:HEAD:current/fleet/fleet.yaml", fleet) == SAME


def test_of_a_repository_only_the_source_is_taken(office: Path, tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_bytes(office.read_bytes())
    (tmp_path / "recording.wav").write_bytes(b"RIFF")
    commit(tmp_path)
    from pbxgen.diff.revisions import checked_out

    for source, expected in ((tmp_path / "root.yaml", ["root.yaml"]), (office.parent, ["pbx.yaml"])):
        with checked_out("git:HEAD", str(source)) as revision:
            assert [p.name for p in revision.folder.rglob("*") if p.is_file()] == expected


def test_tenants_may_lie_outside_the_folder_of_their_fleet(office: Path, tmp_path: Path) -> None:
    fleet = tmp_path / "conf" / "fleet.yaml"
    fleet.write_text('version: 1\ntenants: ["../tens/*"]\n', encoding="utf-8")
    shutil.copytree(EXAMPLES / "fleet" / "tenants", tmp_path / "tens")
    commit(tmp_path)
    assert run("git:HEAD", fleet.parent) == SAME
    assert run("git:HEAD", fleet) == SAME


@pytest.mark.parametrize(
    "pattern", ["{root}/fl/t/*", "../../beside/*", "t/../../../beside", "t/*/../../../../../beside/*"]
)
def test_tenants_that_are_outside_a_revision_are_not_read_as_they_are_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    root, temporary = tmp_path / "repository", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    tenants = root / "fl" / "t"
    for place in (tenants / "one", tmp_path / "beside", temporary / "beside"):
        place.mkdir(parents=True)
        shutil.copy(MINIMAL, place)
    fleet = tenants.parent / "fleet.yaml"
    fleet.write_text(f'version: 1\ntenants: ["{pattern.format(root=root)}"]\n', encoding="utf-8")
    git(root, "init", "-q")
    commit(root)
    renumbered(tenants / "one" / "pbx.yaml")
    for source in (fleet, fleet.parent):
        told = " ".join(run("git:HEAD", source, code=2).replace("│", " ").split())
        assert "which cannot be read as they were" in told


def test_a_path_begins_at_the_root_or_with_a_dot_in_the_current_folder(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renumbered(office)
    monkeypatch.chdir(office.parents[1])
    for path in ("conf/office", "./office", "../conf/office/pbx.yaml"):
        assert "+ Ada Rossi (205)" in run(f"git:HEAD:{path}", "office")
    told = " ".join(run("git:HEAD:office", "office", code=2).replace("│", " ").split())
    assert "git:HEAD:./office" in told
    assert "git:HEAD:conf/office" in told


def test_the_repository_is_that_of_the_other_side(
    office: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run("git:HEAD:conf/office", office) == SAME
    assert "in no repository of git" in run("git:HEAD", unversioned(tmp_path_factory), code=2)


def unversioned(factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(MINIMAL, factory.mktemp("alone") / "pbx.yaml"))


def test_a_hook_of_git_may_ask(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"DIR": ".git", "WORK_TREE": ".", "INDEX_FILE": ".git/index", "PREFIX": "conf/"}.items():
        monkeypatch.setenv(f"GIT_{name}", value)
    assert run("git:HEAD", "conf/office") == SAME
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another"))
    assert run("git:HEAD", "conf/office") == SAME


def test_settings_in_the_environment_hold(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COUNT": "1", "KEY_0": "core.symlinks", "VALUE_0": "no"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert ask(office.parent, "config", "core.symlinks") == b"no\n"


def test_one_path_is_enough_for_two_revisions(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renumbered(office)
    commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "+ Ada Rossi (205)" in run("git:HEAD~1", "git:HEAD:conf/office")
    assert "+ Ada Rossi (205)" in run("git:HEAD~1:conf/office", "git:HEAD")
    assert "say which source" in run("git:HEAD~1", "git:HEAD", code=2)


def test_a_source_that_was_moved_is_named_as_it_was(office: Path, tmp_path: Path) -> None:
    git(tmp_path, "mv", "conf/office", "conf/central")
    commit(tmp_path)
    told = run("git:HEAD~1", tmp_path / "conf" / "central", code=2)
    assert "git:HEAD~1:conf/office" in told


def test_a_revision_that_there_is_not_is_named_as_it_was_written(office: Path) -> None:
    told = run("git:nope", office, code=2)
    assert "git knows no revision nope" in told
    assert "^{commit}" not in told


def test_errors_of_an_old_revision_have_places_that_can_be_found(office: Path, tmp_path: Path) -> None:
    good = office.read_text(encoding="utf-8")
    office.write_text(good.replace("country: IT", "country: XX"), encoding="utf-8")
    commit(tmp_path)
    office.write_text(good, encoding="utf-8")
    told = run("git:HEAD", office.parent, code=1)
    assert "git:HEAD:conf/office/pbx.yaml:" in told
    assert "country: XX" in told
    assert "nothing to compare in git:HEAD:conf/office" in told
    assert "pbxgen-diff" not in told


def test_a_tenant_that_only_one_side_has_is_new_or_gone(tmp_path: Path) -> None:
    fleet = shutil.copytree(EXAMPLES / "fleet", tmp_path / "fleet")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    (fleet / "tenants" / "officina.yaml").unlink()
    assert "- tenant officina" in run("git:HEAD", fleet, "--tenant", "officina")
    assert "+ tenant officina" in run(fleet, "git:HEAD", "--tenant", "officina")
    assert "no tenant has the name nobody" in run("git:HEAD", fleet, "--tenant", "nobody", code=2)
