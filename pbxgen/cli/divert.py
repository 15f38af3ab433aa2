"""``pbxgen divert``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.options import Source, Tenant, examples
from pbxgen.language import LONGEST_RING, SHORTEST_RING

if TYPE_CHECKING:
    from pbxgen.edit.change import Change
    from pbxgen.edit.deviation import Setting

_HELP = """Change one deviation in the YAML, and nothing else in it.

\b
KEY          unconditional, busy, no_answer, unreachable, operator_return.busy, operator_return.no_answer,
             operator_return.unreachable (or operator_return, to switch all three off)
DESTINATION  102, +393331234567, mobile, voicemail, voicemail:102, operator, operator:NAME, group:NAME,
             announce:NAME, busy, hangup, or several of them separated by commas; off switches the deviation off

Every comment, blank line and quote is kept. A change that `pbxgen check` would report as an error is refused, and the
file is not touched. The diff is printed.
"""


def register(app: typer.Typer) -> None:
    app.command(
        "divert",
        help=_HELP,
        epilog=examples(
            "pbxgen divert office 101 busy 102",
            "pbxgen divert office 101 no_answer mobile,voicemail --after 15",
            "pbxgen divert office 101 operator_return.busy operator",
            "pbxgen divert office 101 unconditional off --dry-run",
            "pbxgen divert office --policy staff unreachable voicemail",
        ),
    )(divert)


def divert(
    source: Source,
    words: Annotated[
        list[str], typer.Argument(metavar="[EXTENSION] KEY DESTINATION", help="EXTENSION: not with --policy.")
    ],
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="NAME", help="Change this policy.", show_default=False)
    ] = None,
    after: Annotated[
        int | None,
        typer.Option(
            "--after",
            min=SHORTEST_RING,
            max=LONGEST_RING,
            help="For no_answer: seconds the phone rings first.",
            show_default=False,
        ),
    ] = None,
    tenant: Tenant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Print the diff, change nothing.")] = False,
) -> None:
    from pbxgen.cli.findings import Findings
    from pbxgen.edit.change import NoSuchOwnerError, change_deviation
    from pbxgen.edit.yaml_text import CannotEditError
    from pbxgen.pbxs import PBXS
    from pbxgen.pipeline import compile_path
    from pbxgen.source.files import UnreadableError

    section, name, key, setting = _understood(words, policy, after)
    place = _source_of(source, tenant)
    try:
        change = change_deviation(place, section, name, key, setting)
    except NoSuchOwnerError as error:
        raise typer.BadParameter(console.printable(str(error))) from error
    except UnreadableError as error:
        raise _refused(error.diagnostic.message) from error
    except CannotEditError as error:
        raise _refused(f"cannot edit {console.printable(name)}: {error}") from error
    if change.after == change.before:
        console.note("nothing to change: it is already so")
        return
    compilation = compile_path(place, targets=PBXS, instead={change.file: change.after})
    if compilation.failed:
        report = Findings(compilation, on_stderr=True)
        report.close("the change is refused, nothing was written")
    console.show_diff(change.diff())
    if dry_run:
        return
    _write(change)
    console.note(f"changed {change.file}")


def _understood(words: list[str], policy: str | None, after: int | None) -> tuple[str, str, str, Setting]:
    from pbxgen.diagnostics.nearest import did_you_mean
    from pbxgen.edit.deviation import KEYS, OFF, RETURN, Setting

    if len(words) != (3 if policy is None else 2):
        wanted = "EXTENSION KEY DESTINATION" if policy is None else "KEY DESTINATION with --policy"
        raise typer.BadParameter(f"the arguments after SOURCE are {wanted}; see pbxgen divert --help")
    *owner, key, to = words
    destinations = tuple(part.strip() for part in to.split(","))
    if key not in KEYS and not (key == RETURN and to == OFF):
        meant = did_you_mean(key, KEYS) or f"the keys are {', '.join(KEYS)}"
        raise typer.BadParameter(f"{console.printable(key)} is not a deviation: {meant}", param_hint="KEY")
    if not all(destinations):
        raise typer.BadParameter("a destination is empty", param_hint="DESTINATION")
    if OFF in destinations and len(destinations) > 1:
        raise typer.BadParameter("off cannot be combined with destinations", param_hint="DESTINATION")
    if after is not None and (not key.endswith("no_answer") or to == OFF):
        raise typer.BadParameter("only no_answer has a time before it diverts", param_hint="--after")
    setting = Setting(() if to == OFF else destinations, after)
    return ("users", owner[0], key, setting) if policy is None else ("policies", policy, key, setting)


def _source_of(source: Path, tenant: str | None) -> Path:
    """The source to edit: of a fleet, that of the tenant."""
    from pbxgen.cli.findings import usage_error_of
    from pbxgen.pipeline import UnknownTenantError, source_of

    try:
        place = source_of(source, tenant)
    except UnknownTenantError as error:
        raise usage_error_of(error) from error
    if place is None:
        raise typer.BadParameter("this is a fleet: name the tenant whose source to change", param_hint="--tenant")
    return place


def _write(change: Change) -> None:
    from pbxgen.output.atomic import write_atomically

    if change.file.read_bytes() != change.before:
        raise _refused(f"{change.file} was changed by another program meanwhile; nothing was written")
    write_atomically(change.file, change.after)


def _refused(why: str) -> typer.Exit:
    console.fail(why)
    return typer.Exit(1)
