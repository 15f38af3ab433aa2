"""What ``pbxgen state pull`` writes into a source, and what it leaves on the PBX."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pbxgen.deploy.state import WHY
from pbxgen.diagnostics.diagnostic import Severity
from pbxgen.edit.assignment import Assignment
from pbxgen.edit.change import Change, NoSuchOwnerError, changes, conditional
from pbxgen.edit.phone_settings import Left, assignment_of, says
from pbxgen.edit.yaml_text import CannotEditError
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import Setting, Settings
from pbxgen.flow.stored_settings import StoredSettings, epoch_of, merged, passed_over
from pbxgen.pbxs import PBXS
from pbxgen.pipeline import compile_path

_LEFT = {
    **WHY,
    "expires": "it ends by itself",
    "follow_me": "the YAML cannot hold it; take the list out yourself if that is meant",
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """Of one tenant."""

    changes: tuple[Change, ...]
    settled: dict[str, Settings]
    """By extension: settings without which the source, as it is, does the same."""
    told: tuple[str, ...]
    """What is left on the PBX, and why."""


@dataclass(frozen=True, slots=True)
class _Asked:
    assignment: Assignment
    setting: Setting


def pulled(
    place: Path, plan: Plan, stored_at_each: Sequence[StoredSettings], now: dt.datetime, *, replace: bool
) -> Pulled:
    """``now``: local time of the PBX. Of what several PBXs have, what was set later."""
    stored = reduce(merged, stored_at_each)
    told = [f"{key!r}: no setting, it is not written" for key in stored.odd]
    asked: list[_Asked] = []
    settled: dict[str, Settings] = {}
    for extension, settings in stored.users.items():
        done: dict[str, Setting] = {}
        for key, setting in settings.items():
            why: str | None = passed_over(plan, extension, key, setting, epoch_of(now, plan))
            assignment = None if why else assignment_of(plan, extension, key, setting)
            if isinstance(assignment, Left):
                why = assignment.why
            elif assignment is not None and not replace and (conditions := conditional(place, assignment)):
                told.append(
                    f"{extension}: {key} is left: its rules have conditions ({'; '.join(conditions)}); see --replace"
                )
            elif assignment is not None:
                asked.append(_Asked(assignment, setting))
            elif why is None:
                done[key] = setting
            if why is not None:
                told.append(f"{extension}: {key} is left: {_LEFT[why]}")
        if done:
            settled[extension] = done
    made, refusals = _made(place, asked)
    return Pulled(made, settled, (*told, *refusals))


def _made(place: Path, asked: Sequence[_Asked]) -> tuple[tuple[Change, ...], list[str]]:
    """All of it at once; where that cannot be, one after the other, without what cannot."""
    if not asked:
        return (), []
    if not any(_wrong(place, asked)):
        return changes(place, [one.assignment for one in asked]), []
    kept: list[_Asked] = []
    told = []
    for one in asked:
        why = next(_wrong(place, [*kept, one]), None)
        if why is None:
            kept.append(one)
        else:
            told.append(f"{one.assignment.name}: {one.assignment.key} is left: {why}")
    return (changes(place, [one.assignment for one in kept]) if kept else ()), told


def _wrong(place: Path, asked: Sequence[_Asked]) -> Iterator[str]:
    """Why the source cannot be changed so."""
    try:
        made = changes(place, [one.assignment for one in asked])
    except (CannotEditError, NoSuchOwnerError) as error:
        yield str(error)
        return
    after = compile_path(place, targets=PBXS, instead={change.file: change.after for change in made})
    if after.failed:
        yield next(one.message for one in after.diagnostics if one.severity is Severity.ERROR)
        return
    (plan,) = after.plans
    for one in asked:
        key = one.assignment.key.replace("operator_return.", "return_")
        if not says(plan, one.assignment.name, key, one.setting):
            yield "written down, it would mean something else"
