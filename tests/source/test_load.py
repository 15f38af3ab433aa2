"""A file or a folder becomes one source."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pbxgen.language.to_values import plain
from pbxgen.source.files import scenario_files
from pbxgen.source.load import Loaded, load_source, source_digests
from pbxgen.source.tree import Mapping, Scalar

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files into a folder ``src`` of the current one and gives its path, relative."""
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = Path("src", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Path("src")

    return write


def section(loaded: Loaded, name: str) -> dict[str, object]:
    assert loaded.root is not None
    value = loaded.root.entries[name].value
    assert isinstance(value, Mapping)
    return {text: e.value.value if isinstance(e.value, Scalar) else e.value for text, e in value.entries.items()}


def reported(loaded: Loaded) -> list[tuple[str, str]]:
    return [(d.code, str(d.location)) for d in loaded.diagnostics]


def test_a_file_is_a_source(write: Write) -> None:
    path = write({"acme.yaml": "version: 1\nusers: {}\n"}) / "acme.yaml"
    loaded = load_source(path)
    assert reported(loaded) == []
    assert loaded.complete
    assert [file.name for file in loaded.files] == ["src/acme.yaml"]
    assert loaded.files[0].line(2) == "users: {}"


def test_a_named_file_may_have_any_ending(write: Write) -> None:
    assert load_source(write({"acme.yml": "a: 1\n"}) / "acme.yml").complete


def test_sections_of_a_folder_are_merged_in_the_order_of_the_names(write: Write) -> None:
    loaded = load_source(
        write(
            {
                "users/sales.yaml": "users: {a: 1, b: 2}\n",
                "main.yaml": "version: 1\nusers: {z: 0}\n",
                "users/deep/more.yaml": "users: {c: 3}\n",
            }
        )
    )
    assert reported(loaded) == []
    assert section(loaded, "users") == {"z": 0, "c": 3, "a": 1, "b": 2}
    assert [file.name for file in loaded.files] == ["src/main.yaml", "src/users/deep/more.yaml", "src/users/sales.yaml"]


def test_places_name_the_file_as_the_user_gave_it(write: Write, tmp_path: Path) -> None:
    folder = write({"a.yaml": "a: 1\na: 2\n"})
    assert reported(load_source(folder)) == [("PBX012", "src/a.yaml:2:1")]
    assert reported(load_source(tmp_path / folder)) == [("PBX012", f"{tmp_path}/src/a.yaml:2:1")]
    os.chdir(folder)
    assert reported(load_source(Path())) == [("PBX012", "a.yaml:2:1")]
    assert reported(load_source(Path("../src"))) == [("PBX012", "../src/a.yaml:2:1")]


def test_scenario_files_and_hidden_files_are_not_read(write: Write) -> None:
    folder = write(
        {
            "a.yaml": "a: 1\n",
            "a.test.yaml": "not: [yaml\n",
            ".hidden.yaml": "not: [yaml\n",
            ".git/x.yaml": "not: [yaml\n",
            "sub/b.test.yaml": "a: 2\n",
            "README.md": "# no yaml\n",
        }
    )
    loaded = load_source(folder)
    assert reported(loaded) == []
    assert [file.name for file in loaded.files] == ["src/a.yaml"]


def test_scenario_files_are_those_of_a_folder_wherever_it_lies(write: Write, tmp_path: Path) -> None:
    names = ("a.yaml", "a.test.yaml", "sub/b.test.yml", ".old/c.test.yaml", ".d.test.yaml")
    write({f".hidden/office/{name}": "" for name in names})
    folder = tmp_path / "src/.hidden/office"
    assert scenario_files(folder) == (folder / "a.test.yaml", folder / "sub/b.test.yml")
    os.chdir(folder)
    assert scenario_files(Path()) == (Path("a.test.yaml"), Path("sub/b.test.yml"))
    assert scenario_files(folder / "nothing") == ()


def test_a_yml_beside_the_yaml_files_is_a_warning(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "a: 1\n", "users.yml": "users: {}\n"}))
    assert reported(loaded) == [("PBX005", "src/users.yml:1:1")]
    assert loaded.complete


