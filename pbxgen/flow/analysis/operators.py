"""Operator positions at which nobody can be reached."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.flow.analysis.situations import SOMEBODY_OUTSIDE, Atoms, Situations
from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller, first_applying
from pbxgen.flow.plan import Condition, Origin, PlaceKind, Plan, RingGroup, Rule, User
from pbxgen.flow.settings import place_of


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

    A member is away who has `dnd`, or who at that moment diverts every call from outside elsewhere than to this
    position: presumably nobody sits at that phone, though the position's calls still ring there. The opening hours are
    the times at which rules with a schedule lead calls to the position (`when: office` on a rule that leads there, or
    `when: not office` on one before it that does not). If no rule has a schedule, the opening hours are not known, and
    only a position that is empty at all times is reported. A position that is not empty by the source may become so by
    what its members may set from their phones, which is reported too.
    """
    members_of = {o.name: [plan.users[m] for m in o.members] for o in plan.operators.values()}

    def may_leave(member: User, operator: str) -> bool:
        return member.dnd or bool(member.deviations.unconditional) or _leaving(plan, member, operator) is not None

    may_be = [name for name, members in members_of.items() if members and all(may_leave(m, name) for m in members)]
    opening = _opening(plan) if may_be else {}
    for operator in (plan.operators[name] for name in may_be):
        members = members_of[operator.name]
        by_the_hour = opening.get(operator.name, [])
        conditions = [c for leading in by_the_hour for c, _ in leading]
        conditions += [r.condition for m in members for r in m.deviations.unconditional]
        atoms = Atoms.of(conditions)
        every = situations.moments(Atoms(atoms.schedules, atoms.untils, frozenset()))
        moments = [m for m in every if any(_leads(plan, situations, leading, m) for leading in by_the_hour)]
        if not by_the_hour:
            moments = list(every)
        absences = {member.extension: {m for m in moments if _away(plan, member, operator, m)} for member in members}
        leaving = {member.extension for member in members if _leaving(plan, member, operator.name) is not None}
        for by_setting in (False, True):
            gone = [e for e in absences if not (by_setting and e in leaving)]
            empty = [m for m in moments if all(m in absences[extension] for extension in gone)]
            if empty and (by_the_hour or len(empty) == len(moments)):
                yield _empty(plan, operator, members, empty[0], timed=bool(by_the_hour), by_setting=by_setting)
                break


def _empty(
    plan: Plan, operator: RingGroup, members: list[User], moment: dt.datetime, *, timed: bool, by_setting: bool
) -> Diagnostic:
    when = moment.strftime(" on %A %Y-%m-%d at %H:%M") if timed else " at all times"
    related = []
    for member in members:
        location = _away(plan, member, operator, moment)
        why: str | None = "does not want to be disturbed" if member.dnd else "diverts every call"
        if location is None:
            location, why = member.location, _leaving(plan, member, operator.name)
        if why is not None:
            related.append(Related(f"{member.name} ({member.extension}) {why}", location))
    return make(
        "PBX218",
        f"operator position {operator.name} {'can be' if by_setting else 'is'} empty{when}",
        operator.location,
        help="add a member who is there, or who may not set `dnd` and `unconditional`"
        if by_setting
        else "add a member who is there, or let the conditions of the members' deviations leave somebody",
        related=related,
        subject=("operator", operator.name),
    )


def _away(plan: Plan, member: User, operator: RingGroup, moment: dt.datetime) -> Location | None:
    """What makes a member away for an outside caller in no contacts set; None: nothing does."""
    if member.dnd:
        return member.location
    conditions = CallConditions(plan, Caller(Origin.EXTERNAL, SOMEBODY_OUTSIDE), moment)
    rule = first_applying(member.deviations.unconditional, conditions)
    return None if rule is None or _leads_to(rule, operator.name) else rule.location


def _leaving(plan: Plan, member: User, operator: str) -> str | None:
    """The setting with which a member may be away from the position; None: there is none."""
    profile = member.self_service
    if profile is None:
        return None
    if "dnd" in profile.may:
        return "may switch `dnd` on"
    if "unconditional" not in profile.may:
        return None
    texts = ["v", "m", *(f"x{extension}" for extension in itertools.islice(plan.users, 2))]
    texts += [f"{'p' if p.kind is PlaceKind.OPERATOR else 'g'}{group.number}" for p, group in plan.positions()]
    places = (place_of(plan, member, text) for text in texts)
    leads_elsewhere = any(p is not None and (p.kind, p.target) != (PlaceKind.OPERATOR, operator) for p in places)
    if leads_elsewhere or ("outside" in profile.to and member.routes):
        return "may divert every call"
    return None


_Leading = tuple[tuple[Condition, bool], ...]
"""The conditions of a list of rules, each with whether its rule leads to the position because of a schedule."""


def _opening(plan: Plan) -> dict[str, list[_Leading]]:
    """By operator position: the lists of rules that lead calls to it by a schedule, equal ones once."""
    leading_to: dict[str, dict[_Leading, None]] = {}
    lists = {id(rules): rules for _, _, rules in plan.rules()}
    for rules in lists.values():
        if not any(r.condition.hours for r in rules):
            continue
        for name in {p.target for r in rules for p in r.places if p.kind is PlaceKind.OPERATOR}:
            leading = []
            by_the_hour = False  # has an earlier rule led everybody elsewhere at some hours?
            for rule in rules:
                leads = _leads_to(rule, name)
                timed = bool(rule.condition.hours)
                leading.append((rule.condition, leads and (timed or by_the_hour)))
                by_the_hour |= timed and not rule.condition.callers and not leads
            if any(leads for _, leads in leading):
                leading_to.setdefault(name, {})[tuple(leading)] = None
    return {name: list(every) for name, every in leading_to.items()}


def _leads(plan: Plan, situations: Situations, leading: _Leading, moment: dt.datetime) -> bool:
    """Does the first rule that holds at ``moment`` lead some caller there?"""
    atoms = Atoms.of(condition for condition, _ in leading)
    for caller in (*situations.insiders(atoms), *situations.strangers(atoms)):
        conditions = CallConditions(plan, caller, moment)
        if next((leads for condition, leads in leading if conditions.holds(condition)), False):
            return True
    return False


def _leads_to(rule: Rule, operator: str) -> bool:
    return any(p.kind is PlaceKind.OPERATOR and p.target == operator for p in rule.places)


def _diverts_to(user: User, operator: RingGroup, today: dt.date) -> bool:
    rules = (r for _, rules in user.deviations.lists() for r in rules)
    lasting = (r for r in rules if r.condition.until is None or r.condition.until >= today)
    return any(_leads_to(rule, operator.name) for rule in lasting)
