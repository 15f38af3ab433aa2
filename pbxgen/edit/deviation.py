"""Set one deviation of a user or policy in the text of a source file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.edit.yaml_text import CannotEditError, Edit, YamlText, find, is_alias, own_entries
from pbxgen.language import rules
from pbxgen.source.tree import Entry, Mapping, Scalar

OFF = "off"
RETURN = "operator_return"
KEYS = (*rules.KEYS, *(f"{RETURN}.{key}" for key in rules.RETURN_KEYS))
_STEP = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """What is to stand under a key."""

    destinations: tuple[str, ...]
    """As written in a source; none: `off`."""
    after: int | None = None
    """Seconds the phone rings first; None keeps what a rule of nothing but `to` and `after` has."""


def holder(file: YamlText, section: str, name: str) -> Entry | None:
    """The entry of a user ("users") or policy ("policies") in the file; None if it is not there."""
    part = find(file.root, section)
    if part is None or is_alias(part):
        return None
    return find(part.value, name)


def set_deviation(file: YamlText, owner: Entry, section: str, key: str, setting: Setting) -> str:
    """The file's text with the deviation ``key`` (of :data:`KEYS`) of ``owner`` set. Raises CannotEditError."""
    path = [*(["deviations"] if section == "users" else []), *key.split(".")]
    style = file.style(owner.key)
    quote = style if style in ("'", '"') else '"'
    at = owner
    for done, step in enumerate(path):
        _require_own_text(at)
        _require_plain_key(file, at)
        if not isinstance(at.value, Mapping):
            return _instead_of(file, at, path[done:], setting, quote)
        entry = find(at.value, step)
        if entry is None:
            _require_not_merged(at.value, step)
            return _added(file, at, at.value, path[done:], setting, quote)
        at = entry
    _require_own_text(at)
    _require_plain_key(file, at)
    return _replaced(file, at, setting, quote)


def _require_own_text(item: Entry) -> None:
    if is_alias(item):
        raise CannotEditError(
            f"{_named(item)} is an alias: what it names belongs to others too; write it out there first"
        )


def _require_plain_key(file: YamlText, item: Entry) -> None:
    """The value of ``? key`` stands after a ``:`` on a line of its own, where this kind of edit does not look."""
    before = file.text[: file.start(item.key)].rstrip()
    if before.endswith("?") and not before[:-1].rstrip(" \t").rpartition("\n")[2].strip(" -{,["):
        raise CannotEditError(f"{_named(item)} is written with `?`; write it as `{item.key.text}: …` first")


def _require_not_merged(mapping: Mapping, key: str) -> None:
    """A key written here would hide the whole of one that comes in through ``<<``."""
    if key in mapping.entries:
        line = next(merge.location.line for merge, source in mapping.merged if key in source.entries)
        raise CannotEditError(f"`{key}` comes in through `<<` (line {line}); write it out there first")


def _named(item: Entry) -> str:
    return f"`{item.key.text}` (line {item.key.location.line})"


def _replaced(file: YamlText, item: Entry, setting: Setting, quote: str) -> str:
    """The value of an existing key, and nothing else."""
    old = item.value
    if isinstance(old, Scalar) and file.style(old) in ("'", '"'):
        quote = file.style(old)
    to, after = find(old, "to"), find(old, "after")
    plain_rule = isinstance(old, Mapping) and {*old.entries} <= {"to", "after"} and not old.merged
    if to is not None and plain_rule and setting.destinations:
        if setting.after is None:
            return _put(file, (to, _value(setting, quote)))
        if after is not None and not is_alias(after):
            return _put(file, (to, _value(Setting(setting.destinations), quote)), (after, str(setting.after)))
    return _put(file, (item, _value(setting, quote)))


def _put(file: YamlText, *values: tuple[Entry, str]) -> str:
    """Each entry's value in the place of its old one."""
    for item, _ in values:
        _require_own_text(item)
    return file.edited(*(edit for item, value in values for edit in _cut(file, item, value)))


def _cut(file: YamlText, item: Entry, value: str) -> Iterator[Edit]:
    """Where ``value`` takes the place of the entry's old one. Comments among the old one follow on their own lines."""
    begin, until = file.value_span(item)
    behind_key = file.end(item.key)
    comments = file.comments(begin, until, item.value)
    beside = ""
    if "\n" in file.text[behind_key:begin]:  # a block on the following lines becomes a value on the key's own
        begin = file.text.index(":", behind_key) + 1
        head = file.text[begin : file.start(item.value)]
        comments = file.comments(begin, file.start(item.value)) + comments
        first_line = head[: head.index("\n")].rstrip()
        if first_line and not file.text[until : file.line_end(until)].strip():
            beside = first_line
            comments = comments[1:]
    space = "" if file.text[begin - 1] in " \t" else " "
    yield Edit(begin, until, f"{space}{value}{beside}")
    if comments:
        behind = file.line_end(until)
        indent = " " * file.column(item.value)
        yield Edit(behind, behind, "".join(f"\n{indent}{comment}" for comment in comments))


def _instead_of(file: YamlText, item: Entry, path: list[str], setting: Setting, quote: str) -> str:
    """A key that has no mapping yet: nothing at all, or ``off``."""
    value = item.value
    if not isinstance(value, Scalar) or value.text not in ("", "~", "null", OFF):
        raise CannotEditError(f"{_named(item)} is not a mapping")
    nested = _value(setting, quote)
    if item.key.text == RETURN and value.text == OFF:  # what was switched off as a whole stays off
        others = [k for k in rules.RETURN_KEYS if k != path[0]]
        nested = "{" + ", ".join([f"{path[0]}: {nested}", *(f"{k}: {OFF}" for k in others)]) + "}"
        path = []
    for key in reversed(path):
        nested = f"{{{key}: {nested}}}"
    return _put(file, (item, nested))


def _added(file: YamlText, item: Entry, mapping: Mapping, path: list[str], setting: Setting, quote: str) -> str:
    """A new entry behind the last one of ``mapping``, the value of ``item``."""
    own = own_entries(mapping)
    if file.style(mapping) == "{":
        nested = _value(setting, quote)
        for key in reversed(path[1:]):
            nested = f"{{{key}: {nested}}}"
        new = f"{path[0]}: {nested}"
        if own and not is_alias(own[-1]):
            at = file.value_span(own[-1])[1]
            return file.edited(Edit(at, at, f", {new}"))
        begin = file.text.index("{", file.start(mapping)) + 1
        if not file.text[begin : file.end(mapping) - 1].strip():
            return file.edited(Edit(begin, file.end(mapping) - 1, new))
        return file.edited(Edit(begin, begin, f"{new}, "))
    indent = file.column(own[0].key if own else mapping.merged[0][0])
    step = max(indent - file.column(item.key), 1) if indent > file.column(item.key) else _STEP
    lines = ""
    for depth, key in enumerate(path):
        lines += f"\n{' ' * (indent + depth * step)}{key}:"
    at = file.line_end(file.end(mapping))
    return file.edited(Edit(at, at, f"{lines} {_value(setting, quote)}"))


def _value(setting: Setting, quote: str) -> str:
    if not setting.destinations:
        return OFF
    written = [_destination(d, quote) for d in setting.destinations]
    to = written[0] if len(written) == 1 else f"[{', '.join(written)}]"
    return to if setting.after is None else f"{{after: {setting.after}, to: {to}}}"


def _destination(text: str, quote: str) -> str:
    """Plain if it is one word, else quoted: not every parser reads a plain ``voicemail:102`` inside ``{}``."""
    if text.isascii() and text.isalpha():
        return text
    if quote == "'":
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
