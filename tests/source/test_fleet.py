"""A fleet file names its tenants by patterns."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pbxgen.source.load import LoadedFleet, is_fleet, load_fleet

Write = Callable[[dict[str, str]], Path]

FLEET = 'version: 1\ntenants: ["tenants/*"]\n'


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files into a folder ``all`` of the current one and gives its path, relative."""
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = Path("all", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Path("all")

    return write


def names(fleet: LoadedFleet) -> list[str]:
    return [str(tenant.path) for tenant in fleet.tenants]


def reported(fleet: LoadedFleet) -> list[tuple[str, str]]:
    return [(d.code, str(d.location)) for d in fleet.diagnostics]


def test_a_pattern_matches_files_and_folders_in_order(write: Write) -> None:
    folder = write(
        {
            "fleet.yaml": FLEET,
            "tenants/globex.yaml": "a: 1\n",
            "tenants/acme/main.yaml": "a: 1\n",
            "tenants/README.md": "no source\n",
            "tenants/globex.test.yaml": "no source\n",
            "tenants/.hidden.yaml": "no source\n",
        }
    )
    fleet = load_fleet(folder)
    assert reported(fleet) == []
    assert names(fleet) == ["all/tenants/acme", "all/tenants/globex.yaml"]
    assert all(tenant.complete for tenant in fleet.tenants)
    assert [file.name for file in fleet.files] == ["all/fleet.yaml"]
    assert names(load_fleet(folder / "fleet.yaml")) == names(fleet)


def test_a_tenant_matched_twice_counts_once(write: Write) -> None:
    folder = write(
        {
            "fleet.yaml": 'version: 1\ntenants: ["b.yaml", "*.yaml", "./a.yaml"]\n',
            "a.yaml": "a: 1\n",
            "b.yaml": "a: 1\n",
        }
    )
    fleet = load_fleet(folder)
    assert reported(fleet) == []
    assert names(fleet) == ["all/b.yaml", "all/a.yaml"]


def test_a_folder_is_a_fleet_where_it_holds_a_fleet_file(write: Write) -> None:
    folder = write({"fleet.yaml": FLEET, "tenants/a.yaml": "users: {tenants: 1}\n", "x/other.yaml": "tenants: [a]\n"})
    assert is_fleet(folder)
    assert is_fleet(folder / "fleet.yaml")
    assert is_fleet(folder / "x" / "other.yaml")
    assert not is_fleet(folder / "tenants")
    assert not is_fleet(folder / "tenants" / "a.yaml")
    assert not is_fleet(folder / "nowhere")
    assert not is_fleet(Path("/dev/null"))


def test_a_broken_fleet_file_is_still_one(write: Write) -> None:
    folder = write({"mine.yaml": "version: 1\ntenants: [a\n"})
    assert is_fleet(folder / "mine.yaml")
    assert reported(load_fleet(folder / "mine.yaml"))[0][0] == "PBX010"


def test_a_pattern_that_matches_nothing_is_an_error(write: Write) -> None:
    fleet = load_fleet(write({"fleet.yaml": 'version: 1\ntenants: ["a.yaml", "b*"]\n', "a.yaml": "a: 1\n"}))
    assert reported(fleet) == [("PBX031", "all/fleet.yaml:2:21")]
    assert names(fleet) == ["all/a.yaml"]


def test_the_tenants_keep_their_own_diagnostics(write: Write) -> None:
    fleet = load_fleet(write({"fleet.yaml": FLEET, "tenants/a.yaml": "a: [\n", "tenants/b.yaml": "b: 1\n"}))
    assert reported(fleet) == []
    assert [[d.code for d in tenant.diagnostics] for tenant in fleet.tenants] == [["PBX010"], []]


@pytest.mark.parametrize("pattern", [".", "sub", "sub/fleet.yaml"])
def test_a_fleet_within_a_fleet_is_an_error(write: Write, pattern: str) -> None:
    fleet = load_fleet(write({"fleet.yaml": f"version: 1\ntenants: ['{pattern}']\n", "sub/fleet.yaml": FLEET}))
    assert [code for code, _ in reported(fleet)] == ["PBX032"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("tenants: ['a.yaml']\n", ["1:1"]),
        ("version: 2\ntenants: ['a.yaml']\n", ["1:10"]),
        ("version: '1'\ntenants: ['a.yaml']\n", ["1:10"]),
        ("version: 1\n", ["1:1"]),
        ("version: 1\ntenants: a.yaml\n", ["2:10"]),
        ("version: 1\ntenants: []\n", ["2:10"]),
        ("version: 1\ntenants: ['a.yaml', 1, [x], '']\n", ["2:21", "2:24", "2:29"]),
        ("version: 1\ntenant: 1\ntenants: ['a.yaml']\n", ["2:1"]),
    ],
)
def test_what_a_fleet_file_must_not_look_like(write: Write, text: str, places: list[str]) -> None:
    fleet = load_fleet(write({"fleet.yaml": text, "a.yaml": "a: 1\n"}))
    assert reported(fleet) == [("PBX030", f"all/fleet.yaml:{place}") for place in places]


def test_a_mistyped_key_comes_with_the_right_one(write: Write) -> None:
    fleet = load_fleet(write({"fleet.yaml": "version: 1\ntenant: 1\ntenants: ['a.yaml']\n", "a.yaml": "a: 1\n"}))
    assert "tenants" in fleet.diagnostics[0].help


@pytest.mark.parametrize("pattern", ["\\0", "[", "**/**/x", "/nowhere/*", "x\\ud7ff"])
def test_no_pattern_is_a_traceback(write: Write, pattern: str) -> None:
    fleet = load_fleet(write({"fleet.yaml": f'version: 1\ntenants: ["{pattern}"]\n'}))
    assert [code for code, _ in reported(fleet)] == ["PBX031"]


def test_a_missing_fleet_is_no_traceback(tmp_path: Path) -> None:
    assert [d.code for d in load_fleet(tmp_path / "nowhere").diagnostics] == ["PBX001"]
    assert [d.code for d in load_fleet(tmp_path).diagnostics] == ["PBX001"]


def test_the_digest_changes_with_any_tenant(write: Write) -> None:
    folder = write({"fleet.yaml": FLEET, "tenants/a.yaml": "a: 1\n", "tenants/b.yaml": "a: 1\n"})
    digest = load_fleet(folder).digest
    (folder / "tenants/b.yaml").write_text("a: 2\n")
    assert load_fleet(folder).digest != digest
