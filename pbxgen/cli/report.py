"""``pbxgen report``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Source, Tenant, examples

_HELP = """Write a page of HTML that shows the calls of a source.

Find a user, see their call flow for inside and outside calls at a chosen time, simulate a call with phones in chosen
states, see all findings, who diverts to whom, and which calls reach an outside number. The page needs no
network and no server: open it in a browser, or attach it to a message.
"""


def register(app: typer.Typer) -> None:
    app.command("report", help=_HELP, epilog=examples("pbxgen report office -o report.html"))(report)


def report(
    source: Source,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.", dir_okay=False)
    ] = Path("report.html"),
    tenant: Tenant = None,
    language: Lang = None,
) -> None:
    from pbxgen.cli.findings import Findings, compiled_or_usage_error
    from pbxgen.cli.progress import progress
    from pbxgen.output.atomic import write_atomically
    from pbxgen.pbxs import PBXS
    from pbxgen.report.page import page

    words = spoken(language)
    with progress() as step:
        compilation = compiled_or_usage_error(source, tenant=tenant, targets=PBXS, language=words, step=step)
    if compilation.failed:
        Findings(compilation, on_stderr=True).close("no page was written: the source has errors")
    text = page([(t.plan, t.diagnostics, t.files) for t in compilation.tenants if t.plan is not None], words)
    write_atomically(output, text.encode())
    console.note(f"wrote {console.printable(str(output))} ({len(text.encode()) // 1024} kB)")
