"""Compile operator positions, ring groups and inbound numbers: their destinations have no diverting user."""

from __future__ import annotations

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow import plan
from pbxgen.language.context import Context
from pbxgen.language.model_deviations import Conditions
from pbxgen.language.model_sections import Group, InboundRule, InboundTarget, Operator
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.rules import is_list_of_rules
from pbxgen.language.unresolved import WrittenDestination, long_ring
from pbxgen.source.tree import Node


def ring_groups(context: Context, section: str) -> dict[str, plan.RingGroup]:
    models: dict[str, Operator] | dict[str, Group]
    models = context.draft.source.operators if section == "operators" else context.draft.source.groups
    tree = context.draft.node(section)
    return {
        name: _position(context, section, name, model, at(tree, name), key_of(tree, name))
        for name, model in models.items()
    }


def _position(
    context: Context, section: str, name: str, model: Group, node: Node, location: Location
) -> plan.RingGroup:
    context = context.about((section[:-1], name))
    timeout = model.ring_timeout
    long_ring(timeout, node, "ring_timeout", context.findings)
    overflow: tuple[plan.Place, ...] = ()
    if model.overflow is not None:
        written = context.destinations.read(model.overflow, at(node, "overflow"), context.findings)
        overflow = _without_user(context, written, "overflow")
    return plan.RingGroup(
        name=name,
        number=model.number,
        members=_members(context, section, name, model, node),
        strategy=plan.Strategy(model.strategy),
        ring_timeout=timeout if timeout is not None else context.draft.source.defaults.ring_timeout,
        overflow=overflow,
        location=location,
    )


def _members(context: Context, section: str, name: str, model: Group, node: Node) -> tuple[str, ...]:
    known = context.names.of("users")
    seen: dict[str, Location] = {}
    word = "operator position" if section == "operators" else "group"
    for extension, item in zip(model.members, items(at(node, "members")), strict=True):
        if extension in seen:
            context.findings.add(
                "PBX123",
                f"{extension} is twice a member of {word} {name}",
                item.location,
                help="remove one of the two",
                related=[Related("first here", seen[extension])],
            )
        elif extension not in known:
            if context.names.complete:
                near = context.findings.near(extension, known)
                context.findings.add(
                    "PBX122",
                    f"member {extension} of {word} {name} is not a user",
                    item.location,
                    help=f"did you mean '{near}'?" if near else "members are extensions of users",
                )
        else:
            seen[extension] = item.location
    return tuple(seen)


def compile_inbound(whole: Context) -> dict[str, plan.Inbound]:
    inbound = {}
    tree = whole.draft.node("inbound")
    written = {text: e164 for e164, text in whole.directory.inbound.items()}
    for text in whole.draft.source.inbound:
        e164 = written.get(text, text)  # the rules of a wrong number are checked too
        node = at(tree, text)
        context = whole.about(("inbound", e164))
        rules = _inbound_rules(context, context.draft.source.inbound[text], node)
        for rule in rules:
            for place in rule.places:
                if place.key == (plan.PlaceKind.INBOUND.value, e164):
                    context.findings.add(
                        "PBX115",
                        f"the inbound number {e164} leads to itself",
                        place.location,
                        help="choose another destination",
                    )
        inbound[e164] = plan.Inbound(e164, rules, key_of(tree, text))
    return inbound


def _inbound_rules(context: Context, target: InboundTarget | Conditions, node: Node) -> tuple[plan.Rule, ...]:
    if isinstance(target, InboundRule):
        rules = _inbound_rule(context, target, node)
        if target.else_ is not None:
            rules += _inbound_rules(context, target.else_, at(node, "else"))
        return rules
    if isinstance(target, Conditions):
        return _inbound_rule(context, target, node)
    if isinstance(target, list) and is_list_of_rules(target):
        both = zip(target, items(node), strict=True)
        return tuple(rule for value, inner in both for rule in _inbound_rules(context, value, inner))
    if isinstance(target, list):
        written = context.rules.one_rule(target, items(node), context.findings)
    else:
        written = context.destinations.read(target, node, context.findings)
    return (plan.Rule(_without_user(context, written, "inbound"), node.location),)


def _inbound_rule(context: Context, rule: Conditions, node: Node) -> tuple[plan.Rule, ...]:
    written = context.rules.targets(rule, node, context.findings)
    places = _without_user(context, written, "inbound")
    condition = context.rules.condition(rule, node, context.findings)
    return (plan.Rule(places, node.location, condition),) if rule.enabled else ()


def _without_user(context: Context, written: tuple[WrittenDestination, ...], where: str) -> tuple[plan.Place, ...]:
    """Places where there is no diverting user, hence no own mailbox, no own mobile, and any route."""
    places = []
    for destination in written:
        if destination.place is None:
            what = destination.text
            context.findings.add(
                "PBX125",
                f"a bare '{what}' has no meaning under {where}: there is no diverting user",
                destination.location,
                help="say whose: voicemail:101" if what == "voicemail" else "write the number itself",
            )
        else:
            places.append(destination.place)
    return tuple(places)
