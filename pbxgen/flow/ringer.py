"""How ringing a place goes in an environment: who is dialled, who answers after how many seconds, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pbxgen.flow.environment import REPLIES, CallConditions, Environment, is_status
from pbxgen.flow.machine import Caller, Event, EventKind, Ringing, ring_seconds
from pbxgen.flow.plan import Leg, Outcome, Place, PlaceKind, Plan, Strategy, User
from pbxgen.flow.trunk import Route

_BUSY_STATUS = frozenset({486, 600, 603, 403})
NOT_HANDED_ON = frozenset({401, 407, 408, 487})
"""Final replies of 400 to 599 of a far end that are no release code for a caller."""
SILENT_SECONDS = 5
"""How long a trunk may show no sign of life before the next one is tried."""
TRUNK_FULL = 503
"""What a trunk replies that takes no more calls."""
UNHEARD = 408
"""Stands for no reply: if several trunks were tried, the reply of another one counts."""
CONFIRM_SECONDS = 10
"""Seconds in which the person who answers must press 1."""

Result = Outcome | None
"""How one leg or all of them ended; None: answered."""


def passes_on(status: int, *, rang: bool = False, emergency: bool = False) -> bool:
    """Does a trunk's final SIP status say that it did not carry the call, so that the next trunk is tried?

    ``rang``: has there been an 18x? Then the called party was reached, and a 480 is that party's reply. An
    ``emergency`` number refuses no call: a refusal before it rang is the carrier's, unless it is busy.
    """
    if status == 408 or 500 <= status < 600:
        return True
    return not rang and (status == 480 or (emergency and status >= 300 and status not in (486, 600)))


def release_status(status: int | None, outcome: Outcome | None, *, several: bool) -> int:
    """The SIP status with which a call ends that was dialled straight to a trunk: the far end's own, where it can be.

    A status that asks something of the caller (401, 407), tells of a lack of replies (408) or ends a call at every
    other place too (6xx) is not handed on. Neither is a 5xx of a single trunk, as that trunk did not carry the call;
    with ``several`` trunks the 5xx of the last one is. ``status`` is None where there was no final reply.
    """
    if status is not None and 400 <= status < (600 if several else 500) and status not in NOT_HANDED_ON:
        return status
    return 486 if outcome is Outcome.BUSY else 480


def outcome_of_status(status: int, sip_480: Outcome) -> Outcome:
    """The outcome of a phone's final SIP status 300-699 (docs/semantics.md, "Ringing a user"); 3xx counts as 302."""
    if status == 480:
        return sip_480
    return Outcome.BUSY if status in _BUSY_STATUS or 300 <= status < 400 else Outcome.UNREACHABLE


def combined(results: list[Outcome]) -> Outcome:
    """The outcome of several legs none of which was answered."""
    for outcome in (Outcome.NO_ANSWER, Outcome.BUSY):
        if outcome in results:
            return outcome
    return Outcome.UNREACHABLE


@dataclass(frozen=True, slots=True)
class RingResult:
    """How an attempt went: who was dialled (in order; together: one entry), and who answered."""

    dialled: tuple[tuple[str, ...], ...]
    answered: str | None
    outcome: Outcome | None
    seconds: int
    events: tuple[Event, ...] = ()
    via: str | None = None
    """The trunk that carried the call; None: none did, or none was needed."""
    status: int | None = None
    """The last final reply of an outside number or its trunks."""


@dataclass(frozen=True, slots=True)
class _LegResult:
    target: str
    start: int
    end: int
    dialled: bool
    result: Result
    asked: bool = False
    """Must the person press 1? That takes longer than answering."""
    via: str | None = None
    status: int | None = None
    events: tuple[Event, ...] = ()
    turn: int = 0
    """Legs of one turn and one start ring together; `linear` gives each member a turn of its own."""


def quickness(target: str) -> tuple[bool, str]:
    """Sorts those who would answer at the same moment, the quickest first: phones before outside numbers."""
    return target.startswith("+"), target


def _soonest(leg: _LegResult) -> tuple[int, bool, tuple[bool, str]]:
    return leg.end, leg.asked, quickness(leg.target)


