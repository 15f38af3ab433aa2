"""What changes for one entry, told of another whose flow differs in names only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pbxgen.diff.change import Change
from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.behaviour import Attempt, Node
from pbxgen.flow.machine import EndKind
from pbxgen.flow.plan import PlaceKind

_USER = PlaceKind.USER.value
_ENDS = {EndKind.VOICEMAIL: PlaceKind.MAILBOX.value, EndKind.ANNOUNCED: PlaceKind.ANNOUNCE.value}


class Renaming:
    """``names``: every place of the one flow, and which it is in the other."""

    def __init__(self, names: Mapping[Key, Key]) -> None:
        self._names = names
        self._known: dict[int, Node] = {}

    def change(self, change: Change) -> Change:
        before = None if change.before is None else self._node(change.before)
        after = None if change.after is None else self._node(change.after)
        kind = PlaceKind.OUTSIDE.value if (change.caller or "").startswith("+") else _USER
        caller = None if change.caller is None else self._name(kind, change.caller)
        return replace(change, before=before, after=after, caller=caller)

    def _node(self, node: Node) -> Node:
        if id(node) not in self._known:
            self._known[id(node)] = self._renamed(node)
        return self._known[id(node)]

    def _renamed(self, node: Node) -> Node:
        if not isinstance(node, Attempt):
            return replace(node, value=self._name(_ENDS[node.kind], node.value)) if node.kind in _ENDS else node
        return replace(
            node,
            target=self._name(node.kind.value, node.target),
            shows=None if node.shows is None else self._name(_USER, node.shows),
            branches=tuple((outcomes, self._node(child)) for outcomes, child in node.branches),
        )

    def _name(self, kind: str, target: str) -> str:
        """Words that stand for no place, as "trunk" does, keep."""
        return self._names.get((kind, target), (kind, target))[1]
