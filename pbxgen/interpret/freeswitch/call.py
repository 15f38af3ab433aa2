"""One call: its virtual time, its channels, and what is observed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case
from pbxgen.flow.settings import written
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.installation import FreeSwitchInstallation

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
class FreeSwitchCall:
    """The state of a call while it goes on."""

    installation: FreeSwitchInstallation
    case: Case
    clock: FreeSwitchClock
    channels: list[FreeSwitchChannel] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    """INVITEs that FreeSWITCH sent, in order."""
    talking: tuple[FreeSwitchChannel, str] | None = None
    """The channel that answered, and its extension or number."""
    stored: dict[str, tuple[float, int]] = field(default_factory=dict)
    announced: str | None = None
    mailbox: str | None = None
    """Mailbox that was opened; ``*``: the caller was asked for its number."""
    answered_at: float | None = None
    taken: bool = False
    """Was a code taken that the caller dialled?"""
    database: dict[tuple[str, str], str] = field(default_factory=dict)
    """mod_db, by realm and key."""
    faults: list[str] = field(default_factory=list)
    rings_on: bool = False
    """It rings without end, so the call has no ending."""

    @classmethod
    def of(
        cls, installation: FreeSwitchInstallation, case: Case, database: dict[tuple[str, str], str] | None = None
    ) -> FreeSwitchCall:
        """``database``: what codes dialled before have left; None: what the case says is set."""
        clock = FreeSwitchClock(int(case.moment.timestamp()))
        return cls(installation, case, clock, database=database_of(case) if database is None else database)

    def channel(self, profile: CallerProfile, *, inbound: bool, variables: Mapping[str, str]) -> FreeSwitchChannel:
        channel = FreeSwitchChannel(profile, self.installation.variables, inbound)
        for name, value in variables.items():
            channel.set(name, value)
        self.channels.append(channel)
        return channel

    def uuid(self) -> str:
        return f"00000000-0000-4000-8000-{len(self.channels):012d}"

    def usage(self, resource: tuple[str, str]) -> int:
        """How many channels that are up count for a resource."""
        return sum(resource in channel.counted for channel in self.channels if channel.cause is None)


def database_of(case: Case) -> dict[tuple[str, str], str]:
    """What is set before the call."""
    realm, state, since = f"pbxgen.{case.plan.name}", case.environment.state, int(case.moment.timestamp())
    switches = {(realm, f"switch.{name}"): f"{'on' if on else 'off'}:{since}" for name, on in state.switches.items()}
    services = {(realm, f"service.{name}"): does for name, does in case.environment.services.items()}
    return {(realm, extension): written(settings) for extension, settings in state.users.items()} | switches | services
