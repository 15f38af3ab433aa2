"""Results of the laboratory, made up for tests of what is done with them."""

from __future__ import annotations

import datetime as dt

from pbxgen.calls.attempts import Attempt
from pbxgen.calls.case import Case
from pbxgen.calls.observed import Observed
from pbxgen.flow.environment import Environment
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call
from pbxgen.lab import sip
from pbxgen.lab.result import Result
from pbxgen.lab.wire import SeenMessage

PHONES = ("127.0.0.1", 5070)


def case(plan: Plan, caller: str, called: str, **phones: str) -> Case:
    """A call; phones as ``_101="busy"``, several of one as ``_101="busy,ring"``."""
    states = {extension.lstrip("_"): tuple(state.split(",")) for extension, state in phones.items()}
    moment = dt.datetime(2026, 11, 23, 10, 0)
    return Case(f"{caller} calls {called}", plan, Call(caller, called), Environment(moment, states))


def seen(at: float, *, from_pbx: bool, text: str, call_id: str, cseq: str) -> SeenMessage:
    message = sip.parse(f"{text}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n\r\n".encode())
    assert message is not None
    return SeenMessage(at, from_pbx, PHONES, message)


def rang(target: str, at: float, ended: float | None, status: int | None = None) -> Attempt:
    return Attempt(target, at, ended, status, (), target, "carrier" if target.startswith("+") else None)


def trace(by: str) -> tuple[SeenMessage, ...]:
    """The messages of a call from a phone that ``by`` answers."""
    return (
        seen(5.0, from_pbx=False, text="INVITE sip:101@x SIP/2.0", call_id="office-1-caller", cseq="1 INVITE"),
        seen(5.0, from_pbx=True, text="SIP/2.0 401 Unauthorized", call_id="office-1-caller", cseq="1 INVITE"),
        seen(5.1, from_pbx=True, text=f"INVITE sip:office-1.{by}.0@x SIP/2.0", call_id="leg", cseq="7 INVITE"),
        seen(5.6, from_pbx=True, text=f"INVITE sip:office-1.{by}.0@x SIP/2.0", call_id="leg", cseq="7 INVITE"),
        seen(5.7, from_pbx=False, text="SIP/2.0 200 OK", call_id="leg", cseq="7 INVITE"),
    )


def answered(by: str, *rings: Attempt) -> Observed:
    """A call that ``by`` answered after the others rang in vain."""
    names = tuple(r.target for r in rings)
    return Observed(names, Ending(EndKind.ANSWERED, by), rings, 200, 0.7)


def result(of: Case, observed: Observed, *differences: str) -> Result:
    by = "" if observed.ending is None else observed.ending.value
    return Result(of, "asterisk", observed, differences, 1.0, trace=trace(by))
