"""What the template of a tenant's dialplan prints: every decision is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from pbxgen.flow.number_shown import shows_trunk_in_emergencies
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import ANONYMOUS, Contacts, Inbound, Place, Plan, RingGroup, User
from pbxgen.flow.schedule import Schedule
from pbxgen.flow.self_service import Profile
from pbxgen.flow.trunk import CalledNumber, Route, Trunk
from pbxgen.targets.asterisk import calendar, features, hints, names, numbering, self_service
from pbxgen.targets.asterisk.deviations import Block, Shared, condition_notes, deviation_lines, find_shared, notes_on
from pbxgen.targets.asterisk.names import EndpointNames
from pbxgen.targets.asterisk.places import Line, Owner, legs, over, place, places, rule_lines
from pbxgen.targets.asterisk.siblings import Key
from pbxgen.targets.identity import tells
from pbxgen.targets.networks import address, by_address

FEW_CONTACTS = 200
"""So many numbers of a contacts set share one context; more are put in buckets."""


def view(
    plan: Plan, endpoints: EndpointNames, siblings: Mapping[Key, Key], *, trunks_are_ours: bool = True
) -> dict[str, object]:
    """What the template of a tenant's dialplan prints, by the names it has there.

    ``trunks_are_ours``: are their endpoints written by pbxgen, with the addresses of the source?
    """
    shared = find_shared(plan)
    common = [{"name": f"{plan.name}.shared", "blocks": shared.blocks}] if shared.blocks else []
    return {
        "plan": plan,
        "endpoints": endpoints,
        "trunks": [_trunk(plan, trunk, siblings, trunks_are_ours) for trunk in plan.trunks.values()],
        "further": [
            {"context": names.context(plan, "trunk", one.name), "settings": _settings(plan, one, trunks_are_ours)}
            for trunk in plan.trunks.values()
            for one in list(by_address(trunk))[1:]
        ],
        "reading": numbering.reading(plan.numbering),
        "writing": numbering.writing(plan.numbering) if _nationally(plan) else (),
        **features.view(plan),
        "emergency": list(_emergency(plan)),
        "routes": [_route(plan, r) for r in plan.routes.values() if not (r.emergency or r.as_dialled)],
        "short": [_short_route(plan, r) for r in plan.routes.values() if r.as_dialled],
        "users": [*common, *_bucketed(plan, "users", (_user(plan, user, shared) for user in plan.users.values()))],
        "groups": _bucketed(plan, "groups", (*_groups(plan), *_dialled_services(plan))),
        "services": "&".join(plan.services),
        "inbound": _bucketed(plan, "inbound", _numbers(plan)),
        "ranges": [_range(plan, at, inbound) for at, inbound in enumerate(plan.ranges)],
        "schedules": [_schedule(plan, schedule) for schedule in plan.schedules.values()],
        "contacts": [_contacts(plan, contacts) for contacts in plan.contacts.values()],
        **hints.view(plan, endpoints),
        **self_service.view(plan),
    }


def _nationally(plan: Plan) -> bool:
    return any(trunk.number_format is NumberFormat.NATIONAL for trunk in plan.trunks.values())


def _bucketed(plan: Plan, kind: str, blocks: Iterable[Block]) -> list[dict[str, object]]:
    """The blocks by the contexts of their extensions."""
    ordered = names.in_order({block.extension: block for block in blocks})
    grouped = groupby(ordered, key=lambda block: names.bucket(block.extension))
    return [{"name": names.context(plan, kind, bucket), "blocks": list(members)} for bucket, members in grouped]


def _user(plan: Plan, user: User, shared: Shared) -> Block:
    mailbox = "no" if user.mailbox is None else "open" if user.mailbox.pin is None else "pin"
    data = [
        str(user.ring_timeout),
        "yes" if user.call_waiting else "no",
        self_service.dnd(user) if user.self_service is not None else "yes" if user.dnd else "no",
        mailbox,
        user.own_number or "",
        "&".join(user.routes or ()),
    ]
    common = shared.of(plan, user)
    profile = user.self_service
    if profile is not None:
        data += [] if common is None else [user.mobile or "", common]
        data = _with_own(plan, data, user)
        return _user_with_settings(plan, user, profile, f"Return({','.join(data)})", common)
    if common is None:
        lines = deviation_lines(plan, user, Owner(user.extension))
        notes = condition_notes(user)
    else:
        lines, notes = (), ()
        data += [user.mobile or "", common]
    first = Line(f"Return({','.join(_with_own(plan, data, user))})")
    follow = (Line(f"Return({legs(plan, user.follow_me)})", "follow_me"),) if user.follow_me else ()
    return Block(user.extension, user.name, user.location.short, (first, *lines, *follow), notes)


def _with_own(plan: Plan, data: list[str], user: User) -> list[str]:
    """What few users have: yes if no number of theirs is shown outside, and the trunks by which their calls leave."""
    if not (user.withheld or user.trunks):
        return data
    own = ["yes" if user.withheld else "", *([over(plan, user.trunks)] if user.trunks else [])]
    return [*data, *[""] * (8 - len(data)), *own]


def _user_with_settings(plan: Plan, user: User, profile: Profile, line: str, common: str | None) -> Block:
    lines = [self_service.look_up(plan, user, profile), Line(line)]
    lines += self_service.deviation_lines(plan, user, profile, common)
    if user.follow_me:
        followed = legs(plan, user.follow_me)
        may = "follow_me" in profile.may
        lines += self_service.follow_me_line(user, followed) if may else [Line(f"Return({followed})", "follow_me")]
    notes = condition_notes(user) if common is None else ()
    return Block(user.extension, user.name, user.location.short, tuple(lines), notes)


def _groups(plan: Plan) -> Iterator[Block]:
    for at, group in plan.positions():
        yield _group(plan, at, group)


def _dialled_services(plan: Plan) -> Iterator[Block]:
    """The second line tells that the number is that of a service."""
    for service in plan.services.values():
        if service.number is not None:
            answer = f"Return({place(plan, plan.service_at(service.name))})"
            lines = (Line(answer), Line(answer, "service"))
            yield Block(service.number, f"service {service.name}", service.location.short, lines)


def _group(plan: Plan, at: Place, group: RingGroup) -> Block:
    lines = [Line(f"Return({group.strategy.value},{group.ring_timeout},{'&'.join(group.members)})")]
    if group.overflow:
        lines.append(Line(f"Return({places(plan, group.overflow)})", "overflow"))
    return Block(group.number, f"{at.kind} {group.name}", group.location.short, tuple(lines))


def _numbers(plan: Plan) -> Iterator[Block]:
    for number, extension in plan.dids.items():
        user = plan.users[extension]
        yield Block(number, user.name, user.location.short, (Line(f"Return(user/{extension})"),))
    ranges = {inbound.number: names.range_name(at) for at, inbound in enumerate(plan.ranges)}
    for number, entry in plan.inbound.items():
        extension = ranges.get(number, number)
        lines = (Line(f"Return(inbound/{extension})"), *rule_lines(plan, "inbound", entry.rules))
        title = number if extension != number else ""
        yield Block(extension, title, entry.location.short, lines, tuple(notes_on("inbound", entry.rules)))


def _range(plan: Plan, at: int, inbound: Inbound) -> dict[str, object]:
    name = names.range_name(at)
    return {
        "context": names.context(plan, "range", name),
        "where": inbound.location.short,
        "pattern": f"_{inbound.number}",
        "answer": f"inbound/{name}/${{EXTEN}}",
    }


def _emergency(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every way to dial an emergency number, and what is sent over which trunks."""
    for number, trunks in plan.emergency.items():
        yield number, f"{number},{over(plan, trunks)}"
    line = plan.numbering.outside_line
    for number, trunks in plan.emergency.items():
        if line and line + number not in plan.emergency:
            yield line + number, f"{number},{over(plan, trunks)}"


