"""Two plans looked at together: moments and callers that tell apart what is different in either."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pbxgen.flow.analysis.reach import Reach
from pbxgen.flow.analysis.situations import Atoms, Situation, Situations
from pbxgen.flow.cases import Vocabulary
from pbxgen.flow.plan import Condition, Place, Plan

BEFORE = " (before)"
"""Added to the names of schedules and contacts that the new plan has too, but different."""


class Joint:
    """The situations of both plans. Schedules and contacts that both have alike count once."""

    def __init__(self, old: Plan, new: Plan, today: dt.date) -> None:
        self.old, self.new = old, new
        schedules, contacts = dict(new.schedules), dict(new.contacts)
        self._schedules: dict[str, str] = {}
        self._contacts: dict[str, str] = {}
        for name, schedule in old.schedules.items():
            same = name in schedules and _hours(schedules[name]) == _hours(schedule)
            self._schedules[name] = name if same or name not in schedules else name + BEFORE
            schedules.setdefault(self._schedules[name], schedule)
        for name, known in old.contacts.items():
            same = name in contacts and contacts[name].patterns == known.patterns
            self._contacts[name] = name if same or name not in contacts else name + BEFORE
            contacts.setdefault(self._contacts[name], known)
        self.plan = replace(new, schedules=schedules, contacts=contacts)
        self.situations = Situations(self.plan, today)
        self._reach_old, self._reach_new = Reach(old), Reach(new)
        self._known: dict[tuple[Condition, ...], tuple[Situation, ...]] = {}

    def conditions(self, before: Place | None, after: Place | None) -> tuple[Condition, ...]:
        """Of the flows from both entries, in the names of :attr:`plan`."""
        found: dict[Condition, None] = {}
        if before is not None:
            found |= dict.fromkeys(self._renamed(c) for c in self._reach_old.flow_of(before).conditions)
        if after is not None:
            found |= dict.fromkeys(self._reach_new.flow_of(after).conditions)
        return tuple(found)

    def all(self, conditions: tuple[Condition, ...]) -> tuple[Situation, ...]:
        if conditions not in self._known:
            self._known[conditions] = self.situations.of_flow(conditions)
        return self._known[conditions]

    def vocabulary(self, conditions: tuple[Condition, ...]) -> Vocabulary:
        return Vocabulary(self.plan, self.situations.almanac, Atoms.of(conditions))

    def _renamed(self, condition: Condition) -> Condition:
        schedule, contacts = condition.schedule, condition.contacts
        return replace(
            condition,
            schedule=None if schedule is None else self._schedules[schedule],
            contacts=None if contacts is None else self._contacts[contacts],
        )


def _hours(schedule: object) -> tuple[object, ...]:
    return tuple(getattr(schedule, name) for name in ("weekly", "closed", "opened"))
