"""Operator positions at which nobody can be reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.analysis.almanac import Almanac
from pbxgen.flow.analysis.situations import SOMEBODY_OUTSIDE, Atoms, Situation, Situations
from pbxgen.flow.machine import Caller, first_applying
from pbxgen.flow.plan import Origin, PlaceKind, Plan, RingGroup, Rule, User
from pbxgen.source.location import Location


def deserted_operators(plan: Plan, today: dt.date) -> Iterator[Diagnostic]:
    """PBX214: every member diverts to the position, by rules that have not ended before ``today``."""
    for operator in plan.operators.values():
        members = [plan.users[m] for m in operator.members]
        if members and all(_diverts_to(m, operator, today) for m in members):
            yield make(
                "PBX214",
                f"every member of operator position {operator.name} diverts to it",
                operator.location,
                help="a call they do not take comes back to their own phones: send one of them, or the position's "
                "`overflow`, elsewhere",
                subject=("operator", operator.name),
            )


def empty_operators(plan: Plan, situations: Situations) -> Iterator[Diagnostic]:
    """PBX218: a moment of its opening hours at which every member is away.

    Away is who has `dnd`, or diverts every call from outside at that moment: nobody sits at that phone, though a
    position's calls still ring there. Opening hours are those of the schedules by which calls are led to the position
    (`when: office` on a rule that leads there); where there is none, only a position that is empty at all times is
    reported, as nothing says when it should not be.
    """
    opening = _opening_schedules(plan)
    for operator in plan.operators.values():
        members = [plan.users[m] for m in operator.members]
        if not members or not all(m.dnd or m.deviations.unconditional for m in members):
            continue
        schedules = opening.get(operator.name, frozenset())
        rules = [r for m in members for r in m.deviations.unconditional]
        atoms = Atoms.of_rules(rules)
        atoms = Atoms(atoms.schedules | schedules, atoms.untils, frozenset())
        moments = situations.moments(atoms)
        if schedules:
            moments = tuple(
                m for m in moments if any(situations.almanac.is_open(plan.schedules[s], m) for s in schedules)
            )
        empty = [
            m for m in moments if all(_away(plan, situations.almanac, member, m) is not None for member in members)
        ]
        if empty and (schedules or len(empty) == len(moments)):
            yield _empty(plan, situations.almanac, operator, members, empty[0], timed=bool(schedules))


def _empty(
    plan: Plan, almanac: Almanac, operator: RingGroup, members: list[User], moment: dt.datetime, *, timed: bool
) -> Diagnostic:
    when = moment.strftime(" on %A %Y-%m-%d at %H:%M") if timed else " at all times"
    related = []
    for member in members:
        location = _away(plan, almanac, member, moment)
        why = "does not want to be disturbed" if member.dnd else "diverts every call"
        if location is not None:
            related.append(Related(f"{member.name} ({member.extension}) {why}", location))
    return make(
        "PBX218",
        f"operator position {operator.name} is empty{when}",
        operator.location,
        help="add a member who is there, or let the conditions of the members' deviations leave somebody",
        related=related,
        subject=("operator", operator.name),
    )


def _away(plan: Plan, almanac: Almanac, member: User, moment: dt.datetime) -> Location | None:
    """What makes a member away for an outside caller whom nobody knows; None: nothing does."""
    if member.dnd:
        return member.location
    conditions = Situation(Caller(Origin.EXTERNAL, SOMEBODY_OUTSIDE), moment, almanac).conditions(plan)
    rule = first_applying(member.deviations.unconditional, conditions)
    return None if rule is None else rule.location


def _opening_schedules(plan: Plan) -> dict[str, frozenset[str]]:
    """By operator position: the schedules in whose hours rules lead calls to it."""
    found: dict[str, set[str]] = {}
    seen: set[Location] = set()

    def note(rule: Rule) -> None:
        condition = rule.condition
        if condition.schedule is None or condition.not_in_schedule or rule.location in seen:
            return
        seen.add(rule.location)
        for place in rule.places:
            if place.kind is PlaceKind.OPERATOR:
                found.setdefault(place.target, set()).add(condition.schedule)

    for inbound in plan.inbound.values():
        for rule in inbound.rules:
            note(rule)
    for user in plan.users.values():
        for _, rules in user.deviations.lists():
            for rule in rules:
                note(rule)
    return {name: frozenset(schedules) for name, schedules in found.items()}


def _diverts_to(user: User, operator: RingGroup, today: dt.date) -> bool:
    key = (PlaceKind.OPERATOR.value, operator.name)
    rules = (r for _, rules in user.deviations.lists() for r in rules)
    lasting = (r for r in rules if r.condition.until is None or r.condition.until >= today)
    return any(key == p.key for r in lasting for p in r.places)
