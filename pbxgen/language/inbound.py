"""Inbound numbers for the plan."""

from __future__ import annotations

from pbxgen.flow import plan
from pbxgen.language.context import Context, without_owner
from pbxgen.language.findings import Subject
from pbxgen.language.model_deviations import Conditions
from pbxgen.language.model_sections import InboundRule, InboundTarget
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.rules import is_list_of_rules
from pbxgen.source.tree import Node


def compile_inbound(context: Context) -> dict[str, plan.Inbound]:
    found = {}
    tree = context.draft.node("inbound")
    written = {text: e164 for e164, text in context.directory.inbound.items()}
    for text in context.draft.inbound:
        e164 = written.get(text, text)  # one that is wrong in itself is checked all the same
        node = at(tree, text)
        rules = _inbound_rules(context, context.draft.inbound[text], node, ("inbound", e164))
        for rule in rules:
            for place in rule.places:
                if place.key == (plan.PlaceKind.INBOUND.value, e164):
                    context.findings.add(
                        "PBX115",
                        f"the inbound number {e164} leads to itself",
                        place.location,
                        help="choose another destination",
                        subject=("inbound", e164),
                    )
        found[e164] = plan.Inbound(e164, rules, key_of(tree, text))
    return found


def _inbound_rules(context: Context, target: InboundTarget, node: Node, subject: Subject) -> tuple[plan.Rule, ...]:
    if isinstance(target, InboundRule):
        rules = _inbound_rule(context, target, node, subject)
        if target.else_ is not None:
            rules += _inbound_rules(context, target.else_, at(node, "else"), subject)
        return rules
    if isinstance(target, list):
        nodes = items(node)
        if is_list_of_rules(target):
            found: tuple[plan.Rule, ...] = ()
            for value, inner in zip(target, nodes, strict=True):
                found += _inbound_rules(context, value, inner, subject) if isinstance(value, str) else _inbound_rule(
                    context, value, inner, subject
                )  # fmt: skip
            return found
        written = context.rules.one_rule(target, nodes, subject)
    else:
        written = context.destinations.read(target, node, subject)
    return (plan.Rule(without_owner(context, written, subject, "inbound"), node.location),)


def _inbound_rule(context: Context, rule: Conditions, node: Node, subject: Subject) -> tuple[plan.Rule, ...]:
    written = context.rules.targets(rule, node, subject)
    places = without_owner(context, written, subject, "inbound")
    condition = context.rules.condition(rule, node, subject)
    return (plan.Rule(places, node.location, condition),) if rule.enabled else ()
