"""Names on the PBX: contexts and endpoints.

Names of tenants, trunks, routes, schedules and contacts hold no dot, so ``tenant.kind.name`` is never ambiguous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pbxgen.flow.plan import Plan

_T = TypeVar("_T")

CONTEXT_LIMIT = 79
"""Bytes of a context's name (AST_MAX_CONTEXT less its end)."""


def in_order(things: Mapping[str, _T]) -> list[_T]:
    """By their numbers, the shorter ones first, whatever the order of the source."""
    return [things[number] for number in sorted(things, key=lambda number: (len(number), number))]


def bucket(number: str) -> str:
    """What a number shares with the 99 others of its context: ``101`` is in ``1xx``, ``9`` in ``xx``."""
    return f"{number[:-2]}xx"


def range_name(at: int) -> str:
    """What stands for an inbound range where numbers stand: the narrowest is the first."""
    return f"range{at:03d}"


def context(plan: Plan, kind: str, name: str) -> str:
    """That of a trunk is also the name of the trunk's endpoint."""
    return f"{plan.name}.{kind}.{name}"


@dataclass(frozen=True, slots=True)
class EndpointNames:
    """How a tenant's phones' endpoints are named: ``before`` + extension + ``after``."""

    before: str
    after: str

    def of(self, extension: str) -> str:
        return f"{self.before}{extension}{self.after}"

    @property
    def expression(self) -> str:
        """Dialplan text for the extension of the endpoint named in ARG1."""
        start = len(self.before)
        if self.after:
            return f"${{ARG1:{start}:-{len(self.after)}}}"
        return f"${{ARG1:{start}}}" if start else "${ARG1}"


def endpoint_names(plan: Plan, pattern: str) -> EndpointNames:
    """The names by a pattern of {extension} (once), {tenant} and {domain}. Raises ValueError otherwise."""
    filled = pattern.replace("{tenant}", plan.name).replace("{domain}", plan.domain)
    if filled.count("{extension}") != 1:
        raise ValueError(f"the name of endpoints must hold {{extension}} once: {pattern}")
    before, _, after = filled.partition("{extension}")
    return EndpointNames(before, after)


def pattern_of(given: str | None, plans: int) -> str:
    """The pattern to use: as given, else by extension where there is one plan, else with the domain."""
    if given is not None:
        return given
    return "{extension}" if plans == 1 else "{extension}@{domain}"
