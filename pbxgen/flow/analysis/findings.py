"""What the analysis has to say of a plan, as diagnostics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.analysis.calls import find_in_calls
from pbxgen.flow.analysis.cost import costly_chains
from pbxgen.flow.analysis.loops import Loop, find_loops
from pbxgen.flow.analysis.mobiles import unconfirmed_mobiles
from pbxgen.flow.analysis.operators import deserted_operators, empty_operators
from pbxgen.flow.analysis.permitted import Budget, losses_by_settings
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.rounds import rounds_by_settings
from pbxgen.flow.analysis.rules import rules_against_themselves, rules_that_end_soon, rules_that_never_apply
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.analysis.switches import positions
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import resolved
from pbxgen.phrases import phrases
from pbxgen.source.garbage_collection import without_garbage_collection


def analyse(plan: Plan, today: dt.date, language: str = "en") -> tuple[Diagnostic, ...]:
    """Every finding about the calls of ``plan`` from ``today`` on; ``language`` is that of the calls that show them.

    A plan with switches is examined in several positions of them; a finding of some positions only says in which.
    """
    ways = positions(plan)
    variants = [(words, resolved(plan, on)) for words, on in ways.every]
    budget = Budget(len(variants))
    if len(variants) == 1:
        return _analyse(variants[0][1], today, language, budget)
    by_variant = [(words, variant, _analyse(variant, today, language, budget)) for words, variant in variants]
    everywhere = [{_same(d) for d in diagnostics} for _, _, diagnostics in by_variant]
    told: dict[tuple[object, ...], Diagnostic] = {}
    for words, _, diagnostics in by_variant:
        for one in diagnostics:
            if one.code == "PBX211" and not (_dead_wherever(one, by_variant) and _is_certain(one, plan, ways.left_out)):
                continue
            always = all(_same(one) in each for each in everywhere) or one.code == "PBX211"
            told.setdefault(_same(one), one if always else replace(one, message=f"{one.message} ({words})"))
    unknown = (_not_known(plan, ways.left_out),) if ways.left_out else ()
    return (*rules_against_themselves(plan, today), *told.values(), *unknown)


def _not_known(plan: Plan, left_out: Sequence[str]) -> Diagnostic:
    return make(
        "PBX220",
        f"switches {', '.join(left_out)} have too many combinations: checked are each one alone on, all off and all "
        "on; whether a call can be lost in the others is not known",
        plan.switches[left_out[0]].location,
        help="let fewer switches decide over one call, or accept it with a reason, at the top of the source",
        subject=("switch", left_out[0]),
    )


def _is_certain(one: Diagnostic, plan: Plan, left_out: Sequence[str]) -> bool:
    """Is a rule also dead in the positions of the switches that have not been examined?"""
    conditions = (r.condition for key, _, rules in plan.rules() if key in one.subjects for r in rules)
    return not any(asked.switch in left_out for condition in conditions for asked in condition.switches)


def _same(one: Diagnostic) -> tuple[object, ...]:
    return one.code, one.location, one.subjects, one.message


def _dead_wherever(one: Diagnostic, by_variant: Sequence[tuple[str, Plan, tuple[Diagnostic, ...]]]) -> bool:
    """Is a rule dead in every position of the switches in which it exists?"""
    for _, variant, diagnostics in by_variant:
        is_there = any(rule.location == one.location for _, _, rules in variant.rules() for rule in rules)
        if is_there and not any(d.code == one.code and d.location == one.location for d in diagnostics):
            return False
    return True


def _analyse(plan: Plan, today: dt.date, language: str, budget: Budget) -> tuple[Diagnostic, ...]:
    with without_garbage_collection():
        situations = Situations(plan, today)
        reach = Reach(plan)
        say = phrases(language)
        return (
            *(_loop(loop) for loop in find_loops(plan, situations)),
            *rules_that_never_apply(plan, situations),
            *rules_that_end_soon(plan, today),
            *deserted_operators(plan, today),
            *empty_operators(plan, situations),
            *unconfirmed_mobiles(plan, today),
            *find_in_calls(reach, situations, say),
            *costly_chains(reach, situations, say),
            *losses_by_settings(plan, situations, say, budget),
            *rounds_by_settings(plan, situations, say),
        )


def loops(plan: Plan, today: dt.date) -> tuple[Diagnostic, ...]:
    """The findings about unconditional deviations alone."""
    plan = resolved(plan)
    return tuple(_loop(loop) for loop in find_loops(plan, Situations(plan, today)))


def _loop(loop: Loop) -> Diagnostic:
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
