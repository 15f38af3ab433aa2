"""Whose number the far end of a trunk is shown."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.flow.machine import Caller, Pending, Shown
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan, User
from pbxgen.flow.trunk import CallerId, FromUser, IdentityHeader, Trunk


def number_shown(
    plan: Plan, caller: Caller, trunk: Trunk, policy: CallerId, *, by: str | None = None, leg_owner: str | None = None
) -> Shown:
    """Whose number a call over ``trunk`` shows.

    ``original``: the caller's. ``own``: the number of the user who diverted or transferred (``by``), or who has the leg
    (``leg_owner``). A user without a number shows the trunk's.
    """
    return _told(trunk, _by_policy(plan, caller, trunk, policy, by or leg_owner))


def _by_policy(plan: Plan, caller: Caller, trunk: Trunk, policy: CallerId, of: str | None) -> Shown:
    if policy is CallerId.ORIGINAL and caller.origin is Origin.EXTERNAL:
        return Shown(caller.number)
    if policy is CallerId.ORIGINAL:
        of_user = _of(plan.users.get(caller.number or ""), trunk)
        return Shown(of_user.number, of_user.withheld or caller.withheld)
    return _of(plan.users.get(of or ""), trunk)


def _told(trunk: Trunk, shown: Shown) -> Shown:
    """Where From is the account and no header tells the number, the carrier knows no number but the account's."""
    alone = trunk.from_user is FromUser.ACCOUNT and trunk.identity is IdentityHeader.NONE
    return shown._replace(number=trunk.number or shown.number) if alone and shown.number else shown


def shown_at(plan: Plan, caller: Caller, pending: Pending, via: str | None) -> tuple[tuple[str, Shown], ...]:
    """What each outside number of a place that is rung is shown: the number itself, or legs of follow_me.

    ``via``: the trunk that carried the call to the number itself. Legs go over the first trunk of their route.
    """
    return tuple(_shown_at(plan, caller, pending, via))


def _shown_at(plan: Plan, caller: Caller, pending: Pending, via: str | None) -> Iterator[tuple[str, Shown]]:
    place = pending.place
    if place.kind is PlaceKind.OUTSIDE and via is not None:
        yield place.target, _at(plan, caller, place, via, by=pending.by)
    elif place.kind is PlaceKind.USER:
        for leg in plan.users[place.target].follow_me:
            first = next(iter(plan.trunks_of(leg.place)), None) if leg.place.kind is PlaceKind.OUTSIDE else None
            if first is not None:
                yield leg.place.target, _at(plan, caller, leg.place, first, leg_owner=place.target)


def _at(
    plan: Plan, caller: Caller, place: Place, via: str, *, by: str | None = None, leg_owner: str | None = None
) -> Shown:
    trunk = plan.trunks[via]
    return number_shown(plan, caller, trunk, place.caller_id or trunk.caller_id, by=by, leg_owner=leg_owner)


def emergency_number_shown(plan: Plan, caller: Caller, trunk: Trunk) -> Shown:
    """The user's number; if the PBX has several trunks the trunk's, as the user's may belong to another. Never
    withheld."""
    user = plan.users.get(caller.number or "") if caller.origin is Origin.INTERNAL else None
    own = None if user is None else user.own_number
    number = trunk.number or own if shows_trunk_in_emergencies(plan) else own or trunk.number
    return _told(trunk, Shown(number))


def shows_trunk_in_emergencies(plan: Plan) -> bool:
    """Does an emergency call show the number of its trunk rather than that of the caller?"""
    return len(plan.trunks) > 1


def _of(user: User | None, trunk: Trunk) -> Shown:
    return Shown(trunk.number) if user is None else Shown(user.own_number or trunk.number, user.withheld)
