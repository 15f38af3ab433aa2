"""Plans and calls in few words."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, Story, Transfer, simulate
from pbxgen.language.compile import Compiled, compile_source
from pbxgen.source.load import load_source

TODAY = dt.date(2026, 11, 23)
OUTSIDE = "+393471112222"

HEAD = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}
routes:
  emergency: {match: ["112", "118"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
  germany: {match: "+49.", trunk: carrier}
classes: {national: [italy], full: [italy, germany]}
"""


def compiled(body: str, *, head: str = HEAD) -> Compiled:
    """``head`` and ``body`` as one source, compiled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acme.yaml"
        path.write_text(head + body, encoding="utf-8")
        return compile_source(load_source(path), TODAY)


def plan_of(body: str, *, head: str = HEAD) -> Plan:
    """The plan of a source that must have no errors."""
    result = compiled(body, head=head)
    assert result.plan is not None, "\n".join(f"{d.location}: {d.code} {d.message}" for d in result.diagnostics)
    return result.plan


def codes(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [d.code for d in diagnostics]


def call(
    plan: Plan,
    caller: str,
    called: str,
    *,
    at: str | None = None,
    transfer: Transfer | None = None,
    carried: int = 0,
    **states: str,
) -> Story:
    """``_101="busy"`` puts a phone into a state, ``out_393…="busy"`` an outside number, ``trunk_…="down"`` a trunk.

    ``service_…="return"`` makes a service give the call back.
    """
    services = {k.removeprefix("service_"): v for k, v in states.items() if k.startswith("service_")}
    trunks = {k.removeprefix("trunk_"): v for k, v in states.items() if k.startswith("trunk_")}
    phones = {k[1:]: tuple(v.split(",")) for k, v in states.items() if k.startswith("_")}
    outside = {f"+{k[4:]}": v for k, v in states.items() if k.startswith("out_")}
    moment = DEFAULT_MOMENT if at is None else dt.datetime.strptime(at, "%Y-%m-%d %H:%M")
    return simulate(
        plan,
        Call(caller, called, transfer, carried),
        Environment(moment, phones, outside, trunks=trunks, services=services),
    )


def told(story: Story) -> str:
    """``101, 102 -> answered 102``"""
    return f"{', '.join(story.rings) or 'nobody'} -> {story.ending}"
