"""How a command ends: its findings in the format that was asked for, one closing line, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import typer

from pbxgen.cli import console
from pbxgen.cli.options import Format
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.gitlab import render_gitlab
from pbxgen.diagnostics.json import render_json
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.render import render_text
from pbxgen.diagnostics.sarif import render_sarif
from pbxgen.diagnostics.text import SourceFile
from pbxgen.flow.plan import Plan
from pbxgen.pipeline import Compilation, UnknownTenantError, compile_path, has_errors


class Findings:
    """Collects findings; :meth:`close` shows them and ends the command with 0, or 1 where there is an error."""

    def __init__(self, compilation: Compilation, format: Format = Format.TEXT, *, on_stderr: bool = False) -> None:
        self._compilation = compilation
        self._format = format
        self._text_to = sys.stderr if on_stderr else sys.stdout
        self._found = list(compilation.diagnostics)

    @property
    def is_text(self) -> bool:
        return self._format is Format.TEXT

    def add(self, diagnostics: Sequence[Diagnostic]) -> None:
        self._found += diagnostics

    def close(self, summary: str) -> NoReturn:
        """``summary`` is what was done, or why nothing was; for people only."""
        files = self._compilation.files
        if self._format is Format.JSON:
            console.out(render_json(self._found, files.values()).rstrip("\n"))
        elif self._format is Format.SARIF:
            console.out(render_sarif(self._found, files.values()).rstrip("\n"))
        elif self._format is Format.GITLAB:
            console.out(render_gitlab(self._found, files.values()).rstrip("\n"))
        else:
            show_text(self._found, files, self._text_to)
            if summary:
                (console.note if has_errors(self._found) else console.out)(summary)
        raise typer.Exit(1 if has_errors(self._found) else 0)


def show_text(
    diagnostics: Collection[Diagnostic], files: Mapping[str, SourceFile], stream: IO[str] | None = None
) -> None:
    """All of them with their lines, and how many they are; nothing where there are none."""
    stream = stream or sys.stdout
    if diagnostics:
        stream.write(render_text(diagnostics, files.values(), colour=console.wants_colour(stream)))


def compiled_or_usage_error(source: Path, **how: Any) -> Compilation:
    """As :func:`pbxgen.pipeline.compile_path`; an unknown tenant is wrong usage."""
    try:
        return compile_path(source, **how)
    except UnknownTenantError as error:
        raise usage_error_of(error) from error


def usage_error_of(error: UnknownTenantError) -> typer.BadParameter:
    name = console.printable(str(error))
    meant = did_you_mean(str(error), error.known) or f"the tenants are {', '.join(error.known) or 'none'}"
    return typer.BadParameter(f"no tenant has the name {name}; {meant}", param_hint="--tenant")


def one_plan(source: Path, tenant: str | None = None) -> Plan:
    """The plan of ``source``, of a fleet that of ``tenant``; ends the command where there is none.

    Warnings are not shown here: `pbxgen check` is for them.
    """
    compilation = compiled_or_usage_error(source, tenant=tenant, analysis=False)
    if compilation.failed:
        Findings(compilation, on_stderr=True).close("`pbxgen check` shows all findings")
    if len(compilation.plans) != 1:
        names = ", ".join(plan.name for plan in compilation.plans)
        raise typer.BadParameter(f"this is a fleet: choose a tenant ({names})", param_hint="--tenant")
    return compilation.plans[0]
