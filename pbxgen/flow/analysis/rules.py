"""Rules that can never apply: after a rule that always applies, or for callers or times that do not occur."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.call_sets import CallSets
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import Deviations, Origin, Outcome, PlaceKind, Plan, Rule, Rules, User

SOON = dt.timedelta(days=14)
"""How long before its last day a rule's end is announced."""

MayPass = Callable[[Rule, Rule], bool]
"""May a call come to the first rule although the second would divert it?"""

_Dead = Mapping[int, tuple[int, ...]]
"""By the index of a rule that never applies, the rules that apply instead."""


@dataclass(frozen=True, slots=True)
class DeadRule:
    """A rule that applies to none of the users (or the inbound number) that it stands for."""

    rule: Rule
    hidden_by: Rule | None
    """The unconditional rule, or the earlier one of its list, that applies instead; None: no such call."""
    but_for: frozenset[tuple[str, ...]]
    """Sets of places: a call that has been to all places of one is not diverted by ``hidden_by``; no set: every call
    is."""
    subjects: tuple[tuple[str, str], ...]
    """The users who have it, or the inbound number."""


def rules_that_never_apply(plan: Plan, situations: Situations) -> Iterator[Diagnostic]:
    for dead in find_dead_rules(plan, situations):
        help = "remove it, or move it before the other one, or change its conditions"
        if dead.but_for:
            names = " and ".join(next(iter(dead.but_for)))
            been = f"to {names}" if len(dead.but_for) == 1 else "where their unconditional rule leads"
            message = f"this rule can apply only to calls that have been {been}: all others are diverted at once"
            help = "remove it, unless it is meant for calls from there, or that come by that way: then accept this"
        elif dead.hidden_by is None:
            message = "this rule can never apply: no call comes at such a time and from such a caller"
        else:
            message = "this rule can never apply: another one always applies instead"
        related = [] if dead.hidden_by is None else [Related("this one", dead.hidden_by.location)]
        yield make("PBX211", message, dead.rule.location, help=help, related=related, subjects=dead.subjects)


def rules_against_themselves(plan: Plan, today: dt.date) -> Iterator[Diagnostic]:
    """PBX211 of rules that ask for a switch to be on and off: they are there in none of its positions."""
    subjects_by_location: dict[Location, dict[tuple[str, str], None]] = {}
    for rule, subject in _all_rules(plan):
        asked = [one.switch for one in rule.condition.switches]
        if len(set(asked)) < len(asked) and (rule.condition.until is None or rule.condition.until >= today):
            subjects_by_location.setdefault(rule.location, {})[subject] = None
    for location, subjects in subjects_by_location.items():
        message = "this rule can never apply: it asks for a switch to be on and off"
        yield make("PBX211", message, location, help="remove it, or change its conditions", subjects=subjects)


def rules_that_end_soon(plan: Plan, today: dt.date) -> Iterator[Diagnostic]:
    """PBX219; rules that have ended are the language's to report (PBX154)."""
    ending: dict[Location, tuple[Rule, dict[tuple[str, str], None]]] = {}
    for rule, subject in _all_rules(plan):
        until = rule.condition.until
        if until is not None and today <= until <= today + SOON:
            ending.setdefault(rule.location, (rule, {}))[1][subject] = None
    for rule, subjects in ending.values():
        assert rule.condition.until is not None
        days = (rule.condition.until - today).days
        when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        yield make(
            "PBX219",
            f"this rule ends on {rule.condition.until.isoformat()}, {when}",
            rule.location,
            help="give it a later date if it is to go on; else check which rule applies from the day after",
            subjects=subjects,
        )


