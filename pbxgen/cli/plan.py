"""``pbxgen plan``"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from pbxgen.cli import console
from pbxgen.cli.deployment import DEFAULT_FILE, File, To
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import examples

if TYPE_CHECKING:
    from pbxgen.deploy.plan import TargetPlan

_HELP = """Show what a deployment would change, against what runs at the target.

First what changes for callers, as `pbxgen diff` tells it, then the files, settings from phones that the new plan would
pass over, hand edits, what cannot be undone and what cannot be verified. The running PBX is asked; nothing is written.
Without the secrets a plan can be made all the same: then it is not known whether passwords change.

Exit codes: 0; with --exit-code 2 where there is something to deploy. 1: it cannot be told (with --exit-code also
for wrong usage, such as a target or a file that is not there).
"""
_FORMATS = ("text", "json", "markdown")


class _Plan(TyperCommand):
    """With --exit-code 2 says that there is something to deploy, and nothing else: wrong usage is 1."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        with _wrong_usage_is_1("--exit-code" in args):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _wrong_usage_is_1(ctx.params["exit_code"]):
            return super().invoke(ctx)


@contextmanager
def _wrong_usage_is_1(asked: bool) -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        usage: Any = error
        if asked:
            usage.exit_code = 1
        raise


def register(app: typer.Typer) -> None:
    app.command(
        "plan",
        cls=_Plan,
        help=_HELP,
        short_help="Show what a deployment would change at a target.",
        epilog=examples(
            "pbxgen plan --to hq",
            "pbxgen plan --to hq --out plan.json       what `pbxgen deploy --to hq --plan plan.json` then does",
            "pbxgen plan --to hq --format markdown     a comment for a pull request",
        ),
    )(plan)


def plan(
    to: To,
    file: File = DEFAULT_FILE,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save it for deploy --plan.", show_default=False)
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 2 where there is something to do.")] = False,
    format: Annotated[
        str, typer.Option("--format", help="For people, machines or code hosts.", metavar="[text|json|markdown]")
    ] = "text",
    language: Lang = None,
) -> None:
    plans = _plans(to, file, format, words := spoken(language))
    _show(plans, format, words)
    if out is not None:
        _save(plans, out)
    if exit_code and any(not one.nothing for one in plans):
        raise typer.Exit(2)


def _plans(to: str, file: Path, format: str, words: str) -> list[TargetPlan]:
    if format not in _FORMATS:
        raise typer.BadParameter(f"{format!r} is none of {', '.join(_FORMATS)}", param_hint="--format")
    from pbxgen.cli.deployment import before_in_git, compiled, deploy_file, fail, new_release_at, targets_of
    from pbxgen.cli.progress import progress
    from pbxgen.deploy.errors import DeployError
    from pbxgen.deploy.plan import plan_of
    from pbxgen.deploy.session import session_at

    read = deploy_file(file)
    targets = targets_of(read, to)
    source = compiled(read, {target.pbx for target in targets})
    plans = []
    try:
        with progress() as step:
            for target in targets:
                new_release = new_release_at(target, source, step, for_show=True)
                step(f"asking {target.name}")
                with session_at(target) as session, before_in_git(source, step, words) as before:
                    plans.append(plan_of(session, new_release, source.plans, before))
    except DeployError as error:
        fail(error)
    return plans


def _show(plans: list[TargetPlan], format: str, language: str) -> None:
    from pbxgen.deploy.output import plan_lines, plan_markdown
    from pbxgen.phrases import phrases

    say = phrases(language)
    match format:
        case "json":
            console.out(_document(plans))
        case "markdown":
            console.out("\n".join(plan_markdown(one, say) for one in plans).rstrip("\n"))
        case _:
            console.out("\n\n".join("\n".join(map(console.printable, plan_lines(one, say))) for one in plans))


def _document(plans: list[TargetPlan]) -> str:
    import json

    from pbxgen.deploy.output import plan_document

    return json.dumps(plan_document(plans), indent=2)


def _save(plans: list[TargetPlan], out: Path) -> None:
    from pbxgen.output.atomic import write_atomically

    write_atomically(out, f"{_document(plans)}\n".encode())
    console.note(f"saved in {out}")
