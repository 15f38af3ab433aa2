"""The dialplan as mod_dialplan_xml reads it: contexts, extensions, conditions, actions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.elements import XmlElement, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine

_BREAKS: dict[str, tuple[bool, ...]] = {"on-false": (False,), "on-true": (True,), "always": (False, True), "never": ()}
_NUMBERED = re.compile(r"\$[0-9]")


@dataclass(frozen=True, slots=True)
class FreeSwitchAction:
    application: str
    data: str
    inline: bool
    where: str
    """``file:line``."""


@dataclass(frozen=True, slots=True)
class FreeSwitchCondition:
    tests: tuple[tuple[str, str], ...]
    """A field and the expression it is compared with; none: the condition always holds."""
    any: bool
    """``regex="any"``: the tests are ``<regex>`` elements, one of which must pass. Their brackets give no ``$1``."""
    breaks_if: tuple[bool, ...]
    """Results after which the rest of the extension's conditions are not looked at (``break``)."""
    actions: tuple[FreeSwitchAction, ...]
    anti_actions: tuple[FreeSwitchAction, ...]


@dataclass(frozen=True, slots=True)
class FreeSwitchExtension:
    name: str
    goes_on: bool
    """``continue="true"``: the extensions behind it are looked at as well."""
    conditions: tuple[FreeSwitchCondition, ...]


FreeSwitchContexts = Mapping[str, tuple[FreeSwitchExtension, ...]]


def contexts(lines: Sequence[FreeSwitchLine]) -> FreeSwitchContexts:
    """Contexts by name in lower case."""
    by_name: dict[str, tuple[FreeSwitchExtension, ...]] = {}
    for _, group in groupby(sorted(lines, key=lambda line: line.path), key=lambda line: line.path):
        for name, extensions in _of_file(tuple(group)).items():
            if name in by_name:
                raise NotUnderstoodError(f"two contexts have the name {name}: FreeSWITCH sees the first only")
            by_name[name] = extensions
    return by_name


@lru_cache(maxsize=128)
def _of_file(lines: tuple[FreeSwitchLine, ...]) -> FreeSwitchContexts:
    """The contexts of one file, cached by its text."""
    by_name: dict[str, tuple[FreeSwitchExtension, ...]] = {}
    for element in parsed(lines):
        if element.tag != "context":
            raise NotUnderstoodError(f"{element.where}: <{element.tag}> beside the contexts")
        name = element.get("name").lower()
        if name in by_name:
            raise NotUnderstoodError(f"{element.where}: a second context {name}: FreeSWITCH sees the first only")
        by_name[name] = tuple(_extension(extension) for extension in element.only({"name"}, {"extension"}))
    return by_name


def _extension(element: XmlElement) -> FreeSwitchExtension:
    conditions = tuple(_condition(e) for e in element.only({"name", "continue"}, {"condition"}))
    return FreeSwitchExtension(element.get("name"), element.get("continue") == "true", conditions)


def _condition(element: XmlElement) -> FreeSwitchCondition:
    known = {"field", "expression", "break", "regex"}
    inside = list(element.only(known, {"regex", "action", "anti-action"}))
    tests = [_test(e) for e in inside if e.tag == "regex" and not list(e.only({"field", "expression"}, set()))]
    rule = element.attributes.get("regex")
    if (rule is None) == bool(tests) or rule not in (None, "any"):
        raise NotUnderstoodError(f"{element.where}: regex={rule!r} with {len(tests)} <regex>")
    if element.attributes.keys() & {"field", "expression"}:
        tests.append(_test(element))
    if element.get("break", "on-false") not in _BREAKS:
        raise NotUnderstoodError(f"{element.where}: break={element.get('break')!r}")
    actions = tuple(_action(e) for e in inside if e.tag == "action")
    anti = tuple(_action(e) for e in inside if e.tag == "anti-action")
    if rule is not None and any(_NUMBERED.search(action.data) for action in actions):
        raise NotUnderstoodError(f"{element.where}: $1 where any of several tests may have passed")
    breaks_if = _BREAKS[element.get("break", "on-false")]
    return FreeSwitchCondition(tuple(tests), rule is not None, breaks_if, actions, anti)


def _test(element: XmlElement) -> tuple[str, str]:
    if not {"field", "expression"} <= element.attributes.keys():
        raise NotUnderstoodError(f"{element.where}: a test without field or expression")
    return element.get("field"), element.get("expression")


def _action(element: XmlElement) -> FreeSwitchAction:
    list(element.only({"application", "data", "inline"}, set()))
    inline = element.get("inline", "false")
    if not element.get("application") or inline not in ("true", "false"):
        raise NotUnderstoodError(f"{element.where}: an action without application, or with inline={inline!r}")
    return FreeSwitchAction(element.get("application"), element.get("data"), inline == "true", element.where)
