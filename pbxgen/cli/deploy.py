"""``pbxgen deploy``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pbxgen.cli.deployment import DEFAULT_FILE, File, To
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import examples

if TYPE_CHECKING:
    from pbxgen.deploy.engine import Deployed, Order
    from pbxgen.deploy.read import DeployTarget

_HELP = """Make the source what runs at a target, proven by the running PBX, or leave running what ran.

The source is checked, its scenarios are run on the model and on the generated text, the files are written as a release
of their own, one link makes them current, and the PBX reloads what has changed. Then it is asked what it runs, and its
log is read. Anything wrong: the release before is current again, reloaded and asked, and the command says why. Calls
that are up go on. Of several nodes each is proven before the next one is begun.

What another deployment left that was killed is finished or undone first. --force: also where somebody else's files
are in the way (they are kept), something was changed by hand, more than 30 % of the users change or go, or the rollback
of an earlier deployment has failed.

Exit codes: 0 it runs, 1 it does not.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "deploy",
        help=_HELP,
        short_help="Make the source what runs at a target, or leave what ran.",
        epilog=examples(
            "pbxgen deploy --to hq",
            "pbxgen deploy --to hq --plan plan.json    exactly what the plan showed, or nothing",
        ),
    )(deploy)


def deploy(
    to: To,
    file: File = DEFAULT_FILE,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Do what this plan showed.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where it looks like a mistake.")] = False,
    language: Lang = None,
) -> None:
    from pbxgen.cli.deployment import (
        compiled,
        deploy_file,
        fail,
        interrupted,
        new_release_at,
        not_begun,
        targets_of,
        tell,
        undone_when_ended,
    )
    from pbxgen.cli.progress import progress
    from pbxgen.deploy.engine import Order
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.new_release import try_out

    words = spoken(language)
    read = deploy_file(file)
    targets = targets_of(read, to)
    shown = {} if plan is None else _shown(plan, targets)
    source = compiled(read, {target.pbx for target in targets})
    left = list(targets)
    try:
        with undone_when_ended(), progress() as step:
            new_release = {target.name: new_release_at(target, source, step) for target in targets}
            for target in targets:
                try_out(new_release[target.name], target, source.source, step, words)
            for target in targets:
                order = Order(force, shown.get(target.name))
                result = _deploy(target, new_release[target.name], source, order, step, words)
                tell(target, result)
                left.remove(target)
    except DeployError as error:
        not_begun(left[1:])
        fail(error, left[0].name)
    except KeyboardInterrupt as error:
        interrupted(error, left)
        raise


def _deploy(target: DeployTarget, new_release: Any, source: Any, order: Order, step: Any, language: str) -> Deployed:
    from pbxgen.cli.deployment import before_in_git
    from pbxgen.deploy.engine import deploy as deployed
    from pbxgen.deploy.session import session_at

    step(f"asking {target.name}")
    with session_at(target, language) as session, before_in_git(source, step) as before:
        return deployed(session, new_release, source.plans, before, order, step)


def _shown(plan: Path, targets: tuple[DeployTarget, ...]) -> dict[str, Any]:
    """What a saved plan says of each target; wrong usage where it is no plan of them."""
    import json

    if not plan.exists():
        raise typer.BadParameter(f"there is no {plan}", param_hint="--plan")
    try:
        content = json.loads(plan.read_bytes())
        if content["version"] != 1:
            raise ValueError
        return {target.name: dict(content["targets"][target.name]["holds"]) for target in targets}
    except (ValueError, KeyError, TypeError, RecursionError):
        names = ", ".join(target.name for target in targets)
        raise typer.BadParameter(f"{plan} is no plan for {names}", param_hint="--plan") from None
