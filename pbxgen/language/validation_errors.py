"""A validation error of pydantic -> a diagnostic in the words of the language, at the key or value that caused it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.secrets import is_secret_key
from pbxgen.language.annotations import choices_at, expected, expected_at, key_at, keys_at, split
from pbxgen.language.findings import Findings, Subject, clipped
from pbxgen.language.model import SECTIONS, Source
from pbxgen.language.model_base import KeyForm
from pbxgen.language.positions import Path, at, key_of
from pbxgen.language.to_values import unquoted
from pbxgen.source import tree
from pbxgen.source.secret_places import hides

_RANGE = frozenset(
    {"greater_than_equal", "less_than_equal", "greater_than", "less_than", "too_long", "string_too_long"}
)
_SHAPE = frozenset({"int_from_float", "union_tag_invalid"})


def subject_of(path: Path) -> Subject | None:
    """What an ``accept`` must stand on to cover a finding at ``path``."""
    section = SECTIONS.get(str(path[0])) if len(path) > 1 else None
    return (section.subject, str(path[1])) if section and section.subject else None


def report_validation_error(error: Mapping[str, Any], path: Path, root: tree.Mapping, findings: Findings) -> None:
    """Report ``error`` (of pydantic's form); ``path`` leads to the key or value in ``root``."""
    kind = error["type"]
    findings = findings.about(subject_of(path))
    if kind == "missing":
        _missing(str(error["loc"][-1]), path, root, findings)
        return
    key = _last_key(path)
    if kind == "extra_forbidden":
        known = keys_at(Source, path[:-1])
        if key in known:
            findings.add(
                "PBX101",
                f"{key!r} cannot stand beside the other keys of {_container(path[:-1])}",
                _key_location(path, root),
                help=f"write one of them alone: {', '.join(sorted(known))}",
            )
            return
        findings.add(
            "PBX101",
            f"{clipped(key)!r} is not a key of {_container(path[:-1])}",
            _key_location(path, root),
            help=did_you_mean(key, known) or f"known here: {', '.join(sorted(known))}",
        )
        return
    if error["loc"] and error["loc"][-1] == "[key]":
        annotation = key_at(Source, path)
        form = next(part for part in split(annotation)[1] if isinstance(part, KeyForm))
        noun = form.noun.format(SECTIONS[str(path[0])].singular if path[0] in SECTIONS else "")
        location = _key_location(path, root)
        findings.add("PBX105", f"{clipped(key)!r} is not {noun}", location, help=expected(annotation))
        return
    node = at(root, *path)
    secret = any(isinstance(step, str) and is_secret_key(step) for step in path) or hides(key, node)
    if kind == "string_type" and isinstance(node, tree.Scalar) and _is_number(node):
        unquoted(node, findings, secret=secret)
        return
    value_shown = _shown_secret(node) if secret else _shown(node)
    help = expected_at(Source, path)
    if kind == "literal_error":
        value = node.value if isinstance(node, tree.Scalar) and isinstance(node.value, str) else ""
        help = did_you_mean(value, choices_at(Source, path)) or help
        findings.add("PBX105", f"{key} cannot be {value_shown}", node.location, help=help)
    elif kind in ("int_type", "bool_type") and isinstance(node, tree.Scalar) and _only_quoted(node, kind):
        findings.add(
            "PBX103",
            f"{key} is a text here, not {'a number' if kind == 'int_type' else 'true or false'}",
            node.location,
            help=f"write {str(node.value).strip()} without quotes" if node.quoted else help,
        )
    else:
        code = "PBX104" if kind in _RANGE else "PBX103" if kind.endswith("_type") or kind in _SHAPE else "PBX105"
        findings.add(code, f"{key} cannot be {value_shown}", node.location, help=help)


def _missing(key: str, path: Path, root: tree.Mapping, findings: Findings) -> None:
    if path == (key,) and key not in root.entries:
        location: Location = root.location
        holder = "a source"
    else:
        location = _key_location(path, root)
        holder = _container(path)
    findings.add(
        "PBX102",
        f"{holder} needs the key '{key}'",
        location,
        help=f"add {key}: {expected_at(Source, (*path, key))}" if path != (key,) else f"add {key}:",
    )


def _key_location(path: Path, root: tree.Mapping) -> Location:
    """Where the last key of ``path`` stands; an item of a list: the item."""
    if not path:
        return root.location
    last = path[-1]
    if isinstance(last, str):
        return key_of(at(root, *path[:-1]), last)
    return at(root, *path).location


def _last_key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the source")


def _container(path: Path) -> str:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "a source"
    section = SECTIONS.get(names[0])
    if len(names) == 2 and section and isinstance(path[-1], str):
        return f"{section.singular} {clipped(names[1])}"
    return f"'{clipped(names[-1])}'"


def _shown(node: tree.Node) -> str:
    if isinstance(node, tree.Mapping):
        return "a mapping" if node.entries else "an empty mapping"
    if isinstance(node, tree.Sequence):
        return "a list" if node.items else "an empty list"
    if node.value is None:
        return "empty"
    text = clipped(node.text)
    return repr(text) if isinstance(node.value, str) else text


def _shown_secret(node: tree.Node) -> str:
    if isinstance(node, tree.Scalar):
        return "this value" if node.text else "empty"
    return _shown(node)


def _is_number(node: tree.Scalar) -> bool:
    return isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _only_quoted(node: tree.Scalar, kind: str) -> bool:
    if not isinstance(node.value, str):
        return False
    text = node.value.strip()
    return text.isdigit() if kind == "int_type" else text in ("true", "false")
