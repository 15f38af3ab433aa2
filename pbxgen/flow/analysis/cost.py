"""PBX215 and PBX216: calls that end at a costly number by way of somebody else's deviation.

Whoever writes a costly destination has been asked (`allow_premium`, the class of service). Those whose calls come
there along a chain have not: an outside caller, or a phone whose class allows no such number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Example
from pbxgen.flow.analysis.ahead import Ahead
from pbxgen.flow.analysis.entries import Entry, entries
from pbxgen.flow.analysis.reach import Key, Reach
from pbxgen.flow.analysis.search import Ringings, best
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.analysis.space import Area, Space
from pbxgen.flow.analysis.steps import Arrival, Branch, Node, Steps
from pbxgen.flow.analysis.telling import Witness
from pbxgen.flow.plan import Place, PlaceKind, Plan
from pbxgen.language.numbers import Cost, cost

_SHOWN = 5
_USER = PlaceKind.USER.value


@dataclass(slots=True)
class _Costly:
    """One costly number on somebody's behalf."""

    place: Place
    owner: Key
    """Who diverts to it: a user, or the operator position, group or inbound number it is written on."""
    price: str
    code: str
    reached_by: list[Entry] = field(default_factory=list)
    example: Example | None = None


def costly_chains(reach: Reach, situations: Situations) -> Iterator[Diagnostic]:
    """One finding for each number and diverting user, with those whose calls come there."""
    plan = reach.plan
    costly = _costly_places(plan)
    if not costly:
        return
    witness = Witness(plan)
    ahead = Ahead(plan)
    owners = {owner for owner, _ in costly}
    for entry in entries(plan):
        flow = reach.flow_of(entry.place)
        if owners.isdisjoint(flow.keys):
            continue
        touched = set(flow.keys)
        space = Space(plan, situations, flow)
        steps = Steps(plan, ahead, space, written=True)
        root = steps.begin(entry.place)
        for (owner, _), found in costly.items():
            if owner not in touched or owner == entry.place.key or _may(plan, entry, found):
                continue
            way = best(steps, [(root, space.outside), (root, space.inside)], _ToCost(plan, ahead, found))
            if way is not None:
                found.reached_by.append(entry)
                if found.example is None:
                    found.example = witness.example(entry, flow.atoms, space.situation(way.area), way.outcomes)
    for found in costly.values():
        if found.reached_by:
            yield _finding(found)


def _finding(found: _Costly) -> Diagnostic:
    labels = [e.label for e in found.reached_by]
    more = len(labels) - _SHOWN
    who = ", ".join(labels[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    whose = f"{found.owner[0]} {found.owner[1]}"
    return make(
        found.code,
        f"calls to {who} can end at {found.place.target}, {found.price}, by way of {whose}",
        found.place.location,
        help="end those chains before it, or accept it with a reason",
        subject=found.owner,
        example=found.example,
    )


class _ToCost(Ringings):
    """The shortest way to the number on its owner's behalf, or to its owner's phone where it rings along."""

    def __init__(self, plan: Plan, ahead: Ahead, found: _Costly) -> None:
        self._ahead = ahead
        self._left = plan.max_diversions
        self._found = found

    def bound(self, node: Node, area: Area) -> int | None:
        ahead = self._ahead.of((p.key for p in node.places), self._left - node.state.diversions)
        return 0 if self._found.place.key in ahead or self._found.owner in ahead else None

    def is_reached(self, arrival: Arrival) -> bool:
        ringing, found = arrival.step.ringing, self._found
        if ringing is None:
            return False
        user, pending = ringing.user, ringing.pending
        if user is not None:
            along = any(leg.place.key == found.place.key for leg in user.follow_me)
            return along and not user.dnd and (_USER, user.extension) == found.owner
        if pending.place.key != found.place.key:
            return False
        if found.owner[0] == _USER:
            return pending.by == found.owner[1]
        return pending.by is None and pending.place.location == found.place.location

    def is_reached_by(self, branch: Branch) -> bool:
        return False


def _may(plan: Plan, entry: Entry, found: _Costly) -> bool:
    """Could the user that is called send a call abroad by themselves?"""
    if found.code != "PBX216" or entry.place.kind is not PlaceKind.USER:
        return False
    route = plan.route_of(found.place.target)
    return route is not None and route.name in (plan.users[entry.place.target].routes or ())


def _costly_places(plan: Plan) -> dict[tuple[Key, str], _Costly]:
    found: dict[tuple[Key, str], _Costly] = {}

    def note(owner: Key, places: Iterable[Place]) -> None:
        for place in places:
            if place.kind is PlaceKind.OUTSIDE and (owner, place.target) not in found:
                price = _price(plan, place.target)
                if price is not None:
                    found[owner, place.target] = _Costly(place, owner, *price)

    for user in plan.users.values():
        owner = (PlaceKind.USER.value, user.extension)
        for _, rules in user.deviations.lists():
            for rule in rules:
                note(owner, rule.places)
        note(owner, (leg.place for leg in user.follow_me))
    for kind, groups in ((PlaceKind.OPERATOR, plan.operators), (PlaceKind.GROUP, plan.groups)):
        for group in groups.values():
            note((kind.value, group.name), group.overflow)
    for inbound in plan.inbound.values():
        for rule in inbound.rules:
            note((PlaceKind.INBOUND.value, inbound.number), rule.places)
    return found


def _price(plan: Plan, number: str) -> tuple[str, str] | None:
    """What makes a number costly, and the code for it."""
    match cost(number):
        case Cost.PREMIUM:
            return "a premium-rate number", "PBX215"
        case Cost.SATELLITE:
            return "a satellite or global-network number", "PBX215"
        case _ if not number.startswith(f"+{plan.numbering.country_code}"):
            return "a number abroad", "PBX216"
    return None
