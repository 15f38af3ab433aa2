"""What the analysis has to say of a plan, as diagnostics."""

from __future__ import annotations

import datetime as dt

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.flow.analysis.calls import find_in_calls
from pbxgen.flow.analysis.cost import costly_chains
from pbxgen.flow.analysis.loops import Loop, find_loops
from pbxgen.flow.analysis.mobiles import unconfirmed_mobiles
from pbxgen.flow.analysis.operators import deserted_operators, empty_operators
from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.rules import rules_that_end_soon, rules_that_never_apply
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.plan import Plan
from pbxgen.phrases import phrases
from pbxgen.source.garbage_collection import without_garbage_collection


def analyse(plan: Plan, today: dt.date, language: str = "en") -> tuple[Diagnostic, ...]:
    """Every finding about the calls of ``plan`` from ``today`` on; ``language`` is that of the calls that show them."""
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
        )


def loops(plan: Plan, today: dt.date) -> tuple[Diagnostic, ...]:
    """The findings about unconditional deviations alone."""
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
