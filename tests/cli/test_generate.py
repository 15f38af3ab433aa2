"""``pbxgen generate``: what it writes, refuses, says, and leaves alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pbxgen.output.manifest import MANIFEST

Invoke = Callable[..., "object"]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def identity(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written anew (its time of access may change by looking)."""
    status = path.stat()
    return (status.st_ino, status.st_mtime_ns, status.st_mode)


def test_it_writes_both_targets(invoke, small: Path, tmp_path: Path) -> None:
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["asterisk", "freeswitch"]
    assert (tmp_path / "out/asterisk/extensions.conf").is_file()
    assert result.out.startswith("2 users in ")
    assert "Traceback" not in result.err


def test_two_runs_give_the_same_bytes_and_touch_nothing(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    before = {p: identity(p) for p in (tmp_path / "out").rglob("*")}
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 0
    assert "new" not in result.out
    assert {p: identity(p) for p in (tmp_path / "out").rglob("*")} == before
    invoke("generate", small, "-o", tmp_path / "other")
    assert tree(tmp_path / "other") == tree(tmp_path / "out")


def test_the_environment_does_not_change_the_files(shell, small: Path, tmp_path: Path) -> None:
    for name, env in {
        "a": {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        "b": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    }.items():
        assert shell("generate", small, "-o", tmp_path / name, env=env).returncode == 0
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


@pytest.mark.parametrize("target", ["asterisk", "freeswitch"])
def test_one_target(invoke, small: Path, tmp_path: Path, target: str) -> None:
    assert invoke("generate", small, "-o", tmp_path / "out", "--target", target).code == 0
    assert [p.name for p in (tmp_path / "out").iterdir()] == [target]


def test_an_earlier_target_stays(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    invoke("generate", small, "-o", tmp_path / "out", "--target", "asterisk", "--parts", "dialplan")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["asterisk", "freeswitch"]


def test_the_dialplan_alone_needs_no_secrets(invoke, small: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SIP_101")
    result = invoke("generate", small, "-o", tmp_path / "out", "--parts", "dialplan")
    assert result.code == 0
    assert not (tmp_path / "out/asterisk/pjsip.conf").exists()


def test_endpoints_have_the_names_that_were_asked_for(invoke, small: Path, tmp_path: Path) -> None:
    result = invoke("generate", small, "-o", tmp_path / "out", "--endpoint-name", "phone-{extension}")
    assert result.code == 0
    for target in ("asterisk", "freeswitch"):
        assert any(b"phone-101" in text for text in tree(tmp_path / "out" / target).values())


def test_parts_that_are_left_out_are_removed(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    assert (tmp_path / "out/asterisk/pjsip.conf").exists()
    result = invoke("generate", small, "-o", tmp_path / "out", "--parts", "dialplan")
    assert result.code == 0
    assert not (tmp_path / "out/asterisk/pjsip.conf").exists()


def test_beside_an_installation_everything_is_below_pbxgen_and_the_lines_are_shown(
    invoke, small: Path, tmp_path: Path
) -> None:
    result = invoke("generate", small, "-o", tmp_path / "out", "--beside")
    assert result.code == 0
    written = tree(tmp_path / "out")
    assert {name.split("/")[1] for name in written if name.count("/")} == {"pbxgen"}
    assert "asterisk/pbxgen/extensions.conf" in written
    assert b"[general]" not in written["asterisk/pbxgen/extensions.conf"]
    assert b"type = transport" not in written["asterisk/pbxgen/pjsip.conf"]
    assert not [name for name in written if name.endswith(("internal.xml", "freeswitch.xml", "modules.conf"))]
    assert '#tryinclude "pbxgen/extensions.conf"' in result.out
    assert 'data="../pbxgen/dialplan/*.xml"' in result.out
    again = invoke("generate", small, "-o", tmp_path / "out", "--beside")
    assert "unchanged" in again.out
    assert tree(tmp_path / "out") == written


def test_a_problem_writes_nothing(invoke, small: Path, tmp_path: Path) -> None:
    small.write_text(small.read_text().replace('busy: "102"', 'busy: "103"'))
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 1
    assert not (tmp_path / "out").exists()
    assert "103" in result.err
    assert "nothing was written" in result.err


def test_a_missing_secret_writes_nothing(invoke, small: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SIP_101")
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 1
    assert "PBX401" in result.err
    assert not (tmp_path / "out").exists()


def test_secrets_are_in_closed_files_and_in_no_message(invoke, small: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SIP_101", "v3ry-s3cret")
    texts = [invoke("generate", small, "-o", tmp_path / "out", *more) for more in ((), ("--diff",), ("--dry-run",))]
    monkeypatch.setenv("SIP_101", "an0ther-v3ry-s3cret")
    texts += [invoke("generate", small, "-o", tmp_path / "out", *more) for more in (("--diff",), ("--format", "json"))]
    assert not any("s3cret" in t.out + t.err for t in texts)
    holding = [p for p in (tmp_path / "out").rglob("*") if p.is_file() and b"s3cret" in p.read_bytes()]
    assert holding
    assert {stat.S_IMODE(p.stat().st_mode) for p in holding} == {0o640}


def test_a_dry_run_shows_and_writes_nothing(invoke, small: Path, tmp_path: Path) -> None:
    result = invoke("generate", small, "-o", tmp_path / "out", "--dry-run")
    assert result.code == 0
    assert f"+ {tmp_path / 'out/asterisk/extensions.conf'}" in result.out
    assert not (tmp_path / "out").exists()


def test_a_diff_shows_lines(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    before = tree(tmp_path / "out")
    small.write_text(small.read_text().replace("Bruno", "Carla"))
    result = invoke("generate", small, "-o", tmp_path / "out", "--diff")
    assert result.code == 0
    assert any(line.startswith("-") and "Bruno" in line for line in result.out.splitlines())
    assert any(line.startswith("+") and "Carla" in line for line in result.out.splitlines())
    assert "\x1b[" not in result.out
    assert tree(tmp_path / "out") == before


def test_an_edited_file_is_not_lost(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    edited = tmp_path / "out/asterisk/extensions.conf"
    edited.write_text("; mine\n")
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 1
    assert "PBX412" in result.err
    assert str(edited) in result.err
    assert edited.read_text() == "; mine\n"
    assert invoke("generate", small, "-o", tmp_path / "out", "--dry-run").code == 1
    assert invoke("generate", small, "-o", tmp_path / "out", "--force").code == 0
    assert edited.read_text() != "; mine\n"


def test_a_broken_tenant_stops_the_fleet(invoke, fleet: Path, tmp_path: Path) -> None:
    break_tenant_two(fleet)
    assert invoke("generate", fleet, "-o", tmp_path / "out").code == 1
    assert not (tmp_path / "out").exists()


def test_keep_going_generates_the_good_tenants(invoke, fleet: Path, tmp_path: Path) -> None:
    break_tenant_two(fleet)
    result = invoke("generate", fleet, "-o", tmp_path / "out", "--keep-going")
    assert result.code == 1
    assert "PBX420" in result.err
    assert "tenant two is left out" in result.err
    text = "".join(p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert "one.example" in text
    assert "three.example" in text
    assert "two.example" not in text


def test_a_tenant_alone(invoke, fleet: Path, tmp_path: Path) -> None:
    break_tenant_two(fleet)
    result = invoke("generate", fleet, "-o", tmp_path / "out", "--tenant", "three")
    assert result.code == 0
    assert "two.example" not in "".join(p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file())


def test_a_tenant_alone_does_not_push_others_out_of_their_pbx(invoke, fleet: Path, tmp_path: Path) -> None:
    assert invoke("generate", fleet, "-o", tmp_path / "out").code == 0
    result = invoke("generate", fleet, "-o", tmp_path / "out", "--tenant", "three")
    assert result.code == 1
    assert "PBX416" in result.err
    assert (tmp_path / "out/asterisk/pbxgen/one/extensions.conf").exists()
    assert invoke("generate", fleet, "-o", tmp_path / "out", "--tenant", "three", "--force").code == 0
    assert not (tmp_path / "out/asterisk/pbxgen/one").exists()


def break_tenant_two(fleet: Path) -> None:
    place = fleet.parent / "tenants/two.yaml"
    place.write_text(place.read_text().replace('busy: "102"', 'busy: "999"'))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--target", "yate"],
        ["--parts", "dialplan,music"],
        ["--parts", ""],
        ["--endpoint-name", "phone"],
        ["--endpoint-name", "{extension}{nobody}"],
        ["--endpoint-name", "{extension"],
        ["--endpoint-name", "{extension!r}"],
        ["--endpoint-name", "{extension:>{tenant}}"],
        ["--endpoint-name", "a;b{extension}"],
        ["--endpoint-name", "\n{extension}"],
        ["--tenant", "nobody"],
        ["--format", "xml"],
    ],
)
def test_wrong_usage(invoke, small: Path, tmp_path: Path, arguments: list[str]) -> None:
    result = invoke("generate", small, "-o", tmp_path / "out", *arguments)
    assert result.code == 2, result.err
    assert not (tmp_path / "out").exists()


def test_names_of_a_fleet_must_differ(invoke, fleet: Path, tmp_path: Path) -> None:
    assert invoke("generate", fleet, "-o", tmp_path / "out", "--endpoint-name", "p{extension}").code == 2
    assert invoke("generate", fleet, "-o", tmp_path / "out", "--endpoint-name", "{tenant}-{extension}").code == 0


def test_machines_read_json(invoke, small: Path, tmp_path: Path) -> None:
    small.write_text(small.read_text().replace('busy: "102"', 'busy: "103"'))
    result = invoke("generate", small, "-o", tmp_path / "out", "--format", "json")
    assert result.code == 1
    assert json.loads(result.out)["summary"]["errors"] == 1


@pytest.mark.parametrize("strict", [True, False])
def test_warnings_stop_only_the_strict(invoke, small: Path, tmp_path: Path, strict: bool) -> None:
    small.write_text(small.read_text().replace("{env: SIP_101}", '"in the source"'))
    result = invoke("generate", small, "-o", tmp_path / "out", *["--strict"] * strict)
    assert result.code == int(strict)
    assert (tmp_path / "out").exists() is not strict


def test_a_folder_that_cannot_be_written(invoke, small: Path) -> None:
    result = invoke("generate", small, "-o", "/proc/out")
    assert result.code == 1
    assert "PBX410" in result.err


def test_a_file_where_the_folder_should_be(invoke, small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    result = invoke("generate", small, "-o", tmp_path / "out")
    assert result.code == 1
    assert "PBX410" in result.err


def test_the_manifest_lists_every_file(invoke, small: Path, tmp_path: Path) -> None:
    invoke("generate", small, "-o", tmp_path / "out")
    for target in ("asterisk", "freeswitch"):
        folder = tmp_path / "out" / target
        listed = set(json.loads((folder / MANIFEST).read_text())["files"])
        assert listed == set(tree(folder)) - {MANIFEST}
    assert not os.path.lexists(tmp_path / "out/.pbxgen.lock")
