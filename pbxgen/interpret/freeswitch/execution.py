"""Running a channel through the dialplan: routing, then the applications that were found, until it is hung up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from pbxgen.interpret.base import NotUnderstoodError, Trace, TraceLine
from pbxgen.interpret.freeswitch import expansion, functions
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.channel import CallerProfile, FreeSwitchChannel
from pbxgen.interpret.freeswitch.document import FreeSwitchAction, FreeSwitchCondition, FreeSwitchExtension
from pbxgen.interpret.freeswitch.endpoints import status_of
from pbxgen.interpret.freeswitch.patterns import perform, substituted
from pbxgen.interpret.freeswitch.text import atoi, is_true

_MOST_HUNTS = 5000
_DEEPEST = 32
"""Extensions executed within extensions (SWITCH_MAX_STACKS)."""
_INLINE = frozenset({"set", "multiset", "unset", "log"})
"""Applications that can run while an extension is hunted for (SAF_ROUTING_EXEC)."""


class Settled(Exception):  # noqa: N818
    """A channel is connected, or waits for ever: its dialplan does not go on."""


class FreeSwitchCore:
    """FreeSWITCH's core, for one call. ``applications``: by name."""

    def __init__(
        self, call: FreeSwitchCall, applications: Mapping[str, FreeSwitchApplication], trace: Trace | None
    ) -> None:
        self.call = call
        self._applications = applications
        self._trace = trace
        self._hunts = 0
        self._depth = 0

    def run(self, channel: FreeSwitchChannel) -> None:
        """Run a channel until it is connected, or to the end of the dialplan, where it is hung up."""
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
        """Expand ``data`` and run an application. ``where``: its ``file:line``."""
        function = self._applications.get(application)
        if function is None:
            raise NotUnderstoodError(f"the application {application}")
        expanded = self.expand(channel, data)
        if expanded.startswith("%") and "[" in expanded[1:3]:
            raise NotUnderstoodError(f"{application} with variables for itself alone: {expanded}")
        if self._trace is not None and where and not channel.parks:
            self._trace.append(TraceLine(self.call.clock.now, where, f"{application} {expanded}".rstrip()))
        try:
            function(self, channel, expanded)
        except ValueError as error:
            raise NotUnderstoodError(f"{application} {expanded}: {error}") from error

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
        """A call that came in (one that FreeSWITCH placed has been answered already)."""
        if channel.inbound and not channel.answered and channel.cause is None:
            channel.answered = True
            if self.call.answered_at is None:
                self.call.answered_at = self.call.clock.now

    def hang_up(self, channel: FreeSwitchChannel, cause: str) -> None:
        """Hang up a channel; a caller that was not answered and got no status is sent that of the cause.

        Raises Settled if it parks.
        """
        if channel.cause is not None:
            return
        if channel.parks:
            raise Settled
        if channel.inbound and not channel.answered and channel.status is None:
            channel.status = status_of(cause)
        channel.hang_up(cause)

    def expand(self, channel: FreeSwitchChannel, text: str) -> str:
        scope = expansion.ExpansionScope(channel.variable, partial(functions.call_function, self.call))
        return expansion.expand(text, scope)

    def _execute(self, channel: FreeSwitchChannel, steps: list[FreeSwitchAction]) -> None:
        for step in steps:
            if not channel.ready:
                break
            self.execute(channel, step.application, step.data, step.where)

    # -- hunting for an extension -------------------------------------------------------------------------------------

    def _hunt(self, channel: FreeSwitchChannel, profile: CallerProfile) -> list[FreeSwitchAction] | None:
        """The actions of the first extension of the context that applies, and of those before it that go on.

        None: not one action. Conditions are judged with the channel as it is before any action but the inline ones,
        which run at once; all others run when the hunt is over (mod_dialplan_xml).
        """
        self._hunts += 1
        if self._hunts > _MOST_HUNTS:
            raise NotUnderstoodError(f"the call never ends: it goes on in {profile.context}")
        extensions = self.call.installation.contexts.get(profile.context.lower())
        if extensions is None:
            raise NotUnderstoodError(f"there is no context {profile.context}")
        actions: list[FreeSwitchAction] = []
        any_taken = False
        for extension in extensions:
            proceed, taken = self._enter(channel, extension, actions)
            any_taken = any_taken or taken
            if proceed and not extension.goes_on:
                break
        return actions if any_taken else None

    def _enter(
        self, channel: FreeSwitchChannel, extension: FreeSwitchExtension, collected: list[FreeSwitchAction]
    ) -> tuple[bool, bool]:
        """Does the extension apply, and was any of its actions (even an inline one) taken?"""
        proceed = taken = False
        for condition in extension.conditions:
            holds, match, field = self._judge(channel, condition)
            proceed = holds
            for action in condition.actions if holds else condition.anti_actions:
                taken = proceed = True
                if match is not None and "$" in action.data:
                    action = replace(action, data=substituted(match, action.data, field))
                if action.inline:
                    if action.application not in _INLINE:
                        raise NotUnderstoodError(f"{action.where}: {action.application} cannot run inline")
                    self.execute(channel, action.application, action.data, action.where)
                elif "\\'" in action.data:
                    raise NotUnderstoodError(f"{action.where}: FreeSWITCH runs nothing with \\' in its data")
                else:
                    collected.append(action)
            if holds in condition.breaks_if:
                break
        return proceed, taken

    def _judge(
        self, channel: FreeSwitchChannel, condition: FreeSwitchCondition
    ) -> tuple[bool, re.Match[str] | None, str]:
        """Does a condition hold, and what stands for ``$1`` in its actions (None: they are taken as they are)?"""
        for tested, against in condition.tests:
            expression = self.expand(channel, against)
            field = self.expand(channel, tested) if "$" in tested else channel.field(tested)
            match = perform(field, expression)
            if match is not None:
                return True, None if condition.any or "(" not in expression else match, field
        return not condition.tests, None, ""


FreeSwitchApplication = Callable[[FreeSwitchCore, FreeSwitchChannel, str], None]
"""Raises ValueError for data that no template writes."""