def find_dead_rules(plan: Plan, situations: Situations) -> tuple[DeadRule, ...]:
    """Dead rules in source order, a policy's only if dead for all its users; rules past their end are PBX154."""
    verdicts: dict[Hashable, _Dead] = {}
    ahead = PlacesAhead(plan)
    alive: set[Location] = set()
    dead: dict[Location, DeadRule] = {}
    subjects: dict[Location, dict[tuple[str, str], None]] = {}

    def note(rules: Sequence[Rule], verdict: _Dead, passed: MayPass, subject: tuple[str, str]) -> None:
        for at, rule in enumerate(rules):
            if at not in verdict:
                alive.add(rule.location)
                continue
            subjects.setdefault(rule.location, {})[subject] = None
            hiding = [rules[n] for n in verdict[at]]
            passing = next((other for other in hiding if passed(rule, other)), None)
            known = dead.get(rule.location)
            if passing is not None:
                been = frozenset({tuple(dict.fromkeys(p.target for p in passing.places))})
                dead[rule.location] = DeadRule(rule, passing, been if known is None else been | known.but_for, ())
            elif known is None:
                dead[rule.location] = DeadRule(rule, next(iter(hiding), None), frozenset(), ())

    for user in plan.users.values():
        lists = [rules for _, rules in user.deviations.lists()]
        shape = tuple(tuple(r.condition for r in one) for one in lists)
        if shape not in verdicts:
            verdicts[shape] = _dead_of_user(situations, user.deviations)
        rules = [r for one in lists for r in one]
        note(rules, verdicts[shape], partial(_may_pass, ahead, user), ("user", user.extension))
    for inbound in plan.inbound.values():
        calls = CallSets.of_strangers(situations, (r.condition for r in inbound.rules))
        verdict = _dead_in_list(calls, inbound.rules, calls.whole)
        note(inbound.rules, verdict, lambda rule, other: False, ("inbound", inbound.number))
    return tuple(
        replace(dead_rule, subjects=tuple(subjects[location]))
        for location, dead_rule in dead.items()
        if location not in alive
        and (dead_rule.rule.condition.until is None or dead_rule.rule.condition.until >= situations.start)
    )


def _may_pass(ahead: PlacesAhead, user: User, rule: Rule, other: Rule) -> bool:
    """May a call to ``user`` come to ``rule`` because ``other``, an unconditional one, leads only to where it has been?

    A call has been to a place if it was placed from there, or diverted from there. A call from outside can only have
    been diverted from there, unless the place is an outside number.
    """
    deviations = user.deviations
    if rule in deviations.unconditional or other not in deviations.unconditional:
        return False
    if any(p.ends_call for p in other.places):
        return False
    returning = any(rule in deviations.operator_return(outcome) for outcome in Outcome)
    outside = returning or not ahead.plan.may_hold(rule.condition, Origin.INTERNAL)
    if not outside or any(p.kind is PlaceKind.OUTSIDE for p in other.places):
        return True
    me = (PlaceKind.USER.value, user.extension)
    return any(me in ahead.of([p.key], ahead.plan.max_diversions) for p in other.places)


def _all_rules(plan: Plan) -> Iterator[tuple[Rule, tuple[str, str]]]:
    for subject, _, rules in plan.rules():
        yield from ((rule, subject) for rule in rules)


def _dead_of_user(situations: Situations, deviations: Deviations) -> _Dead:
    """By the places of the rules in all lists together."""
    lists = [rules for _, rules in deviations.lists()]
    if all(len(rules) < 2 and all(r.condition.always for r in rules) for rules in lists) and not lists[0]:
        return {}
    calls = CallSets.of_strangers(situations, (r.condition for rules in lists for r in rules))
    diverting = calls.firsts(r.condition for r in deviations.unconditional)
    dead = dict(_dead_in_list(calls, deviations.unconditional, calls.whole))
    before = len(deviations.unconditional)
    for name, rules in deviations.lists()[1:]:
        asked = calls.bits(calls.of(Origin.EXTERNAL)) if name.startswith("return_") else calls.whole
        for at, hiding in _dead_in_list(calls, rules, asked & ~sum(diverting)).items():
            holding = asked & calls.where(rules[at].condition)
            diverted = tuple(n for n, diverted in enumerate(diverting) if diverted & holding)
            dead[before + at] = tuple(before + n for n in hiding) or diverted
        before += len(rules)
    return dead


def _dead_in_list(calls: CallSets, rules: Rules, among: int) -> _Dead:
    """Rules of one list that never are the first whose condition holds, for some calls."""
    firsts = [first & among for first in calls.firsts(r.condition for r in rules)]
    return {
        at: tuple(n for n, other in enumerate(firsts) if other & calls.where(rule.condition))
        for at, (rule, first) in enumerate(zip(rules, firsts, strict=True))
        if not first
    }
