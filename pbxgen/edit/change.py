"""Change deviations of a source on disk: find their files, set them in the text, check that nothing else changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pbxgen.diagnostics.nearest import did_you_mean, nearest
from pbxgen.edit.assignment import DND, Assignment, Inherit
from pbxgen.edit.deviation import conditions, holder, is_written, policies_of, with_assignment
from pbxgen.edit.yaml_text import CannotEditError, YamlText
from pbxgen.language.model import SECTIONS
from pbxgen.language.positions import child
from pbxgen.language.to_values import plain
from pbxgen.source.files import is_folder, listing, read, shown
from pbxgen.source.load import load_source
from pbxgen.source.reader import read_bytes
from pbxgen.source.tree import Entry, Mapping, Scalar


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


def changes(source: Path, assignments: Sequence[Assignment]) -> tuple[Change, ...]:
    """All of ``assignments`` in the files of a source; none of a file that stays as it is.

    Raises NoSuchOwnerError, CannotEditError and UnreadableError.
    """
    paths = listing(source).files if is_folder(source) else (source,)
    before = {path: read(path) for path in paths}
    after = dict(before)
    for assignment in assignments:
        for path in paths:
            text = _changed(after[path], assignment)
            if text is not None:
                after[path] = text
                break
        else:
            raise _missing(source, assignment)
    made = tuple(Change(path, before[path], after[path]) for path in paths if before[path] != after[path])
    _require_alone(source, made, assignments)
    return made


def _changed(before: bytes, assignment: Assignment) -> bytes | None:
    """A file's bytes as ``assignment`` wants them; None where its user or policy is not in it."""
    if assignment.name.encode() not in before:
        return None
    try:
        file = YamlText(before.decode("utf-8"))
    except UnicodeDecodeError:
        return None  # the check of the result says so
    owner = holder(file, assignment.section, assignment.name)
    return None if owner is None else with_assignment(file, owner, assignment).encode("utf-8")


def conditional(source: Path, assignment: Assignment) -> tuple[str, ...]:
    """The conditions of the rules that ``assignment`` would take away, as they are written. Raises UnreadableError.

    Those of a user's policy too, where a key of the user's own would take the place of the policy's.
    """
    owner_node = _owner(source, assignment.section, assignment.name)
    if owner_node is None:
        return ()
    file, owner = owner_node
    told = [_shown(file, one) for one in conditions(owner, assignment.path)]
    if assignment.section == "users" and assignment.key != DND and not isinstance(assignment.value, Inherit):
        for key in assignment.keys:
            if not is_written(owner, ["deviations", *key.split(".")]):
                told += _of_policies(source, policies_of(owner), key.split("."))
    return tuple(told)


def _of_policies(source: Path, names: Sequence[str], path: list[str]) -> Iterator[str]:
    """Of several policies, the last that has the key holds."""
    for name in reversed(names):
        policy_node = _owner(source, "policies", name)
        if policy_node is not None and is_written(policy_node[1], path):
            file, policy = policy_node
            yield from (f"{_shown(file, one)}, of policy {name}" for one in conditions(policy, path))
            return


def _shown(file: YamlText, condition: Entry) -> str:
    return f"{condition.key.text}: {file.shown(condition.value)}"


def _owner(source: Path, section: str, name: str) -> tuple[YamlText, Entry] | None:
    """A user or policy, and the file in which it stands."""
    for path in listing(source).files if is_folder(source) else (source,):
        before = read(path)
        if name.encode() in before:
            file = YamlText(before.decode("utf-8", "replace"))
            owner = holder(file, section, name)
            if owner is not None:
                return file, owner
    return None


def owner_of(source: Path, text: str) -> str:
    """The extension of a user who is called by extension or name. Raises NoSuchOwnerError."""
    root = load_source(source).root
    users = None if root is None else child(root, "users")
    known = users.entries if isinstance(users, Mapping) else {}
    if text in known:
        return text
    names: dict[str, list[str]] = {}
    as_written: dict[str, str] = {}
    for extension, user in known.items():
        name = child(user.value, "name")
        if isinstance(name, Scalar):
            written = name.text.strip()
            names.setdefault(written.casefold(), []).append(extension)
            as_written.setdefault(written.casefold(), written)
    extensions = names.get(text.strip().casefold(), [])
    if len(extensions) > 1:
        raise NoSuchOwnerError(f"several users are called {text}: name the extension ({', '.join(extensions)})")
    if not extensions:
        near = nearest(text, [*known, *names])
        meant = "" if near is None else f"; did you mean '{as_written.get(near, near)}'?"
        raise NoSuchOwnerError(f"there is no user {text}{meant}")
    return extensions[0]


def _missing(source: Path, assignment: Assignment) -> Exception:
    root = load_source(source).root
    owners = None if root is None else child(root, assignment.section)
    known = list(owners.entries) if isinstance(owners, Mapping) else []
    word = SECTIONS[assignment.section].singular
    if assignment.name in known:
        return CannotEditError(
            f"the {word} {assignment.name} is not written as a key of its own under `{assignment.section}`"
        )
    meant = did_you_mean(assignment.name, known)
    return NoSuchOwnerError(f"there is no {word} {assignment.name}" + (f"; {meant}" if meant else ""))


def _require_alone(source: Path, made: Sequence[Change], assignments: Sequence[Assignment]) -> None:
    """What is read from the new text must differ at the keys only: anchors let one text stand for several."""
    old = load_source(source).root
    new = load_source(source, {change.file: change.after for change in made}).root
    if old is None or new is None:
        return  # it is not readable: the check of the result says so
    before, after = plain(old), plain(new)
    for assignment in assignments:
        steps = (
            assignment.path if assignment.key == DND else assignment.path[: 2 if assignment.section == "users" else 1]
        )
        path = [assignment.section, assignment.name, *steps]
        before, after = _without(before, path), _without(after, path)
    if before != after:
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
