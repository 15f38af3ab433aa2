"""Asterisk during one call, and its channels: their variables, subroutines and places in the dialplan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case
from pbxgen.flow.settings import written
from pbxgen.interpret.asterisk.dialplan import AsteriskDialplan
from pbxgen.interpret.asterisk.endpoints import AsteriskEndpoints
from pbxgen.interpret.asterisk.expressions import SyntaxMistakeError, evaluate
from pbxgen.interpret.asterisk.mailboxes import AsteriskMailboxes
from pbxgen.interpret.base import NotUnderstoodError, Trace, TraceLine
from pbxgen.interpret.clock import Clock, Steps, Thread

LINE_LIMIT = 50_000
"""Maximum of dialplan lines in one call; a call that runs more never ends."""

AsteriskPlace = tuple[str, str, int]
"""Context, extension, priority."""
AsteriskApplication = Callable[["AsteriskChannel", str], Steps | None]
"""Called with its data, values substituted; one that takes time stops at each ``yield``."""
AsteriskFunction = Callable[["AsteriskChannel", str], str]
_PRESET = frozenset(
    {"CONTEXT", "PRIORITY", "UNIQUEID", "CALLINGPRES", "CALLINGANI2", "CALLINGTNS", "SYSTEMNAME",
     "ENTITYID", "CALLERID"}
)  # fmt: skip
"""Variables that Asterisk sets by itself and no template reads."""


@dataclass(slots=True)
class GosubFrame:
    """One Gosub: where it returns to, and the variables that end with it."""

    back: AsteriskPlace
    local: set[str] = field(default_factory=set)
    arguments: int = 0
    """Highest n of an ARGn set by this frame or one below it; a later Gosub hides them all."""


@dataclass(frozen=True, slots=True)
class AsteriskInstallation:
    """What runs: read once, the same for every call."""

    dialplan: AsteriskDialplan
    endpoints: AsteriskEndpoints
    mailboxes: AsteriskMailboxes
    applications: Mapping[str, AsteriskApplication]
    functions: Mapping[str, AsteriskFunction]
    """Both by name, and both raise ValueError for data that no template writes."""


def database_of(case: Case) -> dict[str, str]:
    """What is set before the call."""
    family, state = f"pbxgen/{case.plan.name}", case.environment.state
    since = int(case.moment.timestamp())
    switches = {f"{family}/switch.{name}": f"{'on' if on else 'off'}:{since}" for name, on in state.switches.items()}
    services = {f"{family}/service.{name}": does for name, does in case.environment.services.items()}
    return (
        {f"{family}/{extension}": written(settings) for extension, settings in state.users.items()}
        | switches
        | services
    )


class AsteriskSwitch:
    """Asterisk while one call is placed."""

    def __init__(
        self,
        installation: AsteriskInstallation,
        case: Case,
        trace: Trace | None = None,
        database: dict[str, str] | None = None,
    ) -> None:
        """``database``: what codes dialled before have left; None: what the case says is set."""
        self.dialplan = installation.dialplan
        self.endpoints = installation.endpoints
        self.mailboxes = installation.mailboxes
        self.case = case
        self.clock = Clock()
        self.channels: dict[str, AsteriskChannel] = {}
        """Channels that are up or ring, by name."""
        self.legs: list[RungChannel] = []
        """Every leg that an INVITE was sent for, in order."""
        self.played: list[str] = []
        """Recordings."""
        self.recording: dict[AsteriskChannel, tuple[str, str]] = {}
        """Mailbox (number, context) by the channel that leaves a message in it."""
        self.opened: dict[AsteriskChannel, tuple[str, str]] = {}
        """Mailbox by the channel that has opened it."""
        self.database = database_of(case) if database is None else database
        """AstDB, by family and key."""
        self.files: dict[str, str] = {}
        """What the dialplan has written, by path."""
        self.taken = False
        """Was a code taken that the caller dialled?"""
        self.complaints: list[str] = []
        """What Asterisk would log as WARNING or ERROR."""
        self._installation = installation
        self._trace = trace
        self._lines_run = 0
        self._names = 0
        self._line = ""

    @property
    def epoch(self) -> int:
        """Seconds since 1970."""
        return int(self.case.moment.timestamp()) + self.clock.now // 1000

    def new_name(self, technology_and_resource: str) -> str:
        self._names += 1
        return f"{technology_and_resource}-{self._names:08x}"

    def complain(self, message: str) -> None:
        """Note what Asterisk would log as WARNING or ERROR."""
        self.complaints.append(f"{self._line}: {message}" if self._line else message)

    def start(self, channel: AsteriskChannel) -> None:
        """Give a channel a thread of its own, which runs the dialplan."""
        channel.thread = Thread(self.clock, self.run(channel))

    def run(self, channel: AsteriskChannel) -> Steps:
        """Take a channel through the dialplan until it is hung up."""
        while not channel.gone:
            yield from self._run_line(channel)

    def subroutine(self, channel: AsteriskChannel, place: AsteriskPlace, arguments: Sequence[str]) -> Steps:
        """Run a subroutine on a channel that has no dialplan of its own."""
        depth = len(channel.frames)
        channel.call(place, arguments)
        while len(channel.frames) > depth and not channel.gone:
            yield from self._run_line(channel)

    def _run_line(self, channel: AsteriskChannel) -> Steps:
        self._lines_run += 1
        if self._lines_run > LINE_LIMIT:
            raise NotUnderstoodError(f"the call runs through more than {LINE_LIMIT} lines: it never ends")
        context, extension, priority = channel.place
        line = self.dialplan.line(context, extension, priority)
        if line is None:
            self.complain(f"nothing is left to do in [{context}] {extension}, priority {priority}")
            channel.hang_up(0)
            return
        self._line = line.where
        data = line.data.put_in(channel)
        if self._trace is not None:
            self._trace.append(TraceLine(self.clock.now / 1000, line.where, f"{line.application}({data})"))
        channel.place = (context, extension, priority + 1)
        try:
            yield from self.execute(channel, line.application, data) or ()
        except ValueError as error:
            raise NotUnderstoodError(f"{line.application}({data}): {error}") from error

    def execute(self, channel: AsteriskChannel, application: str, data: str) -> Steps | None:
        """Run an application. Returns the steps that take time, which are still to be run."""
        if application not in self._installation.applications:
            raise NotUnderstoodError(f"the application {application} is not known")
        return self._installation.applications[application](channel, data)

    def function(self, channel: AsteriskChannel, name: str, arguments: str) -> str:
        try:
            return self._installation.functions[name](channel, arguments)
        except ValueError as error:
            raise NotUnderstoodError(f"{name}({arguments}) of {channel.name}: {error}") from error


class AsteriskChannel:
    """One channel; subclasses say what is at its other end."""

    def __init__(self, switch: AsteriskSwitch, name: str) -> None:
        self.switch = switch
        self.name = name
        self.place: AsteriskPlace = ("", "", 1)
        self.frames: list[GosubFrame] = []
        self.shared: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        """By category, the group that it counts for (``GROUP``)."""
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
        self.request_uri = self.local_uri = ""
        """Of the INVITE that came in: what it asked for, and its To."""
        self.handlers: list[AsteriskPlace] = []
        """Subroutines that run when it is hung up."""
        self.hung_up_by = ""
        """Name of the channel that ended it, where it ended by itself."""
        self.up = False
        """Answered."""
        self.gone = False
        self.thread: Thread | None = None
        self.peer: AsteriskChannel | None = None
        """The channel it is bridged with."""
        self.jump: AsteriskPlace | None = None
        """Where a transfer sends it, as soon as it has left its bridge."""
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

    def note_ringing(self, provisional: int | None) -> None:
        """A leg that this channel rings has sent 180 or 183: Dial keeps the seconds until then."""
        if provisional is not None:
            self.set("RINGTIME" if provisional == 180 else "PROGRESSTIME", "0")

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
        """Set a variable that ends with the subroutine. Raises NotUnderstoodError outside a subroutine."""
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

    def call(self, place: AsteriskPlace, arguments: Sequence[str]) -> None:
        """Gosub to a place."""
        masked = self.frames[-1].arguments if self.frames else 0
        self.frames.append(GosubFrame(self.place, arguments=max(masked, len(arguments))))
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
        value = self.get(name)
        return self.switch.dialplan.globals.get(name, "") if value is None else value

    def function(self, name: str, arguments: str) -> str:
        return self.switch.function(self, name, arguments)

    def expression(self, text: str) -> str:
        try:
            return evaluate(text)
        except SyntaxMistakeError:
            self.switch.complain(f"syntax error in $[{text}]")
            return "0"


class RungChannel(AsteriskChannel):
    """A channel that another one rings."""

    dialler: AsteriskChannel
    attempt: Attempt | None = None
    """Its INVITE, once it was sent; a Local channel sends none."""
    turn: tuple[tuple[bool, str], str] | None = None
    """Order in which legs that ring together answer; None: it never answers by itself."""
    answered = False
    ended = False
    cause = 0
    """Q.850 cause of its end, if it was not answered."""
    redirects = False
    """It has just been told by a 3xx to call another number."""

    @property
    def waiting(self) -> bool:
        return not (self.answered or self.ended or self.gone)

    def begin(self) -> None:
        """Ring."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the attempt: the call was answered elsewhere, timed out, or its caller is gone."""
        self.hang_up(0)
