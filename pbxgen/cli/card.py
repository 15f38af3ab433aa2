"""``pbxgen card``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Settings, Source, Switches, Tenant, examples
from pbxgen.cli.state import File

if TYPE_CHECKING:
    from pbxgen.flow.plan import Plan
    from pbxgen.flow.settings import State

_HELP = """Write one user's card: a page to print or mail.

Their codes, what they may set from their phone and where to, and what holds now: by the source, or with --to with what
is set on a PBX. The page needs no network; a browser prints it on one sheet, or to PDF.
"""


def register(app: typer.Typer) -> None:
    help = examples(
        "pbxgen card office 101 -o ada.html",
        "pbxgen card office 'Ada Rossi' --lang it",
        "pbxgen card office 101 --to hq",
        "pbxgen card office 101 --set 101.busy=102 --switch night=on",
    )
    app.command("card", help=_HELP, epilog=help)(card)


def card(
    source: Source,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An extension, or a user's name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; else WHO.html.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="TARGET",
            help="Whose settings hold: a target of deploy.yaml, whose PBX is asked, or a file that was saved.",
            show_default=False,
        ),
    ] = None,
    file: File = None,
    settings: Settings = None,
    switch: Switches = None,
    tenant: Tenant = None,
    language: Lang = None,
) -> None:
    from pbxgen.cli.call_options import added, state_of
    from pbxgen.cli.findings import one_plan
    from pbxgen.deploy.state import local_now
    from pbxgen.diagnostics.nearest import did_you_mean
    from pbxgen.flow.plan import PlaceKind
    from pbxgen.flow.settings import NOTHING_SET, applied, permitted, resolved
    from pbxgen.flow.stored_settings import epoch_of
    from pbxgen.flow.subject import place_of
    from pbxgen.output.atomic import write_atomically
    from pbxgen.phrases import phrases
    from pbxgen.report.card import card as page

    plan = one_plan(source, tenant)
    place = place_of(plan, who)
    if place is None or place.kind is not PlaceKind.USER:
        near = did_you_mean(who, {*plan.users, *(user.name for user in plan.users.values())})
        raise typer.BadParameter(f"no user is called {console.printable(who)}; {near}".rstrip("; "), param_hint="WHO")
    asked = NOTHING_SET if to is None else _asked(source, file, to, plan, tenant)
    state = added(asked, state_of(plan, settings or [], switch or []))
    moment = local_now(plan)
    standing = applied(plan, state, moment)
    user = resolved(standing).users[place.target]
    settable = permitted(plan, plan.users[user.extension], state.users.get(user.extension, {}), epoch_of(moment, plan))
    path = output or Path(f"{user.extension}.html")
    write_atomically(path, page(standing, user, phrases(spoken(language)), {key for key, _ in settable}).encode())
    console.note(f"wrote {console.printable(str(path))}")


def _asked(source: Path, file: Path | None, to: str, plan: Plan, tenant: str | None) -> State:
    """What is set at a target: of several nodes, what was set last."""
    from functools import reduce

    from pbxgen.cli.state import places_of, read_at
    from pbxgen.flow.stored_settings import StoredSettings, merged

    every = read_at(places_of(source, file, to), {plan.name: plan}, tenant)
    return reduce(merged, (at.tenants[plan.name] for at in every), StoredSettings()).state
