"""``pbxgen init``"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from pbxgen.cli import console
from pbxgen.cli.options import examples

_FILES = {  # as it is called in the package: as it is called for the user
    "pbx.yaml": "pbx.yaml",
    "calls.test.yaml": "calls.test.yaml",
    "env.example": ".env.example",
    "gitignore": ".gitignore",
    "README.md": "README.md",
}


def register(app: typer.Typer) -> None:
    app.command(
        "init", short_help="Write a small source to start from.", epilog=examples("pbxgen init office", "pbxgen init .")
    )(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)],
) -> None:
    """Write a small, commented source to start from, with its scenario file and how to go on."""
    existing = [name for name in _FILES.values() if (folder / name).exists()]
    if existing:
        raise typer.BadParameter(
            f"{folder} already has {', '.join(existing)}; nothing is overwritten", param_hint="DIR"
        )
    if folder.exists() and not folder.is_dir():
        raise typer.BadParameter(f"{folder} is a file", param_hint="DIR")
    skeleton, name = Path(__file__).parent / "skeleton", _slug(folder.resolve().name)
    texts = {
        target_name: re.sub(r"\bNAME\b", name, (skeleton / skeleton_name).read_text("utf-8"))
        for skeleton_name, target_name in _FILES.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        with (folder / path).open("x", encoding="utf-8") as file:  # never over a file that came meanwhile
            file.write(text)
        console.out(f"wrote {folder / path}")
    console.note(f"\nNext: pbxgen check {folder}, then read {folder / 'README.md'}")


def _slug(text: str) -> str:
    """A ``pbx.name`` out of a folder's name."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return slug or "office"
