"""An OLD that was generated: each PBX's folder is compared with what it was made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.diff.generated import Origin, digests, generated_folders
from pbxgen.diff.result import Made, Plans, Result, Section, compared
from pbxgen.diff.revisions import Revision
from pbxgen.diff.words import Block, Told, of_tenant

_NOT_KNOWN = "what changes cannot be told: git has no source that it was made from"


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows NEW, and how to get at what it was before."""

    new: str
    """As it was asked for."""
    source: Path
    """Where it lies today."""
    plans: Plans
    narrowed: bool
    """Other tenants than ``plans`` are not asked about."""
    origin_of: Callable[[frozenset[str]], Origin | None]
    """The revision that has some digests, as :func:`pbxgen.diff.generated.made_from` finds it."""
    compiled: Callable[[Revision], Plans]

    def result(self, old: Path) -> Result:
        """Folders of one digest are judged together: those of a run that wrote only one PBX's are not alike."""
        alike: dict[frozenset[str], list[Path]] = {}
        for folder in generated_folders(old):
            alike.setdefault(digests(folder), []).append(folder)
        judged = []
        for found, folders in alike.items():
            names = tuple(map(str, folders)) if len(alike) > 1 else (str(old),)
            judged.append(self._of(found, names))
        sections = tuple(
            replace(one, folders=made.folders if len(alike) > 1 else ())
            for made, _, sections in judged
            for one in sections
        )
        same = all(same for _, same, _ in judged)
        return Result(str(old), self.new, same, sections, tuple(made for made, _, _ in judged))

    def _of(self, found: frozenset[str], folders: tuple[str, ...]) -> tuple[Made, bool, Sequence[Section]]:
        """``found`` are the digests in ``folders``."""
        names = " and ".join(folders)
        current = {name: plan.digest in found for name, plan in self.plans.items()}
        others = found - {plan.digest for plan in self.plans.values()}
        if all(current.values()) and (self.narrowed or not others):
            return Made(folders, current, None, f"{names} was made from this source"), True, ()
        origin = self.origin_of(found)
        if origin is not None:
            about = f"{names} was made from {self.source} of {origin.date} (git:{origin.commit})"
            before = self.compiled(origin.source)
            before = {name: plan for name, plan in before.items() if plan.digest in found}
            same, sections = compared(before, self.plans, dt.date.today())
            return Made(folders, current, f"git:{origin.commit}", about), same, sections
        about = f"{names} was made from another state of the source"
        unknown = [Section(n, (of_tenant("~", n, _NOT_KNOWN),)) for n, known in current.items() if not known]
        if not unknown:
            unknown = [Section("", (Block("-", "another tenant", (Told("is gone", "tenant"),), (), "tenant"),))]
        return Made(folders, current, None, about), False, unknown
