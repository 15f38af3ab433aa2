"""``pbxgen status``"""

from __future__ import annotations

import typer

from pbxgen.cli import console
from pbxgen.cli.deployment import DEFAULT_FILE, File, ToOrAll
from pbxgen.cli.options import TextOrJson, examples

_HELP = """Show what runs at each target.

Its release and the commit it was made from, since when, and who deployed it; in step with the source, behind it, edited
by hand, drifted (the PBX runs something else than its current release), or unreachable; how much is set from
phones. The running PBX is asked.

Exit codes: 0; 1 where a target cannot be reached.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "status",
        help=_HELP,
        short_help="Show what runs at each target.",
        epilog=examples("pbxgen status", "pbxgen status --to hq --format json"),
    )(status)


def status(
    to: ToOrAll = None,
    file: File = DEFAULT_FILE,
    format: TextOrJson = "text",
) -> None:
    import json

    from pbxgen.cli.deployment import deploy_file, targets_of
    from pbxgen.cli.progress import progress
    from pbxgen.deploy.output import status_document, status_lines
    from pbxgen.deploy.status import Standing, status_of
    from pbxgen.pipeline import compile_path

    read = deploy_file(file)
    statuses = []
    with progress() as step:
        compilation = compile_path(read.source, analysis=False)
        plans = {plan.name: plan for plan in compilation.plans}
        for target in targets_of(read, to):
            step(f"asking {target.name}")
            statuses.append(status_of(target, plans, failed=compilation.failed))
    if format == "json":
        console.out(json.dumps(status_document(statuses), indent=2))
    else:
        console.out("\n".join(console.printable(line) for one in statuses for line in status_lines(one)))
    if any(one.standing is Standing.UNREACHABLE for one in statuses):
        raise typer.Exit(1)
