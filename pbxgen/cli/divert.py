"""``pbxgen divert``"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Source, Tenant, examples
from pbxgen.flow import LONGEST_RING, SHORTEST_RING

if TYPE_CHECKING:
    from pbxgen.edit.assignment import Assignment, Inherit, NewRule
    from pbxgen.edit.change import Change

_HELP = """Change a deviation of users or of a policy in the YAML, and nothing else in it.

\b
WHO          extensions or names of users, one or several
KEY          unconditional, busy, no_answer, unreachable, operator_return.busy, operator_return.no_answer,
             operator_return.unreachable (or operator_return, to switch all three off, or to inherit them)
DESTINATION  102, +393331234567, mobile, voicemail, voicemail:102, operator, operator:NAME, group:NAME,
             service:NAME, announce:NAME, busy, hangup, or several of them separated by commas; off switches the
             deviation off; inherit takes the user's own away, so that what the policy says holds again

Every comment, blank line and quote is kept, and so are `after` and `confirm` of a single rule. A change that `pbxgen
check` would report as an error is refused, and the file is not touched; warnings that are new are shown. Rules with
conditions, of the user or of the user's policy, are replaced with --replace only. The diff is printed.
"""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
INHERIT = "inherit"


def register(app: typer.Typer) -> None:
    app.command(
        "divert",
        help=_HELP,
        epilog=examples(
            "pbxgen divert office 101 busy 102",
            "pbxgen divert office 101 'Bruno Verdi' unreachable mobile --confirm",
            "pbxgen divert office 101 no_answer mobile,voicemail --after 15",
            "pbxgen divert office 101 unconditional operator --when 'not office' --until 2026-12-31",
            "pbxgen divert office 101 operator_return.busy inherit",
            "pbxgen divert office 101 unconditional off --dry-run",
            "pbxgen divert office --policy staff unreachable voicemail",
        ),
    )(divert)


def divert(
    source: Source,
    words: Annotated[
        list[str],
        typer.Argument(metavar="[WHO]... KEY DESTINATION", help="WHO: not with --policy."),
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
    when: Annotated[
        str | None,
        typer.Option(
            "--when",
            metavar="NAME",
            help="Only while a schedule or switch, or `not NAME`, says so.",
            show_default=False,
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="WHOM",
            help="internal, external, anonymous, a contacts set, or `not NAME`.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="The last day, such as 2026-12-31.", show_default=False),
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Whoever answers there must press 1.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also rules that have conditions.")] = False,
    tenant: Tenant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Print the diff, change nothing.")] = False,
    language: Lang = None,
) -> None:
    from pbxgen.edit.assignment import NewRule
    from pbxgen.edit.change import NoSuchOwnerError, changes
    from pbxgen.edit.yaml_text import CannotEditError
    from pbxgen.source.files import UnreadableError

    words_for_calls = spoken(language)
    options = NewRule((), after, when, origin, until, confirm)
    *owners, key, to = _words(words, policy)
    value = _value(key, to, options, policy)
    place = source_to_edit(source, tenant)
    try:
        assignments = _assignments(place, owners, policy, key, value)
        if not replace:
            _require_no_conditions(place, assignments)
        made = changes(place, assignments)
    except NoSuchOwnerError as error:
        raise typer.BadParameter(console.printable(str(error))) from error
    except UnreadableError as error:
        raise refused(error.diagnostic.message) from error
    except CannotEditError as error:
        names = ", ".join(map(console.printable, [policy] if policy is not None else owners))
        raise refused(f"cannot edit {names}: {error}") from error
    if not made:
        console.note("nothing to change: it is already so")
        return
    check_changes(place, made, words_for_calls)
    write_changes(made, dry_run=dry_run)


def _words(words: list[str], policy: str | None) -> list[str]:
    if len(words) < 3 if policy is None else len(words) != 2:
        expected = "WHO KEY DESTINATION" if policy is None else "KEY DESTINATION with --policy"
        raise typer.BadParameter(f"the arguments after SOURCE are {expected}; see pbxgen divert --help")
    return words


def _value(key: str, to: str, options: NewRule, policy: str | None) -> NewRule | Inherit:
    from dataclasses import replace

    from pbxgen.diagnostics.nearest import did_you_mean
    from pbxgen.edit.assignment import KEYS, OFF, RETURN, Inherit

    destinations = tuple(part.strip() for part in to.split(","))
    words = frozenset({OFF, INHERIT})
    if key not in KEYS and not (key == RETURN and to in words):
        meant = did_you_mean(key, KEYS) or f"the keys are {', '.join(KEYS)}"
        raise typer.BadParameter(f"{console.printable(key)} is not a deviation: {meant}", param_hint="KEY")
    if not all(destinations):
        raise typer.BadParameter("a destination is empty", param_hint="DESTINATION")
    word = next((word for word in destinations if word in words), None)
    if word is not None and len(destinations) > 1:
        raise typer.BadParameter(f"{word} cannot be combined with destinations", param_hint="DESTINATION")
    if options.after is not None and (not key.endswith("no_answer") or word is not None):
        raise typer.BadParameter("only no_answer has a time before it diverts", param_hint="--after")
    if options.until is not None and not _is_day(options.until):
        raise typer.BadParameter("write a date such as 2026-12-31", param_hint="--until")
    if word is not None and not options.is_short:
        raise typer.BadParameter(f"{word} takes no --when, --from, --until or --confirm", param_hint="DESTINATION")
    for option, given in (("--when", options.when), ("--from", options.origin)):
        if given is not None and not given.strip():
            raise typer.BadParameter("a name is empty", param_hint=option)
    if word == INHERIT:
        if policy is not None:
            raise typer.BadParameter("only users inherit, from their policies", param_hint="DESTINATION")
        return Inherit()
    return options if word == OFF else replace(options, destinations=destinations)


def _is_day(text: str) -> bool:
    import datetime as dt

    try:
        return _DAY.fullmatch(text) is not None and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _assignments(
    place: Path, owners: list[str], policy: str | None, key: str, value: NewRule | Inherit
) -> tuple[Assignment, ...]:
    from pbxgen.edit.assignment import Assignment
    from pbxgen.edit.change import owner_of

    if policy is not None:
        return (Assignment("policies", policy, key, value),)
    return tuple(
        Assignment("users", name, key, value) for name in dict.fromkeys(owner_of(place, one) for one in owners)
    )


def _require_no_conditions(place: Path, assignments: Sequence[Assignment]) -> None:
    """What somebody wrote down for certain calls or times only is not replaced unasked."""
    from pbxgen.edit.change import conditional

    told = []
    for assignment in assignments:
        conditions = conditional(place, assignment)
        if conditions:
            told.append(
                f"{assignment.name}: {assignment.key} has conditions ({'; '.join(map(console.printable, conditions))})"
            )
    if told:
        raise refused(f"{', and '.join(told)}, which would go: say --replace if that is meant; nothing was written")


def source_to_edit(source: Path, tenant: str | None) -> Path:
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


def check_changes(place: Path, made: Sequence[Change], language: str) -> None:
    """Ends the command where the source would have errors; shows what `pbxgen check` would find new.

    ``language``: of the calls that show findings.
    """
    from collections import Counter

    from pbxgen.cli.findings import Findings, show_text
    from pbxgen.pbxs import PBXS
    from pbxgen.pipeline import compile_path

    instead = {change.file: change.after for change in made}
    after = compile_path(place, targets=PBXS, instead=instead, language=language)
    if after.failed:
        Findings(after, on_stderr=True).close("the change is refused, nothing was written")
    before = compile_path(place, targets=PBXS, language=language)
    known = Counter((one.code, one.message) for one in before.diagnostics)
    new = []
    for one in after.diagnostics:
        if known[one.code, one.message]:
            known[one.code, one.message] -= 1
        else:
            new.append(one)
    show_text(new, after.files, sys.stderr)


def write_changes(made: Sequence[Change], *, dry_run: bool) -> None:
    """Print the diff and, unless that was all that was asked for, write the files."""
    from pbxgen.output.atomic import write_atomically

    for change in made:
        console.show_diff(change.diff())
    if dry_run:
        return
    for change in made:
        if change.file.read_bytes() != change.before:
            raise refused(f"{change.file} was changed by another program meanwhile; nothing was written")
    for change in made:
        write_atomically(change.file, change.after)
        console.note(f"changed {change.file}")


def refused(why: str) -> typer.Exit:
    console.fail(why)
    return typer.Exit(1)
