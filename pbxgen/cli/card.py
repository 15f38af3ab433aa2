"""``pbxgen card``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.language import Lang, spoken
from pbxgen.cli.options import Source, Tenant, examples

_HELP = """Write one user's card: a page to print or mail.

Their codes, what they may set from their phone and where to, and what holds now. The page needs no network; a browser
prints it on one sheet, or to PDF.
"""


def register(app: typer.Typer) -> None:
    help = examples("pbxgen card office 101 -o ada.html", "pbxgen card office 'Ada Rossi' --lang it")
    app.command("card", help=_HELP, epilog=help)(card)


def card(
    source: Source,
    who: Annotated[str, typer.Argument(metavar="WHO", help="An extension, or a user's name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; else WHO.html.")
    ] = None,
    tenant: Tenant = None,
    language: Lang = None,
) -> None:
    from pbxgen.cli.findings import one_plan
    from pbxgen.diagnostics.nearest import did_you_mean
    from pbxgen.flow.plan import PlaceKind
    from pbxgen.flow.settings import resolved
    from pbxgen.flow.subject import place_of
    from pbxgen.output.atomic import write_atomically
    from pbxgen.phrases import phrases
    from pbxgen.report.card import card as page

    plan = one_plan(source, tenant)
    place = place_of(plan, who)
    if place is None or place.kind is not PlaceKind.USER:
        near = did_you_mean(who, {*plan.users, *(user.name for user in plan.users.values())})
        raise typer.BadParameter(f"no user is called {console.printable(who)}; {near}".rstrip("; "), param_hint="WHO")
    holds = resolved(plan)
    user = holds.users[place.target]
    file = output or Path(f"{user.extension}.html")
    write_atomically(file, page(plan, user, phrases(spoken(language))).encode())
    console.note(f"wrote {console.printable(str(file))}")
