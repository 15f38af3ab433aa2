"""Arguments and options that several commands share, so that each means the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITLAB = "gitlab"


def _format(text: str) -> Format:
    try:
        return Format(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(Format)}") from None


def _existing(path: Path) -> Path:
    """A path that is not there is a mistyped command, not a problem of a source."""
    try:
        exists = path.exists()
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from error
    if not exists:
        raise typer.BadParameter(f"{path} does not exist")
    return path


Source: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE",
        callback=_existing,
        help="A YAML file, a folder of *.yaml files, or a fleet.yaml.",
        show_default=False,
    ),
]
Tenant: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--tenant", metavar="NAME", help="In a fleet, only the tenant with this pbx.name.", show_default=False
    ),
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="EXT.KEY=TO",
        help="What a user has set: 101.busy=102, 101.no_answer=9,after=20, 101.dnd=on. Repeatable.",
    ),
]
Switches: TypeAlias = Annotated[
    list[str] | None, typer.Option("--switch", metavar="NAME=on|off", help="How a switch stands. Repeatable.")
]
Strict: TypeAlias = Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")]
FormatOption: TypeAlias = Annotated[
    Format,
    typer.Option(
        "--format",
        parser=_format,
        metavar="[text|json|sarif|gitlab]",
        help="Findings for people (text) or for machines (json, sarif; gitlab: a code quality report).",
    ),
]


def _text_or_json(text: str) -> str:
    if text not in ("text", "json"):
        raise typer.BadParameter(f"{text!r} is neither text nor json", param_hint="--format")
    return text


TextOrJson: TypeAlias = Annotated[
    str, typer.Option("--format", callback=_text_or_json, help="text or json.", metavar="[text|json]")
]


def examples(*lines: str) -> str:
    """An epilogue of example commands. Each line stays a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
