"""A validation error of a file beside the source (a scenario file, deploy.yaml) -> message, place and help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.language.annotations import choices, expected, expected_at, key_at, keys_at
from pbxgen.language.positions import at, child, key_of
from pbxgen.source import tree


def described(model: type[BaseModel], error: Mapping[str, Any], root: tree.Mapping) -> tuple[str, Location, str]:
    """What is wrong, where, and what to write instead; ``error`` is of pydantic's form."""
    path: list[str | int] = []
    node: tree.Node = root
    for step in error["loc"]:
        inner = child(node, step)
        if inner is not None:  # else a name that pydantic gives to a form of a value, or a missing key
            path.append(step)
            node = inner
    where, kind = tuple(path), error["type"]
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    if kind == "extra_forbidden":
        known = keys_at(model, where[:-1])
        help = did_you_mean(key, known) or f"the keys are {', '.join(sorted(known))}"
        return f"{key!r} is not a key here", key_of(at(root, *where[:-1]), key), help
    if error["loc"][-1] == "[key]":
        key = str(error["loc"][-2])
        written = key in where[-1:]  # else it is a name that was made of several
        holder = where[:-1] if written else where
        place = key_of(at(root, *holder), key) if written else node.location
        annotation = key_at(model, (*holder, key))
        near = did_you_mean(key, choices(annotation))
        return f"{key!r} is not a key here", place, near or f"write {expected(annotation)}"
    if kind == "missing":
        missing = str(error["loc"][-1])
        help = f"add {missing}: {expected_at(model, (*where, missing))}"
        return f"the key {missing!r} is missing", node.location, help
    if kind == "string_type" and isinstance(node, tree.Scalar) and type(node.value) in (int, float):
        return f"the number {node.text} is not quoted", node.location, f'write "{node.text}"'
    if kind == "too_short":
        return f"{key} is empty", node.location, "write at least one"
    message = f"{key} has a wrong value"
    if kind == "value_error":
        return message, node.location, str(error["ctx"]["error"])
    return message, node.location, f"write {expected_at(model, where)}"
