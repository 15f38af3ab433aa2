"""Progress of a run, for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pbxgen.lab.result import Result


@contextmanager
def call_progress(console: Console, calls: int) -> Iterator[Callable[[Result], None]]:
    """A bar that counts calls, and a line for each that fails as soon as it does. Yields what is given each result."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("calls", total=calls)
        failed: list[Result] = []

        def done(result: Result) -> None:
            if not result.passed:
                failed.append(result)
                progress.console.print(f"failed on {result.pbx}: {result.case.name}", markup=False, highlight=False)
            progress.update(task, advance=1, description=f"calls, {len(failed)} failed" if failed else "calls")

        yield done
