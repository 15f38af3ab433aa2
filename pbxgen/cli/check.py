"""``pbxgen check``"""

from __future__ import annotations

import typer

from pbxgen.cli import console
from pbxgen.cli.console import plural
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Format, FormatOption, Source, Strict, Tenant, examples

_HELP = """Find every problem of a source, each with its place and what to do.

Compiles the source, follows every possible call, and checks that each PBX can do what is written. Needs no secrets and
writes nothing. `pbxgen codes CODE` explains a finding.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "check",
        help=_HELP,
        short_help="Find every problem of a source.",
        epilog=examples(
            "pbxgen check office",
            "pbxgen check office --strict                        warnings count as errors",
            "pbxgen check office --format sarif > office.sarif   for code scanning",
            "pbxgen check fleet.yaml --tenant officina",
        ),
    )(check)


def check(
    source: Source,
    tenant: Tenant = None,
    strict: Strict = False,
    language: Lang = None,
    format: FormatOption = Format.TEXT,
) -> None:
    from pbxgen.cli.findings import Findings, compiled_or_usage_error
    from pbxgen.cli.progress import progress
    from pbxgen.diagnostics.prepare import counts
    from pbxgen.pbxs import PBXS

    words = spoken(language)
    with progress() as step:
        compilation = compiled_or_usage_error(
            source, tenant=tenant, targets=PBXS, strict=strict, language=words, notes=True, step=step
        )
    users = plural(sum(len(plan.users) for plan in compilation.plans), "user")
    Findings(compilation, format).close(
        "" if any(counts(compilation.diagnostics)) else console.printable(f"no problems in {source} ({users})")
    )
