"""``pbxgen diff``"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pbxgen.cli import console
from pbxgen.cli.options import Tenant, examples

if TYPE_CHECKING:
    from pbxgen.flow.plan import Plan

_HELP = """Show what changes for callers between two sources, user by user, in words.

OLD and NEW are sources or revisions of git (git:HEAD~1, or git:main:office.yaml). OLD may be a folder that was
generated: then NEW is compared with the source it was made from, which is looked for among NEW's revisions in git. What
changes nothing for callers, such as comments, order or another spelling of the same policies, is no difference.
"""
_EPILOG = examples(
    "pbxgen diff git:HEAD office",
    "pbxgen diff git:main office --format markdown    a comment for a pull request",
    "pbxgen diff old.yaml new.yaml --exit-code        exit code 1 where behaviour differs",
    "pbxgen diff out office",
)
_FORMATS = ("text", "json", "markdown")


def register(app: typer.Typer) -> None:
    app.command("diff", help=_HELP, epilog=_EPILOG)(diff)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", show_default=False)],
    tenant: Tenant = None,
    format: Annotated[
        str, typer.Option("--format", help="For people, machines or code hosts.", metavar="[text|json|markdown]")
    ] = "text",
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where behaviour differs.")] = False,
) -> None:
    if format not in _FORMATS:
        raise typer.BadParameter(f"{format!r} is none of {', '.join(_FORMATS)}", param_hint="--format")
    from pbxgen.diff.revisions import RevisionError, is_generated, is_git

    for text, name in ((old, "OLD"), (new, "NEW")):
        if not is_git(text) and not Path(text).exists():
            raise typer.BadParameter(f"there is no {console.printable(text)}", param_hint=name)
    if not is_git(new) and is_generated(Path(new)):
        raise typer.BadParameter("a generated folder can only be OLD: no source can be read from it", param_hint="NEW")
    try:
        with ExitStack() as stack:
            after = _plans(_path(new, old, stack), tenant)
            if not is_git(old) and is_generated(Path(old)):
                same = _generated(Path(old), Path(new), after, format, tenant, stack)
            else:
                same = _compared(_plans(_path(old, new, stack), tenant), after, format)
    except RevisionError as error:
        raise typer.BadParameter(console.printable(str(error)), param_hint="OLD NEW") from None
    if exit_code and not same:
        raise typer.Exit(1)


def _path(text: str, other: str, stack: ExitStack) -> Path:
    from pbxgen.diff.revisions import checked_out, is_git

    if not is_git(text):
        return Path(text)
    return stack.enter_context(checked_out(text, None if is_git(other) else Path(other)))


def _plans(path: Path, tenant: str | None) -> dict[str, Plan]:
    from pbxgen.cli.report import Report, compiled_or_usage_error

    compilation = compiled_or_usage_error(path, tenant=tenant, analysis=False)
    if compilation.failed:
        Report(compilation, on_stderr=True).close(f"nothing to compare in {path}")
    return {plan.name: plan for plan in compilation.plans}


def _generated(
    folder: Path, source: Path, plans: dict[str, Plan], format: str, tenant: str | None, stack: ExitStack
) -> bool:
    """Compare with what a folder was made from; where that is not to be found, say at least which tenants changed."""
    from pbxgen.cli.progress import progress
    from pbxgen.diff.revisions import digests, made_from

    found = digests(folder)
    current = {name: plan.digest in found for name, plan in plans.items()}
    if not all(current.values()) and source.exists():
        with progress() as doing:
            origin = stack.enter_context(made_from(found, source, doing))
        if origin is not None:
            if format != "json":
                where = f"{folder} was made from {source} of {origin.date} (git:{origin.commit})"
                console.out(f"{console.printable(where)}\n")
            return _compared(_plans(origin.source, tenant), plans, format, {"from": f"git:{origin.commit}"})
    if format == "json":
        _json({"version": 1, "generated": str(folder), "current": current})
    else:
        for name, is_current in current.items():
            state = "was made from this source" if is_current else "was made from another state of the source"
            console.out(f"{console.printable(str(folder))} {state} ({console.printable(name)})")
    return all(current.values())


def _compared(
    before: dict[str, Plan], after: dict[str, Plan], format: str, about: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """``about``: what else JSON says."""
    from pbxgen.diff.compare import compare
    from pbxgen.diff.show import as_data, markdown, text_lines
    from pbxgen.diff.words import Block, blocks

    if len(before) == len(after) == 1:  # a tenant that was renamed is still the same
        pairs = [(next(iter(before.values())), next(iter(after.values())))]
    else:
        pairs = [(before[name], after[name]) for name in after if name in before]
    named = {id(new): new.name for _, new in pairs}
    found: list[tuple[str, tuple[Block, ...]]] = []
    same = len(before) == len(after) == len(pairs)
    for old, new in pairs:
        comparison = compare(old, new, dt.date.today())
        same = same and comparison.same
        found.append((named[id(new)], blocks(comparison)))
    if len(pairs) < max(len(before), len(after)):
        known = {old.name for old, _ in pairs}
        found += [(n, (Block("+", f"tenant {n}", ("is new",)),)) for n in after if n not in before]
        found += [(n, (Block("-", f"tenant {n}", ("is gone",)),)) for n in before if n not in after and n not in known]
    match format:
        case "json":
            _json(
                {"version": 1, **about, "same": same, "tenants": {n: [as_data(b) for b in shown] for n, shown in found}}
            )
        case "markdown":
            console.out(markdown(found, same))
        case _:
            console.out("\n".join(console.printable(line) for line in text_lines(found, same)))
    return same


def _json(document: dict[str, Any]) -> None:
    import json

    console.out(json.dumps(document, indent=2, ensure_ascii=False))
