"""The files that are generated from a source, with the secrets that it holds itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.language.secrets import read_secrets
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options
from tests.support.calls import plan_of


def generated(plan: Plan, pbx: str) -> tuple[GeneratedFile, ...]:
    secrets, problems = read_secrets(plan, Options().parts, {})
    assert not problems
    return tuple(load_target(pbx).render((plan,), replace(Options(), secrets=secrets)))


def generated_from(text: str, folder: Path, pbx: str) -> tuple[GeneratedFile, ...]:
    """From the text of a source, which is written into ``folder``."""
    path = folder / "source.yaml"
    path.write_text(text, encoding="utf-8")
    return generated(plan_of(path), pbx)
