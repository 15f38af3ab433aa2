"""A call to place, for real or on generated text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, simulate
from pbxgen.flow.world import World
from pbxgen.scenario.state import world_of
from pbxgen.scenario.values import Expectation, Scenario

PROMPT_SECONDS = 0.45
"""Seconds from INVITE to answer, unless a call says otherwise; long enough that all phones of an entry ring first."""
NOTHING_SAID = Expectation(None, None, None)
"""No expectation of a scenario: the call is judged by the model alone."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Behaviour of the parties of a call, beyond what a scenario file can say."""

    give_up_at: int | None = None
    """The caller hangs up while the n-th entry of ``rings`` (from 0) rings."""
    give_up_after: float = 0.25
    """Seconds from the start of that entry until the caller hangs up."""
    answer_after: float = PROMPT_SECONDS
    """Seconds from INVITE to answer; in a transferred call, those of the phone that it is transferred to."""
    press_after: float = 1.6
    """Seconds until a person who is asked to press 1 does so."""
    talk_for: float = 1.3
    """Minimum length of a conversation in seconds."""
    callee_ends: bool = False
    """The party that answered hangs up first."""
    keys: str = ""
    """What the caller presses once answered (mailbox access), a comma for a second's pause."""
    headers: tuple[str, ...] = ()
    """Further headers of the caller's INVITE, in place of the one that says how often the call was diverted before."""
    dialled: str | None = None
    """Dialled digits, if not ``call.called``: another form of the same number."""
    caller_shows: str | None = None
    """User part of the caller's From header, if not ``call.caller``."""
    domain: str | None = None
    """SIP domain of the dialled URI, if not the tenant's."""
    refer: tuple[str, str] | None = None
    """Outside number that sends the PBX a REFER, and its target; the PBX must ignore the REFER."""
    trunk: str | None = None
    """Name of the trunk that an outside call comes in on; None: the first of the plan."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call to place: a scenario in its own copy of a plan."""

    name: str
    plan: Plan
    call: Call
    world: World
    expected: Expectation = NOTHING_SAID
    handling: Handling = field(default_factory=Handling)
    codes: tuple[Case, ...] = ()
    """Codes that are dialled before, each in the world that the ones before it leave."""

    @property
    def trunk(self) -> str | None:
        """Name of the trunk that an outside call comes in on; None: the plan has none."""
        return self.handling.trunk or next(iter(self.plan.trunks), None)

    @property
    def moment(self) -> dt.datetime:
        """When the call is placed, in the plan's time zone."""
        return self.world.moment.replace(tzinfo=ZoneInfo(self.plan.timezone))

    def sent_headers(self, host: str) -> list[str]:
        """Further headers of the caller's INVITE from a trunk at ``host``."""
        if self.handling.headers or not self.call.carried:
            return list(self.handling.headers)
        return [f"Diversion: <sip:+390000@{host}>;reason=unconditional;counter={self.call.carried}"]


def case_of(scenario: Scenario, plan: Plan) -> Case:
    world = world_of(plan, scenario)
    codes = []
    for one in scenario.before:
        expected = Expectation((), one.ending, None)
        code = Case(f"{scenario.name}: {one.dialled}", plan, Call(one.extension, one.dialled), world, expected)
        codes.append(code)
        story = simulate(plan, code.call, world)
        world = world if story.state is None else replace(world, state=story.state)
    return Case(scenario.name, plan, scenario.call, world, scenario.expect, codes=tuple(codes))
