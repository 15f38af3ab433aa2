"""Deviations as written -> rules with conditions and destinations read, before any user's rights are checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import ALWAYS, ANONYMOUS, FROM_INSIDE, FROM_OUTSIDE, Callers, Condition, Hours, Origin, Switched
from pbxgen.language.destinations import DestinationReader
from pbxgen.language.findings import Findings
from pbxgen.language.model_deviations import Conditions, Deviations, OperatorReturn, Rule
from pbxgen.language.names import Names
from pbxgen.language.positions import at, each, items, key_of
from pbxgen.language.schedules import ProblemError, parse_date
from pbxgen.language.unresolved import WrittenDestination, long_ring, report_meaningless
from pbxgen.source.tree import Node

CONDITION_FIELDS = frozenset({"after", "when", "from_", "until", "enabled"})
"""Any of these in one element makes a list a list of rules."""

RESERVED = (*Origin, ANONYMOUS)
"""What `from` means by words of its own: no contacts set can be called so."""
_OTHER = {FROM_INSIDE.name: FROM_OUTSIDE, FROM_OUTSIDE.name: FROM_INSIDE}

KEYS = ("unconditional", "busy", "no_answer", "unreachable")
RETURN_KEYS = ("busy", "no_answer", "unreachable")


@dataclass(frozen=True, slots=True)
class WrittenRule:
    destinations: tuple[WrittenDestination, ...]
    condition: Condition
    after: int | None
    location: Location
    enabled: bool


WrittenRules = tuple[WrittenRule, ...]
WrittenDeviations = MappingType[str, WrittenRules]
"""By the names of :class:`pbxgen.flow.plan.Deviations`; only the keys that are written, ``off`` as ()."""


class RuleReader:
    """Reads deviations. ``today`` only decides which rules are reported as past."""

    def __init__(self, destinations: DestinationReader, names: Names, today: dt.date) -> None:
        self._destinations = destinations
        self._names = names
        self._today = today

    def deviations(self, value: Deviations, node: Node, findings: Findings) -> WrittenDeviations:
        """Every key that is written at ``node``."""
        rules_by_key: dict[str, WrittenRules] = {}
        for key in KEYS:
            written = getattr(value, key)
            if written is not None:
                rules_by_key[key] = self._deviation(written, at(node, key), key, findings, returning=False)
        operator_return = value.operator_return
        if operator_return == "off":
            rules_by_key |= {f"return_{key}": () for key in RETURN_KEYS}
        elif isinstance(operator_return, OperatorReturn):
            for key in RETURN_KEYS:
                written = getattr(operator_return, key)
                if written is not None:
                    inner = at(node, "operator_return", key)
                    rules_by_key[f"return_{key}"] = self._deviation(written, inner, key, findings, returning=True)
        return rules_by_key

    def _deviation(
        self, value: str | Rule | list[str | Rule], node: Node, key: str, findings: Findings, *, returning: bool
    ) -> WrittenRules:
        if value == "off":
            return ()
        if not isinstance(value, list):
            return (self._rule(value, node, key, findings, returning=returning),)
        if not is_list_of_rules(value):
            return (WrittenRule(self.one_rule(value, items(node), findings), ALWAYS, None, node.location, True),)
        return tuple(
            self._rule(one, inner, key, findings, returning=returning)
            for one, inner in zip(value, items(node), strict=True)
        )

    def one_rule(
        self, values: list[str | Rule] | list[str | Conditions], nodes: tuple[Node, ...], findings: Findings
    ) -> tuple[WrittenDestination, ...]:
        """A list without conditions: the destinations of one rule, each with its own options."""
        destinations: list[WrittenDestination] = []
        for value, node in zip(values, nodes, strict=True):
            if isinstance(value, str):
                destinations += self._destinations.read(value, node, findings)
            else:
                destinations += self.targets(value, node, findings)
        return tuple(destinations)

    def targets(self, rule: Conditions, node: Node, findings: Findings) -> tuple[WrittenDestination, ...]:
        """Where a rule leads, its options being its destinations' defaults."""
        long_ring(rule.timeout, node, "timeout", findings)
        destinations = self._destinations.read(rule.to, at(node, "to"), findings, rule)
        report_meaningless(rule, node, destinations, findings)
        return destinations

    def _rule(self, rule: str | Rule, node: Node, key: str, findings: Findings, *, returning: bool) -> WrittenRule:
        if isinstance(rule, str):
            destinations = self._destinations.read(rule, node, findings)
            return WrittenRule(destinations, ALWAYS, None, node.location, True)
        after = rule.after
        long_ring(after, node, "after", findings)
        if after is not None and key != "no_answer":
            findings.add(
                "PBX128",
                f"'after' cannot be under {key}: only under no_answer does a phone ring first",
                key_of(node, "after"),
                help="remove it, or write the rule under no_answer",
            )
            after = None
        targets, condition = self.targets(rule, node, findings), self.condition(rule, node, findings)
        if returning and FROM_INSIDE in self._callers(rule, node, findings):
            findings.add(
                "PBX128",
                "operator_return applies only to calls from outside: `from` cannot name calls from inside here",
                key_of(node, "from"),
                help="remove them, or write the rule outside operator_return",
            )
        return WrittenRule(targets, condition, after, node.location, rule.enabled)

    def condition(self, rule: Conditions, node: Node, findings: Findings) -> Condition:
        """When the rule applies; names that do not exist are reported and left out."""
        hours: list[Hours] = []
        switches: list[Switched] = []
        known = self._names.of("switches")
        if rule.when is not None:
            for text, inner in each(rule.when, at(node, "when")):
                name, but = _negated(text)
                if name in known:
                    self._names.mark("switches", name)
                    switches.append(Switched(name, but))
                elif self._names.use("schedules", name, inner.location, findings, also="switches"):
                    hours.append(Hours(name, but))
        callers = self._callers(rule, node, findings)
        if {FROM_INSIDE, FROM_OUTSIDE} <= set(callers):
            callers = []  # everybody
        until = None if rule.until is None else self._until(rule.until, at(node, "until"), rule.enabled, findings)
        return Condition(
            tuple(dict.fromkeys(hours)), tuple(dict.fromkeys(callers)), until, tuple(dict.fromkeys(switches))
        )

    def _callers(self, rule: Conditions, node: Node, findings: Findings) -> list[Callers]:
        callers: list[Callers] = []
        if rule.from_ is None:
            return callers
        for text, inner in each(rule.from_, at(node, "from")):
            name, but = _negated(text)
            if name in RESERVED or self._names.use("contacts", name, inner.location, findings, words=RESERVED):
                callers.append(_OTHER[name] if but and name in _OTHER else Callers(name, but))
        return callers

    def _until(self, text: str, node: Node, enabled: bool, findings: Findings) -> dt.date | None:
        try:
            until = parse_date(text)
        except ProblemError as problem:
            findings.add("PBX126", str(problem), node.location, help=problem.help)
            return None
        if until < self._today and enabled:
            findings.add(
                "PBX154",
                f"this rule ended on {until.isoformat()}",
                node.location,
                help="remove the rule, or give it a later date",
            )
        return until


def _negated(text: str) -> tuple[str, bool]:
    """A name, and whether ``not`` stands before it."""
    words = text.split()
    return (words[1], True) if len(words) == 2 and words[0] == "not" else (text.strip(), False)


def is_list_of_rules(values: list[str | Rule] | list[str | Conditions]) -> bool:
    """Has any element a condition? Otherwise the list is one rule."""
    return any(CONDITION_FIELDS & value.model_fields_set for value in values if not isinstance(value, str))
