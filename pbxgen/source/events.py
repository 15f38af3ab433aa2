"""YAML text -> parse events, by libyaml where it is there and by pure Python otherwise."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

Mark = Any
"""A place in the text: ``line`` and ``column`` count code points from 0."""

Event = Any
"""An event of YAML 1.2, chapter 3.1, told apart by the name of its class: both parsers use the same names."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A syntax error in the parser's own words. Places are (line, column) from 0."""

    problem: str
    place: tuple[int, int] | None
    context: str
    context_place: tuple[int, int] | None


class SyntaxFaultError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.problem)
        self.fault = fault


def parse(text: str, take: Callable[[Iterator[Event]], T], *, pure: bool = False) -> T:
    """What ``take`` makes of the events of ``text``. Raises SyntaxFaultError where it is not YAML.

    ``text`` must have passed :func:`pbxgen.source.characters.check`. ``pure`` uses the Python parser in any case.
    """
    c_parser = None if pure else _c_parser()
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        # The parsers' exceptions are caught here, around everything: a try for each event would be felt.
        return take(iter(c_parser(text).get_event, None) if c_parser else _pure_events(text))
    except MarkedYAMLError as exc:
        problem, context = str(exc.problem or "not YAML"), str(exc.context or "")
        raise SyntaxFaultError(Fault(problem, _place(exc.problem_mark), context, _place(exc.context_mark))) from exc
    except YAMLError as exc:
        raise SyntaxFaultError(Fault(str(exc), None, "", None)) from exc


@functools.cache
def _c_parser() -> Callable[[str], Any] | None:
    try:
        from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return None
    parser: Callable[[str], Any] = CParser
    return parser


def _pure_events(text: str) -> Iterator[Event]:
    from ruamel.yaml import YAML

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except (AssertionError, ValueError, IndexError, TypeError) as exc:
        # It asserts where libyaml reports (an unknown %YAML version, "\U00110000").
        raise SyntaxFaultError(Fault(str(exc) or "not YAML", None, "", None)) from exc


def _place(mark: Mark | None) -> tuple[int, int] | None:
    return None if mark is None else (mark.line, mark.column)
