"""Rules that can never apply: behind an always-applying one, or for callers or times that do not occur."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.machine import first_applying
from pbxgen.flow.plan import Deviations, Origin, Plan, Rule, Rules


@dataclass(frozen=True, slots=True)
class DeadRule:
    """A rule that applies to none of the users (or the inbound number) that it stands for."""

    rule: Rule
    hidden_by: Rule | None
    """The unconditional rule, or the earlier one of its list, that always applies instead; None: no such call."""
    subject: tuple[str, str]


def find_dead_rules(plan: Plan, situations: Situations) -> tuple[DeadRule, ...]:
    """In the order of the source. A policy's rule is dead if it is for every user who has it."""
    verdicts: dict[Deviations, dict[Rule, Rule | None]] = {}
    alive: set[Rule] = set()
    dead: dict[Rule, DeadRule] = {}
    for user in plan.users.values():
        if user.deviations not in verdicts:
            verdicts[user.deviations] = dict(_dead_of_user(plan, situations, user.deviations))
        mine = verdicts[user.deviations]
        alive.update(r for rules in _lists(user.deviations) for r in rules if r not in mine)
        for rule, hidden_by in mine.items():
            dead.setdefault(rule, DeadRule(rule, hidden_by, ("user", user.extension)))
    for inbound in plan.inbound.values():
        every = situations.all(Atoms.of_rules(inbound.rules))
        for rule, hidden_by in _dead_in_list(plan, inbound.rules, every):
            dead[rule] = DeadRule(rule, hidden_by, ("inbound", inbound.number))
    return tuple(d for rule, d in dead.items() if rule not in alive)


def _lists(deviations: Deviations) -> tuple[Rules, ...]:
    d = deviations
    return (
        d.unconditional,
        d.busy,
        d.no_answer,
        d.unreachable,
        d.return_busy,
        d.return_no_answer,
        d.return_unreachable,
    )


def _dead_of_user(plan: Plan, situations: Situations, deviations: Deviations) -> Iterator[tuple[Rule, Rule | None]]:
    lists = _lists(deviations)
    every = situations.all(Atoms.of_rules(r for rules in lists for r in rules))
    yield from _dead_in_list(plan, deviations.unconditional, every)
    free = [s for s in every if first_applying(deviations.unconditional, s.conditions(plan)) is None]
    outside = [s for s in free if s.caller.origin is Origin.EXTERNAL]
    always = deviations.unconditional[0] if deviations.unconditional and not free else None
    for rules in lists[1:4]:
        yield from _dead_in_list(plan, rules, free, always)
    for rules in lists[4:]:
        yield from _dead_in_list(plan, rules, outside, always)


def _dead_in_list(
    plan: Plan, rules: Rules, situations: Iterable[Situation], hidden_by: Rule | None = None
) -> Iterator[tuple[Rule, Rule | None]]:
    """Rules of one list that are the first to hold in none of the situations."""
    left = list(rules)
    hiding: dict[Rule, Rule] = {}
    for situation in situations:
        if not left:
            return
        conditions = situation.conditions(plan)
        first = first_applying(rules, conditions)
        if first in left:
            left.remove(first)
        for rule in left:
            if first is not None and conditions.holds(rule.condition):
                hiding.setdefault(rule, first)
    for rule in left:
        yield rule, hidden_by if hidden_by is not None else hiding.get(rule)
