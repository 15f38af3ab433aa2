"""``pbxgen generate``"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.console import plural
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Format, FormatOption, Source, Strict, Tenant, examples
from pbxgen.pbxs import PBXS

if TYPE_CHECKING:
    from pbxgen.cli.findings import Findings
    from pbxgen.diagnostics.diagnostic import Diagnostic
    from pbxgen.output.changes import TreeChanges
    from pbxgen.output.writer import Trees
    from pbxgen.pipeline import Compilation
    from pbxgen.targets.base import GeneratedFile, Options

_PARTS = ("dialplan", "endpoints", "voicemail")
_PLACEHOLDERS = ("extension", "tenant", "domain")
_FLEET_ENDPOINT = "{extension}@{domain}"
_LITERAL = re.compile(r"[A-Za-z0-9._@-]*", re.ASCII)

_HELP = """Compile a source and write the files of each PBX.

Everything is compiled and rendered before the first file is written; if the source has an error, no file is changed.
Only files that pbxgen wrote are replaced or removed, unchanged ones are not touched, and files with passwords are
readable by their owner and group only. Copy OUT/asterisk over /etc/asterisk, and OUT/freeswitch over FreeSWITCH's
configuration folder.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "generate",
        help=_HELP,
        epilog=examples(
            "pbxgen generate office -o out",
            "pbxgen generate office -o out --dry-run             what would change, nothing is written",
            "pbxgen generate office -o out --diff                the same, line by line",
            "pbxgen generate office -o out --target asterisk",
            "pbxgen generate office -o out --parts dialplan --endpoint-name 'phone-{extension}'",
            "pbxgen generate office -o out --beside              for an installation that keeps its own files",
            "pbxgen generate fleet.yaml -o out --keep-going      the tenants without errors, even if others have some",
        ),
    )(generate)


def _targets(names: list[str]) -> list[str]:
    for name in names:
        if name not in PBXS:
            raise typer.BadParameter(f"{console.printable(name)} is none of {', '.join(PBXS)}")
    return list(dict.fromkeys(names))


def _parts(text: str) -> str:
    for part in text.split(","):
        if part.strip() not in _PARTS:
            raise typer.BadParameter(f"{console.printable(part)!r} is none of {', '.join(_PARTS)}")
    return text


def _endpoint_name(pattern: str | None) -> str | None:
    if pattern is None:
        return None
    try:
        pieces = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    names = [name for _, name, _, _ in pieces if name is not None]
    if any(name not in _PLACEHOLDERS or spec or how for _, name, spec, how in pieces if name is not None):
        raise typer.BadParameter("the placeholders are {extension}, {tenant} and {domain}")
    if "extension" not in names:
        raise typer.BadParameter("the pattern needs {extension}: without it every phone would have the same name")
    if not all(_LITERAL.fullmatch(text) for text, *_ in pieces):
        raise typer.BadParameter("use letters, digits and . _ @ - only")
    return pattern


def generate(
    source: Source,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT", help="Folder for the files.", show_default=False)],
    target: Annotated[
        list[str],
        typer.Option(
            "--target",
            callback=_targets,
            metavar="NAME",
            help=f"Which PBX: {' or '.join(PBXS)}. May be given again; without it, all of them.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - typer's notation, it is never changed
    parts: Annotated[
        str, typer.Option("--parts", callback=_parts, metavar="LIST", help="Parts to write, separated by commas.")
    ] = ",".join(_PARTS),
    endpoint_name: Annotated[
        str | None,
        typer.Option(
            "--endpoint-name",
            metavar="PATTERN",
            callback=_endpoint_name,
            help="Names of endpoints, made of {extension}, {tenant} and {domain}.",
            show_default="{extension}; in a fleet {extension}@{domain}",
        ),
    ] = None,
    beside: Annotated[
        bool,
        typer.Option(
            "--beside",
            help="Beside an existing installation: everything below pbxgen/, and the lines that include it are shown.",
        ),
    ] = False,
    tenant: Tenant = None,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="In a fleet, generate the tenants without errors when others have errors."),
    ] = False,
    strict: Strict = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show which files would change; write none.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show how files would change, line by line; write none.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that others wrote, or that were changed by hand.")
    ] = False,
    language: Lang = None,
    format: FormatOption = Format.TEXT,
) -> None:
    from pbxgen.cli.findings import Findings, compiled_or_usage_error
    from pbxgen.cli.progress import progress
    from pbxgen.generation import generate_trees
    from pbxgen.output.errors import OutputError
    from pbxgen.output.writer import survey_trees, write_trees
    from pbxgen.source.load import is_fleet
    from pbxgen.targets import load_target
    from pbxgen.targets.base import Options, Part

    words = spoken(language)
    targets = target or list(PBXS)
    if endpoint_name is None and is_fleet(source):
        endpoint_name = _FLEET_ENDPOINT  # also where only one tenant is left: its phones keep their names
    options = Options(
        parts=frozenset(Part(part.strip()) for part in parts.split(",")), endpoint_name=endpoint_name, beside=beside
    )
    try:
        with progress() as step:
            compilation = compiled_or_usage_error(
                source,
                tenant=tenant,
                targets=targets,
                options=options,
                strict=strict,
                language=words,
                step=step,
            )
            _require_distinct_endpoints(compilation, options)
            findings = Findings(compilation, format, on_stderr=True)
            if not compilation.plans or (compilation.failed and not keep_going):
                raise OutputError
            findings.add(_left_out(compilation))
            generation = generate_trees(compilation.plans, targets, options, step)
            findings.add(generation.diagnostics)
            if not generation.trees:
                raise OutputError
            written = _below(generation.trees) if beside else generation.trees
            if compilation.fleet and tenant is not None and not force:
                _refuse_to_remove_others(survey_trees(out, written))
            if dry_run or diff:
                trees = survey_trees(out, written)
            else:
                step(f"writing to {out}")
                trees = write_trees(out, written, force=force)
    except OutputError as error:
        findings.add(error.diagnostics)
        findings.close("nothing was written")
    if dry_run or diff:
        _show_preview(trees, findings, diff=diff, force=force)
    if beside and findings.is_text:
        for name in targets:
            for line in load_target(name).include_lines(compilation.plans, options):
                console.out(console.printable(line))
    findings.close(_summary(compilation, trees, written=not (dry_run or diff)))


