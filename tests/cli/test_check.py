"""``pbxgen check`` and ``pbxgen init``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLES


def test_a_good_source(invoke, small: Path) -> None:
    result = invoke("check", small, "--strict")
    assert result.code == 0, result.out
    assert result.out == f"no problems in {small} (2 users)\n"


@pytest.mark.parametrize("example", ["minimal", "studio", "fleet"])
def test_the_examples_have_no_problems(invoke, example: str) -> None:
    result = invoke("check", EXAMPLES / example, "--strict")
    assert result.code == 0, result.out


@pytest.mark.parametrize("example", sorted(p.parent.name for p in EXAMPLES.glob("*/*.test.yaml")))
def test_the_examples_do_what_their_scenarios_say(invoke, example: str) -> None:
    result = invoke("test", *sorted((EXAMPLES / example).glob("*.test.yaml")))
    assert result.code == 0, result.out


def test_all_problems_in_one_run_with_their_place(invoke, small: Path) -> None:
    text = small.read_text().replace('busy: "102"', 'busy: "103"').replace("trunk: carrier}", "trunk: carier}", 1)
    small.write_text(text)
    result = invoke("check", small)
    assert result.code == 1
    assert f"{small}:8:" in result.out
    assert f"{small}:11:" in result.out
    assert "carrier" in result.out
    assert "^" in result.out


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_machines_get_one_document(invoke, small: Path, format: str) -> None:
    assert invoke("check", small, "--format", format).code == 0
    small.write_text("version: 2\n")
    result = invoke("check", small, "--format", format)
    assert result.code == 1
    assert json.loads(result.out)["version"]


def test_a_warning_counts_only_for_the_strict(invoke, small: Path) -> None:
    small.write_text(small.read_text().replace("{env: SIP_101}", '"in the source"'))
    loose, strict = invoke("check", small), invoke("check", small, "--strict")
    assert (loose.code, strict.code) == (0, 1)
    assert "warning[PBX150]" in loose.out
    assert "error[PBX150]" in strict.out
    assert "in the source" not in loose.out.replace("is written in the source", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.yaml", b""),
        ("comment.yaml", b"# nothing\n"),
        ("binary.yaml", bytes(range(256))),
        ("latin.yaml", "name: Jürgen".encode("latin-1")),
        ("utf16.yaml", "version: 1".encode("utf-16")),
        ("list.yaml", b"- 1\n"),
        ("deep.yaml", b"[" * 100_000),
        ("deep-map.yaml", b"{a: " * 50_000),
        (
            "laughs.yaml",
            b"a: &a [x,x,x,x,x,x,x,x,x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 110)),
        ),
        ("cycle.yaml", b"users: &a {x: *a}\n"),
        ("tag.yaml", b"!!python/object/apply:os.system ['true']\n"),
        ("long.yaml", b"version: 1\nusers: {'101': {name: " + b"x" * 1_000_000 + b"}}\n"),
        ("null.yaml", b"version: 1\npbx:\nusers:\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_any_file_gives_a_clean_error(invoke, tmp_path: Path, name: str, content: bytes) -> None:
    place = tmp_path / name
    place.write_bytes(content)
    result = invoke("check", place)
    assert result.code == 1
    assert "error[PBX" in result.out
    assert len(result.out) < 100_000


def test_other_things_than_files(invoke, tmp_path: Path) -> None:
    assert invoke("check", tmp_path).code == 1
    assert invoke("check", "/dev/null").code == 1
    (tmp_path / "folder.yaml").mkdir()
    assert invoke("check", tmp_path / "folder.yaml").code == 1
    os.mkfifo(tmp_path / "pipe.yaml")
    assert invoke("check", tmp_path / "pipe.yaml").code == 1
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert invoke("check", tmp_path / "loop.yaml").code in (1, 2)


@pytest.mark.parametrize("name", ["two words.yaml", "-x.yaml", "🦊.yaml", "a\nb.yaml", "%s{x}.yaml", "\u202e.yaml"])
def test_hostile_file_names(invoke, small: Path, name: str) -> None:
    place = small.parent / name
    place.write_text(small.read_text().replace('"102"', '"103"', 1))
    result = invoke("check", "--", place)
    assert result.code == 1
    assert "\u202e" not in result.out


def test_a_tenant_of_a_fleet(invoke, fleet: Path) -> None:
    place = fleet.parent / "tenants/two.yaml"
    place.write_text(place.read_text().replace('busy: "102"', 'busy: "999"'))
    assert invoke("check", fleet).code == 1
    assert invoke("check", fleet, "--tenant", "one").code == 0
    result = invoke("check", fleet, "--tenant", "on")
    assert result.code == 2
    assert "one" in result.err


def test_init_makes_a_source_that_works(invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "My Office"
    result = invoke("init", folder)
    assert result.code == 0
    assert invoke("check", folder, "--strict").code == 0
    assert invoke("test", folder / "calls.test.yaml").code == 0
    assert {p.name for p in folder.iterdir()} == {
        "pbx.yaml", "calls.test.yaml", ".env.example", ".gitignore", "README.md",
    }  # fmt: skip
    assert "name: my-office " in (folder / "pbx.yaml").read_text()
    for line in (folder / ".env.example").read_text().splitlines():
        if not line.startswith("#"):
            monkeypatch.setenv(line.rstrip("="), "a-password")
    assert invoke("generate", folder, "-o", tmp_path / "out").code == 0


def test_init_overwrites_nothing(invoke, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert invoke("init", tmp_path).code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]
    assert invoke("init", tmp_path / "README.md").code == 2


@pytest.mark.parametrize("name", ["🦊", "---", "x" * 200, "Ufficio Ünö"])
def test_init_in_a_folder_of_any_name(invoke, tmp_path: Path, name: str) -> None:
    assert invoke("init", tmp_path / name).code == 0
    assert invoke("check", tmp_path / name, "--strict").code == 0


def test_init_where_nothing_can_be_written(invoke) -> None:
    result = invoke("init", "/proc/office")
    assert result.code == 1
    assert "cannot" in result.err
