"""How a ringing can end that nobody answers, whatever state the phones are in, and how long it takes at most."""

from __future__ import annotations

from collections.abc import Mapping

from pbxgen.flow.analysis.reach import Key
from pbxgen.flow.machine import Caller, Conditions, Ringing, ring_seconds
from pbxgen.flow.plan import Outcome, PlaceKind, Plan, RingGroup, Strategy, User

Seconds = Mapping[Outcome, int]
"""Each possible outcome with the longest time it can take. A silent phone takes all of its time too."""


def outcomes(plan: Plan, ringing: Ringing, caller: Caller, conditions: Conditions) -> Seconds:
    """Of groups, operator positions and outside numbers only the longest: what follows is the same after each."""
    if ringing.user is not None:
        return _user(plan, ringing.user, ringing, caller, conditions)
    if ringing.group is not None:
        return _group(plan, ringing.group, ringing.cap, caller)
    return {Outcome.NO_ANSWER: ringing.seconds}


def leg_seconds(ringing: Ringing, caller: Caller, conditions: Conditions) -> tuple[int, ...]:
    """How long each leg of ``follow_me`` rings; 0: not at all. () for anything else that rings."""
    user = ringing.user
    if user is None or user.dnd or not user.follow_me:
        return ()
    alone = ring_seconds(user, caller.origin, conditions)
    by_outcome = []
    for leg in user.follow_me:
        whole = alone if leg.place.timeout is None else leg.place.timeout
        seconds = whole if ringing.cap is None else min(whole, ringing.cap - leg.delay)
        by_outcome.append(0 if leg.place.key == caller.key else max(seconds, 0))
    return tuple(by_outcome)


def _user(plan: Plan, user: User, ringing: Ringing, caller: Caller, conditions: Conditions) -> Seconds:
    if user.dnd:
        return {Outcome.BUSY: 0}
    if not user.follow_me:
        # Busy, too, can take all of the time: one contact is, and another one is silent.
        return dict.fromkeys((Outcome.BUSY, Outcome.NO_ANSWER, Outcome.UNREACHABLE), ringing.seconds)
    ends: list[int] = []
    busy_at: dict[Key, int] = {}
    refused: list[int] = []
    for leg, seconds in zip(user.follow_me, leg_seconds(ringing, caller, conditions), strict=True):
        if not seconds:
            continue
        end = leg.delay + seconds
        is_user = leg.place.kind is PlaceKind.USER
        if is_user and leg.place.target != user.extension and plan.users[leg.place.target].dnd:
            refused.append(leg.delay)
        else:
            ends.append(end)
            at = end if is_user else leg.delay
            busy_at[leg.place.key] = max(at, busy_at.get(leg.place.key, 0))
    seconds_by_outcome = _together(ends, refused, busy_at)
    return seconds_by_outcome if user.call_waiting else {Outcome.BUSY: 0} | seconds_by_outcome


def _group(plan: Plan, group: RingGroup, cap: int | None, caller: Caller) -> Seconds:
    free = refused = 0
    for member in group.members:
        if ("user", member) == caller.key:
            continue
        if plan.users[member].dnd:
            refused += 1
        else:
            free += 1
    if not free:
        return {Outcome.BUSY: 0} if refused else {Outcome.UNREACHABLE: 0}
    seconds = group.ring_timeout * (free if group.strategy is Strategy.LINEAR else 1)
    return {Outcome.NO_ANSWER: seconds if cap is None else min(seconds, cap)}


def _together(ends: list[int], refused: list[int], busy_at: Mapping[Key, int]) -> dict[Outcome, int]:
    """Outcomes of legs rung together; ``refused`` are busy at once (``dnd``), a single place is busy at ``busy_at``."""
    longest = max((*ends, *refused), default=0)
    if not ends:
        return {Outcome.BUSY if refused else Outcome.UNREACHABLE: longest}
    busy = longest if refused or len(busy_at) > 1 else max(busy_at.values())
    seconds_by_outcome = {Outcome.NO_ANSWER: longest, Outcome.BUSY: busy}
    return seconds_by_outcome if refused else seconds_by_outcome | {Outcome.UNREACHABLE: longest}
