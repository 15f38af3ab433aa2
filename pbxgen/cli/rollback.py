"""``pbxgen rollback``"""

from __future__ import annotations

import typer

from pbxgen.cli.deployment import DEFAULT_FILE, File, To
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import examples

_HELP = """Make the release before the one that runs at a target.

It is switched, reloaded and verified as a deployment is, with the scenarios of its own revision where deploy.yaml has
`verify`. A rollback can be rolled back. The source stays as it is, so
that the next deployment brings the same again: revert the commit, too.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "rollback",
        help=_HELP,
        short_help="Make the release before the one that runs.",
        epilog=examples("pbxgen rollback --to hq", "pbxgen history --to hq     what there is to go back to"),
    )(rollback)


def rollback(to: To, file: File = DEFAULT_FILE, language: Lang = None) -> None:
    from pbxgen.cli.deployment import (
        CompiledSource,
        before_in_git,
        deploy_file,
        fail,
        interrupted,
        not_begun,
        targets_of,
        tell,
        undone_when_ended,
    )
    from pbxgen.cli.progress import progress
    from pbxgen.deploy.engine import rollback as rolled_back
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.session import session_at

    words = spoken(language)
    read = deploy_file(file)
    source = CompiledSource(read.source, {})  # as it is today, it may have errors
    targets = targets_of(read, to)
    left = list(targets)
    try:
        with undone_when_ended(), progress() as step:
            for target in targets:
                step(f"asking {target.name}")
                with session_at(target, words) as session, before_in_git(source, step) as before:
                    result = rolled_back(session, before, step)
                tell(target, result)
                left.remove(target)
    except DeployError as error:
        not_begun(left[1:])
        fail(error, left[0].name)
    except KeyboardInterrupt as error:
        interrupted(error, left)
        raise
