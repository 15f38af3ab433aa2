"""Write docs/pbxgen.1, the manual page: every command and option, as their ``--help`` tells them.

    python tools/build_man.py

The tests check that it is current; the wheel installs it as share/man/man1/pbxgen.1. (click-man, which is made for
such pages, leaves out all options: those of Typer are not Click's.)
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import Any

import typer.main

from pbxgen import __version__
from pbxgen.cli.main import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "pbxgen.1"


def manual_page() -> str:
    """The page in roff (man(7))."""
    root: Any = typer.main.get_command(app)
    context = root.context_class(root, info_name="pbxgen", **root.context_settings)
    about, _, after = inspect.cleandoc(root.help).partition("\n\n")
    lines = [
        f'.TH PBXGEN 1 "" "pbxgen {__version__}" "User Commands"',
        ".SH NAME",
        f"pbxgen \\- {_text(about[0].lower() + about[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B pbxgen",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR] \\fIARGUMENTS\\fR",
        ".SH DESCRIPTION",
        *_paragraphs(after),
        ".SH OPTIONS",
        *_parameters(root, context),
        ".SH COMMANDS",
    ]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        lines += _command(command, command.context_class(command, info_name=name, parent=context))
    return "\n".join(lines) + "\n"


def _command(command: Any, context: Any) -> list[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f".SS {_text(f'{context.command_path} {usage}')}", *_paragraphs(inspect.cleandoc(command.help or ""))]
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            lines += _command(inner, inner.context_class(inner, info_name=name, parent=context))
        return lines
    lines += _parameters(command, context)
    return lines + _paragraphs(inspect.cleandoc(command.epilog or ""))


def _parameters(command: Any, context: Any) -> list[str]:
    shown = [each for each in command.get_params(context) if each.name != "help" or context.parent is None]
    records = [record for each in shown if (record := each.get_help_record(context)) is not None]
    return [line for name, about in records for line in (".TP", f".B {_text(name)}", _text(about))]


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of a help text; what ``\\b`` begins keeps its lines."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        kept = paragraph.startswith("\b")
        words = paragraph.removeprefix("\b\n").split("\n")
        lines += [".PP"] if not kept else [".PP", ".nf"]
        lines += [_text(word) for word in words]
        lines += [".fi"] if kept else []
    return lines


def _text(text: str) -> str:
    """Text of one line; nothing in it is a request or an escape of roff."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith((".", "\\(aq")) else escaped


def main() -> int:
    PAGE.write_text(manual_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
