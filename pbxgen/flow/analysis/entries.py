"""The ways into a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import Place, PlaceKind, Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that can be called, and how."""

    place: Place
    number: str | None
    """The outside number that leads here; None: it is dialled from inside only."""
    dialled: str
    """What somebody inside dials."""
    label: str
    location: Location
    subject: tuple[str, str]
    """What an ``accept:`` must stand on."""


def entries(plan: Plan) -> Iterator[Entry]:
    """Each user, inbound number, operator position and group, in the order of the plan."""
    for user in plan.users.values():
        place = Place(PlaceKind.USER, user.extension, user.location)
        number = user.dids[0] if user.dids else None
        label = f"{user.name} ({user.extension})"
        yield Entry(place, number, user.extension, label, user.location, ("user", user.extension))
    for inbound in plan.inbound.values():
        place = Place(PlaceKind.INBOUND, inbound.number, inbound.location)
        subject = ("inbound", inbound.number)
        yield Entry(place, inbound.number, inbound.number, inbound.number, inbound.location, subject)
    for kind, groups in ((PlaceKind.OPERATOR, plan.operators), (PlaceKind.GROUP, plan.groups)):
        for group in groups.values():
            place = Place(kind, group.name, group.location)
            label = f"{'operator position' if kind is PlaceKind.OPERATOR else 'group'} {group.name}"
            yield Entry(place, None, group.number, label, group.location, (kind.value, group.name))
