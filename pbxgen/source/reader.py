"""YAML text -> tree: every problem of one file, never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.text import SourceFile
from pbxgen.source import characters, events, syntax
from pbxgen.source.compose import Composer
from pbxgen.source.pause import without_garbage_collection
from pbxgen.source.tree import Mapping, Node


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as read. ``root`` is None where no tree could be made; then at least one diagnostic says why."""

    file: SourceFile
    root: Mapping | None
    diagnostics: tuple[Diagnostic, ...]


def read_bytes(data: bytes, name: str, *, pure: bool = False) -> Reading:
    """Read the bytes of a file that is shown as ``name``. ``pure``: without libyaml, with the same results."""
    decoded = characters.decode(data, name)
    if decoded.diagnostics:
        return Reading(SourceFile(name, decoded.text), None, decoded.diagnostics)
    return _read(decoded.text, name, pure)


def read_text(text: str, name: str, *, pure: bool = False) -> Reading:
    """Read a text that is shown as the file ``name``."""
    text = text.removeprefix("\ufeff")
    problems = characters.check(text, name)
    if problems:
        return Reading(SourceFile(name, text.encode("utf-8", "replace").decode("utf-8")), None, problems)
    return _read(text, name, pure)


def _read(text: str, name: str, pure: bool) -> Reading:
    composer = Composer(name, len(text))

    def compose(stream: Iterator[events.Event]) -> Node | None:
        nonlocal composer
        composer = Composer(name, len(text))
        return composer.compose(stream)

    try:
        with without_garbage_collection():
            root = events.parse(text, compose, pure=pure)
    except events.SyntaxFaultError as exc:
        found = composer.diagnostics
        found.append(syntax.describe(exc.fault, name, lambda: SourceFile(name, text).lines))
        return Reading(SourceFile(name, text), None, tuple(found))
    problems = composer.diagnostics
    file = SourceFile(name, text, tuple(composer.secrets) if composer.finished else None)
    start = Location(name, 1, 1, 1, 1)
    if isinstance(root, Mapping):
        return Reading(file, root, tuple(problems))
    if root is None:
        if not problems:
            problems.append(make("PBX006", "nothing is written here", start, help="begin with 'version: 1'"))
    elif getattr(root, "value", root) is None:
        problems.append(make("PBX006", "nothing is written here", root.location, help="begin with 'version: 1'"))
    else:
        message = "a source is a mapping: 'key: value' on its outermost level"
        problems.append(make("PBX009", message, root.location, help="begin with 'version: 1'"))
    return Reading(file, None, tuple(problems))
