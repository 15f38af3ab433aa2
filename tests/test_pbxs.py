"""What is known of each PBX is known by the registry's one line."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pbxgen
from pbxgen.deploy.running import load_deployable
from pbxgen.interpret import load_interpreter
from pbxgen.lab.pbx import PbxSetup, laboratory_of
from pbxgen.pbxs import PBXS
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from pbxgen.targets.templates import templates_folder
from tests.support.office import compiled

_ROOT = Path(pbxgen.__file__).parent
_OFFICE = 'users:\n  "101": {}\n'


@pytest.mark.parametrize("name", PBXS)
def test_everything_of_a_pbx_is_found_by_its_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PBXGEN_{name.upper()}", sys.executable)  # nothing is run: the PBX itself need not be here
    target = load_target(name)
    plan = compiled(_OFFICE).plan
    assert plan is not None
    assert target.name == name
    assert load_interpreter(name, target.render((plan,), Options())).pbx == name
    assert laboratory_of(name).make(PbxSetup(tmp_path, (), {})).name == name
    assert load_deployable(name).command
    assert (templates_folder() / name).is_dir()


def test_no_module_but_the_registry_and_a_pbx_s_own_names_it() -> None:
    own = {_ROOT / "pbxs.py", _ROOT / "lab" / "debian.py"}  # the Debian package's name
    strangers = [
        f"{path.relative_to(_ROOT)} names {name}"
        for path in sorted(_ROOT.rglob("*.py"))
        for name in PBXS
        if path not in own and name not in (path.stem, path.parent.name) and name in _texts(path)
    ]
    assert strangers == []


def _texts(path: Path) -> Iterator[str]:
    """The texts in a module that could be names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from node.value.split(",")
