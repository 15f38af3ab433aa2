"""YAML text -> parse events, by libyaml where it is there and by pure Python otherwise.

The libyaml within ruamel.yaml.clib (0.1.7) is forty times as fast as the Python parser (reading a source of 10,000
users, tree included: five to six times), but knows YAML 1.1 only: within brackets it refuses the ``:`` and ``?`` of a
plain scalar (``{to: operator:reception}``, ``[08:30-13:00]``), which YAML 1.2 allows. Such characters are exchanged for
two that the text does not hold, and put back in the events.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

Mark = Any
"""A place in the text: ``line`` and ``column`` count code points from 0."""

Event = Any
"""An event of YAML 1.2, chapter 3.1, told apart by the name of its class: both parsers use the same names."""

# A ':' amid a word, or a '?' after the first letter of one, is content wherever it stands: in a plain scalar, in
# quotes, in a comment. After a quote or a bracket it may be more, and is left alone.
_CONTENT_COLON = re.compile(r"""(?<=[^\s,\[\]{}"']):(?=[^\s,\[\]{}])""")
_CONTENT_QUESTION = re.compile(r"""(?<=[^\s,\[\]{}"'])\?""")
_PRIVATE_USE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))

_LARGEST_SECOND_TRY = 300_000
"""Characters that the Python parser reads within some seconds."""

# What libyaml refuses although YAML 1.2 may allow it. A tag can hold an exchanged ':'.
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_DOUBTFUL = re.compile(r"unexpected ':'|tag", re.IGNORECASE)


class SyntaxFaultError(Exception):
    """A syntax error in the parser's own words, with what the parser was reading then."""

    def __init__(self, problem: str, at: Mark | None = None, context: str = "", context_at: Mark | None = None) -> None:
        super().__init__(problem)
        self.problem, self.place = problem, _place(at)
        self.context, self.context_place = context, _place(context_at)

    def is_doubtful(self, text: str) -> bool:
        """May YAML 1.2 allow what libyaml refuses here?"""
        if "expected ',' or" in self.problem and self.place is not None:
            line, column = self.place
            lines = _LINE_END.split(text, line + 1)
            return line < len(lines) and lines[line][column : column + 1] == "?"
        return _DOUBTFUL.search(f"{self.problem} {self.context}") is not None


def parse(text: str, take: Callable[[Iterator[Event]], T], *, pure: bool = False) -> T:
    """What ``take`` makes of the events of ``text``. Raises SyntaxFaultError where it is not YAML.

    ``text`` must have passed :func:`pbxgen.source.reader.check_characters`. ``pure``: use the Python parser always.
    ``take`` may be called a second time, from the beginning.
    """
    fast = None if pure else _c_parser()
    if fast is None:
        return _guarded(_pure_events, text, take)
    try:
        return _guarded(functools.partial(_c_events, fast), text, take)
    except SyntaxFaultError as exc:
        if len(text) > _LARGEST_SECOND_TRY or not exc.is_doubtful(text):
            raise
    return _guarded(_pure_events, text, take)


def _guarded(parser: Callable[[str], Iterator[Event]], text: str, take: Callable[[Iterator[Event]], T]) -> T:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        # The parsers' exceptions are caught here, around everything: a try for each event costs measurable time.
        return take(parser(text))
    except MarkedYAMLError as exc:
        problem, context = str(exc.problem or "not YAML"), str(exc.context or "")
        raise SyntaxFaultError(problem, exc.problem_mark, context, exc.context_mark) from exc
    except YAMLError as exc:
        raise SyntaxFaultError(str(exc)) from exc


@functools.cache
def _c_parser() -> Callable[[str], Any] | None:
    try:
        from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return None
    parser: Callable[[str], Any] = CParser
    return parser


def _c_events(parser: Callable[[str], Any], text: str) -> Iterator[Event]:
    spare = _unused(text, 2)
    if len(spare) < 2:
        return iter(parser(text).get_event, None)
    colon, question = spare
    changed, colons = _CONTENT_COLON.subn(colon, text)
    changed, questions = _CONTENT_QUESTION.subn(question, changed)
    events = iter(parser(changed).get_event, None)
    return _restored(events, colon, question) if colons or questions else events


def _restored(events: Iterator[Event], colon: str, question: str) -> Iterator[Event]:
    for event in events:
        text = getattr(event, "value", None)
        if text is not None and not text.isascii() and (colon in text or question in text):
            event.value = text.replace(colon, ":").replace(question, "?")
        yield event


def _unused(text: str, count: int) -> list[str]:
    """Characters of private use that do not occur in ``text``."""
    taken: frozenset[str] = frozenset() if text.isascii() else frozenset(text)
    candidates = map(chr, itertools.chain(*_PRIVATE_USE))
    return list(itertools.islice((char for char in candidates if char not in taken), count))


def _pure_events(text: str) -> Iterator[Event]:
    from ruamel.yaml import YAML

    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if _SURROGATE.search(getattr(event, "value", None) or ""):
                raise SyntaxFaultError("invalid Unicode character escape", event.start_mark)
            yield event
    except (AssertionError, ValueError, IndexError, TypeError) as exc:
        # It asserts where libyaml reports (an unknown %YAML version, "\U00110000").
        raise SyntaxFaultError(str(exc) or "not YAML") from exc


def _place(mark: Mark | None) -> tuple[int, int] | None:
    """Line and column, from 0."""
    return None if mark is None else (mark.line, mark.column)
