"""The JSON Schema made from the models."""

from __future__ import annotations

import json
from typing import Any

from pbxgen.language.model import json_schema


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
    assert set(schema["required"]) == {"version", "pbx"}


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
