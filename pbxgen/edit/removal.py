"""Take an entry out of the text of a source file; its comments stay."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.edit.assignment import OFF
from pbxgen.edit.requirements import named, require_not_merged, require_own_text, require_plain_key
from pbxgen.edit.yaml_text import CannotEditError, Edit, YamlText, find, is_alias, own_entries
from pbxgen.source.tree import Entry, Mapping, Node, Scalar


def without(file: YamlText, owner: Entry, path: list[str]) -> str:
    """The file's text without what stands at ``path`` of ``owner``, nor a mapping that only held it."""
    way = [owner]
    for step in path:
        require_own_text(way[-1])
        value = way[-1].value
        if not isinstance(value, Mapping):
            if isinstance(value, Scalar) and value.text == OFF:
                raise CannotEditError(f"{named(way[-1])} switches off more than that; write its keys out there first")
            return file.edited()
        entry = find(value, step)
        if entry is None:
            require_not_merged(value, step)
            return file.edited()
        way.append(entry)
    while len(way) > 2 and own_entries(way[-2].value) == [way[-1]] and not _merged(way[-2].value):
        way.pop()
    for item in way[1:]:
        require_plain_key(file, item)
    holder, gone = way[-2], way[-1]
    if own_entries(holder.value) == [gone] and not _merged(holder.value):
        begin, until = file.value_span(holder)
        comments = file.comments(begin, until, holder.value)
        if "\n" in file.text[file.end(holder.key) : begin]:
            return file.edited(*_emptied(file, holder))
        return file.edited(Edit(begin, until, "{}"), *_on_own_lines(file, until, file.column(holder.key), comments))
    if isinstance(holder.value, Mapping) and file.style(holder.value) == "{":
        return file.edited(*_without_in_brackets(file, holder.value, gone))
    return file.edited(_without_line(file, gone))


def _merged(node: Node) -> bool:
    return isinstance(node, Mapping) and bool(node.merged)


def _emptied(file: YamlText, holder: Entry) -> Iterator[Edit]:
    """A block of which nothing stays but its comments becomes an empty mapping."""
    until = file.value_span(holder)[1]
    behind = file.text.index(":", file.end(holder.key)) + 1
    yield Edit(behind, behind, " {}")
    head = file.line_end(behind)
    kept = file.comments(head, file.line_end(until), holder.value)
    indent = " " * file.column(holder.value)
    yield Edit(head, file.line_end(until), "".join(f"\n{indent}{comment}" for comment in kept))


def _without_line(file: YamlText, gone: Entry) -> Edit:
    """The lines of a block's entry; their comments stay, on lines of their own."""
    begin = file.start(gone.key)
    begin = max(file.text.rfind("\n", 0, begin), file.text.rfind("\r", 0, begin)) + 1
    until = file.line_end(file.value_span(gone)[1])
    if file.text[begin : file.start(gone.key)].strip():
        raise CannotEditError(f"{named(gone)} does not begin its line; write it on a line of its own first")
    kept = file.comments(begin, until, gone.value)
    if kept:
        indent = " " * file.column(gone.key)
        return Edit(begin, until, "\n".join(f"{indent}{comment}" for comment in kept))
    behind = until + (2 if file.text[until : until + 2] == "\r\n" else 1)
    if behind > len(file.text):  # the last line, without a line break
        begin = max(0, begin - len(file.newline))
    return Edit(begin, min(behind, len(file.text)), "")


def _without_in_brackets(file: YamlText, mapping: Mapping, gone: Entry) -> Iterator[Edit]:
    """An entry of ``{…}`` and the comma beside it."""
    own = own_entries(mapping)
    at = own.index(gone)
    if is_alias(gone) or any(map(is_alias, own[max(0, at - 1) : at + 2])) or _merged(mapping):
        raise CannotEditError(f"{named(gone)} stands beside an alias; take it out by hand")
    if at + 1 < len(own):
        begin, until = file.start(gone.key), file.start(own[at + 1].key)
    else:
        begin, until = file.value_span(own[at - 1])[1], file.value_span(gone)[1]
    comments = file.comments(begin, until, gone.value)
    yield Edit(begin, until, "")
    yield from _on_own_lines(file, until, file.column(mapping), comments)


def _on_own_lines(file: YamlText, at: int, column: int, comments: list[str]) -> Iterator[Edit]:
    """Comments, below the line that ``at`` is in."""
    if comments:
        behind = file.line_end(at)
        yield Edit(behind, behind, "".join(f"\n{' ' * column}{comment}" for comment in comments))
