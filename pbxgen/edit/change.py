"""Change one deviation of a source on disk: find its file, set it in the text, check that nothing else changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.edit.deviation import Setting, holder, set_deviation
from pbxgen.edit.yaml_text import CannotEditError, YamlText
from pbxgen.language.model import SECTIONS
from pbxgen.language.positions import child
from pbxgen.language.to_values import plain
from pbxgen.source.files import is_folder, listing, read, shown
from pbxgen.source.load import load_source
from pbxgen.source.reader import read_bytes
from pbxgen.source.tree import Mapping


class NoSuchOwnerError(Exception):
    """The source has no such user or policy; the text says which one may be meant."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one file is, and what it would be."""

    file: Path
    before: bytes
    after: bytes

    def diff(self) -> Iterator[str]:
        """A unified diff, line by line without line ends; what is secret in its lines is ``***``."""
        name = shown(self.file).lstrip("/")
        old, new = (
            read_bytes(text, name).file.masked().splitlines(keepends=True) for text in (self.before, self.after)
        )
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=2):
            yield line.rstrip("\r\n")
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"


def change_deviation(source: Path, section: str, name: str, key: str, setting: Setting) -> Change:
    """Set ``key`` of a user or policy. Raises NoSuchOwnerError, CannotEditError and UnreadableError."""
    for path in listing(source).files if is_folder(source) else (source,):
        before = read(path)
        if name.encode() not in before:
            continue
        try:
            file = YamlText(before.decode("utf-8"))
        except UnicodeDecodeError:
            continue  # the check of the result says so
        owner = holder(file, section, name)
        if owner is not None:
            after = set_deviation(file, owner, section, key, setting).encode("utf-8")
            change = Change(path, before, after)
            _require_alone(source, change, section, name, key)
            return change
    root = load_source(source).root
    owners = None if root is None else child(root, section)
    known = list(owners.entries) if isinstance(owners, Mapping) else []
    word = SECTIONS[section].singular
    if name in known:
        raise CannotEditError(f"the {word} {name} is not written as a key of its own under `{section}`")
    meant = did_you_mean(name, known)
    raise NoSuchOwnerError(f"there is no {word} {name}" + (f"; {meant}" if meant else ""))


def _require_alone(source: Path, change: Change, section: str, name: str, key: str) -> None:
    """What is read from the new text must differ at ``key`` only: anchors let one text stand for several."""
    old = load_source(source).root
    new = load_source(source, {change.file: change.after}).root
    if old is None or new is None:
        return  # it is not readable: the check of the result says so
    path = [section, name, *(["deviations"] if section == "users" else []), key.split(".")[0]]
    if _without(plain(old), path) != _without(plain(new), path):
        raise CannotEditError("the text there is shared through an anchor (`&name`), and others would change with it")


def _without(value: Any, path: list[str]) -> Any:
    """``value`` with nothing at ``path``; a mapping that only held it is gone too."""
    if not isinstance(value, dict):
        return None if path else value
    rest = dict(value)
    if len(path) == 1:
        rest.pop(path[0], None)
    elif path[0] in rest:
        inner = _without(rest.pop(path[0]), path[1:])
        if inner:
            rest[path[0]] = inner
    return rest
