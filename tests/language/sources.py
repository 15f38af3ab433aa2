"""Sources for tests: compile a text, and say where in it a finding must stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.language.compile import Compiled, compile_source
from pbxgen.source.load import Loaded
from pbxgen.source.reader import read_text

TODAY = dt.date(2026, 11, 23)

HEAD = """\
version: 1
pbx: {name: acme, domain: pbx.acme.example, country: IT, timezone: Europe/Rome, language: it}
"""

OUTSIDE = """\
trunks: {carrier: {host: 192.0.2.1}}
routes:
  emergency: {match: ["112", "118"], trunk: carrier, emergency: true}
  italy: {match: "+39[038]X.", trunk: carrier}
  europe: {match: ["+33.", "+49."], trunk: carrier}
  far: {match: ["+870.", "+881."], trunk: carrier}
classes: {national: [italy], full: [italy, europe, far]}
"""
"""Put ``defaults: {class: full}`` beside it to let everybody call."""

NOISE = ("PBX151", "PBX155", "PBX174")
"""Warnings that small sources have by nature: no emergency route, unused names, no number to show."""


def compile_text(text: str, *, today: dt.date = TODAY, complete: bool = True) -> Compiled:
    reading = read_text(text, "acme.yaml")
    loaded = Loaded(Path("acme.yaml"), reading.root, (reading.file,), "0" * 12, reading.diagnostics, complete)
    return compile_source(loaded, today)


def plan_of(text: str) -> Plan:
    """The plan of a source without errors (HEAD is put before it)."""
    compiled = compile_text(HEAD + text)
    assert compiled.plan is not None, [str(d) for d in compiled.diagnostics]
    return compiled.plan


def findings(text: str, *, ignoring: Iterable[str] = NOISE) -> list[Diagnostic]:
    return [d for d in compile_text(text).diagnostics if d.code not in set(ignoring)]


def only(code: str, body: str, *, head: str = HEAD) -> Diagnostic:
    """Exactly one finding, at exactly the «marked» text of ``head + body``."""
    marked = head + body
    assert marked.count("«") == marked.count("»") == 1, "mark one place"
    before, rest = marked.split("«")
    inside, after = rest.split("»")
    diagnostics = findings(before + inside + after, ignoring=[c for c in NOISE if c != code])
    assert [d.code for d in diagnostics] == [code], diagnostics
    location = diagnostics[0].location
    assert location is not None
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert (location.line, location.column) == (line, column), (location, inside)
    if "\n" not in inside:
        assert (location.end_line, location.end_column) == (line, column + len(inside)), (location, inside)
    return diagnostics[0]


def clean(body: str, *, head: str = HEAD) -> Compiled:
    """No finding at all, but for the natural warnings of small sources."""
    compiled = compile_text(head + body)
    assert [d for d in compiled.diagnostics if d.code not in NOISE] == []
    assert compiled.plan is not None
    return compiled