def _settings(plan: Plan, trunk: Trunk, is_ours: bool) -> str:
    """What a call to one address of a trunk needs to know."""
    settings = [trunk.number_format.value, trunk.caller_id.value, trunk.diversion.value, trunk.number or ""]
    settings += ["trunk" if trunk.number and shows_trunk_in_emergencies(plan) else ""]
    settings += [address(trunk) if trunk.keepalive and is_ours else "", str(trunk.max_calls or "")]
    settings += [tells(trunk), trunk.from_domain or plan.domain] if tells(trunk) else []
    while not settings[-1]:
        settings.pop()
    return ",".join(settings)


def _trunk(plan: Plan, trunk: Trunk, siblings: Mapping[Key, Key], is_ours: bool) -> dict[str, object]:
    # Who is asked next for a number that this tenant does not have.
    sibling = "/".join(siblings.get((plan.name, trunk.name), ()))
    return {
        "context": names.context(plan, "trunk", trunk.name),
        "name": trunk.name,
        "where": trunk.location.short,
        "counted": trunk.max_calls is not None,
        "settings": _settings(plan, trunk, is_ours),
        "called_by": "" if trunk.called_number is CalledNumber.REQUEST else trunk.called_number.value,
        "sibling": sibling,
    }


def _route(plan: Plan, route: Route) -> dict[str, object]:
    patterns = tuple(p.text if p.literal else f"_{p.text}" for p in route.patterns)
    context, answer = (
        names.context(plan, "route", route.name),
        f"{route.name},{over(plan, route.trunks)}{_place(plan, route)}",
    )
    return {"context": context, "where": route.location.short, "patterns": patterns, "answer": answer}


