"""Strongly connected components of a graph, without recursion."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def components(graph: Mapping[T, Sequence[T]]) -> Iterator[list[T]]:
    """Every component (Tarjan 1972), those that it leads to before it. Edges to what is no node are left out."""
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
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
                    yield _popped(stack, on_stack, node)


def is_cyclic(component: Sequence[T], graph: Mapping[T, Sequence[T]]) -> bool:
    """Does the component, one of ``graph``, hold a cycle?"""
    return len(component) > 1 or component[0] in graph[component[0]]


def _popped(stack: list[T], on_stack: set[T], last: T) -> list[T]:
    component = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        component.append(member)
        if member == last:
            return component
