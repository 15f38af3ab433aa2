"""``pbxgen report``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Source, Switches, Tenant, examples

_HELP = """Write a page of HTML that shows the calls of a source.

Find a user, see their call flow for inside and outside calls at a chosen time, simulate a call with phones in chosen
states, change what users have set from their phones and how switches stand, see all findings, who diverts to whom, and
which calls reach an outside number. The page needs no network and no server: open it in a browser, or attach it to a
message.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "report",
        help=_HELP,
        epilog=examples(
            "pbxgen report office -o report.html",
            "pbxgen report office --set 101.busy=102 --switch night=on",
        ),
    )(report)


def report(
    source: Source,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.", dir_okay=False)
    ] = Path("report.html"),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="EXT.KEY=TO",
            help="What is set when the page is opened: 101.busy=102, 101.dnd=on. Repeatable.",
        ),
    ] = None,
    switch: Switches = None,
    tenant: Tenant = None,
    language: Lang = None,
) -> None:
    from pbxgen.cli.call_options import state_of
    from pbxgen.cli.findings import Findings, compiled_or_usage_error
    from pbxgen.cli.progress import progress
    from pbxgen.flow.settings import NOTHING_SET
    from pbxgen.output.atomic import write_atomically
    from pbxgen.pbxs import PBXS
    from pbxgen.report.page import page

    words = spoken(language)
    with progress() as step:
        compilation = compiled_or_usage_error(source, tenant=tenant, targets=PBXS, language=words, step=step)
    if compilation.failed:
        Findings(compilation, on_stderr=True).close("no page was written: the source has errors")
    tenants = [(t.plan, t.diagnostics, t.files) for t in compilation.tenants if t.plan is not None]
    state = NOTHING_SET
    if settings or switch:
        if len(tenants) > 1:
            raise typer.BadParameter("what is set is one tenant's: name it with --tenant", param_hint="--set, --switch")
        state = state_of(tenants[0][0], settings or [], switch or [])
    text = page(tenants, words, state)
    write_atomically(output, text.encode())
    console.note(f"wrote {console.printable(str(output))} ({len(text.encode()) // 1024} kB)")
