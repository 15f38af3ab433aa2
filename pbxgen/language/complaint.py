"""A pydantic error in our own words, at the key or value that caused it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean, nearest
from pbxgen.diagnostics.secrets import is_secret_key
from pbxgen.language.findings import Findings, Subject, clipped
from pbxgen.language.model import SINGULAR, Source
from pbxgen.language.model_base import FromEnvironment, FromFile
from pbxgen.language.model_deviations import Destination, Deviations, OperatorReturn, Rule
from pbxgen.language.model_groups import Group, Operator
from pbxgen.language.model_inbound import InboundRule
from pbxgen.language.model_pbx import Defaults, Pbx
from pbxgen.language.model_schedules import Schedule
from pbxgen.language.model_trunks import Route, Trunk
from pbxgen.language.model_users import Leg, User, Voicemail
from pbxgen.language.positions import Path, at, key_of
from pbxgen.language.to_values import unquoted
from pbxgen.language.words import expected
from pbxgen.source import tree
from pbxgen.source.secret_places import hides

_MODELS: dict[str, type[BaseModel]] = {
    "trunks": Trunk,
    "routes": Route,
    "schedules": Schedule,
    "operators": Operator,
    "groups": Group,
    "policies": Deviations,
    "users": User,
    "inbound": InboundRule,
}
_RANGE = frozenset(
    {"greater_than_equal", "less_than_equal", "greater_than", "less_than", "too_long", "string_too_long"}
)


def subject_of(path: Path) -> Subject | None:
    """What an ``accept`` must stand on to cover a finding at ``path``."""
    kinds = {"users": "user", "operators": "operator", "groups": "group", "inbound": "inbound"}
    if len(path) > 1 and path[0] in kinds:
        return (kinds[str(path[0])], str(path[1]))
    return None


def complain(error: Mapping[str, Any], path: Path, root: tree.Mapping, findings: Findings) -> None:
    """Report ``error`` (of pydantic's form); ``path`` leads to the key or value in ``root``."""
    kind = error["type"]
    subject = subject_of(path)
    if kind == "missing":
        _missing(str(error["loc"][-1]), path, root, findings, subject)
        return
    key = _last_key(path)
    if kind == "extra_forbidden":
        known = keys_at(path[:-1])
        findings.add(
            "PBX101",
            f"{clipped(key)!r} is no key of {_container(path[:-1])}",
            _key_location(path, root),
            help=did_you_mean(key, known) or f"known here: {', '.join(sorted(known))}",
            subject=subject,
        )
        return
    if error["loc"] and error["loc"][-1] == "[key]":
        findings.add(
            "PBX105",
            f"{clipped(key)!r} is no {_singular(path)}",
            _key_location(path, root),
            help=_expected(path, key=True),
            subject=subject,
        )
        return
    node = at(root, *path)
    secret = any(isinstance(step, str) and is_secret_key(step) for step in path) or hides(key, node)
    if kind == "string_type" and isinstance(node, tree.Scalar) and _is_number(node):
        unquoted(node, findings, secret=secret)
        return
    found = _shown_secret(node) if secret else _shown(node)
    help = _expected(path)
    if kind == "literal_error":
        choices = [c.strip().strip("'") for c in error["ctx"]["expected"].replace(" or ", ",").split(",")]
        value = node.value if isinstance(node, tree.Scalar) and isinstance(node.value, str) else ""
        near = nearest(value, choices)
        help = f"did you mean '{near}'?" if near else f"one of {', '.join(choices)}" if len(choices) > 1 else help
        findings.add("PBX105", f"{key} cannot be {found}", node.location, help=help, subject=subject)
    elif kind in ("int_type", "bool_type") and isinstance(node, tree.Scalar) and _only_quoted(node, kind):
        findings.add(
            "PBX103",
            f"{key} is a text here, not {'a number' if kind == 'int_type' else 'true or false'}",
            node.location,
            help=f"write {str(node.value).strip()} without quotes" if node.quoted else help,
            subject=subject,
        )
    elif kind in _RANGE:
        findings.add("PBX104", f"{key} cannot be {found}", node.location, help=help, subject=subject)
    elif kind.endswith("_type") or kind in ("int_from_float", "mapping_type"):
        findings.add("PBX103", f"{key} cannot be {found}", node.location, help=help, subject=subject)
    else:
        findings.add("PBX105", f"{key} cannot be {found}", node.location, help=help, subject=subject)


def keys_at(path: Path) -> Collection[str]:
    """The keys that the mapping at ``path`` may have."""
    model: type[BaseModel] | None
    match tuple(step for step in path if isinstance(step, str)):
        case ():
            model = Source
        case ("pbx",):
            model = Pbx
        case ("defaults",):
            model = Defaults
        case (section, _) if section in _MODELS:
            model = _MODELS[section]
        case (*_, "password" | "pin"):
            return [*_keys(FromEnvironment), *_keys(FromFile)]
        case ("users", _, "voicemail"):
            model = Voicemail
        case (*_, "deviations"):
            model = Deviations
        case (*_, "operator_return"):
            model = OperatorReturn
        case (*_, "follow_me"):
            model = Leg
        case (*_, "to" | "overflow"):
            model = Destination
        case ("inbound", *_):
            model = InboundRule
        case _:
            model = Rule
    if model is Operator and path[:1] == ("groups",):
        model = Group
    return _keys(model)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _missing(key: str, path: Path, root: tree.Mapping, findings: Findings, subject: Subject | None) -> None:
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
        help=f"add {key}: {_expected((*path, key))}" if path != (key,) else f"add {key}:",
        subject=subject,
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
    singular = SINGULAR.get(names[0])
    if len(names) == 2 and singular and isinstance(path[-1], str):
        return f"{singular} {clipped(names[1])}"
    return f"'{clipped(names[-1])}'"


def _singular(path: Path) -> str:
    if len(path) == 2 and path[0] in ("users", "inbound"):
        return "extension" if path[0] == "users" else "outside number"
    if len(path) > 1 and path[-2] == "accept":
        return "code"
    return f"name of a {SINGULAR.get(str(path[0]), str(path[0]))}"


def _expected(path: Path, *, key: bool = False) -> str:
    words = expected(path, key=key)
    if words is None:
        return "a mapping of names" if len(path) == 1 else "a mapping" if not key else "a name"
    return f"{words}" if not words.startswith("http") else words


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
