"""Do the words for a time and a caller hold at a moment? Nothing here knows how they were found."""

from __future__ import annotations

import datetime as dt

from pbxgen.flow.environment import CallConditions
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Callers, Condition, Hours, Plan
from pbxgen.flow.wording import Literal, When


def hold(plan: Plan, when: When, caller: Caller, moment: dt.datetime) -> bool:
    """``when`` may not be "at other times"."""
    assert () not in when
    return not when or any(all(_holds(plan, one, caller, moment) for one in together) for together in when)


def _holds(plan: Plan, literal: Literal, caller: Caller, moment: dt.datetime) -> bool:
    match literal.kind:
        case "open" | "closed":
            condition = Condition((Hours(literal.name),))
        case "from" | "not_from" | "anonymous" | "known":
            condition = Condition(callers=(Callers(literal.name),))
        case "on":
            return moment.date().isoformat() == literal.name
        case _:
            condition = Condition(until=dt.date.fromisoformat(literal.name))
    positive = literal.kind in ("open", "from", "anonymous", "until")
    return CallConditions(plan, caller, moment).holds(condition) is positive
