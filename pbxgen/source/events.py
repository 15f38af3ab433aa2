"""YAML text -> parse events, by libyaml where it is there and by pure Python otherwise."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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


def parse(text: str, *, pure: bool = False) -> Callable[[], Event | None]:
    """A function that gives the next event at each call, None after the last; it may raise SyntaxFaultError.

    ``text`` must have passed :func:`pbxgen.source.characters.check`. ``pure`` uses the Python parser in any case.
    """
    c_parser = None if pure else _c_parser()
    source = c_parser(text).get_event if c_parser else functools.partial(next, _pure_events(text), None)
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    def next_event() -> Event | None:
        try:
            return source()
        except MarkedYAMLError as exc:
            fault = Fault(
                str(exc.problem or "not YAML"),
                _place(exc.problem_mark),
                str(exc.context or ""),
                _place(exc.context_mark),
            )
        except (YAMLError, AssertionError, ValueError, IndexError, TypeError) as exc:
            # The Python parser asserts where libyaml reports (an unknown %YAML version, "\U00110000").
            fault = Fault(str(exc) or "not YAML", None, "", None)
        raise SyntaxFaultError(fault)

    return next_event


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

    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return events


def _place(mark: Mark | None) -> tuple[int, int] | None:
    return None if mark is None else (mark.line, mark.column)
