"""Every documented code of the language is what its example yields."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxgen.diagnostics.codes import TABLE
from pbxgen.diagnostics.codes.code import Code
from pbxgen.language.acceptances import apply_acceptances
from pbxgen.language.compile import Compiled, compile_fleet, compile_source
from pbxgen.source.load import is_fleet, load_fleet, load_source
from tests.language.sources import NOISE, TODAY

CODES = [code for code in TABLE.values() if code.code.startswith("PBX1")]


def _compile(path: Path) -> tuple[Compiled, ...]:
    return compile_fleet(load_fleet(path), TODAY) if is_fleet(path) else (compile_source(load_source(path), TODAY),)


@pytest.mark.parametrize("code", CODES, ids=[c.code for c in CODES])
def test_the_example_yields_its_code_and_nothing_else(code: Code, tmp_path: Path) -> None:
    for name, text in code.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path if len(code.files) > 1 else tmp_path / "acme.yaml"
    codes = set()
    for one in _compile(path):
        for diagnostics in apply_acceptances(one.diagnostics, one.acceptances):
            codes |= {d.code for d in diagnostics}
    assert codes - ({*NOISE} - {code.code}) == {code.code} | ({"PBX150"} if code.code == "PBX133" else set())
