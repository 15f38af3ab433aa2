"""Compile operator positions, ring groups, services and inbound numbers: their destinations have no diverting user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pbxgen.diagnostics.location import Location
from pbxgen.flow import plan
from pbxgen.flow.pattern import Pattern, wildcards
from pbxgen.language.context import Context
from pbxgen.language.directory import EXTENSION, MOST_NUMBERS, Directory, numbers_each
from pbxgen.language.model_deviations import Conditions
from pbxgen.language.model_sections import Group, InboundRule, InboundTarget, Operator
from pbxgen.language.numbers import is_written_range
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.rules import is_list_of_rules
from pbxgen.language.unresolved import WrittenDestination, long_ring
from pbxgen.language.validate import Draft
from pbxgen.source.tree import Node


def ring_groups(context: Context, section: str) -> dict[str, plan.RingGroup]:
    models: dict[str, Operator] | dict[str, Group]
    models = context.draft.source.operators if section == "operators" else context.draft.source.groups
    tree = context.draft.node(section)
    return {
        name: _position(context, section, name, model, at(tree, name), key_of(tree, name))
        for name, model in models.items()
    }


def services(draft: Draft) -> dict[str, plan.Service]:
    tree = draft.node("services")
    return {
        name: plan.Service(name, model.number, model.returns, key_of(tree, name))
        for name, model in draft.source.services.items()
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
            context.findings.listed_twice(
                f"{extension} is twice a member of {word} {name}", item.location, seen[extension]
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
    # A user of whom nothing is right is in no plan.
    return tuple(extension for extension in seen if extension in context.draft.source.users)


def compile_inbound(whole: Context) -> dict[str, plan.Inbound]:
    inbound: dict[str, plan.Inbound] = {}
    tree, directory = whole.draft.node("inbound"), whole.directory
    known = {text: e164 for e164, text in directory.inbound.items()}
    for text in whole.draft.source.inbound:
        e164 = known.get(text, text)  # the rules of a wrong number are checked too
        node = at(tree, text)
        context = whole.about(("inbound", e164))
        pattern = directory.ranges.get(e164)
        wrong = text not in known and is_written_range(text)  # told with the key
        whole.destinations.in_range = wrong or (pattern is not None and 0 < numbers_each(pattern) <= MOST_NUMBERS)
        rules = _inbound_rules(context, context.draft.source.inbound[text], node)
        whole.destinations.in_range = False
        for rule in rules:
            for place in rule.places:
                if place.kind is plan.PlaceKind.INBOUND and e164 in (place.target, directory.range_of(place.target)):
                    context.findings.add(
                        "PBX115",
                        f"the inbound number {place.target} leads to itself",
                        place.location,
                        help="choose another destination",
                    )
        if pattern is not None:
            _nobody(context, pattern, text, rules)
        inbound[e164] = plan.Inbound(e164, rules, key_of(tree, text), pattern)
    named: dict[str | None, list[str]] = {}
    for number in directory.in_ranges:
        named.setdefault(directory.range_of(number), []).append(number)
    for e164 in directory.ranges:  # the narrower before the wider
        inbound |= _of_range(directory, inbound.pop(e164), named.get(e164, ()))
    return inbound


def _nobody(context: Context, pattern: Pattern, text: str, rules: plan.Rules) -> None:
    """`extension` in a range with fewer or more X's than any extension has digits."""
    place = next((p for rule in rules for p in rule.places if _is_extension(p)), None)
    digits, lengths = len(wildcards(pattern)), {len(extension) for extension in context.directory.extensions}
    if place is None or digits in lengths or not context.names.complete or context.draft.has_broken("users"):
        return
    have = " or ".join(map(str, sorted(lengths)))
    context.findings.add(
        "PBX175",
        f"{text} leads to extensions of {digits} digit{'s' * (digits > 1)}, but extensions here have {have}"
        if have
        else f"{text} leads to extensions, but there are no users",
        place.location,
        help="write as many X's as extensions have digits",
    )


def _of_range(directory: Directory, whole: plan.Inbound, named: Sequence[str]) -> Iterator[tuple[str, plan.Inbound]]:
    """A range; each number of it that a destination names, or whose extension a user has, is one of its own."""
    asked = any(_is_extension(p) for rule in whole.rules for p in rule.places)
    owners = {number: extension for extension, number in directory.of_extensions(whole.number)} if asked else {}
    for number in sorted({*owners, *named} - directory.dids.keys()):
        rules = _rules_for(whole.rules, owners.get(number))
        yield number, plan.Inbound(number, rules, whole.location, part_of=whole.number)
    rules = _rules_for(whole.rules, None)
    if rules or not whole.rules:
        yield whole.number, replace(whole, rules=rules)


def _rules_for(rules: plan.Rules, extension: str | None) -> plan.Rules:
    """The rules with that user where they say `extension`; where there is none such, without what leads nowhere."""
    rules_of_number = []
    for rule in rules:
        known = (p for p in rule.places if extension is not None or not _is_extension(p))
        places = tuple(replace(p, target=extension or "") if _is_extension(p) else p for p in known)
        if places:
            rules_of_number.append(replace(rule, places=places))
    return tuple(rules_of_number)


def _is_extension(place: plan.Place) -> bool:
    return place.key == (plan.PlaceKind.USER.value, EXTENSION)


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
        if destination.text == EXTENSION:
            options = destination.options
            places.append(
                plan.Place(
                    plan.PlaceKind.USER,
                    EXTENSION,
                    destination.location,
                    timeout=options.timeout,
                    confirm=bool(options.confirm),
                )
            )
        elif destination.place is None:
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
