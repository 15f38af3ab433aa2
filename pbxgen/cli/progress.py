"""Progress of long work: on standard error, and only where somebody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE = 0.4
"""Seconds before anything is shown: quick work needs no show."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Gives a function that is told what is being done now."""
    if not sys.stderr.isatty():
        yield lambda doing: None
        return
    from rich.console import Console
    from rich.markup import escape

    status = Console(stderr=True).status("starting")
    begun = time.monotonic()
    shown = False

    def step(doing: str) -> None:
        nonlocal shown
        status.update(f"{escape(doing)} …")
        if not shown and time.monotonic() - begun > _PATIENCE:
            shown = True
            status.start()

    try:
        yield step
    finally:
        if shown:
            status.stop()
