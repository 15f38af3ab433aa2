"""``pbxgen diff`` where OLD was generated: each PBX's folder is compared with what it was made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.cli.diff_sides import Sides
from pbxgen.cli.progress import progress
from pbxgen.diff.generated import Origin, digests, generated_folders, made_from
from pbxgen.diff.result import Made, Plans, Result, Section, compared
from pbxgen.diff.revisions import today
from pbxgen.diff.words import Block, Told, of_tenant

_NOT_KNOWN = "what changes cannot be told: git has no source that it was made from"


def of_generated(old: Path, new: str, tenant: str | None, sides: Sides, stack: ExitStack) -> Result:
    """Folders of one digest are judged together: those of a run that wrote only one PBX's are not alike."""
    plans = sides.one(new)
    judge = _Judge(today(new), plans, tenant is not None, sides, stack)
    alike: dict[frozenset[str], list[Path]] = {}
    for folder in generated_folders(old):
        alike.setdefault(digests(folder), []).append(folder)
    judged = []
    for found, folders in alike.items():
        names = tuple(map(str, folders)) if len(alike) > 1 else (str(old),)
        judged.append(judge.of(found, names))
    sections = tuple(
        replace(one, folders=made.folders if len(alike) > 1 else ()) for made, _, sections in judged for one in sections
    )
    return Result(str(old), new, all(same for _, same, _ in judged), sections, tuple(made for made, _, _ in judged))


@dataclass(frozen=True, slots=True)
class _Judge:
    source: Path
    plans: Plans
    narrowed: bool
    """Other tenants than ``plans`` are not asked about."""
    sides: Sides
    stack: ExitStack

    def of(self, found: frozenset[str], folders: tuple[str, ...]) -> tuple[Made, bool, Sequence[Section]]:
        """``found`` are the digests in ``folders``."""
        names = " and ".join(folders)
        current = {name: plan.digest in found for name, plan in self.plans.items()}
        others = found - {plan.digest for plan in self.plans.values()}
        if all(current.values()) and (self.narrowed or not others):
            return Made(folders, current, None, f"{names} was made from this source"), True, ()
        origin = self._origin(found)
        if origin is not None:
            about = f"{names} was made from {self.source} of {origin.date} (git:{origin.commit})"
            before = self.sides.of_revision(origin.source)
            before = {name: plan for name, plan in before.items() if plan.digest in found}
            same, sections = compared(before, self.plans, dt.date.today())
            return Made(folders, current, f"git:{origin.commit}", about), same, sections
        about = f"{names} was made from another state of the source"
        unknown = [Section(n, (of_tenant("~", n, _NOT_KNOWN),)) for n, known in current.items() if not known]
        if not unknown:
            unknown = [Section("", (Block("-", "another tenant", (Told("is gone", "tenant"),), (), "tenant"),))]
        return Made(folders, current, None, about), False, unknown

    def _origin(self, found: frozenset[str]) -> Origin | None:
        with progress() as doing:
            return self.stack.enter_context(made_from(found, self.source, doing))
