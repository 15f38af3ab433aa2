"""The table of codes: complete, in order, and every example of the source layer does what it says."""

import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from pbxgen.diagnostics.codes import TABLE, flow, language, make, output, scenario, source, targets
from pbxgen.diagnostics.codes.code import Code
from pbxgen.diagnostics.diagnostic import Diagnostic, Related, Severity
from pbxgen.diagnostics.location import Location
from pbxgen.source.load import is_fleet, load_fleet, load_source

SOURCE_CODES = [code for code in TABLE.values() if code.code.startswith("PBX0")]


@pytest.mark.parametrize("code", TABLE.values(), ids=TABLE)
def test_each_code_is_documented(code: Code) -> None:
    assert re.fullmatch(r"PBX[0-9]{3}", code.code)
    assert not code.title.endswith(".")
    assert code.title[0].isupper()
    assert code.explanation.endswith((".", ")"))
    assert code.cure.endswith((".", ")", "`"))
    assert code.example.strip()
    assert code.is_command != bool(code.files)


def test_the_table_is_in_order() -> None:
    assert list(TABLE) == sorted(TABLE)


@pytest.mark.parametrize(
    ("layer", "prefix"),
    [(source, "PBX0"), (language, "PBX1"), (flow, "PBX2"), (targets, "PBX3"), (output, "PBX4"), (scenario, "PBX5")],
)
def test_each_code_stands_once_in_the_table_of_its_layer(layer: ModuleType, prefix: str) -> None:
    codes = [code.code for code in layer.CODES]
    assert len(codes) == len(set(codes))
    assert all(code.startswith(prefix) for code in codes)


def test_a_code_of_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        make("PBX999", "?", None)


def test_a_diagnostic_takes_its_severity_from_the_table() -> None:
    where = Location("a.yaml", 1, 2, 1, 3)
    made = make("PBX005", "text", where, help="do", related=[Related("there", where)], subject=("user", "101"))
    assert made == Diagnostic(
        "PBX005", Severity.WARNING, "text", where, "do", (Related("there", where),), (("user", "101"),)
    )


def run(path: Path) -> list[str]:
    if is_fleet(path):
        fleet = load_fleet(path)
        return [d.code for d in (*fleet.diagnostics, *(d for t in fleet.tenants for d in t.diagnostics))]
    return [d.code for d in load_source(path).diagnostics]


def write(code: Code, folder: Path) -> Path:
    for name, text in code.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder if len(code.files) > 1 or "fleet.yaml" in code.files else folder / "acme.yaml"


@pytest.mark.parametrize("code", [c for c in SOURCE_CODES if not c.is_command], ids=lambda c: c.code)
def test_the_example_yields_its_code_and_no_other(code: Code, tmp_path: Path) -> None:
    assert set(run(write(code, tmp_path))) == {code.code}


@pytest.mark.parametrize("code", [c for c in SOURCE_CODES if c.is_command], ids=lambda c: c.code)
def test_the_command_yields_its_code(code: Code, tmp_path: Path) -> None:
    setup, _, check = code.example.removeprefix("$ ").rpartition("pbxgen check ")
    (tmp_path / "acme.yaml").write_text("version: 1\n")
    subprocess.run(["sh", "-c", setup or ":"], cwd=tmp_path, check=True)
    if code.code == "PBX002" and not _may_not_read(tmp_path / check):
        return  # an administrator may read everything
    assert run(tmp_path / check) == [code.code]


def _may_not_read(path: Path) -> bool:
    try:
        path.read_bytes()
    except PermissionError:
        return True
    return False


def test_several_files_of_an_example() -> None:
    code = Code("PBX000", Severity.ERROR, "t", "e.", "# file: a.yaml\na: 1\n# file: b/c.yaml\nb: 2\n", "c.")
    assert code.files == {"a.yaml": "a: 1\n", "b/c.yaml": "b: 2\n"}
