"""Each kind of finding has an example in the docs: it is found there, alone, and the cure takes it away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pbxgen.diagnostics.codes import TABLE
from pbxgen.diagnostics.codes.code import Code
from pbxgen.pipeline import compile_path

CODES = [code for code in TABLE.values() if code.code.startswith("PBX2")]
NOISE = {"PBX151", "PBX174"}
"""Small sources have no emergency route, and trunks without a number."""
TODAY = dt.date(2026, 11, 23)
PAGE = Path(__file__).parents[3] / "docs/diagnostics.md"


def reported_codes(text: str, code: Code, folder: Path) -> list[str]:
    path = folder / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    diagnostics = compile_path(path, today=code.today or TODAY, notes=True).diagnostics
    return [d.code for d in diagnostics if d.code not in NOISE]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_example_yields_exactly_its_code_and_the_cure_takes_it_away(code: Code, tmp_path: Path) -> None:
    assert reported_codes(code.example, code, tmp_path) == [code.code]
    assert code.mended is not None
    part, instead = code.mended
    assert code.example.count(part) == 1
    assert reported_codes(code.example.replace(part, instead), code, tmp_path) == []


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_page_shows_the_example_and_what_is_said_of_it(code: Code) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(f"### {code.code}: ")[2].partition("\n### ")[0]
    assert code.example in section
    assert f"[{code.code}]: " in section
