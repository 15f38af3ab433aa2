"""A caller put into the middle of generated text for FreeSWITCH, as if the call had come that far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unittest import mock

from pbxgen.flow.plan import Plan
from pbxgen.interpret.base import Trace
from pbxgen.interpret.freeswitch import functions
from pbxgen.interpret.freeswitch.applications import APPLICATIONS
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.execution import FreeSwitchCore
from pbxgen.interpret.freeswitch.installation import install
from pbxgen.interpret.generated_calls import files_of
from tests.smoke.offices import OUTSIDE, call

CARRIER = "127.0.0.1"


@dataclass(frozen=True)
class Came:
    """What became of the caller."""

    state: FreeSwitchCall
    caller: FreeSwitchChannel
    trace: Trace

    @property
    def status(self) -> int | None:
        """What the caller was told; None: the call was answered."""
        return None if self.caller.answered else self.caller.status

    @property
    def released(self) -> int | None:
        """What the caller was told in so many words, not only by a hangup."""
        return self.status if f"respond {self.status}" in (ran.text for ran in self.trace) else None

    @property
    def rang(self) -> list[str]:
        return [attempt.target for attempt in self.state.attempts]


def come(
    plans: Sequence[Plan],
    context: str,
    number: str,
    *,
    address: str = CARRIER,
    shows: str = OUTSIDE,
    keys: str | None = None,
    exists: Callable[[str], bool] | None = None,
    variables: dict[str, str] | None = None,
    phones: dict[str, str | list[str]] | None = None,
    outside: dict[str, str] | None = None,
) -> Came:
    """Routes a caller to a number in a context; phones are those of the last plan.

    ``exists``: whether there is a file; None: as the interpreter says.
    """
    placed = call(plans[-1], OUTSIDE, number, phones=phones, outside=outside)
    state = FreeSwitchCall.of(install(files_of(plans, "freeswitch")), placed)
    profile = CallerProfile(number, context, shows, shows, address, state.uuid())
    caller = state.channel(profile, inbound=True, variables={"switch_r_sdp": "v=0\r\n"} | (variables or {}))
    caller.keys = keys
    told = {} if exists is None else {"file_exists": lambda _, path: str(exists(path)).lower()}
    with mock.patch.dict(functions.FUNCTIONS, told):
        trace: Trace = []
        FreeSwitchCore(state, APPLICATIONS, trace).run(caller)
    return Came(state, caller, trace)
