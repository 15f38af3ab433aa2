"""A call to place, for real or on generated text."""

from __future__ import annotations

from dataclasses import dataclass, field

from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.flow.world import World
from pbxgen.scenario.values import Expectation, Scenario

PROMPT_SECONDS = 0.45
"""How long a phone rings until it is answered, unless a call says otherwise: long enough that all have been rung."""
NOTHING_SAID = Expectation(None, None, None)
"""The model alone says what must happen."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What the people in a call do, beyond what a scenario file can say."""

    give_up_at: int | None = None
    """The caller hangs up while the n-th entry of ``rings`` (from 0) rings."""
    give_up_after: float = 0.25
    """How many seconds after the entry began to ring."""
    answer_after: float = PROMPT_SECONDS
    """How many seconds a phone rings that is answered (in a call that is transferred: the phone it is sent to)."""
    press_after: float = 1.6
    """How many seconds people who are asked to press 1 take to do so."""
    talk_for: float = 1.3
    """How many seconds people talk, at least."""
    callee_ends: bool = False
    """The one who answered hangs up first."""
    keys: str = ""
    """What the caller presses once answered (mailbox access), a comma for a second's pause."""
    headers: tuple[str, ...] = ()
    """Further headers of the caller's INVITE, in place of the one that says how often the call was diverted before."""
    dialled: str | None = None
    """What is dialled in place of ``call.called`` (another form of the same number)."""
    caller_shows: str | None = None
    """What stands in From in place of ``call.caller``."""
    domain: str | None = None
    """What stands as the SIP domain of what is dialled in place of the tenant's own."""
    refer: tuple[str, str] | None = None
    """Who outside (E.164) asks the PBX by REFER to send the other party where; the call must go on as if nobody had."""
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

    @property
    def trunk(self) -> str | None:
        """Name of the trunk that an outside call comes in on; None: the plan has none."""
        return self.handling.trunk or next(iter(self.plan.trunks), None)

    def sent_headers(self, host: str) -> list[str]:
        """Further headers of the caller's INVITE from a trunk at ``host``."""
        if self.handling.headers or not self.call.carried:
            return list(self.handling.headers)
        return [f"Diversion: <sip:+390000@{host}>;reason=unconditional;counter={self.call.carried}"]


def case_of(scenario: Scenario, plan: Plan) -> Case:
    """The call of a scenario file."""
    return Case(scenario.name, plan, scenario.call, scenario.world, scenario.expect)
