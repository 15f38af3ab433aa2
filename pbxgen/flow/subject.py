"""Find the user, position or number that is meant by an extension, number or name on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import Place, PlaceKind, Plan


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who sends calls to a number, and by what: a field of Deviations, follow_me, overflow, inbound."""

    kind: str
    """user, operator, group or inbound."""
    name: str
    key: str
    location: Location


def place_of(plan: Plan, text: str) -> Place | None:
    """The place with this extension or number, or with this name, unless several users share it (:func:`namesakes`)."""
    text = text.strip()
    if text in plan.users:
        return plan.user_at(text)
    for place, group in plan.positions():
        if text in (group.number, group.name, f"{place.kind.value}:{group.name}"):
            return place
    for service in plan.services.values():
        if text in (service.number, service.name, f"service:{service.name}"):
            return plan.service_at(service.name)
    for number in _readings(plan, text):
        reached = plan.reached_by(number) or plan.in_range(number)
        if reached is not None:
            return reached
    if text in plan.inbound:  # a range
        return Place(PlaceKind.INBOUND, text, plan.inbound[text].location)
    called_so = namesakes(plan, text)
    return plan.user_at(called_so[0]) if len(called_so) == 1 else None


def namesakes(plan: Plan, name: str) -> tuple[str, ...]:
    """The extensions of all users of that name, in any case."""
    wanted = name.strip().casefold()
    return tuple(user.extension for user in plan.users.values() if user.name.casefold() == wanted)


def names_of(plan: Plan) -> set[str]:
    """Everything that :func:`place_of` knows, for suggestions."""
    positions = [group for _, group in plan.positions()]
    numbers = {*plan.users, *plan.dids, *plan.inbound, *(g.number for g in positions)}
    services = {text for s in plan.services.values() for text in (s.name, s.number or s.name)}
    return numbers | services | {g.name for g in positions} | {user.name for user in plan.users.values()}


def senders(plan: Plan, number: str) -> Iterator[Sender]:
    """Every rule that may send calls to an outside number: those of users, positions, groups and inbound numbers."""
    for place in sorted(plan.places(), key=lambda place: place.kind is PlaceKind.INBOUND):
        for key, places in _written_on(plan, place):
            at = next((p.location for p in places if p.key == (PlaceKind.OUTSIDE.value, number)), None)
            if at is not None:
                yield Sender(place.kind.value, place.target, key, at)


def _written_on(plan: Plan, place: Place) -> Iterator[tuple[str, Iterable[Place]]]:
    match place.kind:
        case PlaceKind.USER:
            user = plan.users[place.target]
            yield from ((name, (p for r in rules for p in r.places)) for name, rules in user.deviations.lists())
            yield "follow_me", (leg.place for leg in user.follow_me)
        case PlaceKind.INBOUND:
            yield "inbound", plan.leads_to(place.key)
        case _:
            yield "overflow", plan.leads_to(place.key)


def _readings(plan: Plan, text: str) -> Iterator[str]:
    compact = "".join(c for c in text if c not in " .()/-")
    dialled = plan.numbering.dialled(compact)
    if dialled is not None:
        yield dialled
    yield from plan.numbering.called_by_trunk(compact)