def test_a_key_in_two_files_names_both_and_the_first_counts(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "users:\n  x: 1\n", "b.yaml": "users:\n  y: 1\n  x: 2\n"}))
    assert reported(loaded) == [("PBX023", "src/b.yaml:3:3")]
    assert [str(r.location) for r in loaded.diagnostics[0].related] == ["src/a.yaml:2:3"]
    assert section(loaded, "users") == {"x": 1, "y": 1}


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: !vip 1\n", "a: *97\n", "a: !!int soon\n"])
def test_an_error_of_one_value_leaves_the_rest_complete(write: Write, text: str) -> None:
    loaded = load_source(write({"a.yaml": text, "b.yaml": "b: 1\n"}))
    assert len(loaded.diagnostics) == 1
    assert loaded.complete


def test_what_stands_under_a_key_in_two_files_is_all_kept(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "users:\n  x: {a: 1}\n", "b.yaml": "users:\n  x: {a: 2, b: 3}\n"}))
    assert reported(loaded) == [("PBX023", "src/b.yaml:2:3")]
    assert loaded.root is not None
    assert plain(loaded.root) == {"users": {"x": {"a": 1, "b": 3}}}


def test_the_same_version_may_be_in_every_file(write: Write) -> None:
    assert reported(load_source(write({"a.yaml": "version: 1\n", "b.yaml": "version: 1\n"}))) == []


@pytest.mark.parametrize("second", ["version: 2\n", "version: '1'\n", "version: [1]\n", "version: 1.0\n"])
def test_another_version_in_a_second_file_is_an_error(write: Write, second: str) -> None:
    assert reported(load_source(write({"a.yaml": "version: 1\n", "b.yaml": second})))[0][0] == "PBX023"


def test_any_other_value_stands_in_one_file_only(write: Write) -> None:
    assert reported(load_source(write({"a.yaml": "x: 1\n", "b.yaml": "x: 1\n"}))) == [("PBX023", "src/b.yaml:1:1")]


def test_a_section_that_is_a_list_in_one_file_is_an_error(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "users: {x: 1}\n", "b.yaml": "users: [x]\n", "c.yaml": "users: {y: 1}\n"}))
    assert reported(loaded) == [("PBX023", "src/b.yaml:1:1")]
    assert section(loaded, "users") == {"x": 1, "y": 1}


def test_a_section_left_empty_takes_nothing_from_the_others(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "users:\n", "b.yaml": "users: {x: 1}\n"}))
    assert reported(loaded) == []
    assert section(loaded, "users") == {"x": 1}


def test_an_empty_file_beside_others_is_fine(write: Write) -> None:
    assert reported(load_source(write({"a.yaml": "# later\n", "b.yaml": "a: 1\n"}))) == []


def test_a_folder_of_empty_files_is_an_error(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "", "b.yaml": "# later\n"}))
    assert reported(loaded) == [("PBX006", "src/a.yaml:1:1"), ("PBX006", "src/b.yaml:1:1")]
    assert loaded.root is None


def test_a_broken_file_does_not_hide_the_others(write: Write) -> None:
    loaded = load_source(write({"a.yaml": "a: [\n", "b.yaml": "b: 1\nb: 2\n"}))
    assert [code for code, _ in reported(loaded)] == ["PBX010", "PBX012"]
    assert loaded.root is not None
    assert list(loaded.root.entries) == ["b"]
    assert not loaded.complete
    assert [file.name for file in loaded.files] == ["src/a.yaml", "src/b.yaml"]


# -- the digest ------------------------------------------------------------------------------------------------------


def test_the_digest_depends_on_names_and_bytes_only(write: Write, tmp_path: Path) -> None:
    folder = write({"a.yaml": "a: 1\n", "b.yaml": "b: 1\n", "a.test.yaml": "x"})
    digest = load_source(folder).digest
    assert len(digest) == 12
    assert int(digest, 16) >= 0
    (folder / "a.test.yaml").write_text("y")
    assert load_source(tmp_path / folder).digest == digest
    (folder / "a.yaml").write_text("a: 1 \n")
    changed = load_source(folder).digest
    assert changed != digest
    (folder / "a.yaml").write_text("a: 1\n")
    (folder / "b.yaml").rename(folder / "c.yaml")
    assert load_source(folder).digest not in {digest, changed}


