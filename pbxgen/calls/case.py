"""What the laboratory is asked, and what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pbxgen.flow.machine import Ending
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.flow.world import World
from pbxgen.lab.wire import Seen
from pbxgen.scenario.values import Expectation

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

    def sent_headers(self, host: str) -> list[str]:
        """Further headers of the caller's INVITE from a trunk at ``host``."""
        if self.handling.headers or not self.call.carried:
            return list(self.handling.headers)
        return [f"Diversion: <sip:+390000@{host}>;reason=unconditional;counter={self.call.carried}"]


@dataclass(frozen=True, slots=True)
class Rang:
    """One INVITE that reached a phone or the outside world. Times are seconds after the caller's INVITE."""

    target: str
    """Extension or E.164 number."""
    at: float
    ended: float | None
    """When it was answered, refused or cancelled; None: never before the call was over."""
    status: int | None
    """Its final reply; None: none (or cancelled)."""
    headers: tuple[tuple[str, str], ...]
    """Of the INVITE; names in lower case."""
    request_user: str
    """User part of the request URI as it was sent."""
    heard: int = 0
    """RTP packets received that were not silence, after the answer."""
    sent: int = 0

    @property
    def seconds(self) -> float | None:
        return None if self.ended is None else self.ended - self.at


@dataclass(frozen=True, slots=True)
class Observed:
    """What a real PBX did with a call."""

    rings: tuple[str, ...]
    ending: Ending | None
    """None: nothing that can be told apart (the call was cancelled, or still rang when time was up)."""
    rang: tuple[Rang, ...] = ()
    status: int | None = None
    """Final reply to the caller."""
    answered_at: float | None = None
    """When the caller got a 200, seconds after the INVITE."""
    stored: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    """Messages by mailbox: seconds and loudness (0-32767)."""
    caller_heard: int = 0
    caller_sent: int = 0
    late: tuple[str, ...] = ()
    """Who was rung although the caller had hung up."""
    trace: tuple[Seen, ...] = ()
    faults: tuple[str, ...] = ()
    """What went wrong in a way that no scenario expects."""


@dataclass(frozen=True, slots=True)
class Result:
    """One case on one PBX."""

    case: Case
    pbx: str
    observed: Observed
    differences: tuple[str, ...]
    """In words; empty where the PBX did what the model and the scenario say."""
    seconds: float
    before: Result | None = None
    """The first attempt, where the call was placed a second time, alone, because it had gone wrong among others."""
    complaints: tuple[str, ...] = ()
    """WARNING and ERROR lines that the PBX wrote in its log about this call (or the first attempt)."""

    @property
    def repeated(self) -> bool:
        return self.before is not None

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class LabReport:
    """Everything a run of the laboratory found."""

    results: tuple[Result, ...]
    pbxs: tuple[str, ...]
    problems: Mapping[str, tuple[str, ...]]
    """WARNING and ERROR lines of each PBX's log, with the names of the calls that they are about."""
    seconds: float
    strays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those of the lines that are about no call, or about one that cannot be told."""

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    @property
    def repeats(self) -> tuple[Result, ...]:
        """Calls that were placed twice."""
        return tuple(result for result in self.results if result.repeated)
