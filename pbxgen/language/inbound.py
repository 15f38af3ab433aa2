"""Inbound numbers for the plan."""

from __future__ import annotations

from pbxgen.flow import plan
from pbxgen.language.context import Context, without_owner
from pbxgen.language.model_deviations import Conditions
from pbxgen.language.model_sections import InboundRule, InboundTarget
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.rules import is_list_of_rules
from pbxgen.source.tree import Node


def compile_inbound(whole: Context) -> dict[str, plan.Inbound]:
    found = {}
    tree = whole.draft.node("inbound")
    written = {text: e164 for e164, text in whole.directory.inbound.items()}
    for text in whole.draft.inbound:
        e164 = written.get(text, text)  # one that is wrong in itself is checked all the same
        node = at(tree, text)
        context = whole.about(("inbound", e164))
        rules = _inbound_rules(context, context.draft.inbound[text], node)
        for rule in rules:
            for place in rule.places:
                if place.key == (plan.PlaceKind.INBOUND.value, e164):
                    context.findings.add(
                        "PBX115",
                        f"the inbound number {e164} leads to itself",
                        place.location,
                        help="choose another destination",
                    )
        found[e164] = plan.Inbound(e164, rules, key_of(tree, text))
    return found


def _inbound_rules(context: Context, target: InboundTarget, node: Node) -> tuple[plan.Rule, ...]:
    if isinstance(target, InboundRule):
        rules = _inbound_rule(context, target, node)
        if target.else_ is not None:
            rules += _inbound_rules(context, target.else_, at(node, "else"))
        return rules
    if isinstance(target, list):
        nodes = items(node)
        if is_list_of_rules(target):
            found: tuple[plan.Rule, ...] = ()
            for value, inner in zip(target, nodes, strict=True):
                if isinstance(value, str):
                    found += _inbound_rules(context, value, inner)
                else:
                    found += _inbound_rule(context, value, inner)
            return found
        written = context.rules.one_rule(target, nodes, context.findings)
    else:
        written = context.destinations.read(target, node, context.findings)
    return (plan.Rule(without_owner(context, written, "inbound"), node.location),)


def _inbound_rule(context: Context, rule: Conditions, node: Node) -> tuple[plan.Rule, ...]:
    written = context.rules.targets(rule, node, context.findings)
    places = without_owner(context, written, "inbound")
    condition = context.rules.condition(rule, node, context.findings)
    return (plan.Rule(places, node.location, condition),) if rule.enabled else ()
