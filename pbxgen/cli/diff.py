"""``pbxgen diff``"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Settings, Switches, Tenant, examples

if TYPE_CHECKING:
    from pbxgen.diff.result import Result
    from pbxgen.phrases import Phrases

_HELP = """Show what changes for callers between two sources, user by user, in words.

OLD and NEW are sources, or revisions in git: git:HEAD~1 is the other source as it was in that revision,
git:main:office.yaml a source by its path from the root of the repository (git:main:./office.yaml: from the current
folder). OLD may be a generated folder: then NEW is compared with the source it was made from, which is searched for
among the revisions of NEW in git. Changes without an effect on calls (comments, order, policies written in another way)
are not shown. With --set and --switch calls are compared as they go with what users have set, on both sides.

Exit codes: 0, or 1 if a source has errors; with --exit-code 1 if behaviour differs, 2 if a source has errors.
"""
_EPILOG = examples(
    "pbxgen diff git:HEAD office",
    "pbxgen diff git:main office --format markdown    a comment for a pull request",
    "pbxgen diff old.yaml new.yaml --exit-code        exit code 1 where behaviour differs",
    "pbxgen diff out office",
    "pbxgen diff git:HEAD office --set 101.busy=102 --switch night=on",
)
_FORMATS = ("text", "json", "markdown")


def register(app: typer.Typer) -> None:
    app.command("diff", help=_HELP, epilog=_EPILOG)(diff)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", show_default=False)],
    settings: Settings = None,
    switch: Switches = None,
    tenant: Tenant = None,
    language: Lang = None,
    format: Annotated[
        str,
        typer.Option(
            "--format", help="text, json for programs, or markdown for a comment.", metavar="[text|json|markdown]"
        ),
    ] = "text",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if behaviour differs.")] = False,
) -> None:
    if format not in _FORMATS:
        raise typer.BadParameter(f"{format!r} is none of {', '.join(_FORMATS)}", param_hint="--format")
    from pbxgen.diff.git import RevisionError
    from pbxgen.diff.result import generated_folders
    from pbxgen.diff.revisions import is_git
    from pbxgen.phrases import phrases

    say = phrases(spoken(language))
    for text, name in ((old, "OLD"), (new, "NEW")):
        if not is_git(text) and not Path(text).exists():
            raise typer.BadParameter(f"{console.printable(text)} does not exist", param_hint=name)
    if not is_git(new) and generated_folders(Path(new)):
        raise typer.BadParameter("a generated folder can only be OLD: it holds no source", param_hint="NEW")
    try:
        result = _result(old, new, tenant, (settings or [], switch or []), say, failed=2 if exit_code else 1)
    except RevisionError as error:
        raise typer.BadParameter(console.printable(str(error)), param_hint="OLD NEW") from None
    _show(result, format, say)
    if exit_code and not result.same:
        raise typer.Exit(1)


def _result(
    old: str, new: str, tenant: str | None, given: tuple[list[str], list[str]], say: Phrases, failed: int
) -> Result:
    """``given``: settings and switches; ``failed`` is the exit code where a source has errors."""
    import datetime as dt

    from pbxgen.cli.call_options import given_of_both
    from pbxgen.cli.diff_sides import Sides
    from pbxgen.diff.result import Result, compared, generated_folders
    from pbxgen.diff.revisions import is_git

    with ExitStack() as stack:
        sides = Sides(tenant, failed, stack)
        if not is_git(old) and generated_folders(Path(old)):
            judge = sides.judge(new, say)
            return replace(judge, given_of=given_of_both(judge.plans, *given)).result(Path(old))
        before, after = sides.both(old, new)
        return Result(old, new, *compared(before, after, dt.date.today(), say, given_of_both(after, *given)))


def _show(result: Result, format: str, say: Phrases) -> None:
    import json

    from pbxgen.diff.output import document, markdown, text_lines

    match format:
        case "json":
            console.out(json.dumps(document(result), indent=2, ensure_ascii=False))
        case "markdown":
            console.out(markdown(result, say))
        case _:
            console.out("\n".join(console.printable(line) for line in text_lines(result, say)))
