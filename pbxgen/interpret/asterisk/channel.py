"""Channels: their variables, subroutines and place in the dialplan, and what they need of Asterisk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pbxgen.calls.case import Case
from pbxgen.interpret.asterisk.dialplan import Dialplan
from pbxgen.interpret.asterisk.mailboxes import Mailboxes
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.clock import Clock, Steps, Thread

Place = tuple[str, str, int]
"""Context, extension, priority."""
_PRESET = frozenset(
    {"CONTEXT", "PRIORITY", "UNIQUEID", "CALLINGPRES", "CALLINGANI2", "CALLINGTNS", "SYSTEMNAME",
     "ENTITYID", "CALLERID"}
)  # fmt: skip
"""Variables that Asterisk sets by itself and no template reads."""


@dataclass(slots=True)
class Frame:
    """One Gosub: where it returns to, and the variables that end with it."""

    back: Place
    local: set[str] = field(default_factory=set)
    arguments: int = 0
    """Highest n of an ARGn set by this frame or one below it; a later Gosub hides them all."""


class ChannelHost(Protocol):
    """What channels, applications and functions need of Asterisk while one call is placed."""

    dialplan: Dialplan
    mailboxes: Mailboxes
    case: Case
    clock: Clock
    channels: dict[str, AsteriskChannel]
    """Channels that are up or ring, by name."""
    played: list[tuple[AsteriskChannel, str]]
    """Recordings, and who heard them."""
    recording: dict[AsteriskChannel, tuple[str, str]]
    """Who leaves a message in which mailbox (number, context)."""
    opened: dict[AsteriskChannel, tuple[str, str]]
    """Who has opened which mailbox."""

    @property
    def epoch(self) -> int:
        """Seconds since 1970."""
        ...

    def run(self, channel: AsteriskChannel) -> Steps:
        """Takes a channel through the dialplan until it is hung up."""
        ...

    def subroutine(self, channel: AsteriskChannel, place: Place, arguments: Sequence[str]) -> Steps:
        """Runs a subroutine on a channel that has no dialplan of its own."""
        ...

    def ring(self, dialler: AsteriskChannel, destination: str) -> Ringing | None:
        """A channel to ``technology/resource``; None where Asterisk cannot make one."""
        ...

    def read_function(self, channel: AsteriskChannel, name: str, arguments: str) -> str: ...

    def expression_value(self, text: str) -> str:
        """The value of an expression ``$[…]``."""
        ...

    def complain(self, message: str) -> None:
        """What Asterisk would log as WARNING or ERROR."""
        ...

    def contacts(self, endpoint: str) -> tuple[str, ...]:
        """URIs of the phones that are registered for an endpoint (and answer OPTIONS)."""
        ...

    def device_state(self, endpoint: str) -> str:
        """DEVICE_STATE of an endpoint."""
        ...


class AsteriskChannel:
    """One channel; subclasses say what is at its other end."""

    def __init__(self, switch: ChannelHost, name: str) -> None:
        self.switch = switch
        self.name = name
        self.place: Place = ("", "", 1)
        self.frames: list[Frame] = []
        self.shared: dict[str, str] = {}
        self.causes: dict[str, str] = {}
        """Last reply of each leg that was rung, by the leg's channel: "SIP 180 Ringing"."""
        self.number = ""
        """CALLERID(num)."""
        self.withheld = False
        """Does the caller withhold the number?"""
        self.endpoint: str | None = None
        """Of channels of PJSIP."""
        self.headers: list[tuple[str, str]] = []
        """Of the INVITE that came in; or that is to go out."""
        self.request_uri = ""
        """Of the INVITE that came in."""
        self.handlers: list[Place] = []
        """Subroutines that run when it is hung up."""
        self.hung_up_by = ""
        """Name of the channel that ended it, where it ended by itself."""
        self.up = False
        """Answered."""
        self.gone = False
        self.thread: Thread | None = None
        self.peer: AsteriskChannel | None = None
        """Whoever it is bridged with."""
        self.jump: Place | None = None
        """Where a transfer sends it, as soon as it is out of its bridge."""
        self._variables: dict[str, list[tuple[str, int]]] = {}
        """By name, values with their underscores; the last one is seen."""
        switch.channels[name] = self

    # -- what becomes of it -------------------------------------------------------------------------------------------

    def answer(self) -> None:
        self.up = True

    def hang_up(self, cause: int) -> None:
        """Q.850 cause, where one was given."""
        if self.gone:
            return
        self.gone = True
        self.switch.channels.pop(self.name, None)
        self.wake()
        if self.peer is not None:
            self.peer.wake()

    def note_reply(self, leg: str, reply: str) -> None:
        """The last reply of a leg that this channel rings."""
        self.causes[leg] = reply

    def wake(self) -> None:
        if self.thread is not None:
            self.thread.wake()

    # -- variables ----------------------------------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        values = self._variables.get(name)
        return values[-1][0] if values else None

    def set(self, name: str, value: str) -> None:
        """``_NAME`` is given on to the channels it rings, once."""
        bare = name.lstrip("_")
        if len(name) - len(bare) > 1:
            raise NotUnderstoodError(f"no template sets {name}")
        values = self._variables.setdefault(bare, [])
        values[-1:] = [(value, len(name) - len(bare))]

    def set_local(self, name: str, value: str) -> None:
        """A variable that ends with the subroutine; without a subroutine there is no such thing."""
        if not self.frames:
            raise NotUnderstoodError(f"{self.place}: LOCAL({name}) outside a subroutine")
        frame = self.frames[-1]
        if name in frame.local:
            self.set(name, value)
            return
        frame.local.add(name)
        self._variables.setdefault(name, []).append((value, 0))

    def inherit(self, parent: AsteriskChannel) -> None:
        """Take over the variables that the dialling channel passes on."""
        for name, values in parent._variables.items():
            if values and values[-1][1]:
                self._variables[name] = [(values[-1][0], 0)]

    def copy_variables(self, other: AsteriskChannel) -> None:
        self._variables = {name: list(values) for name, values in other._variables.items()}

    # -- subroutines --------------------------------------------------------------------------------------------------

    def call(self, place: Place, arguments: Sequence[str]) -> None:
        """Gosub to a place."""
        masked = self.frames[-1].arguments if self.frames else 0
        self.frames.append(Frame(self.place, arguments=max(masked, len(arguments))))
        for number, argument in enumerate(arguments, 1):
            self.set_local(f"ARG{number}", argument)
        for number in range(len(arguments) + 1, masked + 1):
            self.set_local(f"ARG{number}", "")
        self.set_local("ARGC", str(len(arguments)))
        self.place = place

    def leave(self) -> None:
        """Return from the subroutine; its variables end."""
        frame = self.frames.pop()
        for name in frame.local:
            self._variables[name].pop()
        self.place = frame.back

    # -- values of the dialplan's texts -------------------------------------------------------------------------------

    def variable(self, name: str) -> str:
        match name:
            case "EXTEN":
                return self.place[1]
            case "CHANNEL":
                return self.name
            case "EPOCH":
                return str(self.switch.epoch)
        if name in _PRESET:
            raise NotUnderstoodError(f"no template asks for ${{{name}}}")
        found = self.get(name)
        return self.switch.dialplan.globals.get(name, "") if found is None else found

    def function(self, name: str, arguments: str) -> str:
        return self.switch.read_function(self, name, arguments)

    def expression(self, text: str) -> str:
        return self.switch.expression_value(text)


class Ringing(AsteriskChannel):
    """A channel that another one rings."""

    dialler: AsteriskChannel
    answered = False
    ended = False
    cause = 0
    """Why it ended, if not by an answer."""
    redirects = False
    """Has it just said that somebody else is to be called (3xx)?"""

    def begin(self) -> None:
        """Ring."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the attempt: the call was answered elsewhere, timed out, or its caller is gone."""
        self.hang_up(0)
