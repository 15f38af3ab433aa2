"""Inbound numbers for the plan."""

from __future__ import annotations

from pbxgen.flow import plan
from pbxgen.language.context import Context, without_owner
from pbxgen.language.findings import Subject
from pbxgen.language.model_deviations import Conditions
from pbxgen.language.model_inbound import InboundRule, InboundTarget
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.rules import is_list_of_rules
from pbxgen.source.tree import Node


def compile_inbound(bench: Context) -> dict[str, plan.Inbound]:
    found = {}
    tree = bench.draft.node("inbound")
    written = {text: e164 for e164, text in bench.directory.inbound.items()}
    for text in bench.draft.inbound:
        e164 = written.get(text, text)  # one that is wrong in itself is checked all the same
        node = at(tree, text)
        rules = _inbound_rules(bench, bench.draft.inbound[text], node, ("inbound", e164))
        for rule in rules:
            for place in rule.places:
                if place.key == (plan.PlaceKind.INBOUND.value, e164):
                    bench.findings.add(
                        "PBX115",
                        f"the inbound number {e164} leads to itself",
                        place.location,
                        help="choose another destination",
                        subject=("inbound", e164),
                    )
        found[e164] = plan.Inbound(e164, rules, key_of(tree, text))
    return found


def _inbound_rules(bench: Context, target: InboundTarget, node: Node, subject: Subject) -> tuple[plan.Rule, ...]:
    if isinstance(target, InboundRule):
        rules = _inbound_rule(bench, target, node, subject)
        if target.else_ is not None:
            rules += _inbound_rules(bench, target.else_, at(node, "else"), subject)
        return rules
    if isinstance(target, list):
        nodes = items(node)
        if is_list_of_rules(target):
            found: tuple[plan.Rule, ...] = ()
            for value, inner in zip(target, nodes, strict=True):
                found += _inbound_rules(bench, value, inner, subject) if isinstance(value, str) else _inbound_rule(
                    bench, value, inner, subject
                )  # fmt: skip
            return found
        written = bench.rules.one_rule(target, nodes, subject)
    else:
        written = bench.destinations.read(target, node, subject)
    return (plan.Rule(without_owner(bench, written, subject, "inbound"), node.location),)


def _inbound_rule(bench: Context, rule: Conditions, node: Node, subject: Subject) -> tuple[plan.Rule, ...]:
    written = bench.rules.targets(rule, node, subject)
    places = without_owner(bench, written, subject, "inbound")
    condition = bench.rules.condition(rule, node, subject)
    return (plan.Rule(places, node.location, condition),) if rule.enabled else ()
