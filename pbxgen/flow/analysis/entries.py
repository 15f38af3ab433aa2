"""The ways into a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


def entries(plan: Plan) -> Iterator[Entry]:
    """Each user, inbound number, operator position and group, in the order of the plan."""
    for place in plan.places():
        target = place.target
        match place.kind:
            case PlaceKind.USER:
                user = plan.users[target]
                yield Entry(place, user.dids[0] if user.dids else None, target, f"{user.name} ({target})")
            case PlaceKind.INBOUND:
                yield Entry(place, target, target, target)
            case kind:
                name = "operator position" if kind is PlaceKind.OPERATOR else "group"
                yield Entry(place, None, plan.group_at(place.key).number, f"{name} {target}")
