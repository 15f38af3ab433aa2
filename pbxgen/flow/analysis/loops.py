"""Loops of unconditional deviations: rules that can all apply to one call and lead back to where they began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.components import components, is_cyclic
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.analysis.situations import Situation, Situations
from pbxgen.flow.machine import first_applying
from pbxgen.flow.plan import PlaceKind, Plan, Rule, Rules


@dataclass(frozen=True, slots=True)
class Loop:
    """The rules of a loop in order, each with the user it stands on; the last leads back to the first user."""

    steps: tuple[tuple[str, Rule], ...]


def find_loops(plan: Plan, situations: Situations) -> tuple[Loop, ...]:
    """Each loop once, by its users; the one with the fewest steps where several share users."""
    lists = _rule_lists(plan)
    graph = {node: [n for rule in rules for n in _leads_to(rule)] for node, rules in lists.items()}
    loops = []
    for component in _cycles(graph):
        conditions = [rule.condition for node in component for rule in lists[node]]
        calls = CallSets.of_strangers(situations, conditions)
        known_loops: set[frozenset[str]] = set()
        for situation in sorted(map(calls.first_of, calls.divided_by(conditions)), key=lambda s: s.moment):
            for loop in _loops_in(plan, {n: lists[n] for n in component}, situation):
                users = frozenset(user for user, _ in loop.steps)
                if users not in known_loops:
                    known_loops.add(users)
                    loops.append(loop)
    return tuple(loops)


def _rule_lists(plan: Plan) -> dict[Key, Rules]:
    lists = {
        (PlaceKind.USER.value, u.extension): u.deviations.unconditional
        for u in plan.users.values()
        if u.deviations.unconditional
    }
    return lists | {(PlaceKind.INBOUND.value, i.number): i.rules for i in plan.inbound.values()}


def _leads_to(rule: Rule) -> list[Key]:
    """The places whose own unconditional rules the call can come to: places after a mailbox are never tried."""
    nodes = []
    for place in rule.places:
        if place.ends_call:
            break
        if place.kind in (PlaceKind.USER, PlaceKind.INBOUND):
            nodes.append(place.key)
    return nodes


def _loops_in(plan: Plan, lists: Mapping[Key, Rules], situation: Situation) -> Iterable[Loop]:
    conditions = situation.conditions(plan)
    applying = {node: first_applying(rules, conditions) for node, rules in lists.items()}
    graph = {n: [t for t in _leads_to(r) if t in lists] for n, r in applying.items() if r is not None}
    for component in _cycles(graph):
        path = _shortest_cycle(graph, min(component))
        steps = ((n[1], applying[n]) for n in path if n[0] == PlaceKind.USER.value)
        loop = tuple((user, rule) for user, rule in steps if rule is not None)
        if loop:
            yield Loop(loop)


def _shortest_cycle(graph: Mapping[Key, list[Key]], start: Key) -> list[Key]:
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


def _cycles(graph: Mapping[Key, list[Key]]) -> list[list[Key]]:
    """Strongly connected components that hold a cycle, each in order."""
    return [sorted(component) for component in components(graph) if is_cyclic(component, graph)]
