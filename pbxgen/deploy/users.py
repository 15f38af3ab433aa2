"""Which users two sources treat otherwise, where one of them is no more: a release keeps a mark of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan

_NOT_FOR_CALLERS = frozenset({"extension", "name", "location", "password", "phone", "options", "pin", "email"})
"""Of a user, and of what belongs to one (mailbox, profile, rules). Secrets are never in a mark: it could tell them."""
_DIGITS = 8


def user_marks(plan: Plan) -> dict[str, str]:
    """By extension: what changes with the user's own rules, numbers and rights, whoever wrote them and wherever."""
    marks = {}
    for extension, user in plan.users.items():
        marks[extension] = hashlib.sha256(repr(_told(user)).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return marks


def _told(value: Any) -> list[tuple[str, object]]:
    """What is said of it; defaults are not, so that one that a later version adds makes nobody another user."""
    kind: Any = type(value)
    return [(name, _plain(one)) for name, default in _defaults(kind) if (one := getattr(value, name)) != default]


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    return tuple(
        (field.name, field.default if field.default_factory is MISSING else field.default_factory())
        for field in fields(kind)
        if field.compare and field.name not in _NOT_FOR_CALLERS
    )


def _plain(value: object) -> object:
    """Without secrets, and in an order of its own."""
    if isinstance(value, Secret):
        return None
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value):
        return _told(value)
    if isinstance(value, Mapping):
        return sorted(((str(key), _plain(one)) for key, one in value.items()), key=lambda item: item[0])
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset | set):
        return sorted(repr(_plain(one)) for one in value)
    return value
