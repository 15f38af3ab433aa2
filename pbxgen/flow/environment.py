"""The environment of a call: when it is placed, and in which state each phone, outside number, trunk and service is.

The states are those of a scenario. Beyond the named ones a phone or an outside number may be given as the SIP status
it replies with (``"404"``), a phone also as a list of states, one for each registered contact.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Callers, Condition, Plan
from pbxgen.flow.settings import NOTHING_SET, State

PHONE_STATES: Mapping[str, str] = {
    "answer": "answers",
    "ring": "rings and never answers",
    "early": "sends early media (183 with SDP), never answers",
    "busy": "replies 486",
    "reject": "replies 603",
    "dnd": "replies 480",
    "unregistered": "has no contact registered",
    "dead": "answers REGISTER and OPTIONS, but nothing to INVITE",
    "error": "replies 500",
    "in_call": "is in a call, and answers a second one if it is offered",
}
OUTSIDE_STATES: Mapping[str, str] = {
    "answer": "answers, and presses 1 when asked",
    "ring": "rings and never answers",
    "early": "sends early media (183 with SDP), never answers",
    "busy": "replies 486",
    "fail": "replies 503",
    "mailbox": "answers, presses nothing",
}
TRUNK_STATES: Mapping[str, str] = {
    "down": "answers nothing at all; over TCP and TLS it refuses connections",
    "silent": "answers REGISTER and OPTIONS, but nothing to INVITE",
    "full": "takes no more calls: replies 503",
}
"""Beside these a SIP status that says that the trunk did not carry the call (:func:`pbxgen.flow.ringer.passes_on`)."""

SERVICE_STATES: Mapping[str, str] = {
    "take": "takes the call",
    "return": "gives the call back, and the next place is tried",
}

DEFAULT_MOMENT = dt.datetime(2026, 11, 23, 10, 0)
"""When a call is placed that does not say: a Monday at 10:00, in the PBX's time zone."""

_MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_STATUS = re.compile(r"[3-6][0-9][0-9]", re.ASCII)
REPLIES: Mapping[str, int] = {"busy": 486, "reject": 603, "dnd": 480, "error": 500, "fail": 503}
"""The SIP status behind each state that stands for one."""


def moment_of(text: str) -> dt.datetime | None:
    """``2026-12-24 19:00``, with or without seconds, or a date alone (its midnight); None for anything else."""
    for form in _MOMENTS:
        try:
            return dt.datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def is_status(state: str) -> bool:
    """Is ``state`` the SIP status of a final reply other than an answer (300-699)?"""
    return _STATUS.fullmatch(state) is not None


@dataclass(frozen=True, slots=True)
class Environment:
    """When a call is placed, and the state of everything that it can come to."""

    moment: dt.datetime
    """Local time of the PBX."""
    phones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By extension: a state for each contact; unnamed ones answer."""
    outside: Mapping[str, str] = field(default_factory=dict)
    """By E.164 number (or emergency number); unnamed ones answer."""
    state: State = NOTHING_SET
    """What users have set, and how the switches stand."""
    trunks: Mapping[str, str] = field(default_factory=dict)
    """By name; unnamed ones carry every call."""
    services: Mapping[str, str] = field(default_factory=dict)
    """By name; unnamed ones take every call."""
    held: str | None = None
    """Extension that is in a call with the caller, and waits while a transfer is announced."""

    def phone(self, extension: str) -> tuple[str, ...]:
        return self.phones.get(extension, ("answer",))


@dataclass(frozen=True, slots=True)
class CallConditions:
    """The conditions of one call at one moment."""

    plan: Plan
    caller: Caller
    moment: dt.datetime

    def holds(self, condition: Condition) -> bool:
        if condition.callers and not any(map(self._is_by, condition.callers)):
            return False
        if condition.until is not None and self.moment.date() > condition.until:
            return False
        if any(self.plan.switches[switch].on is off for switch, off in condition.switches):
            return False
        return all(self._is_open(hours.schedule) is not hours.closed for hours in condition.hours)

    def _is_open(self, schedule: str) -> bool:
        return self.plan.schedules[schedule].contains(self.moment)

    def _is_by(self, callers: Callers) -> bool:
        return self.plan.is_one_of(callers, self.caller.origin, self.caller.number)
