"""Numbers as they are given on the command line."""

from __future__ import annotations

import re

import typer

from pbxgen.cli import console
from pbxgen.flow.plan import Plan

_DIALLED = re.compile(r"\+?[0-9*#]+", re.ASCII)


def outside_number(plan: Plan, text: str, option: str) -> str:
    """E.164 of an outside number, read as the source reads it, or a short number; wrong usage if it is none."""
    if plan.is_short(text):
        return text
    number, problem = read(plan, text)
    if number is None:
        message = f"{console.printable(text)!r} {problem}: write an outside number as +393471112222"
        raise typer.BadParameter(message, param_hint=option)
    return number


def dialled_number(text: str, option: str) -> str:
    """What somebody dials, without what only makes it readable: an extension, a number, a code such as *97."""
    from pbxgen.language.numbers import compact

    digits = compact(text)
    if _DIALLED.fullmatch(digits):
        return digits
    message = f"{console.printable(text)!r} cannot be dialled: write an extension, or a number such as +390212345101"
    raise typer.BadParameter(message, param_hint=option)


def read(plan: Plan, text: str) -> tuple[str | None, str]:
    """E.164, or why there is none."""
    from pbxgen.language.numbers import Numbers, is_written_number

    if not is_written_number(text.strip()):
        return None, "is not a number"
    number = Numbers(plan.country).read(text.strip())
    return number.e164, number.problem
