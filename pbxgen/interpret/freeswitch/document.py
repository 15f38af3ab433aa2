"""The dialplan as mod_dialplan_xml reads it: contexts, extensions, conditions, actions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.elements import Element, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine

_NUMBERED = re.compile(r"\$[0-9]")


class Break(StrEnum):
    """After which conditions the rest of the extension's are not looked at."""

    ON_FALSE = "on-false"
    ON_TRUE = "on-true"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Action:
    application: str
    data: str
    inline: bool
    where: str
    """``file:line``."""


@dataclass(frozen=True, slots=True)
class Test:
    """A field and the expression it is compared with."""

    field: str
    expression: str


@dataclass(frozen=True, slots=True)
class Condition:
    tests: tuple[Test, ...]
    """One; none: it always holds."""
    any: bool
    """``regex="any"``: the tests are ``<regex>`` elements, one of which must pass. Their brackets give no ``$1``."""
    break_: Break
    actions: tuple[Action, ...]
    anti_actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class FreeSwitchExtension:
    name: str
    goes_on: bool
    """``continue="true"``: the extensions behind it are looked at as well."""
    conditions: tuple[Condition, ...]


Contexts = Mapping[str, tuple[FreeSwitchExtension, ...]]


def contexts(lines: Sequence[FreeSwitchLine]) -> Contexts:
    """Contexts by name in lower case."""
    found: dict[str, tuple[FreeSwitchExtension, ...]] = {}
    for _, group in groupby(sorted(lines, key=lambda line: line.path), key=lambda line: line.path):
        for name, extensions in _of_file(tuple(group)).items():
            if name in found:
                raise NotUnderstoodError(f"two contexts have the name {name}: FreeSWITCH sees the first only")
            found[name] = extensions
    return found


@lru_cache(maxsize=128)
def _of_file(lines: tuple[FreeSwitchLine, ...]) -> Contexts:
    """Those of one file, which is read once as long as it stays the same."""
    found: dict[str, tuple[FreeSwitchExtension, ...]] = {}
    for element in parsed(lines):
        if element.tag != "context":
            raise NotUnderstoodError(f"{element.where}: <{element.tag}> beside the contexts")
        name = element.get("name").lower()
        if name in found:
            raise NotUnderstoodError(f"{element.where}: a second context {name}: FreeSWITCH sees the first only")
        found[name] = tuple(_extension(extension) for extension in element.only({"name"}, {"extension"}))
    return found


def _extension(element: Element) -> FreeSwitchExtension:
    conditions = tuple(_condition(e) for e in element.only({"name", "continue"}, {"condition"}))
    return FreeSwitchExtension(element.get("name"), element.get("continue") == "true", conditions)


def _condition(element: Element) -> Condition:
    known = {"field", "expression", "break", "regex"}
    inside = list(element.only(known, {"regex", "action", "anti-action"}))
    tests = [_test(e) for e in inside if e.tag == "regex" and not list(e.only({"field", "expression"}, set()))]
    rule = element.attributes.get("regex")
    if (rule is None) == bool(tests) or rule not in (None, "any"):
        raise NotUnderstoodError(f"{element.where}: regex={rule!r} with {len(tests)} <regex>")
    if element.attributes.keys() & {"field", "expression"}:
        tests.append(_test(element))
    try:
        break_ = Break(element.get("break", "on-false"))
    except ValueError:
        raise NotUnderstoodError(f"{element.where}: break={element.get('break')!r}") from None
    actions = tuple(_action(e) for e in inside if e.tag == "action")
    anti = tuple(_action(e) for e in inside if e.tag == "anti-action")
    if rule is not None and any(_NUMBERED.search(action.data) for action in actions):
        raise NotUnderstoodError(f"{element.where}: $1 where any of several tests may have passed")
    return Condition(tuple(tests), rule is not None, break_, actions, anti)


def _test(element: Element) -> Test:
    if not {"field", "expression"} <= element.attributes.keys():
        raise NotUnderstoodError(f"{element.where}: a test without field or expression")
    return Test(element.get("field"), element.get("expression"))


def _action(element: Element) -> Action:
    list(element.only({"application", "data", "inline"}, set()))
    inline = element.get("inline", "false")
    if not element.get("application") or inline not in ("true", "false"):
        raise NotUnderstoodError(f"{element.where}: an action without application, or with inline={inline!r}")
    return Action(element.get("application"), element.get("data"), inline == "true", element.where)
