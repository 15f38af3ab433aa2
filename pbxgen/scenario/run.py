"""Run a scenario file on the model: compile its source, judge each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.text import SourceFile
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import applied
from pbxgen.flow.simulate import Story, simulate
from pbxgen.pipeline import Compilation, compile_path
from pbxgen.scenario.read import check_names, read_scenarios, wrong_name
from pbxgen.scenario.state import after_codes, wrong_codes
from pbxgen.scenario.values import Scenario, differences


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scenario on the model. ``differences``: by aspect, (expected, seen)."""

    scenario: Scenario
    plan: Plan
    story: Story
    differences: Mapping[str, tuple[str, str]]
    told: Plan | None = None
    """The plan with what was set: what the story's words are of."""

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class FileRun:
    """The scenarios of one file, each with the plan its call goes into, and what the model says of them."""

    path: Path
    scenarios: tuple[tuple[Scenario, Plan], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """Errors that keep its calls from being judged."""
    texts: Mapping[str, SourceFile] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    """All of the source: of a fleet also those without a call."""

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(judge(scenario, plan) for scenario, plan in self.scenarios)

    @property
    def passed(self) -> bool:
        return not self.diagnostics and all(v.passed for v in self.verdicts)


def prepare(path: Path, name: str | None = None) -> FileRun:
    """Read a scenario file and compile its source. ``name``: only scenarios whose name holds it."""
    reading = read_scenarios(path)
    texts = {} if reading.text is None else {reading.text.name: reading.text}
    if reading.file is None:
        return FileRun(path, diagnostics=reading.diagnostics, texts=texts)
    compilation = compile_path(reading.file.source, analysis=False)
    texts |= compilation.files
    errors = tuple(d for d in compilation.diagnostics if d.severity is Severity.ERROR)
    if errors:
        return FileRun(path, diagnostics=errors, texts=texts)
    chosen = [s for s in reading.file.scenarios if name is None or name in s.name]
    problems: list[Diagnostic] = []
    pairs = []
    for scenario in chosen:
        plan = _plan_of(scenario, compilation, problems)
        if plan is not None:
            problems += check_names(scenario, plan)
            pairs.append((scenario, plan))
    return FileRun(path, () if problems else tuple(pairs), tuple(problems), texts, tuple(compilation.plans))


def judge(scenario: Scenario, plan: Plan) -> Verdict:
    environment, codes = after_codes(plan, scenario)
    story = simulate(plan, scenario.call, environment)
    by_aspect = dict(differences(scenario.expect, story))
    wrong = tuple(wrong_codes(scenario, codes))
    if wrong:
        by_aspect = {"before": (", ".join(e for e, _ in wrong), ", ".join(s for _, s in wrong)), **by_aspect}
    return Verdict(scenario, plan, story, by_aspect, applied(plan, environment.state, environment.moment))


def _plan_of(scenario: Scenario, compilation: Compilation, problems: list[Diagnostic]) -> Plan | None:
    """The tenant's plan; without ``tenant``, the only one there is."""
    plans = {p.name: p for p in compilation.plans}
    if scenario.tenant is None and len(plans) == 1:
        return next(iter(plans.values()))
    if scenario.tenant in plans:
        return plans[scenario.tenant]
    if scenario.tenant is None:
        message = "it does not say which tenant it calls"
        help = f"add tenant: one of {', '.join(plans)}"
    else:
        message = f"there is no tenant {scenario.tenant}"
        help = did_you_mean(scenario.tenant, plans) or f"one of {', '.join(plans)}"
    problems.append(wrong_name(scenario, message, help))
    return None
