"""What a call does, written once, as a state machine of two pure functions.

:func:`advance` runs a call until something must ring or the call ends. Whoever runs it says how the ringing ended, and
:func:`after` gives the state to go on from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import (
    Condition,
    Deviations,
    Origin,
    Outcome,
    Place,
    PlaceKind,
    Plan,
    Reason,
    RingGroup,
    Rule,
    Rules,
    User,
)
from pbxgen.flow.trunk import Route

_VISITABLE = {
    PlaceKind.USER,
    PlaceKind.OUTSIDE,
    PlaceKind.OPERATOR,
    PlaceKind.GROUP,
    PlaceKind.INBOUND,
    PlaceKind.SERVICE,
}


class Conditions(Protocol):
    """Says whether a rule's condition holds for one call."""

    def holds(self, condition: Condition) -> bool: ...


class Pending(NamedTuple):
    """A place still to be tried, and on whose behalf."""

    place: Place
    by: str | None = None
    """Extension of the diverting user; None for what stands in ``overflow`` and ``inbound`` or was dialled."""


class CallState(NamedTuple):
    """A call between two ringings."""

    to_try: tuple[Pending, ...]
    visited: frozenset[tuple[str, str]]
    diversions: int = 0
    first_outcome: Outcome | None = None
    recall: str | None = None
    """Extension that transferred the caller blindly, and rings once before the call is released."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. ``key`` is what ``visited`` starts with; None for an anonymous outside caller."""

    origin: Origin
    number: str | None
    """Extension, or E.164 number of an outside caller."""
    carried: int = 0
    """Diversions the call came in with from a trunk."""
    withheld: bool = False
    """Did a phone ask that its number be shown to nobody outside?"""
    trunk: str | None = None
    """The trunk that the caller's own call, or one that the caller holds, occupies, where it is known."""

    @property
    def key(self) -> tuple[str, str] | None:
        if self.number is None:
            return None
        kind = PlaceKind.USER if self.origin is Origin.INTERNAL else PlaceKind.OUTSIDE
        return (kind.value, self.number)


@dataclass(frozen=True, slots=True)
class Ringing:
    """Something rings for at most ``seconds``. ``cap`` is the destination's own ``timeout``.

    A service that may give the call back rings for no time, and is not answered if it does.
    """

    pending: Pending
    seconds: int
    cap: int | None
    user: User | None = None
    group: RingGroup | None = None
    recalled: bool = False
    """Is it the recall of the user who transferred the caller?"""


class EndKind(StrEnum):
    ANSWERED = "answered"  # value: extension or number of who answered
    VOICEMAIL = "voicemail"  # value: extension whose mailbox takes the message
    ANNOUNCED = "announced"  # value: name of the recording
    SERVICE = "service"  # value: name of the service that took the call
    RELEASED = "released"  # value: SIP status
    MAILBOX = "mailbox"  # value: extension that opens its mailbox, or "*" after *98
    SET = "set"  # value: extension whose setting was changed or told, or name of the switch


@dataclass(frozen=True, slots=True)
class Ending:
    kind: EndKind
    value: str
    by_rule: bool = False
    """Released because `busy` or `hangup` was written, not because nothing was left."""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.value}"


class EventKind(StrEnum):
    """What a step of the story is about."""

    ENTERED = "entered"  # number dialled or called
    REACHED = "reached"  # a place's turn
    SKIPPED_VISITED = "skipped_visited"
    SKIPPED_CARRIED = "skipped_carried"  # call came back from outside too often
    DIVERTED = "diverted"
    NOT_DIVERTED_MAX = "not_diverted_max"
    NOT_DIVERTED_VISITED = "not_diverted_visited"
    NO_RULE = "no_rule"
    MEMBER_SKIPPED = "member_skipped"
    NOT_CARRIED = "not_carried"  # a trunk; detail: its state
    RANG = "rang"
    CAME_BACK = "came_back"  # from a service that did not take the call
    OUTCOME = "outcome"
    OWN_MAILBOX = "own_mailbox"
    OVERFLOW = "overflow"
    TRANSFERRED = "transferred"
    RECALLED = "recalled"  # back to who transferred
    REFUSED = "refused"  # the number dialled or called leads nowhere
    ENDED = "ended"


class Sent(NamedTuple):
    """What the carrier is told of a call that is dialled straight to it."""

    route: Route
    number: str
    shown: str | None
    """The caller's number there; None: none is shown."""


class Shown(NamedTuple):
    """Who calls, as a carrier is told."""

    number: str | None
    """E.164; None: there is no number."""
    withheld: bool = False
    """May the carrier tell it to nobody? From is anonymous then."""

    @property
    def public(self) -> str | None:
        """What the called party may see; None: the caller is anonymous."""
        return None if self.withheld else self.number


