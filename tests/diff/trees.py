"""Do two plans treat calls to one entry alike? Both are followed step by step, side by side, whatever the phones do.

As in :mod:`tests.flow.analysis.brute`, nothing here knows how the comparison works.
"""

from __future__ import annotations

import datetime as dt

from pbxgen.flow import machine
from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller, CallState, EndKind, Ringing, Step
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan
from tests.flow.analysis.brute import COLLEAGUES, STRANGERS, EveryOutcome, distinct_moments


def treated_alike(old: Plan, new: Plan, before: Place, after: Place, *, themselves: bool) -> bool:
    """For every caller, at every time.

    ``themselves``: that the phones of who calls are not rung by their own call counts. A change that only they can
    notice, because of whom the others of their group are, may be told, and need not be.
    """
    return _phones(old, before) == _phones(new, after) and all(
        _Side.by_side(old, new, caller, moment, before, after, themselves=themselves)
        for caller in (*STRANGERS, *COLLEAGUES)
        for moment in distinct_moments(old, new)
    )


def _phones(plan: Plan, place: Place) -> object:
    """Who rings at the entry itself, ``dnd`` aside."""
    if place.kind is PlaceKind.USER:
        user = plan.users[place.target]
        legs = [(leg, plan.users.get(leg.place.target, user)) for leg in user.follow_me]
        return user.call_waiting, [
            (leg.delay, leg.place.key, leg.place.timeout, leg.place.confirm, whose is not user and whose.dnd)
            for leg, whose in legs
        ]
    if place.kind is PlaceKind.INBOUND:
        return None
    group = plan.group_at(place.key)
    return group.strategy, [(m, plan.users[m].dnd) for m in group.members]


class _Side:
    """One plan, for one caller at one moment."""

    def __init__(self, plan: Plan, caller: Caller, moment: dt.datetime, *, themselves: bool) -> None:
        self.plan, self.caller = plan, caller
        self.conditions = CallConditions(plan, caller, moment)
        rings_all = caller.origin is Origin.INTERNAL and not themselves
        self.rung_by = COLLEAGUES[0] if rings_all else caller
        self.ring = EveryOutcome(plan, self.rung_by, moment)

    @classmethod
    def by_side(
        cls,
        old: Plan,
        new: Plan,
        caller: Caller,
        moment: dt.datetime,
        before: Place,
        after: Place,
        *,
        themselves: bool,
    ) -> bool:
        one = cls(old, caller, moment, themselves=themselves)
        other = cls(new, caller, moment, themselves=themselves)
        pairs = [(machine.begin(caller, [before]), machine.begin(caller, [after]))]
        seen = set(pairs)
        while pairs:
            first, second = pairs.pop()
            step, step2 = one.step(first), other.step(second)
            if one.seen(step) != other.seen(step2):
                return False
            if step.ringing is None or step2.ringing is None:
                continue
            for outcome in one.ring(step.ringing).keys() & other.ring(step2.ringing).keys():
                pair = one.after(step, step.ringing, outcome), other.after(step2, step2.ringing, outcome)
                if pair not in seen:
                    seen.add(pair)
                    pairs.append(pair)
        return True

    def step(self, state: CallState) -> Step:
        return machine.advance(self.plan, self.caller, self.conditions, state)

    def after(self, step: Step, ringing: Ringing, outcome: machine.Outcome) -> CallState:
        return machine.after(self.plan, self.caller, self.conditions, step.state, ringing, outcome)[0]

    def seen(self, step: Step) -> object:
        """What a caller can notice of a step: who rings, for how long, how; or how the call ends."""
        if step.ringing is None:
            assert step.ending is not None
            nobody = step.ending.kind is EndKind.RELEASED and not step.ending.by_rule
            return (step.ending.kind, None if nobody else step.ending.value)
        place = step.ringing.pending.place
        outcomes = self.ring(step.ringing)
        noticed: tuple[object, ...] = (place.key, place.confirm, max(outcomes.values()))
        if place.kind is PlaceKind.USER:  # what follows depends on it
            noticed += (frozenset(outcomes), self._legs(step.ringing))
        if place.kind is PlaceKind.OUTSIDE:
            shown = self.plan.caller_id_of(place).value
            noticed += (place.trunk, shown if shown == "original" else step.ringing.pending.by)
        return noticed

    def _legs(self, ringing: Ringing) -> list[int]:
        """How long each leg of follow_me rings."""
        user = ringing.user
        if user is None or user.dnd:
            return []
        whole = machine.ring_seconds(user, self.caller.origin, self.conditions)
        times = [(leg.delay, leg.place.timeout or whole, leg.place.key) for leg in user.follow_me]
        cap = 1000 if ringing.cap is None else ringing.cap
        return [0 if key == self.rung_by.key else max(0, min(delay + t, cap) - delay) for delay, t, key in times]
