"""The dialplan as mod_dialplan_xml reads it: contexts, extensions, conditions, actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree

from pbxgen.interpret.base import NotUnderstoodError

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
class Extension:
    name: str
    goes_on: bool
    """``continue="true"``: the extensions behind it are looked at as well."""
    conditions: tuple[Condition, ...]


def parsed(text: str, what: str) -> ElementTree.Element:
    """The elements of a pre-processed text, below one root."""
    try:
        return ElementTree.fromstring(f"<section>{text}</section>")
    except ElementTree.ParseError as error:
        raise NotUnderstoodError(f"the {what} is no XML: {error}") from error


def contexts(text: str) -> Mapping[str, tuple[Extension, ...]]:
    """Contexts by name in lower case. Of two with one name FreeSWITCH sees the first."""
    found: dict[str, tuple[Extension, ...]] = {}
    for element in _children(parsed(text, "dialplan"), "section", {"context"}):
        name = _attributes(element, {"name"}).get("name", "")
        if name.lower() in found:
            raise NotUnderstoodError(f"two contexts have the name {name}: FreeSWITCH sees the first only")
        extensions = _children(element, name, {"extension"})
        found[name.lower()] = tuple(_extension(extension, name) for extension in extensions)
    return found


def _extension(element: ElementTree.Element, context: str) -> Extension:
    known = _attributes(element, {"name", "continue"})
    where = f"{context}, extension {known.get('name', '')!r}"
    conditions = tuple(_condition(e, where) for e in _children(element, where, {"condition"}))
    return Extension(known.get("name", ""), known.get("continue", "") == "true", conditions)


def _condition(element: ElementTree.Element, where: str) -> Condition:
    known = _attributes(element, {"field", "expression", "break", "regex"}, where)
    inside = list(_children(element, where, {"regex", "action", "anti-action"}))
    tests = [_test(e.attrib, where) for e in inside if e.tag == "regex"]
    rule = known.get("regex")
    if (rule is None) == bool(tests) or rule not in (None, "any"):
        raise NotUnderstoodError(f"{where}: regex={rule!r} with {len(tests)} <regex>")
    if known.keys() & {"field", "expression"}:
        tests.append(_test({k: v for k, v in known.items() if k != "break"}, where))
    try:
        break_ = Break(known.get("break", "on-false"))
    except ValueError:
        raise NotUnderstoodError(f"{where}: break={known['break']!r}") from None
    actions = tuple(_action(e, where) for e in inside if e.tag == "action")
    anti = tuple(_action(e, where) for e in inside if e.tag == "anti-action")
    if rule is not None and any(_NUMBERED.search(action.data) for action in actions):
        raise NotUnderstoodError(f"{where}: $1 where any of several tests may have passed")
    return Condition(tuple(tests), rule is not None, break_, actions, anti)


def _test(attributes: Mapping[str, str], where: str) -> Test:
    if attributes.keys() != {"field", "expression"}:
        raise NotUnderstoodError(f"{where}: a test of {', '.join(attributes)}")
    return Test(attributes["field"], attributes["expression"])


def _action(element: ElementTree.Element, where: str) -> Action:
    known = _attributes(element, {"application", "data", "inline"}, where)
    list(_children(element, where, set()))
    inline = known.get("inline", "false")
    if "application" not in known or inline not in ("true", "false"):
        raise NotUnderstoodError(f"{where}: an action without application, or with inline={inline!r}")
    return Action(known["application"], known.get("data", ""), inline == "true")


def _attributes(element: ElementTree.Element, known: set[str], where: str = "") -> dict[str, str]:
    unknown = set(element.attrib) - known
    if unknown:
        raise NotUnderstoodError(f"{where}: {', '.join(sorted(unknown))} of <{element.tag}>")
    return dict(element.attrib)


def _children(element: ElementTree.Element, where: str, known: set[str]) -> Iterator[ElementTree.Element]:
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        raise NotUnderstoodError(f"{where}: text in <{element.tag}>")
    for child in element:
        if child.tag not in known:
            raise NotUnderstoodError(f"{where}: <{child.tag}> in <{element.tag}>")
        yield child
