"""Operator positions and ring groups for the plan."""

from __future__ import annotations

from pbxgen.diagnostics.diagnostic import Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow import plan
from pbxgen.language.context import Context, without_owner
from pbxgen.language.model_sections import Group, Operator
from pbxgen.language.positions import at, items, key_of
from pbxgen.language.unresolved import long_ring
from pbxgen.source.tree import Node


def ring_groups(context: Context, section: str) -> dict[str, plan.RingGroup]:
    """The ring groups of ``operators`` or ``groups``."""
    models: dict[str, Operator] | dict[str, Group]
    models = context.draft.operators if section == "operators" else context.draft.groups
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
        overflow = without_owner(context, written, "overflow")
    return plan.RingGroup(
        name=name,
        number=model.number,
        members=_members(context, section, name, model, node),
        strategy=plan.Strategy(model.strategy),
        ring_timeout=timeout if timeout is not None else context.draft.defaults.ring_timeout,
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
                    f"member {extension} of {word} {name} is no user",
                    item.location,
                    help=f"did you mean '{near}'?" if near else "members are extensions of users",
                )
        else:
            seen[extension] = item.location
    return tuple(seen)
