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
    from pbxgen.deploy.history import made_current
    from pbxgen.deploy.output import event_line, history_document

    states = {}
    for target in targets_of(deploy_file(file), to):
        with session_of(target) as session:
            states[target.name] = session.state()
    if format == "json":
        console.out(json.dumps(history_document(states), indent=2))
        return
    for name, state in states.items():
        if len(states) > 1:
            console.out(f"{name}:")
        since = made_current(state)
        lines = [event_line(event, event is since, state.releases) for event in reversed(state.history)]
        console.out("\n".join(map(console.printable, lines or ["nothing was deployed"])))
