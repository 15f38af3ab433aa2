"""What this kind of edit needs of the text: what is written otherwise is refused, with what to do."""

from __future__ import annotations

from pbxgen.edit.yaml_text import CannotEditError, YamlText, is_alias
from pbxgen.source.tree import Entry, Mapping


def require_own_text(item: Entry) -> None:
    if is_alias(item):
        raise CannotEditError(
            f"{named(item)} is an alias: what it names belongs to others too; write it out there first"
        )


def require_plain_key(file: YamlText, item: Entry) -> None:
    """The value of ``? key`` stands after a ``:`` on a line of its own, where this kind of edit does not look."""
    before = file.text[: file.start(item.key)].rstrip()
    if before.endswith("?") and not before[:-1].rstrip(" \t").rpartition("\n")[2].strip(" -{,["):
        raise CannotEditError(f"{named(item)} is written with `?`; write it as `{item.key.text}: …` first")


def require_not_merged(mapping: Mapping, key: str) -> None:
    """A key written here would hide the whole of one that comes in through ``<<``."""
    if key in mapping.entries:
        line = next(merge.location.line for merge, source in mapping.merged if key in source.entries)
        raise CannotEditError(f"`{key}` comes in through `<<` (line {line}); write it out there first")


def named(item: Entry) -> str:
    return f"`{item.key.text}` (line {item.key.location.line})"
