"""The page itself: its assets and data put together into one file that needs no network."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.prepare import prepare
from pbxgen.diagnostics.text import SourceFile
from pbxgen.flow.analysis.samples import sample_numbers
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import NOTHING_SET, State
from pbxgen.phrases import phrases
from pbxgen.report.data import finding_data, plan_data, state_data

_ASSETS = resources.files("pbxgen.report").joinpath("assets")


def page(
    tenants: Sequence[tuple[Plan, Sequence[Diagnostic], Sequence[SourceFile]]],
    language: str = "en",
    state: State = NOTHING_SET,
) -> str:
    """The report of one or several tenants, each with its findings (and the files that hold what must be hidden).

    ``state``: what is set when the page is opened, of its only tenant.
    """
    say = phrases(language)
    data = {"version": 1, "phrases": say.texts, "tenants": [_tenant(*tenant, state) for tenant in tenants]}
    title = say("page.title", names=", ".join(plan.name for plan, _, _ in tenants))
    parts = {
        "LANGUAGE": language,
        "TITLE": html.escape(title),
        "STYLE": _asset("style.css"),
        "DATA": _script_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":"))),
        "ENGINE": _closure("const Engine = ", "engine"),
        "APP": _closure("", "app"),
    }
    text, *pieces = _asset("page.html").split("@@")
    for name, following in zip(pieces[::2], pieces[1::2], strict=True):
        text += (parts[name] if name in parts else html.escape(say(name))) + following
    return text


def _tenant(plan: Plan, findings: Sequence[Diagnostic], files: Sequence[SourceFile], state: State) -> dict[str, Any]:
    samples = {name: next(iter(sample_numbers([c.patterns])), None) for name, c in plan.contacts.items()}
    return {
        "plan": plan_data(plan),
        "findings": [finding_data(d) for d in prepare(findings, files)],
        "samples": samples,
        "set": state_data(state),
    }


def _script_safe(text: str) -> str:
    """JSON for a script element: nothing in it can end the element or begin a comment."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _closure(before: str, folder: str) -> str:
    """The parts of a script in the order of their names, as the body of one function that is called at once."""
    parts = sorted(p.name for p in _ASSETS.joinpath(folder).iterdir() if p.name.endswith(".js"))
    body = "".join(_asset(f"{folder}/{name}") for name in parts)
    return f'"use strict";\n{before}(() => {{\n{body}}})();'


def _asset(name: str) -> str:
    return _ASSETS.joinpath(*name.split("/")).read_text(encoding="utf-8")