def _short_route(plan: Plan, route: Route) -> dict[str, object]:
    """As phones dial it, with the outside line; the answer holds what is sent."""
    line = plan.numbering.outside_line
    patterns = tuple(line + p.text if p.literal else f"_{line}{p.text}" for p in route.patterns)
    sent = f"${{EXTEN:{len(line)}}}" if line else "${EXTEN}"
    answer = f"{route.name},{over(plan, route.trunks)}{_place(plan, route)},{sent}"
    context = names.context(plan, "short", route.name)
    return {"context": context, "where": route.location.short, "patterns": patterns, "answer": answer}


def _place(plan: Plan, route: Route) -> str:
    """Where the route stands in the source, if two may have a call: one by its number, one by what was dialled."""
    both = any(one.as_dialled for one in plan.routes.values())
    return f",{list(plan.routes).index(route.name)}" if both else ""


def _schedule(plan: Plan, schedule: Schedule) -> dict[str, object]:
    return {
        "context": names.context(plan, "schedule", schedule.name),
        "where": schedule.location.short,
        "weekly": calendar.weekly(schedule),
        "opened": calendar.opened(schedule),
        "closed": calendar.closed(schedule),
    }


def _contacts(plan: Plan, contacts: Contacts) -> dict[str, object]:
    context = names.context(plan, "contacts", contacts.name)
    literal = sorted({p.text for p in contacts.patterns if p.literal}, key=lambda n: (len(n), n))
    patterns = list(dict.fromkeys(f"_{p.text}" for p in contacts.patterns if not p.literal))
    buckets: list[tuple[str, list[str]]] = []
    if len(literal) <= FEW_CONTACTS:
        patterns = [*literal, *patterns]
    else:
        buckets = [(f"{context}.{bucket}", list(members)) for bucket, members in groupby(literal, key=names.bucket)]
    named = [*sorted(contacts.extensions), *([ANONYMOUS] if contacts.anonymous else [])]
    if named:
        buckets.append((f"{context}.named", named))
    return {"context": context, "where": contacts.location.short, "here": patterns, "buckets": buckets}
