"""Validate a tree against the models: every problem becomes a diagnostic.

Each wrong value is cut out of the tree and the rest validated again, so that names and numbers are checked also in
the parts that are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pbxgen.diagnostics.location import Location
from pbxgen.language.annotations import key_at, of_field, split
from pbxgen.language.findings import Findings
from pbxgen.language.model import SECTIONS, Source
from pbxgen.language.model_base import KeyForm
from pbxgen.language.model_sections import Pbx
from pbxgen.language.positions import Path, at, child, without
from pbxgen.language.to_values import plain, unreadable
from pbxgen.language.validation_errors import report_validation_error
from pbxgen.source.tree import Entry, Mapping, Node, Scalar

_KEYS = {
    section: re.compile(part.pattern)
    for section in SECTIONS
    for part in split(key_at(Source, (section, "")))[1]
    if isinstance(part, KeyForm)
}


_NOT_NULL = "none_required"
"""What pydantic calls a value where null stands for one of several forms."""


@cache
def _adapter(key: str) -> TypeAdapter[Any]:
    return TypeAdapter[Any](of_field(Source.model_fields[key]))


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a source fits the models, and the tree cut to exactly that.

    ``names`` are the keys of every section as written (with their places), whether or not what stands
    under them is right. ``broken`` holds the paths that were cut out, ``touched``
    those and everything they stood in.
    """

    root: Mapping
    names: dict[str, dict[str, Location]]
    broken: frozenset[Path]
    touched: frozenset[Path]
    pbx: Pbx | None
    source: Source
    """Without ``version`` and ``pbx``."""

    def node(self, *path: str | int) -> Node:
        """The node at ``path`` of the cut tree; the nearest one above where there is none."""
        return at(self.root, *path)

    def has_broken(self, section: str) -> bool:
        """Was anything cut out of ``section``?"""
        return (section,) in self.touched

    def is_incomplete(self, *path: str | int) -> bool:
        """Was ``path``, something it stands in, or something in it cut out?"""
        return path in self.touched or self.is_broken(*path)

    def is_broken(self, *path: str | int) -> bool:
        """Was ``path``, or something it stands in, cut out?"""
        return bool(self.broken) and any(path[:n] in self.broken for n in range(1, len(path) + 1))


def validate(root: Mapping, findings: Findings) -> Draft:
    """Check ``root`` against the models; problems go to ``findings``."""
    names: dict[str, dict[str, Location]] = {
        section: {name: entry.key.location for name, entry in inner.value.entries.items()}
        for section, inner in root.entries.items()
        if isinstance(inner.value, Mapping)
    }
    bad = unreadable(root, findings)
    cutter = _Cutter(findings)
    cutter.note(bad)
    cut = without(root, bad) if bad else root
    assert isinstance(cut, Mapping)
    for name, entry in cut.entries.items():
        if name not in Source.model_fields:
            report_validation_error({"type": "extra_forbidden", "loc": (name,)}, (name,), root, findings)
            cutter.note([(name,)])
        elif isinstance(entry.value, Scalar) and entry.value.value is None and name not in ("version", "pbx"):
            cutter.note([(name,)])
    _check_keys(cut, cutter.cut, findings)
    values: dict[str, Any] = {}
    kept = {}
    for name in Source.model_fields:
        if name in cut.entries and (name,) not in cutter.cut:
            value, node = cutter.section(name, cut)
            if node is not None:
                values[name] = value
                kept[name] = Entry(cut.entries[name].key, node)
        elif name in ("version", "pbx") and (name,) not in cutter.cut:
            report_validation_error({"type": "missing", "loc": (name,)}, (name,), root, findings)
    touched = frozenset(path[:n] for path in cutter.cut for n in range(1, len(path) + 1))
    source = Source.model_construct(**values)
    return Draft(Mapping(kept, root.location), names, frozenset(cutter.cut), touched, values.get("pbx"), source)


def _check_keys(root: Mapping, cut: set[Path], findings: Findings) -> None:
    """Names and numbers that are keys. Wrong ones stay, so that what stands under them is checked too."""
    for section, form in _KEYS.items():
        entry = root.entries.get(section)
        if entry is None or not isinstance(entry.value, Mapping) or (section,) in cut:
            continue
        for name in entry.value.entries:
            if not form.fullmatch(name):
                report_validation_error(
                    {"type": "key", "loc": (section, name, "[key]")}, (section, name), root, findings
                )


class _Cutter:
    """Validates sections, cutting what is wrong. ``cut`` is every path cut so far."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.cut: set[Path] = set()
        self._named: set[Path] = set()
        """The same without positions in lists, which shift when items are cut; -1 where one of a list was."""

    def note(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self.cut.add(path)
            named = _without_positions(path)
            self._named.add(named)
            if len(named) < len(path):
                self._named.add((*named, -1))

    def section(self, name: str, root: Mapping) -> tuple[Any, Node | None]:
        """The section's value and its tree as far as they are right; (None, None) where nothing is."""
        key = root.entries[name].key
        node: Node = root.entries[name].value
        while True:
            try:
                return _adapter(name).validate_python(plain(node)), node
            except ValidationError as problems:
                errors = problems.errors(include_url=False, include_input=False)
            whole = Mapping({name: Entry(key, node)}, root.location)
            paths = {self._report(error, name, whole) for error in _once(errors, node)}
            self.note((name, *path) for path in paths)
            if () in paths:
                return None, None
            node = without(node, frozenset(paths))

    def _report(self, error: Any, section: str, whole: Mapping) -> Path:
        """Say what is wrong and give the path (below the section) to cut."""
        path = _in_tree(error["loc"], whole.entries[section].value)
        full = (section, *path)
        if not self._follows(error, full):
            report_validation_error(error, full, whole, self.findings)
        return path

    def _follows(self, error: Any, full: Path) -> bool:
        """Is something missing only because it was cut?"""
        if error["type"] == "missing":
            return (*_without_positions(full), error["loc"][-1]) in self._named
        return error["type"] == "too_short" and (*_without_positions(full), -1) in self._named


def _once(errors: Sequence[Any], node: Node) -> Iterator[Any]:
    """Each value once: where null is said to be possible too, what the other form says of the value tells more."""
    told = {_in_tree(error["loc"], node) for error in errors if error["type"] != _NOT_NULL}
    yield from (error for error in errors if error["type"] != _NOT_NULL or _in_tree(error["loc"], node) not in told)


def _without_positions(path: Path) -> Path:
    return tuple(step for step in path if isinstance(step, str))


def _in_tree(loc: tuple[str | int, ...], node: Node) -> Path:
    """The path of an error in the tree, without the forms of values that pydantic puts into it."""
    path: list[str | int] = []
    for step in loc:
        inner = child(node, step)
        if inner is not None:
            path.append(step)
            node = inner
    return tuple(path)