class Ringer:
    """Rings places of ``plan`` for ``caller`` in ``environment``."""

    def __init__(self, plan: Plan, caller: Caller, environment: Environment) -> None:
        self._plan = plan
        self._caller = caller
        self._environment = environment

    def ring(self, ringing: Ringing) -> RingResult:
        place = ringing.pending.place
        if ringing.user is not None:
            return self._ring_user(ringing.user, ringing)
        if ringing.group is not None:
            return self._ring_group(ringing)
        if place.kind is PlaceKind.SERVICE:
            return self._serve(place.target)
        return self._judge([self._outside(place.target, ringing.seconds, place.confirm, self._plan.trunks_of(place))])

    def _serve(self, name: str) -> RingResult:
        if self._environment.services.get(name, "take") == "take":
            return RingResult((), name, None, 0)
        return RingResult((), None, Outcome.UNREACHABLE, 0)

    def ring_direct(self, number: str, seconds: int, route: Route) -> RingResult:
        """A number dialled straight to the trunks of a route."""
        return self._judge([self._outside(number, seconds, False, route.trunks, route.emergency)])

    def _ring_user(self, user: User, ringing: Ringing) -> RingResult:
        if user.dnd or self._occupied(user):
            return RingResult((), None, Outcome.BUSY, 0)
        confirm = ringing.pending.place.confirm
        if not user.follow_me:
            return self._judge([self._contacts(user, 0, ringing.seconds, confirm)])
        present: list[_LegResult] = []
        for one in user.follow_me:
            ahead = tuple(leg.via for leg in present if leg.via is not None)
            leg = self._leg(one, user, ringing, confirm, ahead)
            present += [] if leg is None else [leg]
        return self._judge(present)

    def _is_full(self, trunk: str, ahead: tuple[str, ...] = ()) -> bool:
        """Is a trunk full with the caller's own call and the legs before this one, which use the trunks ``ahead``?"""
        most = self._plan.trunks[trunk].max_calls
        return most is not None and (self._caller.trunk == trunk) + ahead.count(trunk) >= most

    def _is_dead(self, trunk: str) -> bool:
        """Is a trunk known to be dead, as it leaves OPTIONS unanswered? A call for help tries it last."""
        return self._environment.trunks.get(trunk) == "down" and self._plan.trunks[trunk].keepalive > 0

    def _leg(self, leg: Leg, owner: User, ringing: Ringing, confirm: bool, ahead: tuple[str, ...]) -> _LegResult | None:
        place = leg.place
        if place.key == self._caller.key:
            return None
        whole = self._uncapped(owner) if place.timeout is None else place.timeout
        end = leg.delay + whole if ringing.cap is None else min(leg.delay + whole, ringing.cap)
        if end <= leg.delay:
            return None
        confirm = confirm or place.confirm
        if place.kind is PlaceKind.OUTSIDE:
            return self._follow_outside(place, leg.delay, end, confirm, ahead)
        member = self._plan.users[place.target]
        if place.target != owner.extension and (member.dnd or self._occupied(member)):
            return _LegResult(place.target, leg.delay, leg.delay, False, Outcome.BUSY)
        return self._contacts(member, leg.delay, end, confirm)

    def _uncapped(self, user: User) -> int:
        conditions = CallConditions(self._plan, self._caller, self._environment.moment)
        return ring_seconds(user, self._caller.origin, conditions)

    def _ring_group(self, ringing: Ringing) -> RingResult:
        group = ringing.group
        assert group is not None
        confirm = ringing.pending.place.confirm
        events: list[Event] = []
        legs: list[_LegResult] = []
        clock = 0
        for extension in group.members:
            if (PlaceKind.USER.value, extension) == self._caller.key:
                events.append(Event(EventKind.MEMBER_SKIPPED, extension, location=group.location))
                continue
            user = self._plan.users[extension]
            if group.strategy is Strategy.ALL:
                legs.append(self._member(user, 0, ringing.seconds, confirm))
                continue
            end = clock + group.ring_timeout
            end = end if ringing.cap is None else min(end, ringing.cap)
            if end <= clock and legs:
                break
            legs.append(replace(self._member(user, clock, end, confirm), turn=len(legs)))
            if legs[-1].result is None:
                break
            clock = legs[-1].end
        return replace(self._judge(legs), events=tuple(events))

    def _member(self, user: User, start: int, end: int, confirm: bool) -> _LegResult:
        if user.dnd or self._occupied(user):
            return _LegResult(user.extension, start, start, False, Outcome.BUSY)
        return self._contacts(user, start, end, confirm)

    def _occupied(self, user: User) -> bool:
        waits = user.extension == self._environment.held
        return not user.call_waiting and (waits or "in_call" in self._environment.phone(user.extension))

    def _contacts(self, user: User, start: int, end: int, confirm: bool) -> _LegResult:
        """All registered contacts of one user, rung together."""
        registered = [s for s in self._environment.phone(user.extension) if s != "unregistered"]
        if not registered:
            return _LegResult(user.extension, start, start, False, Outcome.UNREACHABLE)
        results = [self._reply(state, start, end, confirm) for state in registered]
        answered = [at for at, result in results if result is None]
        if answered:
            return _LegResult(user.extension, start, min(answered), True, None, confirm)
        outcome = combined([r for _, r in results if r is not None])
        return _LegResult(user.extension, start, max(at for at, _ in results), True, outcome)

    def _outside(
        self, number: str, seconds: int, confirm: bool, trunks: tuple[str, ...], emergency: bool = False
    ) -> _LegResult:
        """An outside number over the first trunk that carries the call.

        The ring time starts anew on each trunk; the result has the time on the trunk that carried the call.
        """
        state, waited, status, outcome = self._environment.outside.get(number, "answer"), 0, None, Outcome.UNREACHABLE
        several = self._plan.tries(trunks) > 1
        events: list[Event] = []
        via: str | None = None
        in_order = sorted(trunks, key=self._is_dead) if emergency else trunks
        for trunk, of_trunk in ((trunk, self._environment.trunks.get(trunk)) for trunk in in_order):
            if not emergency and self._is_full(trunk):
                of_trunk = "full"  # whatever the trunk would do: nothing is sent to it
            if of_trunk in ("down", "silent"):
                silent = SILENT_SECONDS * self._plan.tries((trunk,)) if several else seconds
                events.append(Event(EventKind.NOT_CARRIED, trunk, detail=of_trunk, seconds=silent))
                waited, outcome = waited + silent, Outcome.UNREACHABLE
                continue
            if of_trunk is None:
                via = trunk
                end, result = self._reply(state, 0, seconds, confirm)
                replied = _status_of(state)
                if result is None or replied is None or not passes_on(replied, emergency=emergency):
                    return _LegResult(number, 0, end, True, result, confirm, via, replied, tuple(events))
            else:
                events.append(Event(EventKind.NOT_CARRIED, trunk, detail=of_trunk))
                replied = TRUNK_FULL if of_trunk == "full" else int(of_trunk)
            outcome = self._refused(replied)
            status = status if replied == UNHEARD else replied
        return _LegResult(number, 0, waited, via is not None, outcome, confirm, via, status, tuple(events))

    def _follow_outside(self, place: Place, start: int, end: int, confirm: bool, ahead: tuple[str, ...]) -> _LegResult:
        """A leg of ``follow_me`` is sent over the first trunk of its list, beside the others."""
        trunk = next(iter(self._plan.trunks_of(place)), None)
        of_trunk = self._environment.trunks.get(trunk or "")
        if trunk is not None and self._is_full(trunk, ahead):
            of_trunk = "full"
        if of_trunk is not None:
            silent = of_trunk in ("down", "silent")
            refused = Outcome.UNREACHABLE if silent or of_trunk == "full" else self._refused(int(of_trunk))
            return _LegResult(place.target, start, end if silent else start, False, refused)
        state = self._environment.outside.get(place.target, "answer")
        at, result = self._reply(state, start, end, confirm)
        return _LegResult(place.target, start, at, True, result, confirm, trunk)

    def _reply(self, state: str, start: int, end: int, confirm: bool) -> tuple[int, Result]:
        """When a contact stops ringing, and its outcome."""
        if state in ("answer", "in_call"):
            return start, None
        if state == "mailbox":
            return (start + CONFIRM_SECONDS, Outcome.NO_ANSWER) if confirm else (start, None)
        if state in ("ring", "early"):
            return end, Outcome.NO_ANSWER
        if state == "dead":
            return end, Outcome.UNREACHABLE
        status = _status_of(state)
        assert status is not None
        return start, self._refused(status)

    def _refused(self, status: int) -> Outcome:
        return outcome_of_status(status, self._plan.sip_480)

    @staticmethod
    def _judge(legs: list[_LegResult]) -> RingResult:
        """Who was dialled before somebody answered, and the outcome of all legs."""
        answered = min((leg for leg in legs if leg.result is None), key=_soonest, default=None)
        in_order = sorted(legs, key=lambda leg: (leg.turn, leg.start))
        heard = [leg for leg in in_order if leg.dialled and (answered is None or leg.start <= answered.end)]
        entries: dict[tuple[int, int], list[str]] = {}
        for leg in heard:
            entries.setdefault((leg.turn, leg.start), []).append(leg.target)
        dialled = tuple(tuple(sorted(set(targets))) for targets in entries.values())
        events = tuple(event for leg in legs for event in leg.events)
        last = next((leg for leg in reversed(heard) if leg.via is not None), None)
        if answered is not None:
            via = answered.via or (None if last is None else last.via)
            return RingResult(dialled, answered.target, None, answered.end, events, via)
        outcome = combined([leg.result for leg in legs if leg.result is not None])
        via, status = (None, None) if last is None else (last.via, last.status)
        if last is None and len(legs) == 1:
            status = legs[0].status
        return RingResult(dialled, None, outcome, max((leg.end for leg in legs), default=0), events, via, status)


def _status_of(state: str) -> int | None:
    """The final status of an outside number or phone; None: it has none of its own."""
    if state in REPLIES:
        return REPLIES[state]
    return int(state) if is_status(state) else None
