"""A YAML file as text with the exact place of every node, to change a few characters of it.

A loader and dumper, even a careful one, rewrites spacing and line breaks of what it keeps. Here the nodes only say
*where* to cut and insert; everything outside those places stays as it was, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

_BOM = "\ufeff"
_COMMENT = re.compile(r"(?<!\S)#[^\r\n]*")
_ALIAS = re.compile(r"\s*:\s*\*[^\s,\[\]{}]+")


class CannotEditError(Exception):
    """The text is written in a way that this kind of edit cannot change safely; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Item:
    """One key of a mapping and its value."""

    mapping: MappingNode
    key: ScalarNode
    value: Node

    @property
    def is_alias(self) -> bool:
        """Does the value stand elsewhere (``*name``)? What an alias names always stands before it."""
        return start(self.value) < start(self.key)


@dataclass(frozen=True, slots=True)
class Edit:
    """``new`` in the place of the characters from ``at`` up to ``until``."""

    at: int
    until: int
    new: str


def start(node: Node) -> int:
    """Offset of the node's first character."""
    return cast(int, node.start_mark.index)


class YamlText:
    """The text of one file and its nodes. Raises CannotEditError where it is no YAML."""

    def __init__(self, text: str) -> None:
        self.bom = _BOM if text.startswith(_BOM) else ""
        self.text = text[len(self.bom) :]
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        self.root = _composed(self.text)

    def changed(self, at: int, until: int, new: str) -> str:
        """The whole file with the characters from ``at`` up to ``until`` replaced."""
        return self.edited(Edit(at, until, new))

    def edited(self, *edits: Edit) -> str:
        """The whole file with all of ``edits`` (which do not overlap) made."""
        text = self.text
        for edit in sorted(edits, key=lambda e: (e.at, e.until), reverse=True):
            text = text[: edit.at] + edit.new.replace("\n", self.newline) + text[edit.until :]
        return self.bom + text

    def comments(self, at: int, until: int, node: Node | None = None) -> list[str]:
        """The comments from ``at`` up to ``until``, where the scalars of ``node`` stand."""
        found: list[str] = []
        for begin, end in [*self._scalars(node), (until, until)]:
            if begin >= at:
                found += [match.group().rstrip() for match in _COMMENT.finditer(self.text, at, max(at, begin))]
                at = max(at, end)
        return found

    def _scalars(self, node: Node | None) -> Iterator[tuple[int, int]]:
        """Where the scalars in the own text of ``node`` begin and end."""
        if isinstance(node, ScalarNode):
            yield start(node), self.end(node)
        elif isinstance(node, CollectionNode):
            inner = (part for value in node.value for part in (value if isinstance(value, tuple) else (value,)))
            for part in inner:
                if start(part) >= start(node):
                    yield from self._scalars(part)

    def line_end(self, at: int) -> int:
        """Offset of the end of the line that ``at`` is in, before its line break."""
        found = self.text.find("\n", at)
        if found < 0:
            return len(self.text)
        return found - 1 if found and self.text[found - 1] == "\r" else found

    def column(self, node: Node) -> int:
        """Column of the node, from 0."""
        return cast(int, node.start_mark.column)

    def end(self, node: Node) -> int:
        """Offset behind the node's last character; unlike the parser's mark, without comments and blank lines after it.

        Raises CannotEditError for a list that ends with an alias.
        """
        mark = cast(int, node.end_mark.index)
        if isinstance(node, ScalarNode):
            block = node.style in ("|", ">")
            return start(node) + len(self.text[start(node) : mark].rstrip()) if block else mark
        collection = cast(CollectionNode, node)
        if collection.flow_style or not collection.value:
            return mark
        last = collection.value[-1]
        if isinstance(last, tuple):
            return self.end_of(Item(cast(MappingNode, node), *last))
        if start(last) < start(node):
            raise CannotEditError("a list in it ends with an alias (`*name`)")
        return self.end(last)

    def end_of(self, item: Item) -> int:
        """Offset behind an entry's value."""
        if not item.is_alias:
            return self.end(item.value)
        alias = _ALIAS.match(self.text, cast(int, item.key.end_mark.index))
        if alias is None:
            raise CannotEditError(f"the value of `{item.key.value}` is an alias (`*name`) in an unusual place")
        return alias.end()


def items(node: Node | None) -> Iterator[Item]:
    """The entries of a mapping that stand in its own text; nothing for any other node."""
    if isinstance(node, MappingNode):
        for key, value in cast("list[tuple[Any, Node]]", node.value):
            if isinstance(key, ScalarNode):
                yield Item(node, key, value)


def find(node: Node | None, key: str) -> Item | None:
    """The entry called ``key``; the first, where there are several."""
    return next((item for item in items(node) if item.key.value == key), None)


def merged(mapping: MappingNode) -> Iterator[tuple[Item, Node]]:
    """What comes into the mapping through ``<<``, with the entry that brings it."""
    for item in items(mapping):
        if item.key.value == "<<":
            several = isinstance(item.value, SequenceNode)
            for node in cast("list[Node]", item.value.value) if several else [item.value]:
                yield item, node


def _composed(text: str) -> Node | None:
    try:
        return cast("Node | None", YAML(typ="safe").compose(text))  # libyaml: ten times as fast
    except YAMLError:
        pass  # it refuses some valid YAML 1.2, such as [group:sales]
    try:
        return cast("Node | None", YAML(typ="rt", pure=True).compose(text))
    except YAMLError as error:
        raise CannotEditError(f"it is not YAML that can be read ({_first_line(error)})") from error


def _first_line(error: YAMLError) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
