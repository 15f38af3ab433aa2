"""Trees of calls as graphs: for programs (JSON), for Markdown (Mermaid) and for Graphviz (dot)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pbxgen.flow.behaviour import Attempt, End, Node, nodes_of
from pbxgen.flow.cases import Case
from pbxgen.flow.outline import TreeTeller
from pbxgen.flow.plan import PlaceKind, Plan


def _numbered(root: Node) -> dict[int, int]:
    """The number of each node below ``root``, by its identity; the root is 0."""
    return {id(node): number for number, node in enumerate(nodes_of(root))}


def as_json(case: Case, teller: TreeTeller) -> dict[str, Any]:
    """One case: ``nodes`` by number, the root is 0; ``caller``: whose calls alone it is about."""
    numbers = _numbered(case.root)
    return {
        "origin": case.origin.value,
        "caller": case.caller,
        "when": [[{"kind": one.kind, "name": one.name} for one in together] for together in case.when],
        "words": teller.when(case.when),
        "example": {"at": case.example.moment.strftime("%Y-%m-%d %H:%M"), "from": case.example.caller.number or None},
        "nodes": [_node(node, numbers, teller) for node in nodes_of(case.root)],
    }


def nodes_as_json(root: Node) -> list[dict[str, Any]]:
    """The nodes below ``root`` by number, without words and places; the root is 0."""
    numbers = _numbered(root)
    return [_bare(node, numbers) for node in nodes_of(root)]


def _bare(node: Node, numbers: Mapping[int, int]) -> dict[str, Any]:
    if isinstance(node, End):
        return {"ends": {"lost": True} if node.lost else {node.kind.value: node.value}}
    return {
        "rings": {"kind": node.kind.value, "target": node.target},
        "seconds": node.seconds,
        "confirm": node.confirm,
        "shows": node.shows,
        "trunk": node.trunk,
        "answered": node.answered,
        "cut": node.cut,
        "then": [{"outcomes": [o.value for o in outcomes], "node": numbers[id(c)]} for outcomes, c in node.branches],
    }


def _node(node: Node, numbers: Mapping[int, int], teller: TreeTeller) -> dict[str, Any]:
    inside = _inside(node, teller.plan) if isinstance(node, Attempt) else {}
    return {
        **_bare(node, numbers),
        **inside,
        "words": teller.node(node),
        "file": node.location.file if node.location else None,
        "line": node.location.line if node.location else None,
    }


def _inside(node: Attempt, plan: Plan) -> dict[str, Any]:
    """Who rings there: the members of a group in their order, the legs of follow_me."""
    if node.kind in (PlaceKind.OPERATOR, PlaceKind.GROUP):
        group = plan.group_at((node.kind, node.target))
        return {"strategy": group.strategy.value, "members": list(group.members)}
    if node.kind is not PlaceKind.USER:
        return {}
    legs = plan.users[node.target].follow_me
    return {
        "follow_me": [
            {
                "kind": leg.place.kind.value,
                "target": leg.place.target,
                "delay": leg.delay,
                "seconds": leg.place.timeout,
                "confirm": leg.place.confirm,
            }
            for leg in legs
        ]
    }


def mermaid(titled: list[tuple[str, Case]], teller: TreeTeller) -> Iterator[str]:
    """A flowchart with one box for each case."""
    yield "flowchart TD"
    for number, (title, case) in enumerate(titled):
        nodes, numbers = nodes_of(case.root), _numbered(case.root)
        yield f'  subgraph c{number}["{_mermaid(title)}"]'
        for index, node in enumerate(nodes):
            text = _mermaid(teller.node(node))
            if isinstance(node, Attempt):
                shape = f'["{text}"]'
            else:
                shape = f'{{{{"{text}"}}}}' if node.lost else f'(["{text}"])'
            yield f"    c{number}n{index}{shape}"
        for index, node in enumerate(nodes):
            for label, child in _edges(node, teller):
                yield f'    c{number}n{index} -->|"{_mermaid(label)}"| c{number}n{numbers[id(child)]}'
        yield "  end"


def dot(titled: list[tuple[str, Case]], teller: TreeTeller) -> Iterator[str]:
    """A digraph with one cluster for each case."""
    yield "digraph calls {"
    yield '  node [shape=box, style=rounded, fontname="sans-serif"]; edge [fontname="sans-serif"];'
    for number, (title, case) in enumerate(titled):
        nodes, numbers = nodes_of(case.root), _numbered(case.root)
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(title)};"
        for index, node in enumerate(nodes):
            look = ", style=dashed" if isinstance(node, End) and node.lost else ""
            yield f"    c{number}n{index} [label={_quoted(teller.node(node))}{look}];"
        for index, node in enumerate(nodes):
            for label, child in _edges(node, teller):
                yield f"    c{number}n{index} -> c{number}n{numbers[id(child)]} [label={_quoted(label)}];"
        yield "  }"
    yield "}"


def _edges(node: Node, teller: TreeTeller) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Attempt):
        for outcomes, child in node.branches:
            yield (teller.say("tree.then") if len(node.branches) == 1 else teller.outcomes(outcomes)), child


def _mermaid(text: str) -> str:
    """Escape for Mermaid: its own entities; a quote would end the text, and a leading backtick begin Markdown."""
    for char, entity in (("#", "#35;"), ("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        text = text.replace(char, entity)
    return " ".join(text.split())


def _quoted(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
