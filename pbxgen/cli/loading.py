"""The one plan that a command works on."""

from __future__ import annotations

from pathlib import Path

import typer

from pbxgen.flow.plan import Plan


def one_plan(source: Path, tenant: str | None) -> Plan:
    """The plan of ``source``, of a fleet that of ``tenant``; ends the command where there is none.

    Warnings are not shown here: `pbxgen check` is for them.
    """
    from pbxgen.cli.report import Report, compiled_or_usage_error

    compilation = compiled_or_usage_error(source, tenant=tenant, analysis=False)
    if compilation.failed:
        Report(compilation, on_stderr=True).close("`pbxgen check` shows all findings")
    if len(compilation.plans) != 1:
        names = ", ".join(plan.name for plan in compilation.plans)
        raise typer.BadParameter(f"this is a fleet: choose a tenant ({names})", param_hint="--tenant")
    return compilation.plans[0]
