"""The ``pbxgen`` command: one thin file per subcommand, each imported here and adding itself.

Nothing heavy may be imported at the top of those files: ``pbxgen --help`` starts in a fraction of a second.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pbxgen import __version__
from pbxgen.cli import (
    card,
    check,
    codes,
    console,
    deploy,
    diff,
    divert,
    explain,
    generate,
    history,
    init,
    plan,
    report,
    rollback,
    schema,
    state,
    status,
    test,
)
from pbxgen.cli.streams import open_streams

COMMANDS = (
    init,
    check,
    test,
    explain,
    diff,
    report,
    generate,
    plan,
    deploy,
    status,
    state,
    rollback,
    history,
    divert,
    card,
    codes,
    schema,
)
"""In the order of ``--help``, which is the order in which one meets them."""

_INTRODUCTION = """
Call forwarding (deviations) as code: one YAML source, the same call flow on Asterisk and FreeSWITCH.

Always (CFU, Inoltro), on busy (CFB, Su Occupato), on no answer (CFNR, Su Mancata Risposta), without a registered
phone (Su Mancata Registrazione), and for calls from outside (Ritorno al PO). Unlike FreePBX and FusionPBX it has no
queues, IVR menus or conferences: those stay in your own dialplan.

\b
A first plan in three commands:
  pbxgen init office                 a small, commented source to start from
  pbxgen check office                every problem, with its place and what to do
  pbxgen generate office -o out      out/asterisk and out/freeswitch

\b
Exit codes: 0 success, 1 problems in the source or in writing, 2 wrong usage.
"""


class _Commands(TyperGroup):
    """Reports errors of the machine that any command may meet in a sentence; only faults of pbxgen give tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            if isinstance(message := getattr(error, "message", None), str):  # it quotes what was typed
                error.message = "\n".join(map(console.printable, message.split("\n")))
            raise
        except OSError as error:
            _told(error)
            raise typer.Exit(1) from None
        except RecursionError:
            console.fail("the source is nested too deeply")
            raise typer.Exit(1) from None
        except MemoryError:
            console.fail("there is not enough memory for this source")
            raise typer.Exit(1) from None


app = typer.Typer(
    name="pbxgen",
    cls=_Commands,
    help=_INTRODUCTION,
    epilog="`pbxgen COMMAND --help` shows what a command takes, with examples.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it starts in half the time and reads well in a pipe
    pretty_exceptions_enable=False,  # a frame's local variables may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        console.out(f"pbxgen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


for _command in COMMANDS:
    _command.register(app)


@app.command()
def version() -> None:
    """Show the version."""
    console.out(f"pbxgen {__version__}")


def main() -> None:
    open_streams()
    code: Any = 0
    try:
        app(prog_name="pbxgen")
    except SystemExit as end:
        code = end.code
    except OSError as error:  # of what no command writes: help, completion
        _told(error)
        code = 1
    try:
        sys.stdout.flush()  # which is when a full disk is noticed at the latest
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails once more at exit
        if not code:
            _told(error)
        code = code or 1
    sys.exit(code)


def _told(error: OSError) -> None:
    doing = f"cannot use {error.filename}" if error.filename else "cannot go on"
    console.fail(f"{doing}: {error.strerror or error}")
