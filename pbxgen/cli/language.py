"""In which language a command tells of calls: ``--lang``, else the environment's."""

from __future__ import annotations

import os
from typing import Annotated, TypeAlias

import typer


def spoken(given: str | None) -> str:
    """The language that ``--lang`` gives, else the first that LC_ALL, LC_MESSAGES and LANG name; English for others.

    The language of the prompts (``pbx.language``) is that of the callers, and says nothing about who reads.
    """
    from pbxgen.phrases import LANGUAGES, base_of

    if given is not None:
        if base_of(given) not in LANGUAGES:
            known = " and ".join(LANGUAGES)
            raise typer.BadParameter(f"{given!r} is none of the languages that there are: {known}", param_hint="--lang")
        return base_of(given)
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "en")
    language = base_of(locale.partition(".")[0].partition("@")[0])
    return language if language in LANGUAGES else "en"


Lang: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="LANG", help="en or it. Default: the environment's (LC_ALL, LANG).", show_default=False
    ),
]
