"""One call: its virtual time, its channels, and what is seen of it from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.installation import Installation

_FRACTION = 0.5
"""How far into a second of the clock a call comes in. FreeSWITCH's timeouts count the clock's seconds."""


@dataclass(slots=True)
class FreeSwitchClock:
    """Virtual time. ``now``: seconds since the caller's INVITE."""

    base: int
    """Unix time when the call came in."""
    now: float = 0.0

    @property
    def epoch(self) -> int:
        """Unix time."""
        return int(self.base + _FRACTION + self.now)

    def at(self, epoch: int) -> float:
        """When the clock shows ``epoch``, in seconds since the caller's INVITE."""
        return epoch - self.base - _FRACTION


@dataclass(eq=False, slots=True)
class FreeSwitchAttempt:
    """An INVITE that FreeSWITCH sent."""

    target: str
    at: float
    headers: tuple[tuple[str, str], ...]
    request_user: str
    ended: float | None = None
    status: int | None = None

    def seen(self) -> Attempt:
        return Attempt(self.target, self.at, self.ended, self.status, self.headers, self.request_user)


@dataclass(eq=False, slots=True)
class Scene:
    """What happens in a call, as it goes on."""

    installation: Installation
    case: Case
    clock: FreeSwitchClock
    channels: list[FreeSwitchChannel] = field(default_factory=list)
    attempts: list[FreeSwitchAttempt] = field(default_factory=list)
    talking: tuple[FreeSwitchChannel, str] | None = None
    """The channel of who answered, and their extension or number."""
    stored: dict[str, tuple[float, int]] = field(default_factory=dict)
    announced: str | None = None
    mailbox: str | None = None
    """Whose mailbox was opened; ``*``: the caller was asked whose."""
    answered_at: float | None = None
    faults: list[str] = field(default_factory=list)
    waits: bool = False
    """It rings without end: nothing will become of the call."""

    @classmethod
    def of(cls, installation: Installation, case: Case) -> Scene:
        moment = case.world.moment.replace(tzinfo=ZoneInfo(case.plan.timezone))
        return cls(installation, case, FreeSwitchClock(int(moment.timestamp())))

    def channel(self, profile: CallerProfile, *, inbound: bool, variables: Mapping[str, str]) -> FreeSwitchChannel:
        made = FreeSwitchChannel(profile, self.installation.variables, inbound)
        for name, value in variables.items():
            made.set(name, value)
        self.channels.append(made)
        return made

    def uuid(self) -> str:
        """Of the next channel."""
        return f"00000000-0000-4000-8000-{len(self.channels):012d}"

    def usage(self, resource: tuple[str, str]) -> int:
        """How many channels that are up count for a resource."""
        return sum(resource in channel.counted for channel in self.channels if channel.cause is None)

    def rang(self) -> tuple[Attempt, ...]:
        """Every INVITE that was sent, in order."""
        return tuple(attempt.seen() for attempt in self.attempts)
