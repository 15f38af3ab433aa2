"""``pbxgen codes``"""

from __future__ import annotations

from typing import Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.options import examples


def register(app: typer.Typer) -> None:
    app.command(
        "codes", short_help="Explain the code of a finding.", epilog=examples("pbxgen codes", "pbxgen codes PBX210")
    )(codes)


def codes(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="One of them, explained.", show_default=False)
    ] = None,
) -> None:
    """Explain a finding's code, with an example and a cure; without one, list all codes."""
    from pbxgen.diagnostics.codes import TABLE

    if code is None:
        for entry in TABLE.values():
            console.out(f"{entry.code}  {entry.severity.value:<7}  {entry.title}")
        return
    wanted = code.strip().upper()
    wanted = f"PBX{wanted}" if wanted.isdigit() else wanted
    if wanted not in TABLE:
        raise typer.BadParameter(
            f"the code {console.printable(code)} does not exist; `pbxgen codes` lists all", param_hint="CODE"
        )
    entry = TABLE[wanted]
    console.out(f"{entry.code} ({entry.severity.value}): {entry.title}")
    console.out()
    console.out(_wrapped(entry.explanation))
    console.out()
    console.out("Example:")
    console.out()
    for line in entry.example.rstrip("\n").split("\n"):
        console.out(f"    {line}".rstrip())
    console.out()
    console.out(_wrapped(f"Cure: {entry.cure}"))


def _wrapped(text: str) -> str:
    import textwrap

    return "\n\n".join(textwrap.fill(paragraph, 100) for paragraph in text.strip().split("\n\n"))