def _below(trees: Trees) -> dict[str, tuple[GeneratedFile, ...]]:
    """Trees whose folder is ``pbxgen/``, so that nothing of ours stands above it, no manifest either."""
    below = "pbxgen/"
    return {
        f"{name}/pbxgen": tuple(replace(file, path=file.path.removeprefix(below)) for file in files)
        for name, files in trees.items()
    }


def _refuse_to_remove_others(trees: Sequence[TreeChanges]) -> None:
    """A single tenant of a fleet is not written over a PBX that serves others. Raises OutputError."""
    from pbxgen.diagnostics.codes import make
    from pbxgen.output.changes import Kind
    from pbxgen.output.errors import OutputError

    cure = "give a folder of its own with -o, generate the whole fleet, or say --force"
    firsts = [tree.root / removed[0].path for tree in trees if (removed := tree.of(Kind.REMOVE))]
    problems = [f"{first} and what else serves other tenants would be removed" for first in firsts]
    if problems:
        raise OutputError(*(make("PBX416", problem, None, help=cure) for problem in problems))


def _require_distinct_endpoints(compilation: Compilation, options: Options) -> None:
    pattern = options.endpoint_name
    if pattern and len(compilation.tenants) > 1 and "{tenant}" not in pattern and "{domain}" not in pattern:
        raise typer.BadParameter(
            "in a fleet the name needs {tenant} or {domain}, as tenants may have the same extensions",
            param_hint="--endpoint-name",
        )


def _left_out(compilation: Compilation) -> tuple[Diagnostic, ...]:
    from pbxgen.diagnostics.codes import make

    cure = "once the PBX reloads these files its phones cannot call: mend its errors first"
    return tuple(
        make("PBX420", f"tenant {t.name} is left out", None, help=cure) for t in compilation.tenants if t.failed
    )


def _show_preview(trees: tuple[TreeChanges, ...], findings: Findings, *, diff: bool, force: bool) -> None:
    from pbxgen.output.changes import refuse_obstacles
    from pbxgen.output.errors import OutputError
    from pbxgen.output.preview import diff as diff_of
    from pbxgen.output.preview import listing

    if findings.is_text:
        if diff:
            console.show_diff(diff_of(trees))
        else:
            for line in listing(trees):
                console.out(console.printable(line))
    if not force:
        try:
            refuse_obstacles(trees)
        except OutputError as error:
            findings.add(error.diagnostics)


def _summary(compilation: Compilation, trees: tuple[TreeChanges, ...], *, written: bool) -> str:
    from pbxgen.output.preview import count

    users = sum(len(plan.users) for plan in compilation.plans)
    what = plural(users, "user")
    if compilation.fleet:
        what += f" of {plural(len(compilation.plans), 'tenant')}"
    changes = ", ".join(f"{number} {_WORDS[kind.value]}" for kind, number in count(trees).items() if number)
    folders = " and ".join(str(tree.root) for tree in trees)
    return console.printable(f"{what} {'in' if written else 'would be in'} {folders}: {changes or 'no files'}")


_WORDS = {"create": "new", "update": "changed", "remove": "removed", "unchanged": "unchanged"}
