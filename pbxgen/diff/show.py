"""Changes as text, as a comment of a pull request, and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pbxgen.diagnostics.display import printable
from pbxgen.diff.words import Block

MOST_CHARACTERS = 60_000
"""Of a comment; GitHub takes 65,536, and somebody may put a line above it."""

Shown = Sequence[tuple[str, tuple[Block, ...]]]
"""By tenant."""

_KINDS = {"+": "new", "-": "gone", "~": "changed"}


def as_data(block: Block) -> dict[str, Any]:
    return {
        "kind": _KINDS[block.sign],
        "title": block.title,
        "targets": list(block.targets),
        "changes": list(block.lines),
    }


def text_lines(found: Shown, same: bool) -> list[str]:
    if same:
        return ["nothing changes for callers"]
    lines = []
    for name, shown in found:
        if len(found) > 1 and shown:
            lines.append(f"{name}:")
        for block in shown:
            lines.append(f"{block.sign} {block.title}")
            lines += [f"    {line}" for line in block.lines]
    return lines


def markdown(found: Shown, same: bool) -> str:
    """Never longer than a comment may be; what had to be left out is counted."""
    if same:
        return "**Nothing changes for callers.**"
    every = [block for _, shown in found for block in shown]
    text = f"### What changes for callers ({_count(every)})\n"
    left: list[Block] = []
    for name, shown in found:
        if len(found) > 1 and shown and not left:
            text += f"\n#### {_escaped(name)}\n"
        text += "\n"
        for block in shown:
            item = _item(block)
            if left or len(text) + len(item) > MOST_CHARACTERS:
                left.append(block)
            else:
                text += item
    if left:
        text += f"\n… and {_count(left):,} more, left out of this comment; `pbxgen diff` tells them all.\n"
    return text


def _count(blocks: Sequence[Block]) -> int:
    return sum(max(1, len(block.targets)) for block in blocks)


def _item(block: Block) -> str:
    mark = {"+": "new: ", "-": "gone: ", "~": ""}[block.sign]
    return f"- {mark}**{_escaped(block.title)}**\n" + "".join(f"  - {_escaped(line)}\n" for line in block.lines)


def _escaped(text: str) -> str:
    """Names are anybody's text: no Markdown, no mention, no HTML in them."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")
    return "".join(f"\\{c}" if c in "\\`*_{}[]#|~!" else c for c in text)