class Event(NamedTuple):
    """One step of a call's story."""

    kind: EventKind
    subject: str = ""
    """Extension, number or name the step is about."""
    place: Place | None = None
    reason: Reason | None = None
    outcome: Outcome | None = None
    seconds: int | None = None
    places: tuple[Place, ...] = ()
    dialled: tuple[tuple[str, ...], ...] = ()
    """Who was dialled, in order; those rung together in one entry."""
    detail: str = ""
    sent: Sent | None = None
    """Of a number that is dialled straight to a trunk."""
    shown: tuple[tuple[str, Shown], ...] = ()
    """By outside number that rings: the caller shown there."""
    via: str | None = None
    """The trunk that carried the call, of what rang."""
    location: Location | None = None


class Step(NamedTuple):
    """What :func:`advance` came to: something rings, or the call ends (then ``ringing`` is None)."""

    state: CallState
    events: tuple[Event, ...]
    ringing: Ringing | None = None
    ending: Ending | None = None


def begin(caller: Caller, places: Iterable[Place], recall: str | None = None) -> CallState:
    """The state of a call that has just come in for ``places``; ``recall``: who transferred the caller."""
    visited = frozenset() if caller.key is None else frozenset({caller.key})
    return CallState(tuple(Pending(p) for p in places), visited, recall=recall)


def first_applying(rules: Rules, conditions: Conditions) -> Rule | None:
    return next((r for r in rules if conditions.holds(r.condition)), None)


def ring_seconds(user: User, origin: Origin, conditions: Conditions) -> int:
    """T of "Ringing a user" in docs/semantics.md, before the ``timeout`` of the destination limits it."""
    rule = None
    if origin is Origin.EXTERNAL:
        rule = first_applying(user.deviations.return_no_answer, conditions)
    if rule is None:
        rule = first_applying(user.deviations.no_answer, conditions)
    return user.ring_timeout if rule is None or rule.after is None else rule.after


def advance(plan: Plan, caller: Caller, conditions: Conditions, state: CallState) -> Step:
    """Run the call until something must ring, or to its end."""
    events: list[Event] = []
    while state.to_try:
        pending, state = state.to_try[0], state._replace(to_try=state.to_try[1:])
        place = pending.place
        if place.key in state.visited:
            events.append(Event(EventKind.SKIPPED_VISITED, place.target, place, location=place.location))
            continue
        if place.kind is PlaceKind.OUTSIDE and caller.carried >= plan.max_diversions:
            events.append(Event(EventKind.SKIPPED_CARRIED, place.target, place, location=place.location))
            continue
        if place.kind in _VISITABLE:
            state = state._replace(visited=state.visited | {place.key})
        events.append(Event(EventKind.REACHED, place.target, place, location=place.location))
        match place.kind:
            case PlaceKind.INBOUND:
                state = _enter_inbound(plan, conditions, state, place.target, events)
            case PlaceKind.USER:
                user = plan.users[place.target]
                diverted = _divert_all(plan, conditions, state, user, events)
                if diverted is not None:
                    state = diverted
                    continue
                seconds = _capped(ring_seconds(user, caller.origin, conditions), place.timeout)
                return Step(state, tuple(events), Ringing(pending, seconds, place.timeout, user=user))
            case PlaceKind.OPERATOR | PlaceKind.GROUP:
                group = plan.group_at(place.key)
                seconds = _capped(group.ring_timeout, place.timeout)
                return Step(state, tuple(events), Ringing(pending, seconds, place.timeout, group=group))
            case PlaceKind.OUTSIDE:
                seconds = place.timeout or plan.outside_timeout
                return Step(state, tuple(events), Ringing(pending, seconds, place.timeout))
            case PlaceKind.SERVICE if place.returns:
                return Step(state, tuple(events), Ringing(pending, 0, None))
            case PlaceKind.SERVICE:
                return _end(state, events, Ending(EndKind.SERVICE, place.target), place.location)
            case PlaceKind.MAILBOX:
                return _end(state, events, Ending(EndKind.VOICEMAIL, place.target), place.location)
            case PlaceKind.ANNOUNCE:
                return _end(state, events, Ending(EndKind.ANNOUNCED, place.target), place.location)
            case PlaceKind.RELEASE:
                code = "486" if place.target == "busy" else "480"
                return _end(state, events, Ending(EndKind.RELEASED, code, by_rule=True), place.location)
    if state.recall is not None:
        recalled = _recall(plan, state._replace(recall=None), state.recall, events)
        if recalled is not None:
            return recalled
    code = "486" if state.first_outcome is Outcome.BUSY else "480"
    return _end(state, events, Ending(EndKind.RELEASED, code), None)


