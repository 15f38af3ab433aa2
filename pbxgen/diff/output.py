"""Changes as text, as a comment of a pull request, and as JSON (docs/json.md describes every field)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pbxgen.diagnostics.display import printable
from pbxgen.diff.result import Result, Section
from pbxgen.diff.words import Block, Told
from pbxgen.flow.behaviour import Node
from pbxgen.flow.graph import nodes_as_json
from pbxgen.flow.plan import Outcome
from pbxgen.phrases import Phrases

MOST_CHARACTERS = 60_000
"""Of a comment; GitHub takes 65,536, and somebody may put a line above it."""


def text_lines(result: Result, say: Phrases) -> list[str]:
    lines = [made.about for made in result.made]
    if lines:
        lines.append("")
    if result.same:
        return [*lines, say("diff.same")]
    for section in result.sections:
        if len(result.sections) > 1 and section.blocks:
            lines.append(f"{section.title}:")
        for block in section.blocks:
            lines.append(f"{block.sign} {block.title}")
            lines += [f"    {line}" for line in block.lines]
        lines += _more(section, say)
    return lines


def _more(section: Section, say: Phrases) -> list[str]:
    """Not "nothing changes": what comes after many ringings, or other positions of switches, were not looked at."""
    lines = [say("diff.more", number=section.more)] if section.more else []
    return [*lines, say("diff.positions", switches=", ".join(section.left_out))] if section.left_out else lines


def markdown(result: Result, say: Phrases) -> str:
    """Never longer than a comment may be; what had to be left out is counted."""
    about = "".join(f"{escaped(made.about)}.\n\n" for made in result.made)
    if result.same:
        same = say("diff.same")
        return f"{about}**{same[0].upper()}{same[1:]}.**"
    every = [block for section in result.sections for block in section.blocks]
    text = f"### {say('diff.heading', number=_count(every))}\n"
    if about:
        text += f"\n{about.rstrip()}\n"
    left: list[Block] = []
    for section in result.sections:
        if len(result.sections) > 1 and section.blocks and not left:
            text += f"\n#### {escaped(section.title)}\n"
        text += "\n"
        for block in section.blocks:
            item = _item(block, say)
            if left or len(text) + len(item) > MOST_CHARACTERS:
                left.append(block)
            else:
                text += item
        text += "".join(f"\n{escaped(line)}\n" for line in _more(section, say))
    if left:
        text += f"\n{say('diff.left_out', number=_count(left))}\n"
    return text


def _count(blocks: Sequence[Block]) -> int:
    return sum(max(1, len(block.targets)) for block in blocks)


def _item(block: Block, say: Phrases) -> str:
    mark = "" if block.sign == "~" else say(f"diff.kind.{_KINDS[block.sign]}")
    return f"- {mark}**{escaped(block.title)}**\n" + "".join(f"  - {escaped(line)}\n" for line in block.lines)


def escaped(text: str) -> str:
    """Names are anybody's text: no Markdown, no mention, no HTML in them."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")
    return "".join(f"\\{c}" if c in "\\`*_{}[]#|~!" else c for c in text)


_KINDS = {"+": "new", "-": "gone", "~": "changed"}


def document(result: Result) -> dict[str, Any]:
    tenants: dict[str, list[dict[str, Any]]] = {}
    for section in result.sections:
        tenants.setdefault(section.tenant, []).extend(_block(block, section) for block in section.blocks)
    return {
        "version": 1,
        "old": result.old,
        "new": result.new,
        "same": result.same,
        "cut": any(section.more or section.left_out for section in result.sections),
        "generated": [{"folders": list(m.folders), "current": dict(m.current), "from": m.origin} for m in result.made],
        "tenants": tenants,
    }


def _block(block: Block, section: Section) -> dict[str, Any]:
    return {
        "kind": _KINDS[block.sign],
        "about": block.about,
        "targets": list(block.targets),
        "folders": list(section.folders),
        "title": block.title,
        "changes": [_change(told) for told in block.told],
    }


def _change(told: Told) -> dict[str, Any]:
    change = told.change
    outcomes = [o for o in told.aspect.split("+") if o in set(Outcome)]
    return {
        "text": told.text,
        "aspect": "outcomes" if outcomes else told.aspect,
        "outcomes": outcomes,
        "origin": None if change is None or change.origin is None else change.origin.value,
        "caller": None if change is None else change.caller,
        "when": []
        if change is None
        else [[{"kind": o.kind, "name": o.name} for o in all_of] for all_of in change.when],
        "excepted": change is not None and change.excepted,
        "before": _state(told.before, None if change is None else change.before),
        "after": _state(told.after, None if change is None else change.after),
    }


def _state(words: str, node: Node | None) -> dict[str, Any] | None:
    if not words:
        return None
    return {"words": words, "nodes": [] if node is None else nodes_as_json(node)}
