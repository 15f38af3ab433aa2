"""What ``pbxgen diff --format json`` prints. docs/json.md describes every field."""

from __future__ import annotations

from typing import Any

from pbxgen.diff.result import Result, Section
from pbxgen.diff.words import Block, Told
from pbxgen.flow.behaviour import Node
from pbxgen.flow.graph import nodes_as_json
from pbxgen.flow.plan import Outcome

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
        "cut": any(section.more for section in result.sections),
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
