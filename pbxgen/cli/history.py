"""``pbxgen history``"""

from __future__ import annotations

import typer

from pbxgen.cli import console
from pbxgen.cli.deployment import DEFAULT_FILE, File, To
from pbxgen.cli.options import TextOrJson, examples

_HELP = """Show the releases of a target, newest first.

An asterisk marks the one that is current. What failed or was killed, and was undone, is listed with its reason.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "history",
        help=_HELP,
        short_help="Show the releases of a target, newest first.",
        epilog=examples("pbxgen history --to hq"),
    )(history)


def history(
    to: To,
    file: File = DEFAULT_FILE,
    format: TextOrJson = "text",
) -> None:
    import json

    from pbxgen.cli.deployment import deploy_file, session_of, targets_of
    from pbxgen.deploy.output import event_line, history_document

    by_target = {}
    for target in targets_of(deploy_file(file), to):
        with session_of(target) as session:
            state = session.state()
        by_target[target.name] = (state.history, state.current, state.releases)
    if format == "json":
        console.out(json.dumps(history_document(by_target), indent=2))
        return
    for name, (events, current, kept) in by_target.items():
        if len(by_target) > 1:
            console.out(f"{name}:")
        newest = next((event for event in reversed(events) if event.release == current), None)
        lines = [event_line(event, event is newest, kept) for event in reversed(events)]
        console.out("\n".join(map(console.printable, lines or ["nothing was deployed"])))
