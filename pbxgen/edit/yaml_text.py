"""A YAML file as text with the exact place of every node, to change a few characters of it.

A loader and dumper, even a careful one, rewrites spacing and line breaks of what it keeps. Here the nodes only say
*where* to cut and insert; everything outside those places stays as it was, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.source.reader import read_text
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence

_BOM = "\ufeff"
_COMMENT = re.compile(r"(?<!\S)#[^\r\n]*")
_LINE_END = re.compile("\r\n|\r|\n")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""An anchor and a tag, which belong to the node that they stand before."""


class CannotEditError(Exception):
    """The text is written in a way that this kind of edit cannot change safely; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``new`` in the place of the characters from ``at`` up to ``until``."""

    at: int
    until: int
    new: str


class YamlText:
    """The text of one file and its nodes. Raises CannotEditError where it is no YAML."""

    def __init__(self, text: str) -> None:
        self.bom = _BOM if text.startswith(_BOM) else ""
        self.text = text[len(self.bom) :]
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        self._lines = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        reading = read_text(self.text, "")
        if reading.root is None:
            raise CannotEditError(f"it is not YAML that can be read ({reading.diagnostics[0].message})")
        self.root = reading.root

    def edited(self, *edits: Edit) -> str:
        """The whole file with all of ``edits`` (which do not overlap) made."""
        text = self.text
        for edit in sorted(edits, key=lambda e: (e.at, e.until), reverse=True):
            text = text[: edit.at] + edit.new.replace("\n", self.newline) + text[edit.until :]
        return self.bom + text

    def comments(self, at: int, until: int, node: Node | None = None) -> list[str]:
        """The comments from ``at`` up to ``until``, where the scalars of ``node`` stand."""
        comments: list[str] = []
        for begin, end in [*self._scalars(node), (until, until)]:
            if begin >= at:
                comments += [match.group().rstrip() for match in _COMMENT.finditer(self.text, at, max(at, begin))]
                at = max(at, end)
        return comments

    def _scalars(self, node: Node | None) -> Iterator[tuple[int, int]]:
        """Where the scalars in the own text of ``node`` begin and end."""
        if isinstance(node, Scalar):
            yield self.start(node), self.end(node)
        elif node is not None:
            pairs = [part for entry in own_entries(node) for part in (entry.key, entry.value)]
            for part in node.items if isinstance(node, Sequence) else pairs:
                if not _stands_before(part, node):
                    yield from self._scalars(part)

    def line_end(self, at: int) -> int:
        """Offset of the end of the line that ``at`` is in, before its line break."""
        line_break = _LINE_END.search(self.text, at)
        return line_break.start() if line_break else len(self.text)

    def column(self, node: Node) -> int:
        """Column of the node, from 0."""
        return node.location.column - 1

    def start(self, node: Node) -> int:
        """Offset of the node's first character."""
        return self._lines[node.location.line - 1] + node.location.column - 1

    def end(self, node: Node) -> int:
        """Offset behind the node's last character, without the blank lines after a block of text."""
        end = self._lines[node.location.end_line - 1] + node.location.end_column - 1
        return self.start(node) + len(self.text[self.start(node) : end].rstrip())

    def shown(self, node: Node) -> str:
        """What is written there, on one line."""
        return " ".join(self.text[self.start(node) : self.end(node)].split())

    def value_span(self, entry: Entry) -> tuple[int, int]:
        """Where an entry's value begins and ends; where nothing is written: behind the colon."""
        if _is_empty(entry):
            behind = self.text.index(":", self.end(entry.key)) + 1
            return behind, behind
        return self.start(entry.value), self.end(entry.value)

    def style(self, node: Node) -> str:
        """The first character of a node itself: a bracket, a quote, or of anything else whatever it begins with."""
        match = _PROPERTIES.match(self.text, self.start(node))
        return self.text[match.end() : match.end() + 1] if match else ""


def is_alias(entry: Entry) -> bool:
    """Does the value stand elsewhere (``*name``)? What an alias names always stands before it."""
    return _stands_before(entry.value, entry.key)


def _is_empty(entry: Entry) -> bool:
    """Is nothing written behind the key? Such a value has the key's place."""
    return entry.value.location == entry.key.location


def own_entries(node: Node) -> list[Entry]:
    """The entries of a mapping that stand in its own text, ``<<`` aside; none of any other node."""
    if not isinstance(node, Mapping):
        return []
    merged = {id(entry) for _, source in node.merged for entry in source.entries.values()}
    return [entry for entry in node.entries.values() if id(entry) not in merged]


def find(node: Node, key: str) -> Entry | None:
    """The entry called ``key`` in the own text of a mapping."""
    return next((entry for entry in own_entries(node) if entry.key.text == key), None)


def _stands_before(node: Node, other: Node) -> bool:
    first, second = node.location, other.location
    return (first.line, first.column) < (second.line, second.column)
