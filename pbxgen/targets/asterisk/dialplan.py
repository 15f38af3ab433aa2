"""What the template of a tenant's dialplan prints: every decision is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pbxgen.flow.plan import Contacts, Inbound, Plan, RingGroup, Route, Trunk, User
from pbxgen.flow.schedule import Schedule
from pbxgen.targets.asterisk import calendar, names
from pbxgen.targets.asterisk.deviations import Block, Shared, condition_notes, deviation_lines, find_shared, notes_on
from pbxgen.targets.asterisk.names import EndpointNames
from pbxgen.targets.asterisk.places import Line, Owner, legs, places, rule_lines
from pbxgen.targets.asterisk.siblings import Key

FEW_CONTACTS = 200
"""So many numbers of a contacts set share one context; more are put in buckets."""


@dataclass(frozen=True, slots=True)
class Context:
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class TrunkView:
    context: str
    name: str
    where: str
    settings: str
    sibling: str
    """``tenant/trunk`` that is asked next for a number this tenant does not have; empty for none."""


@dataclass(frozen=True, slots=True)
class RouteView:
    context: str
    where: str
    patterns: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class ScheduleView:
    context: str
    where: str
    weekly: tuple[calendar.Entry, ...]
    opened: tuple[calendar.Entry, ...]
    closed: tuple[calendar.Year, ...]


@dataclass(frozen=True, slots=True)
class ContactsView:
    context: str
    where: str
    here: tuple[str, ...]
    buckets: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class DialplanView:
    """A tenant's dialplan, ready to be printed."""

    plan: Plan
    endpoints: EndpointNames
    trunks: tuple[TrunkView, ...]
    emergency: tuple[tuple[str, str], ...]
    routes: tuple[RouteView, ...]
    shared: tuple[Block, ...]
    users: tuple[Context, ...]
    groups: tuple[Context, ...]
    inbound: tuple[Context, ...]
    schedules: tuple[ScheduleView, ...]
    contacts: tuple[ContactsView, ...]


def view(plan: Plan, endpoints: EndpointNames, siblings: Mapping[Key, Key]) -> DialplanView:
    shared = find_shared(plan)
    return DialplanView(
        plan=plan,
        endpoints=endpoints,
        trunks=tuple(_trunk(plan, trunk, siblings) for trunk in plan.trunks.values()),
        emergency=tuple(_emergency(plan)),
        routes=tuple(_route(plan, route) for route in plan.routes.values() if not route.emergency),
        shared=shared.blocks,
        users=_bucketed((names.users(plan, u.extension), _user(plan, u, shared)) for u in plan.users.values()),
        groups=_bucketed(_groups(plan)),
        inbound=_bucketed(_numbers(plan)),
        schedules=tuple(_schedule(plan, schedule) for schedule in plan.schedules.values()),
        contacts=tuple(_contacts(plan, contacts) for contacts in plan.contacts.values()),
    )


def _bucketed(blocks: Iterable[tuple[str, Block]]) -> tuple[Context, ...]:
    """Contexts and their extensions in the order of their numbers, whatever the order of the source."""
    ordered = sorted(blocks, key=lambda pair: (len(pair[1].extension), pair[1].extension))
    contexts = []
    for name, members in groupby(ordered, key=lambda pair: pair[0]):
        contexts.append(Context(name, tuple(block for _, block in members)))
    return tuple(contexts)


def _user(plan: Plan, user: User, shared: Shared) -> Block:
    mailbox = "no" if user.mailbox is None else "open" if user.mailbox.pin is None else "pin"
    data = [
        str(user.ring_timeout),
        "yes" if user.call_waiting else "no",
        "yes" if user.dnd else "no",
        mailbox,
        user.own_number or "",
        "&".join(user.routes or ()),
    ]
    common = shared.of(plan, user)
    if common is None:
        lines = deviation_lines(plan, user, Owner(user.extension))
        notes = condition_notes(user)
    else:
        lines, notes = (), ()
        data += [user.mobile or "", common]
    first = Line(f"Return({','.join(data)})")
    follow = (Line(f"Return({legs(plan, user.follow_me)})", "follow_me"),) if user.follow_me else ()
    return Block(user.extension, user.name, user.location.short, (first, *lines, *follow), notes)


def _groups(plan: Plan) -> Iterator[tuple[str, Block]]:
    kinds = (("operator", plan.operators), ("group", plan.groups))
    for kind, found in kinds:
        for group in found.values():
            yield names.groups(plan, group.number), _group(plan, kind, group)


def _group(plan: Plan, kind: str, group: RingGroup) -> Block:
    lines = [Line(f"Return({group.strategy.value},{group.ring_timeout},{'&'.join(group.members)})")]
    if group.overflow:
        lines.append(Line(f"Return({places(plan, group.overflow)})", "overflow"))
    return Block(group.number, f"{kind} {group.name}", group.location.short, tuple(lines))


def _numbers(plan: Plan) -> Iterator[tuple[str, Block]]:
    for number, extension in plan.dids.items():
        user = plan.users[extension]
        yield (
            names.inbound(plan, number),
            Block(number, user.name, user.location.short, (Line(f"Return(user/{extension})"),)),
        )
    for number, entry in plan.inbound.items():
        yield names.inbound(plan, number), _inbound(plan, entry)


def _inbound(plan: Plan, entry: Inbound) -> Block:
    lines = [Line(f"Return(inbound/{entry.number})"), *rule_lines(plan, "inbound", entry.rules)]
    return Block(entry.number, "", entry.location.short, tuple(lines), tuple(notes_on("inbound", entry.rules)))


def _emergency(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every way to dial an emergency number, and what is sent over which trunk."""
    for number, trunk in plan.emergency.items():
        yield number, f"{number},{trunk}"
    line = plan.numbering.outside_line
    for number, trunk in plan.emergency.items():
        if line and line + number not in plan.emergency:
            yield line + number, f"{number},{trunk}"


def _trunk(plan: Plan, trunk: Trunk, siblings: Mapping[Key, Key]) -> TrunkView:
    settings = (trunk.number_format.value, trunk.caller_id.value, trunk.diversion.value, trunk.number or "")
    sibling = "/".join(siblings.get((plan.name, trunk.name), ()))
    return TrunkView(names.trunk(plan, trunk.name), trunk.name, trunk.location.short, ",".join(settings), sibling)


def _route(plan: Plan, route: Route) -> RouteView:
    patterns = tuple(p.text if p.literal else f"_{p.text}" for p in route.patterns)
    return RouteView(names.route(plan, route.name), route.location.short, patterns, f"{route.name},{route.trunk}")


def _schedule(plan: Plan, schedule: Schedule) -> ScheduleView:
    return ScheduleView(
        names.schedule(plan, schedule.name),
        schedule.location.short,
        calendar.weekly(schedule),
        calendar.opened(schedule),
        calendar.closed(schedule),
    )


def _contacts(plan: Plan, contacts: Contacts) -> ContactsView:
    context = names.contacts(plan, contacts.name)
    literal = sorted({p.text for p in contacts.patterns if p.literal}, key=lambda n: (len(n), n))
    patterns = list(dict.fromkeys(f"_{p.text}" for p in contacts.patterns if not p.literal))
    if len(literal) <= FEW_CONTACTS:
        return ContactsView(context, contacts.location.short, (*literal, *patterns), ())
    buckets = groupby(literal, key=names.bucket)
    named = tuple((f"{context}.{bucket}", tuple(members)) for bucket, members in buckets)
    return ContactsView(context, contacts.location.short, tuple(patterns), named)
