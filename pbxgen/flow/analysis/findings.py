"""What the analysis has to say of a plan, as diagnostics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.analysis.explore import Explorer, Outcomes
from pbxgen.flow.analysis.loops import Loop, find_loops
from pbxgen.flow.analysis.reach import Flow, flow_of
from pbxgen.flow.analysis.rules import DeadRule, find_dead_rules
from pbxgen.flow.analysis.situations import SOMEBODY_INSIDE, SOMEBODY_OUTSIDE, Situation, Situations
from pbxgen.flow.explain import Teller
from pbxgen.flow.machine import Caller
from pbxgen.flow.phrases import ENGLISH
from pbxgen.flow.plan import Origin, Place, PlaceKind, Plan, RingGroup, User
from pbxgen.flow.simulate import Call
from pbxgen.source.location import Location

LONGEST_RINGING = 180
"""Seconds of ringing above which a caller has long given up (SEMANTICS, "too long")."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A way into the plan."""

    place: Place
    number: str | None
    """The outside number that leads here; None: dialled from inside only."""
    label: str
    location: Location
    subject: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Way:
    situation: int
    """Index among the situations of the form (equal forms have equal lists of situations)."""
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class _Verdict:
    lost: _Way | None
    seconds: int
    longest: _Way
    over_max: _Way | None


def analyse(plan: Plan, today: dt.date) -> tuple[Diagnostic, ...]:
    """Every finding about the calls of ``plan`` from ``today`` on."""
    situations = Situations(plan, today)
    loops = find_loops(plan, situations)
    return (
        *(_loop(plan, loop) for loop in loops),
        *(_dead(plan, dead) for dead in find_dead_rules(plan, situations)),
        *_deserted_operators(plan),
        *_Calls(plan, situations).findings(),
    )


class _Calls:
    """Explores every entry, each form of flow once."""

    def __init__(self, plan: Plan, situations: Situations) -> None:
        self._plan = plan
        self._situations = situations
        self._verdicts: dict[Hashable, _Verdict] = {}
        self._teller = Teller(plan, ENGLISH)

    def findings(self) -> Iterator[Diagnostic]:
        for entry in _entries(self._plan):
            flow = flow_of(self._plan, entry.place)
            if flow.form not in self._verdicts:
                self._verdicts[flow.form] = self._judge(flow)
            yield from self._report(entry, flow, self._verdicts[flow.form])

    def _of(self, flow: Flow) -> list[Situation]:
        """Situations of a flow: callers inside and outside, those whom it could divert to among them."""
        atoms = flow.atoms
        outside = [*self._situations.outside_numbers(atoms), *flow.outside]
        callers = [Caller(Origin.EXTERNAL, n) for n in outside] + [Caller(Origin.INTERNAL, SOMEBODY_INSIDE)]
        return [Situation(c, m) for c in callers for m in self._situations.moments(atoms)]

    def _judge(self, flow: Flow) -> _Verdict:
        lost: _Way | None = None
        over_max: _Way | None = None
        longest, seconds = _Way(0, ()), -1
        for index, situation in enumerate(self._of(flow)):
            ways = Explorer(self._plan, situation).ways(flow.entry)
            external = situation.caller.origin is Origin.EXTERNAL
            if ways.lost is not None and external and (lost is None or len(ways.lost) < len(lost.outcomes)):
                lost = _Way(index, ways.lost)
            if ways.over_max is not None and (over_max is None or len(ways.over_max) < len(over_max.outcomes)):
                over_max = _Way(index, ways.over_max)
            if ways.seconds > seconds:
                longest, seconds = _Way(index, ways.longest), ways.seconds
        return _Verdict(lost, seconds, longest, over_max)

    def _report(self, entry: _Entry, flow: Flow, verdict: _Verdict) -> Iterator[Diagnostic]:
        if verdict.lost is not None and entry.number is not None:
            story, related = self._example(entry, flow, verdict.lost)
            yield make(
                "PBX210",
                f"a call from outside to {entry.label} can be lost",
                entry.location,
                help=f"{story}. Give the last place a mailbox, an overflow or a further destination, write `busy` or "
                "`hangup` where calls shall end, or accept it with a reason",
                related=related,
                subject=entry.subject,
            )
        if verdict.seconds > LONGEST_RINGING:
            story, related = self._example(entry, flow, verdict.longest)
            yield make(
                "PBX212",
                f"a call to {entry.label} can ring for {verdict.seconds} s",
                entry.location,
                help=f"{story}. Shorten the chain or its ring times: few callers wait {LONGEST_RINGING} s",
                related=related,
                subject=entry.subject,
            )
        if verdict.over_max is not None:
            story, related = self._example(entry, flow, verdict.over_max)
            yield make(
                "PBX213",
                f"a call to {entry.label} can be diverted more than {self._plan.max_diversions} times",
                entry.location,
                help=f"{story}. Shorten the chain, or raise `max_diversions`",
                related=related,
                subject=entry.subject,
            )

    def _example(self, entry: _Entry, flow: Flow, way: _Way) -> tuple[str, tuple[Related, ...]]:
        """One call in words: the headline, and its steps with their places in the source."""
        situation = self._of(flow)[way.situation]
        events = Explorer(self._plan, situation).replay(flow.entry, way.outcomes)
        number = situation.caller.number
        call = Call(number or "anonymous", entry.number or entry.subject[1])
        steps = self._teller.tell_events(events, call)
        when = situation.moment.strftime("%A %Y-%m-%d %H:%M") if flow.atoms.schedules or flow.atoms.untils else ""
        who = _who(situation.caller)
        related = tuple(Related(s.text, s.location) for s in steps if s.location is not None)
        told = " ".join(s.text for s in steps)
        return f"Example: {who} calls{' on ' + when if when else ''}. {told}".rstrip("."), related


