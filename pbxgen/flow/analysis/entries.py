"""The ways into a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbxgen.flow.plan import Place, PlaceKind, Plan, User


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that can be called, and how."""

    place: Place
    number: str | None
    """The outside number that leads here; None: it is dialled from inside only."""
    dialled: str
    """What somebody inside dials."""
    label: str
    by: str | None = None
    """Extension of somebody who may transfer a call from outside here; None: nobody may, or a number leads here."""

    @property
    def takes_outside_calls(self) -> bool:
        """May a call from outside come here, by an outside number or by a transfer?"""
        return self.number is not None or self.by is not None


def to(entry: Entry) -> str:
    """How a call from outside comes to an entry, in words."""
    return f"to {entry.label}" if entry.number is not None else f"that is transferred to {entry.label}"


def entries(plan: Plan) -> Iterator[Entry]:
    """Each user, inbound number, operator position and group, in the order of the plan."""
    holders = _who_may_transfer(plan)
    for place in plan.places():
        target = place.target
        match place.kind:
            case PlaceKind.USER:
                user = plan.users[target]
                yield of_user(user, None if user.dids else _other_than(target, holders))
            case PlaceKind.INBOUND:
                yield Entry(place, target, target, target)
            case kind:
                name = "operator position" if kind is PlaceKind.OPERATOR else "group"
                by = _other_than(None, holders)
                yield Entry(place, None, plan.group_at(place.key).number, f"{name} {target}", by)


def of_user(user: User, by: str | None = None) -> Entry:
    """``by``: as of :class:`Entry`."""
    place = Place(PlaceKind.USER, user.extension, user.location)
    number = user.dids[0] if user.dids else None
    return Entry(place, number, user.extension, f"{user.name} ({user.extension})", by)


def _who_may_transfer(plan: Plan) -> tuple[str, ...]:
    """Users who may have a call from outside to transfer, first those whom such a call rings; none if no such call
    comes in.

    A user who is rung may transfer the call to any other user, who may transfer it again.
    """
    numbers = [place for number in plan.dids if (place := plan.reached_by(number)) is not None]
    inbound = [Place(PlaceKind.INBOUND, number, entry.location) for number, entry in plan.inbound.items()]
    rung = _rung_from(plan, (*numbers, *inbound))
    return tuple(dict.fromkeys((*rung, *plan.users))) if rung else ()


def _rung_from(plan: Plan, places: Iterable[Place]) -> list[str]:
    """Users whose phones ring behind ``places``, whatever conditions say: first those whose phones rings always."""
    ahead = list({place.key: place for place in places}.values())
    seen = {place.key for place in ahead}
    users: dict[str, bool] = {}
    for place in ahead:  # grows meanwhile
        if place.kind is PlaceKind.USER:
            user = plan.users[place.target]
            users[place.target] = not (user.dnd or user.deviations.unconditional or user.follow_me)
        for other in plan.rings_along(place.key):
            if other.kind is PlaceKind.USER:
                users.setdefault(other.target, not plan.users[other.target].dnd)
        for further in plan.leads_to(place.key):
            if further.key not in seen:
                seen.add(further.key)
                ahead.append(further)
    return sorted(users, key=lambda extension: not users[extension])


def _other_than(extension: str | None, holders: Iterable[str]) -> str | None:
    return next((one for one in holders if one != extension), None)