def after(
    plan: Plan, caller: Caller, conditions: Conditions, state: CallState, ringing: Ringing, outcome: Outcome
) -> tuple[CallState, tuple[Event, ...]]:
    """The state once ``ringing`` has ended with ``outcome``."""
    place = ringing.pending.place
    if place.kind is PlaceKind.SERVICE:  # nobody was rung: there is no outcome
        return state, (Event(EventKind.CAME_BACK, place.target, place, location=place.location),)
    events = [Event(EventKind.OUTCOME, place.target, place, outcome=outcome, location=place.location)]
    if state.first_outcome is None:
        state = state._replace(first_outcome=outcome)
    if ringing.recalled:
        return state, tuple(events)
    if ringing.user is not None:
        state = _answers(plan, caller, conditions, state, ringing.user, outcome, events)
    elif ringing.group is not None:
        overflow = ringing.group.overflow
        if overflow:
            location = ringing.group.location
            events.append(Event(EventKind.OVERFLOW, place.target, place, places=overflow, location=location))
        state = state._replace(to_try=state.to_try + tuple(Pending(p) for p in overflow))
    return state, tuple(events)


def _recall(plan: Plan, state: CallState, extension: str, events: list[Event]) -> Step | None:
    """Nothing is left: ring the user who transferred, as if without deviations; None if that user may not ring.

    A user who has been tried in this call, or is the caller, may not ring.
    """
    place = plan.user_at(extension)
    if place.key in state.visited:
        return None
    user = replace(plan.users[extension], deviations=Deviations())
    events.append(Event(EventKind.RECALLED, extension, place, location=place.location))
    state = state._replace(visited=state.visited | {place.key})
    return Step(state, tuple(events), Ringing(Pending(place), user.ring_timeout, None, user=user, recalled=True))


def _capped(seconds: int, cap: int | None) -> int:
    return seconds if cap is None else min(seconds, cap)


def _end(state: CallState, events: list[Event], ending: Ending, location: Location | None) -> Step:
    events.append(Event(EventKind.ENDED, ending.value, detail=ending.kind.value, location=location))
    return Step(state, tuple(events), ending=ending)


def _enter_inbound(plan: Plan, conditions: Conditions, state: CallState, number: str, events: list[Event]) -> CallState:
    inbound = plan.inbound[number]
    rule = first_applying(inbound.rules, conditions)
    if rule is None:
        events.append(Event(EventKind.NO_RULE, number, location=inbound.location))
        return state
    return state._replace(to_try=tuple(Pending(p) for p in rule.places) + state.to_try)


def _divert_all(
    plan: Plan, conditions: Conditions, state: CallState, user: User, events: list[Event]
) -> CallState | None:
    """The state after the user's unconditional rule; None if the phone is to ring."""
    rule = first_applying(user.deviations.unconditional, conditions)
    if rule is None:
        return None
    if state.diversions >= plan.max_diversions:
        events.append(Event(EventKind.NOT_DIVERTED_MAX, user.extension, places=rule.places, location=rule.location))
        return None
    if all(p.key in state.visited for p in rule.places):
        events.append(Event(EventKind.NOT_DIVERTED_VISITED, user.extension, location=rule.location))
        return None
    events.append(_diverted(user, Reason.UNCONDITIONAL, rule.places, rule.location))
    return _queue(state, user, rule.places, diverted=True, events=events)


def _answers(
    plan: Plan,
    caller: Caller,
    conditions: Conditions,
    state: CallState,
    user: User,
    outcome: Outcome,
    events: list[Event],
) -> CallState:
    rules = []
    if caller.origin is Origin.EXTERNAL:
        rules.append(first_applying(user.deviations.operator_return(outcome), conditions))
    rules.append(first_applying(user.deviations.of(outcome), conditions))
    applying = [r for r in rules if r is not None]
    reason = Reason(outcome.value)
    if applying and state.diversions >= plan.max_diversions:
        kept = tuple(p for r in applying for p in r.places)
        location = applying[0].location
        events.append(Event(EventKind.NOT_DIVERTED_MAX, user.extension, places=kept, location=location))
        applying = []
    elif not applying:
        events.append(Event(EventKind.NO_RULE, user.extension, outcome=outcome, location=user.location))
    for rule in applying:
        events.append(_diverted(user, reason, rule.places, rule.location))
    places = tuple(p for r in applying for p in r.places)
    return _queue(state, user, places, diverted=bool(places), events=events)


def _diverted(user: User, reason: Reason, places: tuple[Place, ...], location: Location) -> Event:
    return Event(EventKind.DIVERTED, user.extension, reason=reason, places=places, location=location)


def _queue(
    state: CallState, user: User, places: tuple[Place, ...], *, diverted: bool, events: list[Event]
) -> CallState:
    """Put ``places`` in front and the user's own mailbox behind everything."""
    own: tuple[Pending, ...] = ()
    if user.mailbox is not None and not any(p.kind is PlaceKind.MAILBOX for p in places):
        mailbox = Place(PlaceKind.MAILBOX, user.extension, user.mailbox.location)
        own = (Pending(mailbox, user.extension),)
        events.append(Event(EventKind.OWN_MAILBOX, user.extension, mailbox, location=user.mailbox.location))
    front = tuple(Pending(p, user.extension) for p in places)
    return state._replace(to_try=front + state.to_try + own, diversions=state.diversions + (1 if diverted else 0))
