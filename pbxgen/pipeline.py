"""From a path to compiled plans and every finding about them: what all commands begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.prepare import as_errors
from pbxgen.diagnostics.text import SourceFile
from pbxgen.flow.plan import Plan
from pbxgen.language.acceptances import apply_acceptances
from pbxgen.language.compile import Compiled, compile_fleet, compile_source
from pbxgen.language.positions import child
from pbxgen.pbxs import PBXS
from pbxgen.source.load import Loaded, is_fleet, load_fleet, load_source
from pbxgen.source.tree import Scalar
from pbxgen.targets import load_target
from pbxgen.targets.base import Options

Step = Callable[[str], None]
"""Told what is being done, for those who wait."""


class UnknownTenantError(ValueError):
    """No source of the path has that ``pbx.name``; ``known`` are those that there are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.known = tuple(known)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One source, compiled. ``plan`` is None where there are errors."""

    name: str
    """``pbx.name``; the path of the source where it cannot be told."""
    path: Path
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[SourceFile, ...]

    @property
    def failed(self) -> bool:
        return self.plan is None or has_errors(self.diagnostics)


@dataclass(frozen=True, slots=True)
class Compilation:
    """Everything that is known of a path: a source, or the tenants of a fleet."""

    path: Path
    fleet: bool
    tenants: tuple[Tenant, ...]
    own: tuple[Diagnostic, ...] = ()
    """Findings about the fleet as a whole."""
    own_files: tuple[SourceFile, ...] = ()

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans of the tenants without errors."""
        return tuple(t.plan for t in self.tenants if t.plan is not None and not t.failed)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return (*self.own, *(d for t in self.tenants for d in t.diagnostics))

    @property
    def files(self) -> Mapping[str, SourceFile]:
        """Every file that was read, by the name that locations have."""
        return {f.name: f for f in (*self.own_files, *(f for t in self.tenants for f in t.files))}

    @property
    def failed(self) -> bool:
        return not self.tenants or has_errors(self.own) or any(t.failed for t in self.tenants)


def has_errors(diagnostics: Sequence[Diagnostic]) -> bool:
    return any(d.severity is Severity.ERROR for d in diagnostics)


def compile_path(
    path: Path,
    *,
    tenant: str | None = None,
    targets: Sequence[str] = (),
    options: Options | None = None,
    strict: bool = False,
    analysis: bool = True,
    today: dt.date | None = None,
    language: str = "en",
    instead: Mapping[Path, bytes] | None = None,
    notes: bool = False,
    step: Step = lambda doing: None,
) -> Compilation:
    """Read, check and compile what is at ``path``. Never raises for what stands in the files.

    ``tenant`` narrows a fleet to one. What each of ``targets`` cannot express is a finding too; with ``strict`` every
    warning is an error. ``today`` decides which rules are past (default: the day of this machine). ``language``: of the
    calls that show findings. ``instead``, for a single source, holds what some of its files would be like. ``notes``:
    also findings about which nothing needs to be done. Raises UnknownTenantError.
    """
    examiner = _Examiner(
        targets, options or Options(), strict, analysis, today or dt.date.today(), language, notes, step
    )
    step("reading")
    if not is_fleet(path):
        loaded = load_source(path, instead)
        _narrowed((loaded,), tenant)
        step("compiling")
        return Compilation(path, False, (examiner.examined(loaded, compile_source(loaded, examiner.today)),))
    fleet = load_fleet(path)
    chosen = _narrowed(fleet.tenants, tenant)
    examiner = replace(examiner, options=replace(examiner.options, fleet=len(chosen) > 1))
    step("compiling")
    tenants = tuple(
        examiner.examined(loaded, compiled)
        for loaded, compiled in zip(fleet.tenants, compile_fleet(fleet, examiner.today), strict=True)
        if any(loaded is one for one in chosen)
    )
    return Compilation(path, True, tenants, examiner.judged(fleet.diagnostics), fleet.files)


def source_of(path: Path, tenant: str | None = None) -> Path | None:
    """The path of the one source that is meant; None for a fleet without ``tenant``. Raises UnknownTenantError."""
    if not is_fleet(path):
        _narrowed((load_source(path),), tenant)
        return path
    if tenant is None:
        return None
    return _narrowed(load_fleet(path).tenants, tenant)[0].path


@dataclass(frozen=True, slots=True)
class _Examiner:
    targets: Sequence[str]
    options: Options
    strict: bool
    analysis: bool
    today: dt.date
    language: str
    notes: bool
    step: Step

    def examined(self, loaded: Loaded, compiled: Compiled) -> Tenant:
        """``compiled`` with what the analysis and the targets say of it, and without what is accepted."""
        name = _name(loaded)
        diagnostics = compiled.diagnostics
        if self.analysis:
            diagnostics += self._analysed(name, compiled)
        if compiled.plan is not None:
            diagnostics += self._limits(compiled.plan)
        written_at = {} if compiled.plan is None else compiled.plan.written_at()
        diagnostics, idle = apply_acceptances(diagnostics, compiled.acceptances, written_at)
        if compiled.plan is not None and self.analysis:  # else nobody has looked for what they accept
            all_targets = set(self.targets) == set(PBXS)
            unasked = {a.location for a in compiled.acceptances if a.code.startswith("PBX3") and not all_targets}
            diagnostics += tuple(d for d in idle if d.location not in unasked)
        diagnostics = self.judged(diagnostics)
        plan = None if has_errors(diagnostics) else compiled.plan
        return Tenant(name, loaded.path, plan, diagnostics, loaded.files)

    def _analysed(self, name: str, compiled: Compiled) -> tuple[Diagnostic, ...]:
        # Loaded here: a tenth of what a command that does without the analysis takes to start.
        from pbxgen.flow.analysis.findings import analyse, loops

        if compiled.plan is not None:
            self.step(f"examining every call of {name}")
            return analyse(compiled.plan, self.today, self.language)
        return () if compiled.partial_plan is None else loops(compiled.partial_plan, self.today)

    def _limits(self, plan: Plan) -> tuple[Diagnostic, ...]:
        limits = [d for name in self.targets for d in load_target(name).limits(plan, self.options)]
        return tuple(dict.fromkeys(limits))

    def judged(self, diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        told = tuple(d for d in diagnostics if self.notes or d.severity is not Severity.NOTE)
        return as_errors(told) if self.strict else told


def _narrowed(sources: Sequence[Loaded], tenant: str | None) -> tuple[Loaded, ...]:
    chosen = tuple(s for s in sources if tenant is None or _name(s) == tenant)
    if tenant is not None and not chosen:
        raise UnknownTenantError(tenant, [_name(s) for s in sources])
    return chosen


def _name(loaded: Loaded) -> str:
    pbx = child(loaded.root, "pbx") if loaded.root else None
    name = child(pbx, "name") if pbx else None
    return name.text if isinstance(name, Scalar) and name.text else str(loaded.path)
