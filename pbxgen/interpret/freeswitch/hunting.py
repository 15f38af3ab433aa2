"""Which extension a call finds in a context, as mod_dialplan_xml hunts for it.

All conditions are judged first, with the channel as it is then. Inline actions run at once and are seen by the
conditions behind them; all others are only collected, and run when the hunt is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.document import Action, Break, Condition, FreeSwitchExtension
from pbxgen.interpret.freeswitch.patterns import Match, perform, substituted


class Host(Protocol):
    """The channel that a hunt is for."""

    def expand(self, text: str) -> str: ...

    def field(self, name: str) -> str: ...

    def inline(self, action: Action) -> None: ...


@dataclass(frozen=True, slots=True)
class _Judged:
    holds: bool
    proceed: bool
    """Was the last test passed? It says whether the extension is the one, which is not the same as ``holds``."""
    match: Match | None = None
    """What stands for ``$1`` in the actions; None: they are taken as they are."""
    field: str = ""


def hunt(extensions: Sequence[FreeSwitchExtension], host: Host) -> list[Action] | None:
    """The steps of the first extension that applies, and of those before it that go on; None: not one step."""
    steps: list[Action] = []
    found = False
    for extension in extensions:
        proceed, acted = _enter(extension, host, steps)
        found = found or acted
        if proceed and not extension.goes_on:
            break
    return steps if found else None


def _enter(extension: FreeSwitchExtension, host: Host, steps: list[Action]) -> tuple[bool, bool]:
    """Does the extension apply, and was any of its actions (even an inline one) taken?"""
    proceed = acted = False
    for condition in extension.conditions:
        judged = _judge(condition, host)
        proceed = judged.proceed
        actions = condition.actions if judged.holds else condition.anti_actions
        for action in actions:
            acted = True
            if judged.match is not None and "$" in action.data:
                data = substituted(judged.match, action.data, judged.field)
                action = Action(action.application, data, action.inline, action.where)
            if action.inline:
                host.inline(action)
            elif "\\'" in action.data:
                raise NotUnderstoodError(f"{action.where}: FreeSWITCH runs nothing with \\' in its data")
            else:
                steps.append(action)
        if actions and not judged.holds:
            proceed = True
        match condition.break_:
            case Break.ALWAYS:
                break
            case Break.ON_TRUE if judged.holds:
                break
            case Break.ON_FALSE if not judged.holds:
                break
    return proceed, acted


def _judge(condition: Condition, host: Host) -> _Judged:
    if condition.any:
        return _judge_any(condition, host)
    if not condition.tests:
        return _Judged(True, True)
    expression = host.expand(condition.tests[0].expression)
    field = _field(condition.tests[0].field, host)
    match = perform(field, expression)
    if match is None:
        return _Judged(False, False)
    return _Judged(True, True, match if "(" in expression else None, field)


def _judge_any(condition: Condition, host: Host) -> _Judged:
    """``<regex>`` elements, until one passes."""
    for test in condition.tests:
        if perform(_field(test.field, host), host.expand(test.expression)) is not None:
            return _Judged(True, True)
    return _Judged(False, False)


def _field(name: str, host: Host) -> str:
    return host.expand(name) if "$" in name else host.field(name)
