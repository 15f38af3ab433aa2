"""Set one deviation of a user or policy in the text of a source file, or take it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pbxgen.edit.assignment import CONDITIONS, OFF, RETURN, Assignment, Flag, Inherit, NewRule
from pbxgen.edit.removal import without
from pbxgen.edit.requirements import named, require_not_merged, require_own_text, require_plain_key
from pbxgen.edit.yaml_text import CannotEditError, Edit, YamlText, find, is_alias, own_entries
from pbxgen.language import rules
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence

_STEP = 2
_PLAIN = re.compile(r"(?:not )?[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_NO_TEXTS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""Words that some parsers do not read as texts."""


def holder(file: YamlText, section: str, name: str) -> Entry | None:
    """The entry of a user ("users") or policy ("policies") in the file; None if it is not there."""
    part = find(file.root, section)
    if part is None or is_alias(part):
        return None
    return find(part.value, name)


def with_assignment(file: YamlText, owner: Entry, assignment: Assignment) -> str:
    """The file's text as ``assignment`` wants it of ``owner``, its user or policy. Raises CannotEditError."""
    if isinstance(assignment.value, Inherit):
        return without(file, owner, assignment.path)
    setting, path = assignment.value, assignment.path
    style = file.style(owner.key)
    quote = style if style in ("'", '"') else '"'
    at = owner
    for done, step in enumerate(path):
        require_own_text(at)
        require_plain_key(file, at)
        if not isinstance(at.value, Mapping):
            return _instead_of(file, at, path[done:], setting, quote)
        entry = find(at.value, step)
        if entry is None:
            require_not_merged(at.value, step)
            return _added(file, at, at.value, path[done:], setting, quote)
        at = entry
    require_own_text(at)
    require_plain_key(file, at)
    return _replaced(file, at, setting, quote)


def conditions(owner: Entry, path: list[str]) -> Iterator[Entry]:
    """The conditions of the rules that stand at ``path`` of ``owner``, or below it, each as it is written."""
    at: Entry | None = owner
    for step in path:
        at = None if at is None or not isinstance(at.value, Mapping) else at.value.entries.get(step)
    if at is not None:
        yield from _conditions(at.value)


def is_written(owner: Entry, path: list[str]) -> bool:
    """Does anything stand at ``path`` of ``owner``? What is off as a whole is off in each of its parts."""
    node: Node = owner.value
    for step in path:
        if not isinstance(node, Mapping):
            break
        if step not in node.entries:
            return False
        node = node.entries[step].value
    return not isinstance(node, Scalar) or node.value is not None


def policies_of(owner: Entry) -> list[str]:
    """The names of a user's policies, as they are written."""
    entry = owner.value.entries.get("policy") if isinstance(owner.value, Mapping) else None
    nodes = () if entry is None else entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    return [node.text for node in nodes if isinstance(node, Scalar)]


def _conditions(node: Node) -> Iterator[Entry]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _conditions(item)
    elif isinstance(node, Mapping):
        for key, entry in node.entries.items():
            if key in CONDITIONS:
                yield entry
            elif key != "to":
                yield from _conditions(entry.value)


def _replaced(file: YamlText, item: Entry, setting: NewRule | Flag, quote: str) -> str:
    """The value of an existing key, and nothing else."""
    old = item.value
    if isinstance(old, Scalar) and file.style(old) in ("'", '"'):
        quote = file.style(old)
    to, after = find(old, "to"), find(old, "after")
    if not isinstance(setting, NewRule) or not isinstance(old, Mapping) or not setting.destinations:
        return _put(file, (item, _value(setting, quote)))
    confirm_fits = "confirm" not in old.entries or (setting.keeps_options and _may_ring(setting.destinations))
    if to is not None and {*old.entries} <= {"to", "after", "confirm"} and not old.merged and confirm_fits:
        if setting.is_short and (setting.keeps_options or after is None):
            return _put(file, (to, _value(setting, quote)))
        short = replace(setting, after=None)
        if setting.after is not None and short.is_short and after is not None and not is_alias(after):
            return _put(file, (to, _value(short, quote)), (after, str(setting.after)))
    return _put(file, (item, _value(_with_options(setting, old) if setting.keeps_options else setting, quote)))


def _with_options(setting: NewRule, old: Mapping) -> NewRule:
    """With what the rule in its place says of the time before it and of confirming, where ``setting`` does not."""
    after, confirm = (old.entries[key].value if key in old.entries else None for key in ("after", "confirm"))
    had = after.text if isinstance(after, Scalar) else ""
    if setting.after is None and had.isascii() and had.isdigit():
        setting = replace(setting, after=int(had))
    if isinstance(confirm, Scalar) and confirm.value is True and _may_ring(setting.destinations):
        setting = replace(setting, confirm=True)
    return setting


def _may_ring(destinations: tuple[str, ...]) -> bool:
    """Is there a person at any of them, who could confirm?"""
    return any(one.partition(":")[0] not in ("voicemail", "announce", "busy", "hangup") for one in destinations)


def _put(file: YamlText, *values: tuple[Entry, str]) -> str:
    """Each entry's value in the place of its old one."""
    for item, _ in values:
        require_own_text(item)
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


def _instead_of(file: YamlText, item: Entry, path: list[str], setting: NewRule | Flag, quote: str) -> str:
    """A key that has no mapping yet: nothing at all, or ``off``."""
    value = item.value
    if not isinstance(value, Scalar) or value.text not in ("", "~", "null", OFF):
        raise CannotEditError(f"{named(item)} is not a mapping")
    nested = _value(setting, quote)
    if item.key.text == RETURN and value.text == OFF:  # what was switched off as a whole stays off
        others = [k for k in rules.RETURN_KEYS if k != path[0]]
        nested = "{" + ", ".join([f"{path[0]}: {nested}", *(f"{k}: {OFF}" for k in others)]) + "}"
        path = []
    for key in reversed(path):
        nested = f"{{{key}: {nested}}}"
    return _put(file, (item, nested))


def _added(file: YamlText, item: Entry, mapping: Mapping, path: list[str], setting: NewRule | Flag, quote: str) -> str:
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


def _value(setting: NewRule | Flag, quote: str) -> str:
    if isinstance(setting, Flag):
        return "true" if setting.on else "false"
    if not setting.destinations:
        return OFF
    written = [_destination(d, quote) for d in setting.destinations]
    to = written[0] if len(written) == 1 else f"[{', '.join(written)}]"
    if setting.is_short:
        return to
    parts = [] if setting.after is None else [f"after: {setting.after}"]
    parts.append(f"to: {to}")
    named = (("when", setting.when), ("from", setting.origin))
    parts += [f"{key}: {_name(value, quote)}" for key, value in named if value]
    if setting.until:
        parts.append(f"until: {setting.until}")
    if setting.confirm:
        parts.append("confirm: true")
    return f"{{{', '.join(parts)}}}"


def _name(text: str, quote: str) -> str:
    """Plain if every parser reads it as a text."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _NO_TEXTS
    return text if plain else _quoted(text, quote)


def _destination(text: str, quote: str) -> str:
    """Plain if it is one word, else quoted: not every parser reads a plain ``voicemail:102`` inside ``{}``."""
    if text.isascii() and text.isalpha():
        return text
    return _quoted(text, quote)


def _quoted(text: str, quote: str) -> str:
    if quote == "'":
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
