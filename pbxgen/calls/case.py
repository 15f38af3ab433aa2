"""A call to place, for real or on generated text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from pbxgen.flow.environment import Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, simulate
from pbxgen.flow.trunk import CalledNumber
from pbxgen.scenario.state import environment_of
from pbxgen.scenario.values import Expectation, Scenario, asks_for_privacy

PROMPT_SECONDS = 0.45
"""Seconds from INVITE to answer, unless a call says otherwise; long enough that all phones of an entry ring first."""
ACCOUNT = "account"
"""What a carrier calls where a header names the number, and the trunk has no username."""
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
    to_shows: str | None = None
    """User part of an outside caller's To header, if not what the request says."""
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
    environment: Environment
    expected: Expectation = NOTHING_SAID
    handling: Handling = field(default_factory=Handling)
    codes: tuple[Case, ...] = ()
    """Codes that are dialled before, each in the environment that the ones before it leave."""

    @property
    def trunk(self) -> str | None:
        """Name of the trunk that an outside call comes in on; None: the plan has none."""
        return self.handling.trunk or next(iter(self.plan.trunks), None)

    @property
    def moment(self) -> dt.datetime:
        """When the call is placed, in the plan's time zone."""
        return self.environment.moment.replace(tzinfo=ZoneInfo(self.plan.timezone))

    @property
    def meant(self) -> Call:
        """The call as the model is asked about it: what a phone's INVITE says of its number counts."""
        if self.call.caller not in self.plan.users or not asks_for_privacy(self.handling.headers):
            return self.call
        return replace(self.call, withheld=True)

    @property
    def called_number(self) -> CalledNumber:
        """Where the call names the number it is for."""
        inside = self.call.caller in self.plan.users
        trunk = None if inside or self.trunk is None else self.plan.trunks.get(self.trunk)
        return CalledNumber.REQUEST if trunk is None else trunk.called_number

    @property
    def requested(self) -> str:
        """User part of the request: what is dialled, or the account where a header names the number."""
        if self.handling.dialled is not None or self.called_number is CalledNumber.REQUEST:
            return self.handling.dialled or self.call.called
        return self.plan.trunks[self.trunk or ""].username or ACCOUNT

    @property
    def to_user(self) -> str:
        """User part of To."""
        named = self.call.called if self.called_number is CalledNumber.TO else self.requested
        return self.handling.to_shows or named

    def sent_headers(self, host: str) -> list[str]:
        """Further headers of the caller's INVITE from a trunk at ``host``."""
        headers = list(self.handling.headers)
        if not headers and self.call.carried:
            headers = [f"Diversion: <sip:+390000@{host}>;reason=unconditional;counter={self.call.carried}"]
        named = any(header.lower().startswith("p-called-party-id") for header in headers)
        if self.called_number is CalledNumber.P_CALLED_PARTY_ID and self.handling.dialled is None and not named:
            headers.append(f"P-Called-Party-ID: <sip:{self.call.called}@{host}>")
        return headers


def case_of(scenario: Scenario, plan: Plan) -> Case:
    environment = environment_of(plan, scenario)
    codes = []
    for one in scenario.before:
        expected = Expectation((), one.ending, None)
        code = Case(f"{scenario.name}: {one.dialled}", plan, Call(one.extension, one.dialled), environment, expected)
        codes.append(code)
        story = simulate(plan, code.call, environment)
        environment = environment if story.state is None else replace(environment, state=story.state)
    sip = scenario.sip
    handling = Handling(headers=sip.headers, dialled=sip.request, to_shows=sip.to, caller_shows=sip.sender)
    return Case(scenario.name, plan, scenario.call, environment, scenario.expect, handling, tuple(codes))
