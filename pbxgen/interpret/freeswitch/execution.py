"""Running a channel through the dialplan: routing, then the applications that were found, until it is hung up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pbxgen.interpret.base import NotUnderstoodError, Trace, TraceLine
from pbxgen.interpret.freeswitch import expansion, functions
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.document import Action
from pbxgen.interpret.freeswitch.endpoints import status_of
from pbxgen.interpret.freeswitch.hunting import hunt
from pbxgen.interpret.freeswitch.scene import Scene
from pbxgen.interpret.freeswitch.text import atoi, is_true

_MOST_HUNTS = 5000
_DEEPEST = 32
"""Extensions executed within extensions (SWITCH_MAX_STACKS)."""
_INLINE = frozenset({"set", "multiset", "unset", "log"})
"""Applications that can run while an extension is hunted for (SAF_ROUTING_EXEC)."""


class Settled(Exception):  # noqa: N818
    """A channel talks with somebody, or waits for ever: its dialplan does not go on."""


class FreeSwitchCore:
    """FreeSWITCH's core, for one call. ``applications``: what the dialplan may use, by name."""

    def __init__(self, scene: Scene, applications: Mapping[str, FreeSwitchApplication], trace: Trace | None) -> None:
        self.scene = scene
        self._applications = applications
        self._trace = trace
        self._hunts = 0
        self._depth = 0

    def run(self, channel: FreeSwitchChannel) -> None:
        """To the end of the dialplan, where the channel is hung up, or until it talks with somebody."""
        channel.transferred = True
        try:
            self._route(channel)
        except Settled:
            self._depth = 0
            channel.hunted = None
        else:
            self.hang_up(channel, "NORMAL_CLEARING")

    def _route(self, channel: FreeSwitchChannel) -> None:
        while channel.transferred and channel.cause is None:
            channel.transferred = False
            steps = self._hunt(channel, channel.profile)
            if steps is None:
                self.hang_up(channel, "NO_ROUTE_DESTINATION")
                return
            self._execute(channel, steps)

    def execute(self, channel: FreeSwitchChannel, application: str, data: str, where: str = "") -> None:
        """Run one application; ``data`` is expanded before. ``where``: the line it stands in."""
        function = self._applications.get(application)
        if function is None:
            raise NotUnderstoodError(f"the application {application}")
        expanded = self.expand(channel, data)
        if expanded.startswith("%") and "[" in expanded[1:3]:
            raise NotUnderstoodError(f"{application} with variables for itself alone: {expanded}")
        if self._trace is not None and where and not channel.parks:
            self._trace.append(TraceLine(self.scene.clock.now, where, f"{application} {expanded}".rstrip()))
        function(self, channel, expanded)

    def execute_extension(self, channel: FreeSwitchChannel, number: str, context: str) -> None:
        """Run an extension and return. While it runs, the channel's profile is that of the extension."""
        if self._depth >= _DEEPEST:
            raise NotUnderstoodError(f"extensions are executed within extensions without end ({number} in {context})")
        self._depth += 1
        profile = (channel.hunted or channel.profile).to(number, context)
        channel.hunted = profile
        steps = self._hunt(channel, profile)
        if steps is not None:
            self._execute(channel, steps)
        # Not what it was before: FreeSWITCH knows one such profile only.
        channel.hunted = None
        self._depth -= 1

    def transfer(self, channel: FreeSwitchChannel, number: str, context: str | None) -> None:
        """``switch_ivr_session_transfer``. ``context``: None where the SIP side transfers."""
        most = channel.get("max_session_transfers")
        name = "max_session_transfers" if most is not None else "max_forwards"
        left = atoi(most or channel.get("max_forwards") or "71") - 1
        if left <= 0:
            self.hang_up(channel, "EXCHANGE_ROUTING_ERROR")
            return
        channel.set(name, str(left))
        if not is_true(channel.get("limit_ignore_transfer")):
            channel.counted.clear()
        profile = channel.hunted or channel.profile
        if context is None:
            if channel.get("force_transfer_dialplan") not in (None, "XML"):
                raise NotUnderstoodError(f"transfers to the dialplan {channel.get('force_transfer_dialplan')}")
            context = channel.get("force_transfer_context") or profile.context
        channel.profile = profile.to(number, context)
        channel.hunted = None
        channel.transferred = True

    def answer(self, channel: FreeSwitchChannel) -> None:
        """A call that came in (one that FreeSWITCH placed has been answered already). Raises Settled if it parks."""
        if channel.inbound and not channel.answered and channel.cause is None:
            channel.answered = True
            if self.scene.answered_at is None and not channel.parks:
                self.scene.answered_at = self.scene.clock.now
        if channel.parks:
            raise Settled

    def hang_up(self, channel: FreeSwitchChannel, cause: str) -> None:
        """Also what the caller is told where nothing else has been said."""
        if channel.cause is not None:
            return
        if channel.inbound and not channel.answered and channel.status is None:
            channel.status = status_of(cause)
        channel.hang_up(cause)

    def expand(self, channel: FreeSwitchChannel, text: str) -> str:
        return expansion.expand(text, _Names(self.scene, channel))

    def _hunt(self, channel: FreeSwitchChannel, profile: CallerProfile) -> list[Action] | None:
        self._hunts += 1
        if self._hunts > _MOST_HUNTS:
            raise NotUnderstoodError(f"the call never ends: it goes on in {profile.context}")
        extensions = self.scene.installation.contexts.get(profile.context.lower())
        if extensions is None:
            raise NotUnderstoodError(f"there is no context {profile.context}")
        return hunt(extensions, _Hunter(self, channel))

    def _execute(self, channel: FreeSwitchChannel, steps: list[Action]) -> None:
        for step in steps:
            if not channel.ready:
                break
            self.execute(channel, step.application, step.data, step.where)


FreeSwitchApplication = Callable[[FreeSwitchCore, FreeSwitchChannel, str], None]


class _Names:
    """Where a channel looks names up."""

    def __init__(self, scene: Scene, channel: FreeSwitchChannel) -> None:
        self._scene = scene
        self.variable = channel.variable

    def function(self, name: str, arguments: str) -> str:
        return functions.call(self._scene, name, arguments)


class _Hunter:
    """A channel while its extension is hunted for."""

    def __init__(self, switch: FreeSwitchCore, channel: FreeSwitchChannel) -> None:
        self._switch = switch
        self._channel = channel
        self._names = _Names(switch.scene, channel)
        self.field = channel.field

    def expand(self, text: str) -> str:
        return expansion.expand(text, self._names)

    def inline(self, action: Action) -> None:
        if action.application not in _INLINE:
            raise NotUnderstoodError(f"{action.where}: {action.application} cannot run inline")
        self._switch.execute(self._channel, action.application, action.data, action.where)
