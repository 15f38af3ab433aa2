"""The part of a plan that errors do not affect: enough to find loops in the same run as the errors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.flow.plan import ALWAYS, Deviations, Plan, Rules, User
from pbxgen.language.positions import at, child
from pbxgen.source.tree import Mapping, Node, Scalar

_TWICE = frozenset({"PBX012", "PBX111"})


def partial_plan(plan: Plan, root: Mapping, diagnostics: Sequence[Diagnostic]) -> Plan:
    """A plan of deviations of all calls only: those without conditions, of users in whose lines no error stands.

    Where an error stands in a policy, the rules of all policies are uncertain; where a key or a number is there twice,
    nothing is certain.
    """
    users = {} if any(d.code in _TWICE for d in diagnostics) else _certain(plan, root, diagnostics)
    return dataclasses.replace(plan, users=users, inbound={}, operators={}, groups={}, schedules={}, contacts={})


def _certain(plan: Plan, root: Mapping, diagnostics: Sequence[Diagnostic]) -> dict[str, User]:
    wrong = {
        (d.location.file, d.location.line)
        for d in diagnostics
        if d.severity is Severity.ERROR and d.location is not None
    }
    policies = set(_lines(child(root, "policies")))
    if wrong & policies:
        wrong |= policies
    users = {}
    for extension, user in plan.users.items():
        rules = user.deviations.unconditional
        lines = {
            *_lines(child(at(root, "users"), extension)),
            *((r.location.file, r.location.line) for r in rules),
        }
        certain = rules if _always(rules) and not wrong & lines else ()
        users[extension] = dataclasses.replace(user, deviations=Deviations(unconditional=certain))
    return users


def _always(rules: Rules) -> bool:
    return all(rule.condition == ALWAYS for rule in rules)


def _lines(node: Node | None) -> Iterator[tuple[str, int]]:
    """Where anything of a node stands."""
    if node is None:
        return
    yield node.location.file, node.location.line
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key.location.file, entry.key.location.line
            yield from _lines(entry.value)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _lines(item)