def _who(caller: Caller) -> str:
    if caller.number in (SOMEBODY_INSIDE, SOMEBODY_OUTSIDE):
        return "somebody inside" if caller.origin is Origin.INTERNAL else "somebody outside"
    return caller.number or "an anonymous caller"


def _entries(plan: Plan) -> Iterator[_Entry]:
    for user in plan.users.values():
        place = Place(PlaceKind.USER, user.extension, user.location)
        number = user.dids[0] if user.dids else None
        label = f"{user.name} ({user.extension})"
        yield _Entry(place, number, label, user.location, ("user", user.extension))
    for inbound in plan.inbound.values():
        place = Place(PlaceKind.INBOUND, inbound.number, inbound.location)
        yield _Entry(place, inbound.number, inbound.number, inbound.location, ("inbound", inbound.number))
    for kind, groups in ((PlaceKind.OPERATOR, plan.operators), (PlaceKind.GROUP, plan.groups)):
        for group in groups.values():
            place = Place(kind, group.name, group.location)
            yield _Entry(place, None, f"{kind.value} {group.name}", group.location, (kind.value, group.name))


def _loop(plan: Plan, loop: Loop) -> Diagnostic:
    users = [user for user, _ in loop.steps]
    chain = " → ".join([*users, users[0]])
    related = tuple(Related(f"{user} diverts every call here", rule.location) for user, rule in loop.steps[1:])
    return make(
        "PBX200",
        f"unconditional deviations lead back to where they began: {chain}",
        loop.steps[0][1].location,
        help="let one of them end at a phone or a mailbox, or give them conditions that never hold together",
        related=related,
    )


def _dead(plan: Plan, dead: DeadRule) -> Diagnostic:
    if dead.hidden_by is None:
        why = "no call comes at such a time and from such a caller"
        related: tuple[Related, ...] = ()
    else:
        why = "another one always applies instead"
        related = (Related("this one", dead.hidden_by.location),)
    return make(
        "PBX211",
        f"this rule can never apply: {why}",
        dead.rule.location,
        help="remove it, or move it before the other one, or change its conditions",
        related=related,
        subject=dead.subject,
    )


def _deserted_operators(plan: Plan) -> Iterator[Diagnostic]:
    for operator in plan.operators.values():
        members = [plan.users[m] for m in operator.members]
        if members and all(_diverts_to(m, operator) for m in members):
            yield make(
                "PBX214",
                f"every member of operator position {operator.name} diverts to it",
                operator.location,
                help="a call they do not take comes back to their own phones: send one of them, or the position's "
                "`overflow`, elsewhere",
                subject=("operator", operator.name),
            )


def _diverts_to(user: User, operator: RingGroup) -> bool:
    d = user.deviations
    rules = (*d.unconditional, *d.busy, *d.no_answer, *d.unreachable, *d.return_busy)
    rules += (*d.return_no_answer, *d.return_unreachable)
    return any((PlaceKind.OPERATOR.value, operator.name) == p.key for r in rules for p in r.places)
