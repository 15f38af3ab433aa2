"""Simulate one call: phones and outside numbers are in given states, and the machine runs to the end of the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pbxgen.flow import codes, entry, machine
from pbxgen.flow.environment import CallConditions, Environment
from pbxgen.flow.machine import Caller, CallState, Conditions, Ending, EndKind, Event, EventKind, Ringing
from pbxgen.flow.number_shown import shown_at
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan, Reason
from pbxgen.flow.ringer import Ringer, RingResult, release_status
from pbxgen.flow.settings import State, applied

DIRECT_RING_SECONDS = 120
"""How long an outside number rings that was dialled straight from a phone."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to ``to`` by the phone of ``by``, once it is in the call."""

    by: str
    to: str
    attended: bool = False
    """``by`` first calls ``to``, and completes the transfer when that call is answered."""


@dataclass(frozen=True, slots=True)
class Call:
    caller: str
    """An extension, or an outside number; "anonymous" for an outside caller without a number."""
    called: str
    transfer: Transfer | None = None
    carried: int = 0
    """Diversions that the call says it already has (calls from a trunk)."""
    withheld: bool = False
    """Does the caller's phone ask that its number be shown to nobody outside (`Privacy: id`)?"""


@dataclass(frozen=True, slots=True)
class Diverted:
    by: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a call."""

    rings: tuple[str, ...]
    ending: Ending
    diverted: tuple[Diverted, ...]
    events: tuple[Event, ...]
    via: str | None = None
    """The trunk that carried the call to the outside number that was tried last."""
    state: State | None = None
    """What is set after a code was dialled; None: nothing was."""

    @property
    def shown(self) -> Mapping[str, str | None]:
        """The number that each outside number was shown as the caller; None: an anonymous one."""
        return {target: shown.public for event in self.events for target, shown in event.shown}


def caller_of(plan: Plan, call: Call) -> Caller:
    """Who calls: an extension of the plan is inside, everything else comes from a trunk, the first one of the plan."""
    if call.caller in plan.users:
        return Caller(Origin.INTERNAL, call.caller, withheld=call.withheld)
    trunk = next(iter(plan.trunks), None)
    return Caller(Origin.EXTERNAL, entry.caller_from_trunk(plan, call.caller), call.carried, trunk=trunk)


def simulate(plan: Plan, call: Call, environment: Environment) -> Story:
    """What happens to ``call``, its transfer included."""
    source = plan
    plan = applied(source, environment.state, environment.moment)
    caller = caller_of(plan, call)
    if caller.origin is Origin.INTERNAL:
        way_in = entry.from_phone(plan, call.caller, call.called)
    else:
        way_in = entry.from_trunk(plan, call.called)
    if isinstance(way_in, entry.CodeDialled):
        return _code(source, call, way_in, environment)
    story = _run(plan, caller, call.called, way_in, environment)
    if call.transfer is None or story.ending.kind is not EndKind.ANSWERED:
        return story
    return _transferred(plan, caller, story, call.transfer, environment)


def _transferred(plan: Plan, caller: Caller, story: Story, transfer: Transfer, environment: Environment) -> Story:
    """The call after a transfer: the transferred party calls anew, in its own origin."""
    answerer = story.ending.value
    if transfer.by == answerer:
        party = replace(caller, carried=0)
    elif transfer.by == caller.number and caller.origin is Origin.INTERNAL:
        inside = answerer in plan.users
        party = Caller(Origin.INTERNAL, answerer) if inside else Caller(Origin.EXTERNAL, answerer, trunk=story.via)
    else:
        return story
    if transfer.attended:  # the party that waits is still in a call, and keeps its trunk
        environment = replace(environment, held=party.number if party.origin is Origin.INTERNAL else None)
        party = Caller(Origin.INTERNAL, transfer.by, trunk=party.trunk)
    told = Event(EventKind.TRANSFERRED, transfer.by, detail=transfer.to)
    way_in = entry.from_phone(plan, transfer.by, transfer.to)
    opens = isinstance(way_in, entry.MailboxAccess) and not transfer.attended
    takes = isinstance(way_in, entry.Refusal) and way_in.why is entry.Why.NOTHING_RINGS and not transfer.attended
    if opens or takes or isinstance(way_in, entry.CodeDialled):
        # A transferred party is not the mailbox's owner, and can neither pick up calls nor dial codes.
        way_in = entry.Refusal(404, entry.Why.NO_SUCH_NUMBER)
    by = None if transfer.attended else transfer.by
    second = _run(plan, party, transfer.to, way_in, environment, by)
    return Story(
        story.rings + second.rings,
        second.ending,
        story.diverted + second.diverted,
        (*story.events, told, *second.events),
        second.via or story.via,
    )


def _code(plan: Plan, call: Call, way_in: entry.CodeDialled, environment: Environment) -> Story:
    """A code by the plan as it is written: what may be set does not depend on what is set."""
    done = codes.dial(plan, environment.state, call.caller, way_in.code, environment.moment)
    entered = Event(EventKind.ENTERED, call.caller, detail=call.called)
    if done.status is not None:
        why = entry.Why.MAY_NOT_SET if done.status == 403 else entry.Why.NO_SUCH_SETTING
        refused = Event(EventKind.REFUSED, str(done.status), detail=why)
        return Story((), Ending(EndKind.RELEASED, str(done.status)), (), (entered, refused))
    ending = Ending(EndKind.SET, done.subject)
    ended = Event(EventKind.ENDED, ending.value, detail=ending.kind.value)
    return Story((), ending, (), (entered, ended), state=done.state)


def _run(
    plan: Plan, caller: Caller, called: str, way_in: entry.WayIn, environment: Environment, by: str | None = None
) -> Story:
    """``by``: who transferred the caller blindly."""
    entered = Event(EventKind.ENTERED, caller.number or "anonymous", detail=called)
    match way_in:
        case entry.Refusal(status, why):
            ended = Event(EventKind.REFUSED, str(status), detail=why)
            return Story((), Ending(EndKind.RELEASED, str(status)), (), (entered, ended))
        case entry.MailboxAccess(extension):
            ending = Ending(EndKind.MAILBOX, extension or "*")
            ended = Event(EventKind.ENDED, ending.value, detail=ending.kind.value)
            return Story((), ending, (), (entered, ended))
        case entry.DialOut():
            return _dial_out(plan, caller, way_in, entered, environment, by)
        case entry.CodeDialled():
            raise ValueError("a code is no call")
        case entry.ToPlace(place):
            return _reach(
                plan, caller, machine.begin(caller, [place], by if plan.recall else None), (entered,), environment
            )


def _dial_out(
    plan: Plan, caller: Caller, out: entry.DialOut, entered: Event, environment: Environment, by: str | None
) -> Story:
    number, sent = out.number, entry.sent(plan, caller, out, by)
    entered = entered._replace(sent=sent, location=sent.route.location)
    rung = Ringer(plan, caller, environment).ring_direct(number, DIRECT_RING_SECONDS, out.route)
    if rung.answered is not None:
        ending = Ending(EndKind.ANSWERED, number)
    else:
        status = release_status(rung.status, rung.outcome, several=plan.tries(out.route.trunks) > 1)
        ending = Ending(EndKind.RELEASED, str(status))
    ended = Event(EventKind.ENDED, ending.value, outcome=rung.outcome, detail=ending.kind.value)
    rang = _rang(number, rung, None)
    if rung.via is not None:
        rang = rang._replace(shown=((number, entry.shown(plan, caller, out, by, rung.via)),))
    events = (entered, *rung.events, rang)
    if rung.answered is None and by is not None and plan.recall:
        recalled = _recall(plan, caller, by, environment)
        if recalled is not None:
            taken = recalled.ending.kind is EndKind.ANSWERED
            # If the recall is not answered either, the far end's own code stands.
            told = recalled.events if taken else (*recalled.events[:-1], ended)
            rings = _together(rung.dialled) + recalled.rings
            return Story(rings, recalled.ending if taken else ending, (), (*events, *told), recalled.via or rung.via)
    return Story(_together(rung.dialled), ending, (), (*events, ended), rung.via)


def _recall(plan: Plan, caller: Caller, by: str, environment: Environment) -> Story | None:
    """The recall of the user who transferred the caller to an outside number; None if that user is not rung."""
    state = machine.begin(caller, (), by)
    conditions = CallConditions(plan, caller, environment.moment)
    if machine.advance(plan, caller, conditions, state).ringing is None:
        return None
    return _reach(plan, caller, state, (), environment)


def _reach(plan: Plan, caller: Caller, state: CallState, before: tuple[Event, ...], environment: Environment) -> Story:
    """``before``: events of the call before ``state``."""
    conditions = CallConditions(plan, caller, environment.moment)
    events, ending = play(plan, caller, conditions, state, Ringer(plan, caller, environment).ring)
    assert ending is not None
    rings = tuple(who for e in events if e.kind is EventKind.RANG for who in _together(e.dialled))
    via = next((e.via for e in reversed(events) if e.kind is EventKind.RANG and e.via is not None), None)
    return Story(rings, ending, _diversions(events), (*before, *events), via)


def play(
    plan: Plan, caller: Caller, conditions: Conditions, state: CallState, ring: Callable[[Ringing], RingResult | None]
) -> tuple[list[Event], Ending | None]:
    """The call from ``state`` on; without an ending if ``ring`` has no result for something that rings."""
    events: list[Event] = []
    while True:
        step = machine.advance(plan, caller, conditions, state)
        events += step.events
        rung = None if step.ringing is None else ring(step.ringing)
        if step.ringing is None or rung is None:
            return events, step.ending
        place = step.ringing.pending.place
        served = place.kind is PlaceKind.SERVICE
        if not served:
            shown = shown_at(plan, caller, step.ringing.pending, rung.via)
            events += [*rung.events, _rang(place.target, rung, place)._replace(shown=shown)]
        if rung.answered is not None:
            ending = Ending(EndKind.SERVICE if served else EndKind.ANSWERED, rung.answered)
            answerer = plan.users.get(rung.answered)
            location = place.location if answerer is None else answerer.location
            events.append(Event(EventKind.ENDED, rung.answered, detail=ending.kind.value, location=location))
            return events, ending
        assert rung.outcome is not None
        state, told = machine.after(plan, caller, conditions, step.state, step.ringing, rung.outcome)
        events += told


def _rang(target: str, rung: RingResult, place: Place | None) -> Event:
    """``place`` is None for a number that is dialled straight to a trunk."""
    return Event(
        EventKind.RANG,
        target,
        place=place,
        outcome=rung.outcome,
        seconds=rung.seconds,
        dialled=rung.dialled,
        via=rung.via,
        location=None if place is None else place.location,
    )


def _together(dialled: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Entries of ``rings`` as scenarios write them: those rung together joined with plus."""
    return tuple("+".join(entry) for entry in dialled)


def _diversions(events: Sequence[Event]) -> tuple[Diverted, ...]:
    """Diversions in order; operator return and the general rule after it count as one."""
    diversions: list[Diverted] = []
    previous: Event | None = None
    for event in events:
        is_continued = previous is not None and previous.kind is EventKind.DIVERTED
        if event.kind is EventKind.DIVERTED and event.reason is not None and not is_continued:
            diversions.append(Diverted(event.subject, event.reason))
        previous = event
    return tuple(diversions)
