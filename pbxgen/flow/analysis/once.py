"""How long a call can ring, and whether the maximum can hold it back, as each place of its flow is tried only once.

What :mod:`pbxgen.flow.analysis.bounds` says of a place holds for any call that comes there, wherever it has been; so
two colleagues who divert to one another look as if a call could go to and fro. Here only what one flow has counts.
"""

from __future__ import annotations

from pbxgen.flow.analysis.bounds import seconds_of_group
from pbxgen.flow.analysis.choices import Choices
from pbxgen.flow.analysis.reach import Flow, Key
from pbxgen.flow.plan import PlaceKind, Plan

_USER = PlaceKind.USER.value
_GROUPS = frozenset({PlaceKind.OPERATOR.value, PlaceKind.GROUP.value})


class Once:
    """Answers for the flows of one plan. No call rings for longer, or is held back, than is said here."""

    def __init__(self, plan: Plan, choices: Choices) -> None:
        self._plan = plan
        self._choices = choices

    def most_seconds(self, flow: Flow) -> int:
        """All phones, groups and outside numbers one after the other, each for as long as anybody lets it ring."""
        outside: dict[Key, int] = {}
        seconds = 0
        for key in flow.keys:
            kind, target = key
            if kind == _USER:
                seconds += self._choices.of_user(target).seconds
            elif kind in _GROUPS:
                seconds += seconds_of_group(self._plan, self._plan.group_at(key), None)
            for place in self._plan.leads_to(key):
                if place.kind is PlaceKind.OUTSIDE:
                    rings = place.timeout or self._plan.outside_timeout
                    outside[place.key] = max(rings, outside.get(place.key, 0))
        return seconds + sum(outside.values())

    def may_be_held_back(self, flow: Flow) -> bool:
        """Each user diverts a call once: does one more have rules than the maximum lets divert?"""
        users = (self._plan.users[target] for kind, target in flow.keys if kind == _USER)
        diverting = sum(1 for user in users if any(rules for _, rules in user.deviations.lists()))
        return diverting > self._plan.max_diversions
