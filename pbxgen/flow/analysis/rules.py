"""Rules that can never apply: behind an always-applying one, or for callers or times that do not occur."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.machine import first_applying
from pbxgen.flow.plan import Deviations, Origin, Plan, Rule, Rules
from pbxgen.source.location import Location

SOON = dt.timedelta(days=14)
"""How long before its last day a rule's end is announced."""

_Dead = Mapping[int, int | None]
"""By its place among others, a rule that never applies, and the one that always does instead, if any."""


@dataclass(frozen=True, slots=True)
class DeadRule:
    """A rule that applies to none of the users (or the inbound number) that it stands for."""

    rule: Rule
    hidden_by: Rule | None
    """The unconditional rule, or the earlier one of its list, that always applies instead; None: no such call."""
    subject: tuple[str, str] | None
    """None where several users have the rule."""


def rules_that_never_apply(plan: Plan, situations: Situations) -> Iterator[Diagnostic]:
    for dead in find_dead_rules(plan, situations):
        if dead.hidden_by is None:
            why = "no call comes at such a time and from such a caller"
            related: tuple[Related, ...] = ()
        else:
            why = "another one always applies instead"
            related = (Related("this one", dead.hidden_by.location),)
        yield make(
            "PBX211",
            f"this rule can never apply: {why}",
            dead.rule.location,
            help="remove it, or move it before the other one, or change its conditions",
            related=related,
            subject=dead.subject,
        )


def rules_that_end_soon(plan: Plan, today: dt.date) -> Iterator[Diagnostic]:
    """PBX219; rules that have ended are the language's to report (PBX154)."""
    found: dict[Location, tuple[Rule, set[tuple[str, str]]]] = {}
    for rule, subject in _all_rules(plan):
        until = rule.condition.until
        if until is not None and today <= until <= today + SOON:
            found.setdefault(rule.location, (rule, set()))[1].add(subject)
    for rule, subjects in found.values():
        assert rule.condition.until is not None
        days = (rule.condition.until - today).days
        when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        yield make(
            "PBX219",
            f"this rule ends on {rule.condition.until.isoformat()}, {when}",
            rule.location,
            help="give it a later date if it shall go on; what then holds instead must be right from the day after",
            subject=next(iter(subjects)) if len(subjects) == 1 else None,
        )


def find_dead_rules(plan: Plan, situations: Situations) -> tuple[DeadRule, ...]:
    """In the order of the source. A policy's rule is dead if it is for every user who has it.

    Rules that have ended before today are left out: they are reported as that.
    """
    verdicts: dict[Hashable, _Dead] = {}
    alive: set[Location] = set()
    dead: dict[Location, DeadRule] = {}
    for user in plan.users.values():
        lists = [rules for _, rules in user.deviations.lists()]
        rules = [r for one in lists for r in one]
        shape = tuple(tuple(r.condition for r in one) for one in lists)
        if shape not in verdicts:
            verdicts[shape] = _dead_of_user(plan, situations, user.deviations)
        for at, rule in enumerate(rules):
            if at not in verdicts[shape]:
                alive.add(rule.location)
                continue
            by = verdicts[shape][at]
            subject: tuple[str, str] | None = ("user", user.extension)
            if rule.location in dead and dead[rule.location].subject != subject:
                subject = None
            dead[rule.location] = DeadRule(rule, None if by is None else rules[by], subject)
    for inbound in plan.inbound.values():
        every = situations.all(Atoms.of_rules(inbound.rules))
        for at, by in _dead_in_list(plan, inbound.rules, every).items():
            rule, hidden_by = inbound.rules[at], None if by is None else inbound.rules[by]
            dead[rule.location] = DeadRule(rule, hidden_by, ("inbound", inbound.number))
    return tuple(
        d
        for location, d in dead.items()
        if location not in alive and (d.rule.condition.until is None or d.rule.condition.until >= situations.start)
    )


def _all_rules(plan: Plan) -> Iterator[tuple[Rule, tuple[str, str]]]:
    for user in plan.users.values():
        for _, rules in user.deviations.lists():
            for rule in rules:
                yield rule, ("user", user.extension)
    for inbound in plan.inbound.values():
        for rule in inbound.rules:
            yield rule, ("inbound", inbound.number)


def _dead_of_user(plan: Plan, situations: Situations, deviations: Deviations) -> _Dead:
    """By the places of the rules in all lists together."""
    lists = [rules for _, rules in deviations.lists()]
    if all(len(rules) < 2 and all(r.condition.always for r in rules) for rules in lists) and not lists[0]:
        return {}
    every = situations.all(Atoms.of_rules(r for rules in lists for r in rules))
    free = [s for s in every if first_applying(deviations.unconditional, s.conditions(plan)) is None]
    outside = [s for s in free if s.caller.origin is Origin.EXTERNAL]
    found = dict(_dead_in_list(plan, deviations.unconditional, every))
    always = 0 if deviations.unconditional and not free else None
    before = len(deviations.unconditional)
    for name, rules in deviations.lists()[1:]:
        for at, by in _dead_in_list(plan, rules, outside if name.startswith("return_") else free).items():
            found[before + at] = always if by is None else before + by
        before += len(rules)
    return found


def _dead_in_list(plan: Plan, rules: Rules, situations: Iterable[Situation]) -> _Dead:
    """Rules of one list that are the first to hold in none of the situations."""
    left: dict[int, int | None] = dict.fromkeys(range(len(rules)))
    for situation in situations:
        if not left:
            break
        conditions = situation.conditions(plan)
        holding = [at for at, rule in enumerate(rules) if conditions.holds(rule.condition)]
        if holding:
            first, *later = holding
            left.pop(first, None)
            left |= {at: first for at in later if at in left and left[at] is None}
    return left
