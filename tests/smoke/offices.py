"""Small sources for real calls, and the cases made of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pbxgen.calls.case import Case, Handling
from pbxgen.flow.environment import Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, Transfer
from tests.support.calls import plan_of

OUTSIDE = "+393471112222"
MONDAY = dt.datetime(2026, 11, 23, 10, 0)

HEAD = """
version: 1
pbx: {name: office, domain: pbx.office.example, country: IT, timezone: Europe/Rome}
defaults: {ring_timeout: 5, outside_timeout: 5, class: full}
trunks:
  carrier: {host: 127.0.0.1, number: "+390212345000"}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {full: [italy]}
"""


def office(folder: Path, text: str) -> Plan:
    """The plan of a source given as text, behind :data:`HEAD` unless it has a head of its own."""
    path = folder / f"source-{len(list(folder.iterdir()))}.yaml"
    path.write_text(text if "version:" in text else HEAD + text, encoding="utf-8")
    return plan_of(path)


def call(
    plan: Plan,
    caller: str,
    called: str,
    *,
    name: str = "",
    phones: dict[str, str | list[str]] | None = None,
    outside: dict[str, str] | None = None,
    at: dt.datetime = MONDAY,
    transfer: Transfer | None = None,
    carried: int = 0,
    handling: Handling | None = None,
) -> Case:
    """One call; unnamed phones and numbers answer."""
    states = {number: (state,) if isinstance(state, str) else tuple(state) for number, state in (phones or {}).items()}
    told = ", ".join([f"{caller} calls {called}", *(f"{number} {'+'.join(s)}" for number, s in states.items())])
    return Case(
        name=name or told,
        plan=plan,
        call=Call(caller, called, transfer, carried),
        environment=Environment(at, states, outside or {}),
        handling=handling or Handling(),
    )
