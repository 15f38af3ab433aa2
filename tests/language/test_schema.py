"""The JSON Schema made from the models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from pbxgen.language.model import json_schema
from pbxgen.language.to_values import plain
from pbxgen.source.reader import read_text
from tests.support.sources import sources

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(path for path in ROOT.glob("examples/**/*.yaml") if not path.name.endswith(".test.yaml"))
EDITOR = Draft202012Validator(json_schema())


def _walk(schema: Any, path: str = "") -> Any:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            yield from _walk(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for i, value in enumerate(schema):
            yield from _walk(value, f"{path}/{i}")


def test_it_is_json_with_an_id_and_a_title() -> None:
    schema = json.loads(json.dumps(json_schema()))
    assert schema["$id"].startswith("https://")
    assert schema["title"] == "pbxgen source"


def test_every_key_is_described() -> None:
    whole = json_schema()
    for path, schema in _walk(whole):
        if "additionalProperties" not in schema or "properties" not in schema:
            continue
        for key, value in schema["properties"].items():
            meant = whole["$defs"].get(value.get("$ref", "").removeprefix("#/$defs/"), {})
            assert value.get("description") or meant.get("description"), f"{path}: {key}"


def test_no_mapping_takes_unknown_keys() -> None:
    for path, schema in _walk(json_schema()):
        if schema.get("type") == "object" and ("properties" in schema or "patternProperties" in schema):
            assert schema.get("additionalProperties") is False, path


def test_forms_that_overlap_are_alternatives_of_which_any_may_match() -> None:
    assert not [path for path, schema in _walk(json_schema()) if "oneOf" in schema]


def test_keys_are_written_as_in_the_source() -> None:
    definitions = json_schema()["$defs"]
    assert {"from", "when", "until"} <= set(definitions["Rule"]["properties"])
    assert "class" in definitions["User"]["properties"]
    assert "else" in definitions["InboundRule"]["properties"]


def wrong_in(text: str) -> list[str]:
    """Where an editor would mark ``text``."""
    root = read_text(text, "acme.yaml").root
    assert root is not None
    return [".".join(str(step) for step in problem.absolute_path) for problem in EDITOR.iter_errors(plain(root))]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_whole_sources_parts_of_a_folder_and_fleets_are_valid(path: Path) -> None:
    assert not wrong_in(path.read_text(encoding="utf-8"))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(source=sources())
def test_what_the_compiler_takes_an_editor_takes(source: str) -> None:
    assert not wrong_in(source)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 2", "version"),
        ("usres: {}", ""),
        ('users: {"101": {nmae: Ada}}', "users.101"),
        ('users: {"1": {name: Ada}}', "users"),
        ('users: {"101": {ring_timeout: 3}}', "users.101.ring_timeout"),
        ("pbx: {name: acme, domain: acme.example, country: it, timezone: Europe/Rome}", "pbx.country"),
        ("version: 1\ntenants: []", "tenants"),
        ('version: 1\ntenants: ["tenants/*"]\nusers: {}', ""),
        ('tenants: ["tenants/*"]', ""),
    ],
)
def test_what_an_editor_marks(text: str, place: str) -> None:
    assert wrong_in(text + "\n") == [place]
