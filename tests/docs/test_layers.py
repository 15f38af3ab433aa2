"""The layers that are drawn are those that the import linter holds the code to."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from importlinter import cli

_ROOT = Path(__file__).parents[2]


def test_the_code_keeps_its_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_ROOT)
    assert cli.lint_imports(cache_dir=None, no_cache=True) == cli.EXIT_STATUS_SUCCESS


def test_the_documentation_tells_the_layers_of_the_contract() -> None:
    contracts = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("exhaustive"))
    drawn = (_ROOT / "docs" / "architecture.md").read_text("utf-8").split("## Layers", 1)[1].split("```")[1]
    assert drawn.split("\n")[1:-1] == [layer for layer in layers if layer != "__main__"]
