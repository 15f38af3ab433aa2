"""Findings, shown to people."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import IO

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.render import render_text, wants_colour
from pbxgen.diagnostics.text import SourceFile


def show_text(
    diagnostics: Collection[Diagnostic], files: Mapping[str, SourceFile], stream: IO[str] | None = None
) -> None:
    """All of them with their lines, and how many they are; nothing where there are none."""
    stream = stream or sys.stdout
    if diagnostics:
        stream.write(render_text(diagnostics, files.values(), colour=wants_colour(stream)))
