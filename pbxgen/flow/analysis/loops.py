"""Loops of unconditional deviations: rules that can all apply to one call and lead back to where they began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.machine import first_applying
from pbxgen.flow.plan import PlaceKind, Plan, Rule, Rules

Node = tuple[str, str]
_ENDS = {PlaceKind.MAILBOX, PlaceKind.ANNOUNCE, PlaceKind.RELEASE}


@dataclass(frozen=True, slots=True)
class Loop:
    """The rules of a loop in order, each with the user it stands on; the last leads back to the first user."""

    steps: tuple[tuple[str, Rule], ...]
    situation: Situation


def find_loops(plan: Plan, situations: Situations) -> tuple[Loop, ...]:
    """Each loop once, by its users; the one with the fewest steps where several share users."""
    lists = _rule_lists(plan)
    graph = {node: [n for rule in rules for n in _leads_to(rule)] for node, rules in lists.items()}
    loops = []
    for component in _components(graph):
        atoms = Atoms.of_rules(rule for node in component for rule in lists[node])
        found: set[frozenset[str]] = set()
        for situation in situations.all(atoms):
            for loop in _loops_in(plan, {n: lists[n] for n in component}, situation):
                users = frozenset(user for user, _ in loop.steps)
                if users not in found:
                    found.add(users)
                    loops.append(loop)
    return tuple(loops)


def _rule_lists(plan: Plan) -> dict[Node, Rules]:
    lists = {
        (PlaceKind.USER.value, u.extension): u.deviations.unconditional
        for u in plan.users.values()
        if u.deviations.unconditional
    }
    return lists | {(PlaceKind.INBOUND.value, i.number): i.rules for i in plan.inbound.values()}


def _leads_to(rule: Rule) -> list[Node]:
    """The places whose own unconditional rules the call can come to: nothing behind a mailbox is ever tried."""
    nodes = []
    for place in rule.places:
        if place.kind in _ENDS:
            break
        if place.kind in (PlaceKind.USER, PlaceKind.INBOUND):
            nodes.append(place.key)
    return nodes


def _loops_in(plan: Plan, lists: Mapping[Node, Rules], situation: Situation) -> Iterable[Loop]:
    conditions = situation.conditions(plan)
    applying = {node: first_applying(rules, conditions) for node, rules in lists.items()}
    graph = {n: [t for t in _leads_to(r) if t in lists] for n, r in applying.items() if r is not None}
    for component in _components(graph):
        path = _shortest_cycle(graph, min(component))
        steps = ((n[1], applying[n]) for n in path if n[0] == PlaceKind.USER.value)
        loop = tuple((user, rule) for user, rule in steps if rule is not None)
        if loop:
            yield Loop(loop, situation)


def _shortest_cycle(graph: Mapping[Node, list[Node]], start: Node) -> list[Node]:
    """The shortest way from ``start``, which is on a cycle, back to it."""
    paths = [[start]]
    seen = {start}
    while True:
        longer = []
        for path in paths:
            for node in graph.get(path[-1], ()):
                if node == start:
                    return path
                if node not in seen:
                    seen.add(node)
                    longer.append([*path, node])
        paths = longer


def _components(graph: Mapping[Node, list[Node]]) -> list[list[Node]]:
    """Strongly connected components that hold a cycle (Tarjan 1972, without recursion), each in order."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in graph:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(graph[other])))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1 or node in graph[node]:
                        found.append(sorted(component))
    return found
