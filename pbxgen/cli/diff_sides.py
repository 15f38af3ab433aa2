"""OLD and NEW of ``pbxgen diff``, compiled."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import typer

from pbxgen.cli import console
from pbxgen.cli.findings import show_text, usage_error_of
from pbxgen.cli.progress import progress
from pbxgen.diff.result import Judge, Plans, Provenance, made_from
from pbxgen.diff.revisions import Revision, checked_out, is_git, relocated, today
from pbxgen.phrases import Phrases
from pbxgen.pipeline import UnknownTenantError, compile_path


class Sides:
    """Compiles what the command line names; ``failed`` is the exit code where a source has errors."""

    def __init__(self, tenant: str | None, failed: int, stack: ExitStack) -> None:
        self._tenant = tenant
        self._failed = failed
        self._stack = stack

    def both(self, old: str, new: str) -> tuple[Plans, Plans]:
        """A tenant that only one of them has is no error: it is new, or gone."""
        sides = [self._read(old, new), self._read(new, old)]
        unknown = [side.unknown for side in sides if side.unknown is not None]
        if len(unknown) == len(sides):
            raise usage_error_of(unknown[-1])
        return sides[0].plans, sides[1].plans

    def judge(self, new: str, say: Phrases) -> Judge:
        """Of folders that were generated."""
        source = today(new)

        def origin_of(digests: frozenset[str]) -> Provenance | None:
            with progress() as doing:
                return self._stack.enter_context(made_from(digests, source, doing))

        return Judge(new, source, self._one(new), self._tenant is not None, origin_of, self._of_revision, say)

    def _one(self, source: str) -> Plans:
        side = self._read(source, source)
        if side.unknown is not None:
            raise usage_error_of(side.unknown)
        return side.plans

    def _of_revision(self, revision: Revision) -> Plans:
        return self._compiled(revision.path, revision).plans

    def _read(self, text: str, other: str) -> _Side:
        if not is_git(text):
            return self._compiled(Path(text), None)
        revision = self._stack.enter_context(checked_out(text, other))
        for link in revision.left_out:
            console.note(
                console.printable(f"{link} leads out of the repository: what it held in that revision is left out")
            )
        return self._compiled(revision.path, revision)

    def _compiled(self, path: Path, revision: Revision | None) -> _Side:
        try:
            compilation = compile_path(path, tenant=self._tenant, analysis=False)
        except UnknownTenantError as error:
            return _Side({}, error)
        name = str(path)
        if revision is not None:
            compilation, name = relocated(compilation, revision.shown), revision.shown(name)
        if compilation.failed:
            show_text(compilation.diagnostics, compilation.files, sys.stderr)
            console.note(console.printable(f"nothing to compare in {name}"))
            raise typer.Exit(self._failed)
        return _Side({plan.name: plan for plan in compilation.plans}, None)


@dataclass(frozen=True, slots=True)
class _Side:
    plans: Plans
    unknown: UnknownTenantError | None
