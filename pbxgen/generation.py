"""From compiled plans to the files of every target, all in memory: nothing is written before everything is right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.language.secrets import read_secrets
from pbxgen.pipeline import Step, has_errors
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options


@dataclass(frozen=True, slots=True)
class Generation:
    """``trees``: a target's name to its files; none where ``diagnostics`` holds an error."""

    trees: dict[str, tuple[GeneratedFile, ...]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def generate_trees(plans: Sequence[Plan], targets: Sequence[str], options: Options, step: Step) -> Generation:
    """Read the secrets that the options' parts need and render ``plans`` for each of ``targets``."""
    secrets: dict[Secret, str] = {}
    diagnostics: list[Diagnostic] = []
    for plan in plans:
        values, problems = read_secrets(plan, options.parts, os.environ)
        secrets.update(values)
        diagnostics += problems
    if has_errors(diagnostics):
        return Generation(diagnostics=tuple(diagnostics))
    known = replace(options, secrets=secrets)
    for name in targets:
        target = load_target(name)
        diagnostics += (problem for plan in plans for problem in target.refused_secrets(plan, known))
    if has_errors(diagnostics):
        return Generation(diagnostics=tuple(diagnostics))
    trees = {}
    for name in targets:
        step(f"writing for {name}")
        trees[name] = load_target(name).render(tuple(plans), known)
    return Generation(trees, tuple(diagnostics))
