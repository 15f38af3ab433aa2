"""How a command ends: its findings in the format that was asked for, one closing line, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer

from pbxgen.cli import console
from pbxgen.cli.console import plural
from pbxgen.cli.options import Format
from pbxgen.diagnostics.diagnostic import Diagnostic, Severity
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.render import render_json, render_sarif, render_text
from pbxgen.pipeline import Compilation, UnknownTenantError, compile_path


class Report:
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
        """``summary`` is what was done, or why nothing was."""
        errors = sum(d.severity is Severity.ERROR for d in self._found)
        files = self._compilation.files
        if self._format is Format.JSON:
            console.out(render_json(self._found, files).rstrip("\n"))
        elif self._format is Format.SARIF:
            console.out(render_sarif(self._found, files).rstrip("\n"))
        else:
            if self._found:
                text = render_text(self._found, files, colour=console.colours(self._text_to))
                self._text_to.write(text.rstrip("\n") + "\n\n")
            console.out(f"{self._verdict(errors)}; {summary}")
        raise typer.Exit(1 if errors else 0)

    def _verdict(self, errors: int) -> str:
        warnings = len(self._found) - errors
        counted = [plural(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
        return ", ".join(counted) or "no problems"


def compiled_or_usage_error(source: Path, **how: Any) -> Compilation:
    """As :func:`pbxgen.pipeline.compile_path`; an unknown tenant is wrong usage."""
    try:
        return compile_path(source, **how)
    except UnknownTenantError as error:
        raise usage_error_of(error) from error


def usage_error_of(error: UnknownTenantError) -> typer.BadParameter:
    name = console.printable(str(error))
    meant = did_you_mean(str(error), error.known) or f"there is {', '.join(error.known) or 'none'}"
    return typer.BadParameter(f"no tenant is called {name}; {meant}", param_hint="--tenant")