@pytest.mark.parametrize("pin", ['"471133"', "'471133'", "&pin 471133", '"4711\\u0033\\u0033"'])
def test_no_password_or_pin_can_be_computed_from_the_digest(pin: str, write: Write) -> None:
    """It stands in files that everybody may read."""
    source = 'users: {"101": {voicemail: {pin: PIN}, password: PASSWORD, name: N}}\n'
    folder = write({"a.yaml": source.replace("PIN", pin).replace("PASSWORD", "correct horse")})
    digest = load_source(folder).digest
    (folder / "a.yaml").write_text(source.replace("PIN", '"9988"').replace("PASSWORD", "'battery staple'"))
    assert load_source(folder).digest == digest
    assert source_digests(folder) == {digest}
    (folder / "a.yaml").write_text(source.replace("PIN", '"9988"').replace("N}}", "M}}"))
    assert load_source(folder).digest != digest


# -- what lies on disk -----------------------------------------------------------------------------------------------


def only(loaded: Loaded) -> str:
    (diagnostic,) = loaded.diagnostics
    assert loaded.root is None
    assert not loaded.complete
    return diagnostic.code


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    loaded = load_source(tmp_path / "nowhere.yaml")
    assert only(loaded) == "PBX001"
    assert "nowhere.yaml" in loaded.diagnostics[0].message


@pytest.mark.parametrize("name", ["x\0y", "x" * 5000])
def test_an_impossible_name_is_no_traceback(name: str) -> None:
    assert only(load_source(Path(name))) == "PBX002"


def test_a_path_through_a_file_is_missing(write: Write) -> None:
    assert only(load_source(write({"a.yaml": "a: 1\n"}) / "a.yaml" / "b.yaml")) == "PBX001"


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_not_read(device: str) -> None:
    assert only(load_source(Path(device))) == "PBX003"


def test_a_pipe_is_not_waited_for(write: Write) -> None:
    folder = write({"a.yaml": "a: 1\n"})
    os.mkfifo(folder / "b.yaml")
    loaded = load_source(folder)
    assert [d.code for d in loaded.diagnostics] == ["PBX003"]
    assert loaded.root is not None


def test_a_folder_without_yaml_is_an_error(write: Write) -> None:
    assert only(load_source(write({"README.md": "x"}))) == "PBX004"


def test_a_broken_link_is_named(write: Write) -> None:
    folder = write({"a.yaml": "a: 1\n"})
    (folder / "b.yaml").symlink_to("nowhere")
    loaded = load_source(folder)
    assert [d.code for d in loaded.diagnostics] == ["PBX002"]
    assert not loaded.complete


def test_links_are_followed_but_not_in_circles(write: Write) -> None:
    folder = write({"a.yaml": "a: 1\n", "../other/b.yaml": "b: 1\n"})
    (folder / "again").symlink_to(".")
    (folder / "other").symlink_to("../other")
    loaded = load_source(folder)
    assert reported(loaded) == []
    assert [file.name for file in loaded.files] == ["src/a.yaml", "src/other/b.yaml"]


def test_a_file_without_permission_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"a.yaml": "a: 1\n", "b.yaml": "b: 1\n"})
    real = os.open

    def refuse(path: Path, flags: int) -> int:
        if Path(path).name == "b.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        loaded = load_source(folder)
    assert [d.code for d in loaded.diagnostics] == ["PBX002"]
    assert "Permission denied" in loaded.diagnostics[0].message


def test_a_file_name_that_is_not_utf_8_can_be_shown(write: Write) -> None:
    folder = write({"a.yaml": "a: 1\n"})
    with open(os.path.join(os.fsencode(folder), b"b\xff.yaml"), "w") as file:  # noqa: PTH118, PTH123 - bytes
        file.write("b: 1\nb: 2\n")
    loaded = load_source(folder)
    assert reported(loaded) == [("PBX012", "src/b\\xff.yaml:2:1")]
