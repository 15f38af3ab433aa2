"""Progress of a run, for people at a terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pbxgen.lab.result import Result


class CallProgress:
    """A bar that counts calls, and a line for each that fails as soon as it does. Use as a context."""

    def __init__(self, console: Console, calls: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._task = self._progress.add_task("calls", total=calls)
        self._failed = 0

    def __enter__(self) -> CallProgress:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def done(self, result: Result) -> None:
        self._failed += not result.passed
        failed = f", {self._failed} failed" if self._failed else ""
        self._progress.update(self._task, advance=1, description=f"calls{failed}")
        if not result.passed:
            self._progress.console.print(f"failed on {result.pbx}: {result.case.name}", markup=False, highlight=False)
