"""The documentation is current, its examples work, and every key of the language has one."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from pbxgen.diagnostics.codes import TABLE
from pbxgen.language.model import Source
from pbxgen.language.to_values import plain
from pbxgen.pipeline import compile_path, has_errors
from pbxgen.source.reader import read_text

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_STUB = {"version": 1, "pbx": dict.fromkeys(("name", "domain", "timezone"), "x") | {"country": "IT"}}


def blocks(page: Path, language: str) -> list[str]:
    return [
        text for block_language, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if block_language == language
    ]


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "tools/build_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_diagnostics_is_current() -> None:
    assert (ROOT / "docs/diagnostics.md").read_text(encoding="utf-8") == builder().diagnostics_page(), (
        "run: python tools/build_docs.py"
    )


def test_the_page_of_diagnostics_has_every_code() -> None:
    text = (ROOT / "docs/diagnostics.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+):", text, re.MULTILINE) == list(TABLE)


def test_the_tables_of_keys_are_current() -> None:
    text = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    assert text == builder().with_tables(text), "run: python tools/build_docs.py"


def test_the_whole_source_compiles(tmp_path: Path) -> None:
    whole = next(b for b in blocks(ROOT / "docs/language.md", "yaml") if "users:" in b)
    (tmp_path / "acme.yaml").write_text(whole, encoding="utf-8")
    compilation = compile_path(tmp_path / "acme.yaml")
    assert not has_errors(compilation.diagnostics), compilation.diagnostics


def test_every_key_has_an_example() -> None:
    seen: set[tuple[type[BaseModel], str]] = set()
    for value in _examples(ROOT / "docs/language.md"):
        seen |= set(_keys_of(Source.model_validate(value)))
    every = {(_owner(m, name), name) for m in builder().MODELS.values() for name in m.model_fields}
    missing = sorted(f"{m.__name__}.{name}" for m, name in every - seen)
    assert not missing, f"no example in docs/language.md: {missing}"


def _examples(page: Path) -> Iterator[dict[str, Any]]:
    """Every YAML block as a whole source, as far as it holds sections, deviations or one deviation."""
    for block in blocks(page, "yaml"):
        reading = read_text(block, "example")
        assert reading.root is not None, block
        value = plain(reading.root)
        assert isinstance(value, dict)
        if "tenants" in value:
            continue
        if not value.keys() & Source.model_fields.keys():
            value = {"policies": {"x": value.get("deviations", value)}}
        yield _STUB | value


def _keys_of(value: object) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield _owner(type(value), name), name
            yield from _keys_of(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _keys_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _keys_of(inner)


def _owner(model: type[BaseModel], name: str) -> type[BaseModel]:
    """The class that a model has a key from: one example is enough for what several share."""
    return next(c for c in model.__mro__ if issubclass(c, BaseModel) and name in c.__annotations__)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", page.read_text(encoding="utf-8")))):
        assert (page.parent / target).exists(), target
